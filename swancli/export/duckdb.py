"""A DuckDB database with the tables of an export; a run is replaced in one transaction."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from swancli.api import arrow, batches
from swancli.errors import MissingExtra, UsageError
from swancli.export.contents import COLUMNS, CONFIG, RUNS, Contents

if TYPE_CHECKING:
    from arro3.core import RecordBatchReader

TYPES = {"text": "varchar", "integer": "bigint", "number": "double", "time": "timestamptz"}
EXPORTED = "swancli_export"  # the table of the runs that are there
MEMORY = "40MB"  # of DuckDB's buffers: it writes to the disk what does not fit
INSERTED_ROWS = 1 << 13


class DuckdbTarget:
    """The database in a file."""

    def __init__(self, path: str) -> None:
        duckdb = module()
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        try:
            self._db = duckdb.connect(path, config={"memory_limit": MEMORY, "threads": "1"})
        except duckdb.Error as error:
            raise UsageError(f"{path}: {str(error).splitlines()[0]}") from error
        try:
            self._db.execute("set enable_progress_bar = false")  # which is printed to stdout, even to a pipe
            names = {name for (name,) in self._db.execute("select table_name from duckdb_tables()").fetchall()}
            if names and EXPORTED not in names:
                raise UsageError(f"{path} is a database with other tables: specify another file")
            self._db.execute("begin")
            for table, columns in COLUMNS.items():
                spelled = ", ".join(f'"{name}" {TYPES[kind]}' for name, kind in columns)
                self._db.execute(f'create table if not exists "{table}" ({spelled})')
            self._db.execute(f"create table if not exists {EXPORTED} (run varchar, fingerprint varchar, points bigint)")
            self._db.execute("commit")
        except BaseException:
            self._db.close()
            raise

    def holds(self, contents: Contents, fingerprint: str | None) -> bool:
        """Whether the run is there unchanged; if so, what changes with time alone is brought up to date."""
        found = self._db.execute(
            f"select points from {EXPORTED} where run = ? and fingerprint = ?", [_key(contents), fingerprint]
        ).fetchall()
        if fingerprint is None or not found:
            return False
        contents.points = found[0][0]
        self._db.execute("begin")
        self._replace("runs", contents, self._table(RUNS, [contents.row()]))
        self._db.execute("commit")
        return True

    def write(self, contents: Contents, fingerprint: str | None) -> None:
        """Replace a run."""
        owner, db = contents.owner, self._db
        db.execute("begin")
        try:
            parts = {
                "points": batches.points(owner, contents.series(), wide=True),
                "text": batches.texts(owner, contents.text_series(), wide=True),
                "console": batches.console(owner, contents.run, wide=True),
            }
            for kind, part in parts.items():
                with arrow.streamed(batches.schema(kind, wide=True), part) as reader:
                    self._replace(kind, contents, reader)
            self._replace("config", contents, self._table(CONFIG, contents.config()))
            self._replace("runs", contents, self._table(RUNS, [contents.row()]))
            db.execute(f"delete from {EXPORTED} where run = ?", [_key(contents)])
            db.execute(f"insert into {EXPORTED} values (?, ?, ?)", [_key(contents), fingerprint, contents.points])
        except BaseException:
            db.execute("rollback")
            raise
        db.execute("commit")

    def close(self, failed: bool) -> None:
        """Close the database."""
        self._db.close()

    def _replace(self, table: str, contents: Contents, rows: RecordBatchReader) -> None:
        whose = "project = ? and run_id = ? and experiment_id is not distinct from ?"
        self._db.execute(f'delete from "{table}" where {whose}', list(contents.owner))
        self._db.register("swancli_rows", rows)
        self._db.execute(f'insert into "{table}" select * from swancli_rows')
        self._db.unregister("swancli_rows")

    def _table(self, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]]) -> RecordBatchReader:
        return arrow.table_reader(columns, rows, INSERTED_ROWS)


def module() -> Any:
    """The module duckdb; MissingExtra if it is not installed."""
    try:
        import duckdb
    except ImportError as error:
        raise MissingExtra("this needs DuckDB", "sql") from error
    arrow.arro3()
    return duckdb


def _key(contents: Contents) -> str:
    return "/".join(map(str, contents.owner))
