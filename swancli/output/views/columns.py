"""`swancli project --columns`, `--group-by`, `--plot`: tables of columns that were asked for by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from swancli.model import Column as Asked
from swancli.model import RowOfProject, Value
from swancli.output.plot.options import PlotOptions
from swancli.output.table import Cell, Column, Gap, Row, State, Table
from swancli.output.text.escape import printable
from swancli.output.text.numbers import human
from swancli.output.text.styled import Line
from swancli.values import as_finite, is_number

if TYPE_CHECKING:
    from swancli.output.plot.scatter import Axis

KINDS = {
    "id": "step", "name": "name", "state": "state", "created": "time", "started": "time", "duration": "duration",
    "age": "duration", "step": "step", "metrics": "step", "points": "step",
}  # fmt: skip


def column_of(asked: Asked, drop: int = 0) -> Column:
    """The table's column for one that was asked for; its key and title are spelled as they were asked for."""
    of_metric = "value" if asked.kind == "config" else "number"
    kind = KINDS.get(asked.name, "text") if asked.kind == "fact" else KINDS.get(asked.kind, of_metric)
    return Column(asked.text, asked.text, kind, drop)


def cell_of(asked: Asked, value: Value) -> Cell:
    """The cell for a value of a column."""
    return State(value) if asked == Asked("fact", "state") and isinstance(value, str) else value


def columns_of(asked: Sequence[Asked], rows: Iterable[Row | Gap]) -> Table:
    """A table of exactly the columns that were asked for."""
    return Table([column_of(column) for column in asked], rows)


def rows_of(
    asked: Sequence[Asked], runs: Sequence[RowOfProject], value: Callable[[RowOfProject, Asked], Value]
) -> list[Row]:
    """A row for each run."""
    return [[cell_of(column, value(run, column)) for column in asked] for run in runs]


def grouped(keys: Sequence[str], titles: Sequence[str], rows: Sequence[Row]) -> Table:
    """A table with a row for each group of runs: the columns of their keys, then the others."""
    columns = [Column(key, key, "value") for key in keys]
    for title in titles:
        columns.append(Column(title, title.removeprefix("config."), "step" if title == "count" else "number"))
    return Table(columns, rows)


def scattered(asked: tuple[Asked, Asked], pairs: Sequence[tuple[Value, Value]], options: PlotOptions) -> list[Line]:
    """A plot of one column against another; runs that lack one of the two are left out."""
    from swancli.output.plot.scatter import scatter

    shown = [(x, y) for x, y in pairs if _is_shown(x) and as_finite(y) is not None]
    return scatter(_axis(asked[0], [x for x, _ in shown]), _axis(asked[1], [y for _, y in shown]), options)


def _is_shown(value: Value) -> bool:
    return value is not None and (not is_number(value) or as_finite(value) is not None)


def _axis(asked: Asked, values: Sequence[Value]) -> Axis:
    """An axis of numbers, or of texts in their order."""
    from swancli.output.plot.scatter import Axis

    numbers = [None if isinstance(value, bool) else as_finite(value) for value in values]
    if all(number is not None for number in numbers):
        return Axis(printable(asked.text), [number for number in numbers if number is not None])
    texts = [value if isinstance(value, str) else human(value) for value in values]
    names = sorted(set(texts))
    return Axis(
        printable(asked.text), [float(names.index(text)) for text in texts], [printable(name) for name in names]
    )
