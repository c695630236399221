"""Tables of several runs: on a terminal one below another, in a pipe as one, with the run in the first column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from swancli.model import Address
from swancli.output.table import Column, Gap, Row, Table, shown

EXPERIMENT = Column("experiment", "experiment")


def several(parts: Sequence[tuple[Address, str, Sequence[Table]]]) -> list[Table]:
    """The tables of runs, each run given by its address, its name and its own tables, whose rows are lists.

    The tables of all runs have the same columns in a pipe.
    """
    on_terminal: list[Table] = []
    in_pipe: list[Table] = []
    for where, name, tables in parts:
        for n, table in enumerate(shown(tables, "terminal")):
            title = table.title if n else f"{where}  {name}".rstrip()
            on_terminal.append(_only("terminal", table, table.columns, table.rows, title))
        for n, table in enumerate(shown(tables, "pipe")):
            rows = [row if isinstance(row, Gap) else (where, *row) for row in table.rows]
            if n == len(in_pipe):
                in_pipe.append(_only("pipe", table, [EXPERIMENT, *table.columns], []))
            in_pipe[n].rows = [*in_pipe[n].rows, *rows]
    return on_terminal + in_pipe


def _only(place: str, table: Table, columns: Sequence[Column], rows: Iterable[Row | Gap], title: str = "") -> Table:
    """A table like another, shown in one place."""
    return Table(columns, rows, title, table.head, table.notes, table.group, table.header, place)
