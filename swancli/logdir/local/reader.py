"""Running queries on a database that anybody may have written: cells of the types expected, at a bounded cost."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from swancli.errors import DatabaseDamaged, DataError
from swancli.logdir.local.connection import damaged, open_database
from swancli.values import is_finite

if TYPE_CHECKING:
    from swancli.logdir.local.in_place import InPlace
    from swancli.logdir.rows import Cell

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
# What one query may cost at most. SQLite files can hold queries that never end, and trees that loop.
MAX_INSTRUCTIONS = 300_000_000  # of SQLite's virtual machine: about ten seconds
INSTRUCTIONS_PER_CHECK = 10_000_000
MAX_ROWS = 200_000  # that are held at once
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
OTHER_TABLES = "select 1 from sqlite_master where tbl_name <> 'project'"  # SwanLab makes that one first

_images: dict[int, int] = {}  # the bytes of each database in memory, by the id of its Reader

Row: TypeAlias = "dict[str, Cell]"


class Reader:
    """The database at `path` below `root`. Rows are dicts; columns that an old version lacks are missing from them."""

    def __init__(self, root: str, path: str) -> None:
        self.path = path
        self._root = root
        self._instructions = self._text_bytes = 0  # of the current query
        self._empty = False  # a writer that has only just started has created the file, and at most its first table
        self._functions: dict[str, tuple[int, Function]] = {}
        self._db, self._place = open_database(root, path, self._connect)

    def rows(self, query: str, *values: Cell, **named: Cell) -> Iterator[Row]:
        """The rows of a query; DatabaseDamaged if it fails."""
        return self._read(lambda: self._checked(query, named or values))

    def fetch_all(self, query: str, *values: Cell, **named: Cell) -> list[Row]:
        """The rows of a query; DataError if there are more than MAX_ROWS."""
        rows = list(islice(self.rows(query, *values, **named), MAX_ROWS + 1))
        if len(rows) > MAX_ROWS:
            raise DataError(f"{self.path} holds more than {MAX_ROWS} matching rows; giving up")
        return rows

    def texts(self, query: str, column: str) -> list[str]:
        """The texts of a query for one column of that name, all at once; DatabaseDamaged if it fails."""
        return next(self._read(lambda: iter([self._texts(query, column)])), [])

    def add_function(self, name: str, count: int, function: Function) -> None:
        """Let queries call a function of `count` arguments."""
        self._functions[name] = count, function
        self._db.create_function(name, count, function, deterministic=True)

    def close(self) -> None:
        """Close the connection."""
        self._db.close()
        if self._place is not None:
            self._place.close()
        _images.pop(id(self), None)

    def __del__(self) -> None:
        """Close a database that nobody closed, and give back its memory."""
        _images.pop(id(self), None)
        if hasattr(self, "_db"):
            self.close()

    def _leave_place(self, place: InPlace) -> None:
        """Read a copy from now on: the files may have changed."""
        self.close()
        self._place = None
        if place.interrupted is not None:
            raise place.interrupted
        try:
            self._db, self._place = open_database(self._root, self.path, self._connect, in_place=False)
        except FileNotFoundError as error:
            raise DataError(f"{self.path} was removed while it was read") from error
        for name, given in self._functions.items():
            self.add_function(name, *given)

    def _read(self, start: Callable[[], Iterator[Item]]) -> Iterator[Item]:
        """The results of the query that `start` starts; DatabaseDamaged if it fails."""
        self._instructions = self._text_bytes = 0
        done = 0
        while not self._empty:
            try:
                items = start()
                if self._place is not None:  # read them before something changes
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

    def _texts(self, query: str, column: str) -> list[str]:
        """The texts of a query for one column; for thousands of rows, a tenth of the time of `_checked`."""
        texts, held = [], 0
        for (cell,) in self._db.execute(query):
            if type(cell) is not str:
                cell = _as_text(cell, column) or ""
            held += len(cell)
            if held > MAX_TEXT_BYTES:
                raise self._too_much_text()
            texts.append(cell)
        return texts

    def _too_much_text(self) -> DatabaseDamaged:
        return self._damaged(f"its rows hold more than {MAX_TEXT_BYTES} bytes of text")

    def _is_too_long(self) -> bool:
        """Whether the current query has run for too long; SQLite asks every INSTRUCTIONS_PER_CHECK instructions."""
        self._instructions += INSTRUCTIONS_PER_CHECK
        return self._instructions > MAX_INSTRUCTIONS

    def _damaged(self, reason: object) -> DatabaseDamaged:
        return damaged(self.path, reason)

    def _connect(self, uri: str, image: memoryview | None = None) -> sqlite3.Connection:
        """A connection with all limits set; DatabaseDamaged if the file or image is not a database of plain tables."""
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
            self._empty = db.execute(OTHER_TABLES).fetchone() is None
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
