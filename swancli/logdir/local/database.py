"""runs.swanlab, the SQLite database of a logdir: rows as dicts, read without writing anything.

SwanLab writes it in WAL mode, and rows of open or killed runs may live in `runs.swanlab-wal` only. SQLite can't
honour a WAL in a folder where it may not create files, so a database with a WAL (or a rollback journal) is copied
to a private folder and read there; one without is opened as immutable in place.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import time
from collections.abc import Iterator
from itertools import islice
from math import isfinite
from typing import TYPE_CHECKING, TypeAlias, cast

from swancli.errors import DatabaseDamaged, DataError
from swancli.logdir.paths import open_below
from swancli.values import sort_key

if TYPE_CHECKING:
    from swancli.logdir.rows import (
        Cell,
        ChartRow,
        DisplayRow,
        ExperimentRow,
        NamespaceRow,
        ProjectRow,
        SourceRow,
        TagRow,
    )

FILE = "runs.swanlab"
Row: TypeAlias = "dict[str, Cell]"
TRIES = 8
# SQLite lets a cell hold any type, whatever its column says; what IDS and TEXTS hold is relied on.
IDS = {"id", "experiment_id", "chart_id", "namespace_id"}
WHOLE = IDS | {"sum", "charts", "pinned_opened", "hidden_opened", "sort", "status", "show", "system", "opened"}
TEXTS = {"run_id", "name", "folder", "error"}
# How a journal ends that belongs to a transaction over several databases: SQLite deletes the file that it names, once
# it is played back. SwanLab has one database, so such a journal is made up, and the file may be anybody's.
JOURNAL_OF_MANY = bytes.fromhex("d9d505f920a163d7")

ALL = "select * from "
# The columns that every version's tables have, and that are relied on.
EVER = {
    "experiment": ("id", "run_id", "name"),
    "tag": ("id", "experiment_id", "name"),
    "chart": ("id",),
    "namespace": ("id",),
}
TABLES = ("project", "experiment", "tag", "chart", "namespace", "display", "source")
# What one query may cost at most. SQLite files can hold queries that never end, and trees that loop.
STEPS = 300_000_000  # instructions of SQLite's machine: some ten seconds
STEPS_AT_ONCE = 10_000_000
ROWS = 200_000  # that are held at once
TEXT = 1 << 28  # bytes of text in them
LENGTH = 0  # SQLITE_LIMIT_LENGTH
CELL = 1 << 26  # bytes of one of them
HEAP = 1 << 29  # bytes that SQLite itself may take
PLACES = ("/tmp", "/var/tmp", "/dev/shm")  # for copies, behind $TMPDIR
SIDES = ("", "-wal", "-journal")
SETTINGS = ("pragma trusted_schema = off", "pragma temp_store = memory", f"pragma hard_heap_limit = {HEAP}")
# Views and virtual tables run what their makers wrote, and so do computed columns.
NO_TABLES = """select name from sqlite_master where lower(name) in (?, ?, ?, ?, ?, ?, ?) and (type <> 'table'
    or rootpage = 0 or lower(sql) glob '*[^a-z_]as[^a-z_]*'
    and exists (select 1 from pragma_table_xinfo(sqlite_master.name) where hidden > 1))"""
COPY = 1 << 32  # bytes of a database with a journal, which has to be copied


class Database:
    """The database of one logdir; every query answers with dicts, columns that an old version lacks missing."""

    def __init__(self, root: str) -> None:
        self.path = os.path.join(root, FILE)
        self._root = root
        self._steps = self._text_read = 0  # by the query that runs
        self._empty = False  # a writer that only began has made the file, and no table
        self._db = self._open()

    def project(self) -> ProjectRow | None:
        """The project's row; a logdir has at most one."""
        return cast("ProjectRow | None", next(self._rows("select * from project order by id limit 1"), None))

    def experiments(self) -> list[ExperimentRow]:
        """All experiments, by id."""
        return cast("list[ExperimentRow]", self._list("select * from experiment order by id"))

    def experiment(self, id: int) -> ExperimentRow | None:
        """One experiment, or None."""
        return cast("ExperimentRow | None", next(self._rows("select * from experiment where id = ?", id), None))

    def tags(self, experiment: int) -> list[TagRow]:
        """The metrics of an experiment in the order in which a summary lists them."""
        found = self._list("select * from tag where experiment_id = ? order by id", experiment)
        rows = cast("list[TagRow]", found)
        rows.sort(key=lambda row: sort_key(row["id"] if row.get("sort") is None else row["sort"]))
        return rows

    def tag(self, experiment: int, name: str) -> TagRow | None:
        """One metric, matched exactly, or None."""
        return cast(
            "TagRow | None",
            next(self._rows("select * from tag where experiment_id = ? and name = ?", experiment, name), None),
        )

    def charts(self, experiment: int) -> list[ChartRow]:
        """The charts of an experiment, by id."""
        return cast("list[ChartRow]", self._list("select * from chart where experiment_id = ? order by id", experiment))

    def namespaces(self, experiment: int) -> list[NamespaceRow]:
        """The namespaces of an experiment, by id."""
        return cast(
            "list[NamespaceRow]", self._list("select * from namespace where experiment_id = ? order by id", experiment)
        )

    def sources(self, experiment: int) -> list[SourceRow]:
        """Which metric each chart draws: chart_id, error, name; by source id."""
        return cast(
            "list[SourceRow]",
            self._list(
                "select source.chart_id as chart_id, source.error as error, tag.name as name from chart"
                " join source on source.chart_id = chart.id join tag on tag.id = source.tag_id"
                " where chart.experiment_id = ? order by source.id",
                experiment,
            ),
        )

    def displays(self, experiment: int) -> list[DisplayRow]:
        """Which charts each namespace shows: namespace_id, chart_id; by display id."""
        return cast(
            "list[DisplayRow]",
            self._list(
                "select display.namespace_id as namespace_id, display.chart_id as chart_id from namespace"
                " join display on display.namespace_id = namespace.id"
                " where namespace.experiment_id = ? order by display.id",
                experiment,
            ),
        )

    def tag_counts(self) -> dict[int, int]:
        """How many metrics each experiment has."""
        rows = self._rows("select experiment_id as experiment_id, count(*) as n from tag group by experiment_id")
        return {cast("int", row["experiment_id"]): cast("int", row["n"]) for row in rows}

    def main_tags(self, name: str | None) -> list[TagRow]:
        """For each experiment the row of the metric `name`, or else of its main one."""
        if name is not None:
            return cast("list[TagRow]", self._list("select * from tag where name = ?", name))
        from swancli.logdir.main_metric import rank

        self._db.create_function("main_rank", 1, rank, deterministic=True)
        first = "select id, min(main_rank(name) * 1e15 + id) from tag group by experiment_id"
        return cast("list[TagRow]", self._list(f"select * from tag where id in (select id from ({first})) order by id"))

    def close(self) -> None:
        """Let go of the database."""
        self._db.close()

    def _list(self, query: str, *values: Cell) -> list[Row]:
        """The rows of a query, of which there may only be so many."""
        rows = list(islice(self._rows(query, *values), ROWS + 1))
        if len(rows) > ROWS:
            raise DataError(f"{self.path} holds more than {ROWS} rows of what was asked for: it is given up")
        return rows

    def _rows(self, query: str, *values: Cell) -> Iterator[Row]:
        self._steps = self._text_read = 0
        done = 0
        while not self._empty:
            try:
                for row in islice(self._checked(query, values), done, None):
                    yield row
                    done += 1
                return
            except (OverflowError, UnicodeEncodeError):  # an id beyond 64 bits, bytes that are no text: no row has them
                return
            except sqlite3.Error as error:
                if self._steps > STEPS:
                    raise self._damaged("a query on it does not end") from error
                if "decode" not in str(error) or self._db.text_factory is not str:
                    raise self._damaged(error) from error
                self._db.text_factory = _text  # some text is no UTF-8: once more, with a decoder that takes anything
            except UnicodeDecodeError as error:  # a column's name, or SQLite's own message
                raise self._damaged("its schema is no text") from error
            except MemoryError as error:
                raise self._damaged("a query on it takes too much memory") from error

    def _checked(self, query: str, values: tuple[Cell, ...]) -> Iterator[Row]:
        """The rows of a query, with cells of the types that their columns have."""
        cursor = self._db.execute(query, values)
        names = [column[0] for column in cursor.description]
        table = query[len(ALL) :].partition(" ")[0] if query.startswith(ALL) else ""
        if lost := [name for name in EVER.get(table, ()) if name not in names]:
            raise self._damaged(f"its table {table} has no column {lost[0]}")
        kinds = [int if name in WHOLE else str if name in TEXTS else None for name in names]
        for cells in cursor:
            row: Row = {}
            for name, kind, cell in zip(names, kinds, cells):
                found = type(cell)
                if found is str or found is bytes:
                    self._text_read += len(cell)
                if kind is not None and found is not kind:
                    cell = _as_whole(cell, name) if kind is int else _as_text(cell, name)
                row[name] = cell
            if self._text_read > TEXT:
                raise self._damaged(f"its rows hold more than {TEXT} bytes of text")
            yield row

    def _stepped(self) -> bool:
        """Called once in a while during a query; whether it is to be ended."""
        self._steps += STEPS_AT_ONCE
        return self._steps > STEPS

    def _damaged(self, error: object) -> DatabaseDamaged:
        return DatabaseDamaged(
            f"{self.path} is damaged ({error}): restore it from a copy, or move it away to read the runs without it"
        )

    def _open(self) -> sqlite3.Connection:
        for attempt in range(TRIES):
            try:
                db = self._open_once()
            except FileNotFoundError:
                raise
            except PermissionError as error:
                raise DataError(f"no permission to read {self.path}") from error
            except OSError as error:
                raise DataError(f"{self.path} can't be read: {error}") from error
            if db is not None:
                return db
            time.sleep(0.01 * attempt)
        raise DataError(f"{self.path} was being rewritten on each of {TRIES} tries to read it: try again")

    def _open_once(self) -> sqlite3.Connection | None:
        """A connection, or None if a writer got in between and another try is due."""
        os.close(open_below(self._root, self.path))
        sides = [self.path + end for end in SIDES[1:]]
        if not any(_size(side) for side in sides):
            db = self._connect(f"file:{_uri(self.path)}?mode=ro&immutable=1")
            if any(_size(side) for side in sides):  # a writer came meanwhile
                db.close()
                return None
            return db
        return self._open_copy()

    def _open_copy(self) -> sqlite3.Connection | None:
        """A connection to a private copy, in the first place that has room for it."""
        size = sum(_size(self.path + end) for end in SIDES)
        if size > COPY:
            raise DataError(f"{self.path} has {size} bytes and a journal, for which it is copied; up to {COPY} are")
        full = None
        for folder in private_folders():
            try:
                return self._open_copy_in(folder)
            except OSError as error:
                if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                    raise
                full = error
        why = f" ({full.strerror})" if full is not None else ""
        raise DataError(
            f"no room for a private copy of {self.path}, {size} bytes{why}: neither $TMPDIR nor {' nor '.join(PLACES)}"
            " can take it"
        )

    def _open_copy_in(self, folder: str) -> sqlite3.Connection | None:
        """A connection to a private copy, its files unlinked already.

        Database first, WAL second: whatever was checkpointed in between is still in the WAL, unless the WAL was
        restarted, which its header tells.
        """
        copy = os.path.join(folder, FILE)
        try:
            before = self._head("-wal")
            for end in SIDES:
                _copy(self._root, self.path + end, copy + end)
            if self._head("-wal") != before:
                return None
            if _tail(copy + "-journal").endswith(JOURNAL_OF_MANY):
                raise self._damaged("its journal names another file")
            return self._connect(f"file:{_uri(copy)}?mode=rw")
        finally:
            for end in [*SIDES, "-shm"]:
                if os.path.exists(copy + end):
                    os.unlink(copy + end)
            os.rmdir(folder)

    def _head(self, end: str) -> bytes:
        """The header of a WAL, which changes when it starts anew."""
        try:
            fd = open_below(self._root, self.path + end)
        except OSError:
            return b""
        try:
            return os.read(fd, 32)
        finally:
            os.close(fd)

    def _connect(self, uri: str) -> sqlite3.Connection:
        try:
            db = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
            db.set_progress_handler(self._stepped, STEPS_AT_ONCE)
            if hasattr(db, "setlimit"):  # Python 3.11
                db.setlimit(LENGTH, CELL)
            for setting in SETTINGS:
                db.execute(setting)
            # opens the WAL, and proves that it is a database
            self._empty = db.execute("select 1 from sqlite_master").fetchone() is None
            if odd := db.execute(NO_TABLES, TABLES).fetchone():
                raise self._damaged(f"its {odd[0]} is no plain table")
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise self._damaged(error) from error
        return db


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _as_whole(value: Cell, column: str) -> int | str | None:
    """What stands in for a cell of whole numbers that holds another type."""
    if isinstance(value, float) and isfinite(value):
        return int(value)
    return value if isinstance(value, str) and column not in IDS else None


def _as_text(value: Cell, column: str) -> str | None:
    """What stands in for a cell of text that holds another type."""
    if value is None:
        return "" if column in ("run_id", "name") else None
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _uri(path: str) -> str:
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _tail(path: str) -> bytes:
    """The last bytes of a file, or none."""
    try:
        with open(path, "rb") as file:
            file.seek(max(os.fstat(file.fileno()).st_size - len(JOURNAL_OF_MANY), 0))
            return file.read()
    except FileNotFoundError:
        return b""


def _copy(root: str, path: str, target: str) -> None:
    try:
        source = open_below(root, path)
    except FileNotFoundError:
        return
    fd = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        while piece := os.read(source, 1 << 20):
            while piece:
                piece = piece[os.write(fd, piece) :]
    finally:
        os.close(fd)
        os.close(source)


def private_folders() -> Iterator[str]:
    """New folders that only this user may enter, outside any logdir, one in each place where there can be one."""
    for place in filter(None, [os.environ.get("TMPDIR", ""), *PLACES]):
        folder = os.path.join(place, f"swancli-{os.getpid()}-{os.urandom(6).hex()}")
        try:
            os.mkdir(folder, 0o700)
        except OSError:
            continue
        yield folder
