"""runs.swanlab, the SQLite database of a logdir: its rows as dicts, at a bounded cost whatever the file holds."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast

from swancli.errors import DatabaseDamaged, DataError
from swancli.logdir.local.connection import damaged, open_database
from swancli.logdir.locate import DATABASE
from swancli.values import is_finite, sort_key

if TYPE_CHECKING:
    from swancli.logdir.local.in_place import InPlace
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

    Function = Callable[..., float | str | None]  # that a query may call

Item = TypeVar("Item")

# SQLite lets a cell hold any type, whatever its column says; the types of these columns are relied on.
ID_COLUMNS = {"id", "experiment_id", "chart_id", "namespace_id"}
INTEGER_COLUMNS = ID_COLUMNS | {
    "sum", "charts", "pinned_opened", "hidden_opened", "sort", "status", "show", "system", "opened",
}  # fmt: skip
TEXT_COLUMNS = {"run_id", "name", "folder", "error"}
# The columns that every version's tables have, and that are relied on.
REQUIRED_COLUMNS = {
    "experiment": ("id", "run_id", "name"),
    "tag": ("id", "experiment_id", "name"),
    "chart": ("id",),
    "namespace": ("id",),
}
TABLES = ("project", "experiment", "tag", "chart", "namespace", "display", "source")
SELECT_ALL = "select * from "
HEAD_COLUMNS = ("id", "run_id", "name", "status", "create_time")  # what identifies an experiment, and its age
# Rows that a word may mean, and a few more: cells that are not text are for the caller to compare.
MAY_MEAN = "name = :word or instr(run_id, :word) or typeof(name) <> 'text' or typeof(run_id) <> 'text'"

# What one query may cost at most. SQLite files can hold queries that never end, and trees that loop.
MAX_INSTRUCTIONS = 300_000_000  # of SQLite's virtual machine: about ten seconds
INSTRUCTIONS_PER_CHECK = 10_000_000
MAX_ROWS = 200_000  # that are held at once
MAX_NAMES = 500  # in one query
MAX_TEXT_BYTES = 1 << 28  # in all cells of the rows read
MAX_CELL_BYTES = 1 << 26
MAX_HEAP_BYTES = 1 << 29  # that SQLite itself may take
SQLITE_LIMIT_LENGTH = 0
REPLACEMENT = "\ufffd"  # stands for what is not UTF-8
MAX_IMAGE_BYTES = MAX_HEAP_BYTES // 2  # of all databases in memory; more are read from copies on disk
PRAGMAS = (
    "pragma trusted_schema = off",
    "pragma temp_store = memory",
    "pragma locking_mode = exclusive",  # the index of a WAL is in memory
    f"pragma hard_heap_limit = {MAX_HEAP_BYTES}",
)
# Views and virtual tables run what their makers wrote, and so do computed columns.
TABLES_WITH_CODE = """select name from sqlite_master where lower(name) in (?, ?, ?, ?, ?, ?, ?) and (type <> 'table'
    or rootpage = 0 or lower(sql) glob '*[^a-z_]as[^a-z_]*'
    and exists (select 1 from pragma_table_xinfo(sqlite_master.name) where hidden > 1))"""

_images: dict[int, int] = {}  # the bytes of each database in memory, by the id of its Database

Row: TypeAlias = "dict[str, Cell]"


class Database:
    """The database of one logdir. Rows are dicts; columns that an old version lacks are missing from them."""

    def __init__(self, root: str) -> None:
        self.path = os.path.join(root, DATABASE)
        self._instructions = self._text_bytes = 0  # of the current query
        self._empty = False  # a writer that has only just started has created the file, and no table
        self._root = root
        self._functions: dict[str, tuple[int, Function]] = {}
        self._db, self._place = open_database(root, self.path, self._connect)

    def project(self) -> ProjectRow | None:
        """The project's row; a logdir has at most one."""
        return cast("ProjectRow | None", next(self._rows("select * from project order by id limit 1"), None))

    def experiments(self) -> list[ExperimentRow]:
        """All experiments, by id."""
        return cast("list[ExperimentRow]", self._list("select * from experiment order by id"))

    def experiment(self, id: int) -> ExperimentRow | None:
        """One experiment, or None."""
        return cast("ExperimentRow | None", next(self._rows("select * from experiment where id = ?", id), None))

    def heads(self, word: str | None = None, newest: bool = False) -> list[ExperimentRow]:
        """The HEAD_COLUMNS of all experiments, by id.

        With a word, at least of those whose name it is, or whose run id holds it; with `newest`, of the newest, too.
        """
        columns = self._columns("experiment")
        wanted = ", ".join(name for name in HEAD_COLUMNS if name in columns or name in REQUIRED_COLUMNS["experiment"])
        query = f"select {wanted} from experiment"
        if word is None or REPLACEMENT in word:  # which text that is not UTF-8 is read as
            return cast("list[ExperimentRow]", self._list(f"{query} order by id"))
        meant = MAY_MEAN
        if newest:
            age = "create_time desc, id desc" if "create_time" in columns else "id desc"
            meant += f" or id = (select id from experiment order by {age} limit 1)"
            if "create_time" in columns:
                meant += " or typeof(create_time) <> 'text'"
        return cast("list[ExperimentRow]", self._list(f"{query} where {meant} order by id", word=word))

    def run_ids(self) -> frozenset[str]:
        """The run ids of all experiments."""
        return frozenset(self._read(lambda: self._texts("select run_id from experiment", "run_id")))

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

    def main_tags(self) -> list[TagRow]:
        """For each experiment the row of its main metric."""
        from swancli.logdir.main_metric import rank

        self._add_function("main_rank", 1, rank)
        first = "select id, min(main_rank(name) * 1e15 + id) from tag group by experiment_id"
        return cast("list[TagRow]", self._list(f"select * from tag where id in (select id from ({first})) order by id"))

    def named_tags(self, names: Sequence[str]) -> Iterator[TagRow]:
        """The metrics of all experiments that have one of these names."""
        for start in range(0, len(names), MAX_NAMES):
            some = names[start : start + MAX_NAMES]
            query = f"select * from tag where name in ({', '.join('?' * len(some))})"
            yield from cast("list[TagRow]", self._list(query, *some))

    def matching_tags(self, word: str) -> list[TagRow]:
        """The metrics of all experiments that a name or a glob matches, by id."""
        from swancli.names import matches

        self._add_function("matches", 2, matches)
        return cast("list[TagRow]", self._list("select * from tag where matches(name, ?) order by id", word))

    def close(self) -> None:
        """Close the connection."""
        self._db.close()
        if self._place is not None:
            self._place.close()
        _images.pop(id(self), None)

    def _leave_place(self, place: InPlace) -> None:
        """Read a copy from now on: there may have been a change."""
        self.close()
        self._place = None
        if place.interrupted is not None:
            raise place.interrupted
        try:
            self._db, self._place = open_database(self._root, self.path, self._connect, in_place=False)
        except FileNotFoundError as error:
            raise DataError(f"{self.path} was removed while it was read") from error
        for name, (count, function) in self._functions.items():
            self._db.create_function(name, count, function, deterministic=True)

    def _add_function(self, name: str, count: int, function: Function) -> None:
        """Let queries call a function of `count` arguments."""
        self._functions[name] = count, function
        self._db.create_function(name, count, function, deterministic=True)

    def _columns(self, table: str) -> set[str]:
        """The names of a table's columns."""
        return {str(row["name"]) for row in self._rows("select name from pragma_table_info(?)", table)}

    def __del__(self) -> None:
        """Close a database that nobody closed, and give back its memory."""
        _images.pop(id(self), None)
        if hasattr(self, "_db"):
            self.close()

    def _list(self, query: str, *values: Cell, **named: Cell) -> list[Row]:
        """The rows of a query; DataError if there are more than MAX_ROWS."""
        rows = list(islice(self._rows(query, *values, **named), MAX_ROWS + 1))
        if len(rows) > MAX_ROWS:
            raise DataError(f"{self.path} holds more than {MAX_ROWS} matching rows; giving up")
        return rows

    def _rows(self, query: str, *values: Cell, **named: Cell) -> Iterator[Row]:
        """The rows of a query; DatabaseDamaged if it fails."""
        return self._read(lambda: self._checked(query, named or values))

    def _read(self, start: Callable[[], Iterator[Item]]) -> Iterator[Item]:
        """What a query gives that `start` starts; DatabaseDamaged if it fails."""
        self._instructions = self._text_bytes = 0
        done = 0
        while not self._empty:
            try:
                items = start()
                if self._place is not None:  # before something changes
                    items = chain(list(islice(items, MAX_ROWS)), items)
                for item in islice(items, done, None):
                    yield item
                    done += 1
                return
            except (OverflowError, UnicodeEncodeError):  # an id beyond 64 bits, text that is not UTF-8: in no row
                return
            except sqlite3.Error as error:
                if self._instructions > MAX_INSTRUCTIONS:
                    raise self._damaged("a query takes too long") from error
                if "decode" in str(error) and self._db.text_factory is str:
                    self._db.text_factory = _text  # some text is not UTF-8: try again, decoding anything
                elif self._place is None:
                    raise self._damaged(error) from error
                else:
                    self._leave_place(self._place)
            except UnicodeDecodeError as error:  # a column's name, or SQLite's own message
                raise self._damaged("its schema is not text") from error
            except MemoryError as error:
                raise self._damaged("a query takes too much memory") from error

    def _checked(self, query: str, values: tuple[Cell, ...] | dict[str, Cell]) -> Iterator[Row]:
        """The rows of a query, with cells of the types that their columns have."""
        cursor = self._db.execute(query, values)
        names = [column[0] for column in cursor.description]
        table = query[len(SELECT_ALL) :].partition(" ")[0] if query.startswith(SELECT_ALL) else ""
        if lost := [name for name in REQUIRED_COLUMNS.get(table, ()) if name not in names]:
            raise self._damaged(f"its table {table} has no column {lost[0]}")
        kinds = [int if name in INTEGER_COLUMNS else str if name in TEXT_COLUMNS else None for name in names]
        for cells in cursor:
            row: Row = {}
            for name, kind, cell in zip(names, kinds, cells):
                found = type(cell)
                if found is str or found is bytes:
                    self._text_bytes += len(cell)
                if kind is not None and found is not kind:
                    cell = _as_integer(cell, name) if kind is int else _as_text(cell, name)
                row[name] = cell
            if self._text_bytes > MAX_TEXT_BYTES:
                raise self._too_much_text()
            yield row

    def _texts(self, query: str, name: str) -> Iterator[str]:
        """The texts of a query for one column of that name: of thousands of rows, in a third of the time."""
        for (cell,) in self._db.execute(query):
            if type(cell) is str or type(cell) is bytes:
                self._text_bytes += len(cell)
            if self._text_bytes > MAX_TEXT_BYTES:
                raise self._too_much_text()
            yield cell if type(cell) is str else _as_text(cell, name) or ""

    def _too_much_text(self) -> DatabaseDamaged:
        return self._damaged(f"its rows hold more than {MAX_TEXT_BYTES} bytes of text")

    def _is_too_long(self) -> bool:
        """Whether the current query has run for too long; SQLite asks every INSTRUCTIONS_PER_CHECK instructions."""
        self._instructions += INSTRUCTIONS_PER_CHECK
        return self._instructions > MAX_INSTRUCTIONS

    def _damaged(self, reason: object) -> DatabaseDamaged:
        return damaged(self.path, reason)

    def _connect(self, uri: str, image: memoryview | None = None) -> sqlite3.Connection:
        """A connection with all limits set; DatabaseDamaged if the file, or image, is no database of plain tables."""
        try:
            db = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise self._damaged(error) from error
        try:
            if image is not None and sys.version_info >= (3, 11):
                if sum(list(_images.values())) + len(image) > MAX_IMAGE_BYTES:
                    raise MemoryError
                _images[id(self)] = len(image)
                db.deserialize(image)
            db.set_progress_handler(self._is_too_long, INSTRUCTIONS_PER_CHECK)
            if hasattr(db, "setlimit"):  # Python 3.11
                db.setlimit(SQLITE_LIMIT_LENGTH, MAX_CELL_BYTES)
            for setting in PRAGMAS:
                db.execute(setting)
            # opens the WAL, and proves that it is a database
            self._empty = db.execute("select 1 from sqlite_master").fetchone() is None
            if odd := db.execute(TABLES_WITH_CODE, TABLES).fetchone():
                raise self._damaged(f"its {odd[0]} is not a plain table")
        except BaseException as error:
            _images.pop(id(self), None)
            db.close()
            if isinstance(error, (sqlite3.Error, UnicodeDecodeError)):
                raise self._damaged(error) from error
            raise
        return db


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _as_integer(value: Cell, column: str) -> int | str | None:
    """The replacement for a cell that should hold an integer and holds another type."""
    if isinstance(value, float) and is_finite(value):
        return int(value)
    return value if isinstance(value, str) and column not in ID_COLUMNS else None


def _as_text(value: Cell, column: str) -> str | None:
    """The replacement for a cell that should hold text and holds another type."""
    if value is None:
        return "" if column in ("run_id", "name") else None
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
