"""An SQLite database with the tables of an export; a run is replaced in one transaction."""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING, Any

from swancli.errors import UsageError
from swancli.export.contents import COLUMNS, Contents
from swancli.export.rows import rows_of, with_times
from swancli.values import encodable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TYPES = {"text": "text", "integer": "integer", "number": "real", "time": "text"}
EXPORTED = "swancli_export"  # the table of the runs that are there
HEAD = b"SQLite format 3\0"


class SqliteTarget:
    """The database in a file. NaN is null, because SQLite has no NaN; infinities are kept."""

    def __init__(self, path: str) -> None:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        _check(path)
        self._db = sqlite3.connect(path, isolation_level=None)
        try:
            names = {name for (name,) in self._db.execute("select name from sqlite_master where type = 'table'")}
            if names and EXPORTED not in names:
                raise UsageError(f"{path} is a database with other tables: specify another file")
            self._db.execute("begin immediate")
            for table, columns in COLUMNS.items():
                spelled = ", ".join(f'"{name}" {TYPES[kind]}' for name, kind in columns)
                self._db.execute(f'create table if not exists "{table}" ({spelled})')
                if table != "runs":
                    self._db.execute(
                        f'create index if not exists "{table}_of_run" on "{table}" (run_id, experiment_id, project)'
                    )
            self._db.execute(
                f"create table if not exists {EXPORTED} (run text primary key, fingerprint text, points integer)"
            )
            self._db.execute("commit")
        except sqlite3.OperationalError as error:
            self._db.close()
            raise UsageError(f"{path}: {error}") from error
        except BaseException:
            self._db.close()
            raise

    def holds(self, contents: Contents, fingerprint: str | None) -> bool:
        """Whether the run is there unchanged; if so, what changes with time alone is brought up to date."""
        if fingerprint is None:
            return False
        found = self._db.execute(
            f"select fingerprint, points from {EXPORTED} where run = ?", [_key(contents)]
        ).fetchone()
        if found is None or found[0] != fingerprint:
            return False
        contents.points = found[1]
        self._db.execute("begin immediate")
        self._replace("runs", contents, [with_times("runs", contents.row())])
        self._db.execute("commit")
        return True

    def write(self, contents: Contents, fingerprint: str | None) -> None:
        """Replace a run."""
        self._db.execute("begin immediate")
        try:
            for table, rows in rows_of(contents):
                self._replace(table, contents, rows)
            self._db.execute(
                f"insert or replace into {EXPORTED} values (?, ?, ?)", [_key(contents), fingerprint, contents.points]
            )
        except BaseException:
            self._db.execute("rollback")
            raise
        self._db.execute("commit")

    def close(self, failed: bool) -> None:
        """Close the database."""
        self._db.close()

    def _replace(self, table: str, contents: Contents, rows: Iterable[tuple[Any, ...]]) -> None:
        marks = ", ".join("?" * len(COLUMNS[table]))
        whose = [_clean(cell) for cell in contents.owner]
        self._db.execute(f'delete from "{table}" where project = ? and run_id = ? and experiment_id is ?', whose)
        self._db.executemany(f'insert into "{table}" values ({marks})', _cleaned(rows))


def _cleaned(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """The rows without halves of surrogate pairs, which SQLite does not take."""
    for row in rows:
        try:
            "".join(cell for cell in row if type(cell) is str).encode()
        except UnicodeEncodeError:
            row = tuple(_clean(cell) for cell in row)
        yield row


def _clean(cell: Any) -> Any:
    return encodable(cell) if isinstance(cell, str) else cell


def _key(contents: Contents) -> str:
    return encodable("/".join(map(str, contents.owner)))


def _check(path: str) -> None:
    """Raise UsageError for a file that is not a database."""
    try:
        with open(path, "rb") as file:
            begun = file.read(len(HEAD))
    except FileNotFoundError:
        return
    if begun and begun != HEAD:
        raise UsageError(f"{path} exists and is not an SQLite database: specify another file")
