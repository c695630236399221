"""`swancli logs`: the lines a run printed, and at the end, marked, those of error.log."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from swancli.output.escape import log_line, printable
from swancli.output.stdout import Terminal
from swancli.output.styled import paint
from swancli.output.table import Column, Table

MARK = "error.log: "


def logs(facts: dict[str, Any], terminal: Terminal) -> Iterator[str]:
    """The lines, safe to print; SGR colours stay only where the terminal has colours."""
    keep = terminal.tty and terminal.colors > 0
    for line in facts.get("lines") or ():
        yield log_line(line, keep)
    for line in facts.get("error") or ():
        text = MARK + printable(line.expandtabs())
        yield paint([(text, "bad")], terminal.colors) if terminal.tty else text


def table(facts: dict[str, Any]) -> Table:
    """The lines as rows, for formats that want rows: the line, and whether error.log holds it."""
    lines = ((line, False) for line in facts.get("lines") or ())
    errors = ((line, True) for line in facts.get("error") or ())
    return Table([Column("line", "line", "text"), Column("error", "error", "flag")], chain(lines, errors))


def skipped(facts: dict[str, Any]) -> str | None:
    """A note on the lines that were not shown, None if there are none."""
    left_out = facts.get("skipped") or 0
    return (
        f"{left_out} earlier line{'' if left_out == 1 else 's'} not shown (-n {left_out + 200})" if left_out else None
    )
