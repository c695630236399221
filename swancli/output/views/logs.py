"""`swancli logs`: the lines a run printed, and at the end, marked, those of error.log."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from swancli.model import Console
from swancli.output.stdout import Terminal
from swancli.output.table import Column, Table
from swancli.output.text.escape import log_line, printable
from swancli.output.text.styled import paint

MARK = "error.log: "


def logs(details: Console, terminal: Terminal) -> Iterator[str]:
    """The lines, safe to print; SGR colours stay only where the terminal has colours."""
    keep = terminal.tty and terminal.colors > 0
    for line in details.get("lines") or ():
        yield log_line(line, keep)
    for line in details.get("error") or ():
        text = MARK + printable(line.expandtabs())
        yield paint([(text, "bad")], terminal.colors) if terminal.tty else text


def table(details: Console) -> Table:
    """The lines as rows, for formats that want rows: the line, and whether error.log holds it."""
    lines = ((line, False) for line in details.get("lines") or ())
    errors = ((line, True) for line in details.get("error") or ())
    return Table([Column("line", "line", "text"), Column("error", "error", "flag")], chain(lines, errors))
