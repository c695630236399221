"""Running a query: DuckDB in memory, which sees the views and nothing else of the machine."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from swancli.api import arrow
from swancli.errors import MissingExtra, UsageError
from swancli.sql.views import Views
from swancli.sql.wanted import wanted

if TYPE_CHECKING:
    from swancli.api.runs import Runs
    from swancli.source import Source
    from swancli.sql.wanted import Wanted

# Nothing is read or written but the views: no files, no extensions from the network, no spilling to a folder.
CLOSED = {
    "enable_external_access": "false", "temp_directory": "", "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false", "threads": "1",
}  # fmt: skip
# A progress bar would be printed to stdout, even to a pipe.
QUIET = "set enable_progress_bar = false"
LOCKED = "set lock_configuration = true"
FETCHED_ROWS = 1000


class Answer(NamedTuple):
    """The columns, each a name and DuckDB's type, and the rows, which are read as they are asked for."""

    columns: list[tuple[str, str]]
    rows: Iterator[Sequence[Any]]


class Query:
    """A query that is answered once; close it."""

    def __init__(self, source: Source, runs: Runs) -> None:
        self._duckdb = _module()
        self._source, self._runs = source, runs
        self._db = self._duckdb.connect(":memory:", config=CLOSED)
        for setting in (QUIET, LOCKED):
            self._db.execute(setting)
        self.views: Views | None = None

    def run(self, text: str) -> Answer:
        """The answer; UsageError, in DuckDB's words, for a query that is wrong."""
        views = self.views = Views(self._source, self._runs, self._asked(text))
        for name, view in views.all().items():
            self._db.register(name, view)
        self._guarded(lambda: self._db.execute(text))
        columns = [(str(name), str(kind)) for name, kind, *_ in self._db.description or ()]
        return Answer(columns, self._rows())

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def _rows(self) -> Iterator[Sequence[Any]]:
        while rows := self._guarded(lambda: self._db.fetchmany(FETCHED_ROWS)):
            for row in rows:
                yield tuple(map(_plain, row))

    def _asked(self, text: str) -> dict[str, list[Wanted]] | None:
        """What the query asks of each view; None if that cannot be told."""
        try:
            ((found,),) = self._db.execute("select json_serialize_sql(?)", [text]).fetchall()
        except self._duckdb.Error:
            return None
        tree = json.loads(found)
        return None if tree.get("error") else wanted(tree)

    def _guarded(self, call: Any) -> Any:
        try:
            return call()
        except self._duckdb.Error as error:
            assert self.views is not None
            if self.views.failures:
                raise self.views.failures[0] from None
            lines = [line.strip() for line in str(error).splitlines() if line.strip()]
            raise UsageError(" ".join(lines[:2] if lines and lines[0].endswith(":") else lines[:1])) from error


def _module() -> Any:
    try:
        import duckdb
    except ImportError as error:
        raise MissingExtra("sql needs DuckDB", "sql") from error
    arrow.arro3("sql")
    return duckdb


def _plain(cell: Any) -> Any:
    """A cell as tables have it: times as ISO texts in UTC, anything else that is not a number or a text as text."""
    if cell is None or isinstance(cell, (str, int, float)):
        return cell
    if isinstance(cell, datetime):
        return (cell.astimezone(timezone.utc) if cell.tzinfo else cell).isoformat()
    if isinstance(cell, Decimal):
        return int(cell) if cell == cell.to_integral_value() and cell.as_tuple().exponent == 0 else float(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, (list, tuple)):
        return [_plain(item) for item in cell]
    if isinstance(cell, dict):
        return {str(key): _plain(item) for key, item in cell.items()}
    return cell.decode("utf-8", "backslashreplace") if isinstance(cell, (bytes, bytearray)) else str(cell)
