"""`swancli logs`: the lines that a run printed, followed by those of error.log with a prefix."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from swancli.model import Console
from swancli.output.stdout import Terminal
from swancli.output.table import Column, Table
from swancli.output.text.escape import log_line, printable
from swancli.output.text.styled import paint

ERROR_PREFIX = "error.log: "


def logs(details: Console, terminal: Terminal) -> Iterator[str]:
    """The lines, safe to print; their colours are kept if the terminal has colours."""
    keep = terminal.tty and terminal.colors > 0
    for line in details.get("lines") or ():
        yield log_line(line, keep)
    for line in details.get("error") or ():
        text = ERROR_PREFIX + printable(line.expandtabs())
        yield paint([(text, "bad")], terminal.colors) if terminal.tty else text


def table(details: Console) -> Table:
    """The lines as a table: the line, and whether it is from error.log."""
    lines = ((line, False) for line in details.get("lines") or ())
    errors = ((line, True) for line in details.get("error") or ())
    return Table([Column("line", "line", "text"), Column("error", "error", "flag")], chain(lines, errors))
