"""A table of runs: named columns, each of one kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from swancli.api.chunks import NO_TIME, milliseconds
from swancli.values import as_float, is_number

if TYPE_CHECKING:
    import pandas
    import polars

KINDS = ("integer", "number", "flag", "time", "text")


class Table:
    """Rows of plain values, None where something is not known: `names` are those of the columns."""

    def __init__(self, names: Sequence[str], rows: Sequence[Sequence[Any]], times: Sequence[str] = ()) -> None:
        self.names = list(names)
        self.rows = [tuple(row) for row in rows]
        self._times = frozenset(times)

    def columns(self) -> Iterator[tuple[str, str, list[Any]]]:
        """Name, kind (one of KINDS) and cells of each column; times are milliseconds since 1970."""
        for n, name in enumerate(self.names):
            cells = [row[n] for row in self.rows]
            kind = "time" if name in self._times else _kind(cells)
            yield name, kind, [None if cell is None else _converted(cell, kind) for cell in cells]

    def to_dicts(self) -> list[dict[str, Any]]:
        """A dict for each row."""
        return [dict(zip(self.names, row)) for row in self.rows]

    def to_pandas(self) -> pandas.DataFrame:
        """A DataFrame."""
        from swancli.api.frames import table_to_pandas

        return table_to_pandas(self.columns())

    def to_polars(self) -> polars.DataFrame:
        """A DataFrame."""
        from swancli.api.frames import table_to_polars

        return table_to_polars(self.columns())

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """An Arrow stream; needs swancli[arrow]."""
        from swancli.api.arrow import arro3, column

        found = list(self.columns())
        arrays = [column(cells, kind) for _, kind, cells in found]
        made = arro3().Table.from_arrays(arrays, names=[name for name, _, _ in found])
        return made.__arrow_c_stream__(requested_schema)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self.rows)

    def __repr__(self) -> str:
        return f"<Table of {len(self.rows)} rows: {', '.join(self.names)}>"

    def _repr_html_(self) -> str:
        from swancli.api.html import table

        return table(self.names, self.rows)


def _kind(cells: Sequence[Any]) -> str:
    """The kind of a column, by its cells."""
    known = [cell for cell in cells if cell is not None]
    if not known:
        return "number"
    if all(isinstance(cell, bool) for cell in known):
        return "flag"
    if any(isinstance(cell, bool) for cell in known) or not all(map(is_number, known)):
        return "text"
    is_whole = all(isinstance(cell, int) and abs(cell) < -NO_TIME for cell in known)
    return "integer" if is_whole else "number"


def _converted(cell: Any, kind: str) -> Any:
    if kind == "time":
        found = milliseconds(cell)
        return None if found == NO_TIME else found
    if kind == "number":
        return as_float(cell)
    if kind == "text":
        from swancli.api.arrow import as_text

        return as_text(cell)
    return cell
