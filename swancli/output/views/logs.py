"""`swancli logs`: the lines that a run printed, followed by those of error.log below a heading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from swancli.model import Console
from swancli.output.stdout import Terminal
from swancli.output.table import Column, Table
from swancli.output.text.escape import log_line
from swancli.output.text.styled import paint

ERROR_HEADING = "==> error.log <=="  # as `tail` writes the name of a file above its lines


def logs(details: Console, terminal: Terminal) -> Iterator[str]:
    """The lines, safe to print; their colours are kept if the terminal has colours."""
    keep = terminal.tty and terminal.colors > 0
    for line in details.get("lines") or ():
        yield log_line(line, keep)
    yield from error_lines(details.get("error") or (), terminal)


def error_lines(lines: Sequence[str], terminal: Terminal) -> Iterator[str]:
    """The lines of error.log below a heading, nothing if there are none; safe to print."""
    keep = terminal.tty and terminal.colors > 0
    if lines:
        yield paint([(ERROR_HEADING, "bad")], terminal.colors if terminal.tty else 0)
    for line in lines:
        yield log_line(line, keep)


def table(details: Console) -> Table:
    """The lines as a table: the line, and whether it is from error.log."""
    lines = ((line, False) for line in details.get("lines") or ())
    errors = ((line, True) for line in details.get("error") or ())
    return Table([Column("line", "line", "text"), Column("error", "error", "flag")], chain(lines, errors))
