"""CSV and JSON lines: a folder with one file per table, or a single file of the points."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, BinaryIO

from swancli.export.atomic import Folder, replace
from swancli.export.contents import COLUMNS, TABLES, Contents
from swancli.export.manifest import Manifest
from swancli.export.rows import Rows, rows_of, with_times
from swancli.values import encoded

ROWS = 1000  # that are written at a time
COPIED_BYTES = 1 << 20


class TextTarget:
    """A folder with a file for each table.

    Each file is written anew, with runs that have not changed copied from the old one, which it replaces at the end.
    """

    def __init__(self, path: str, format: str) -> None:
        self._format = format
        self._folder = Folder(path)
        try:
            self._manifest = Manifest(self._folder, format)
            self._old = dict(self._manifest.runs)
            self._is_whole = all(self._state(table) == self._manifest.files.get(table) for table in TABLES)
            self._parts = {table: open(f"{path}/.{table}.part", "wb") for table in TABLES}  # noqa: SIM115
        except BaseException:
            self._folder.close()
            raise
        self._changed = False
        for table, file in self._parts.items():
            file.write(head(table, format))

    def holds(self, contents: Contents, fingerprint: str | None) -> bool:
        """Whether the run is there unchanged; if so, it is copied."""
        key = _key(contents)
        if not self._is_whole or not self._manifest.holds(key, fingerprint):
            return False
        contents.points = self._old[key]["points"]
        row = contents.row()
        self._copy(key, row)
        return True

    def write(self, contents: Contents, fingerprint: str | None) -> None:
        """Write a run."""
        ranges = {}
        starts = {table: file.tell() for table, file in self._parts.items()}
        try:
            for table, rows in rows_of(contents):
                self._parts[table].writelines(encode(table, rows, self._format))
                ranges[table] = starts[table], self._parts[table].tell()
        except BaseException:
            for table, start in starts.items():
                self._parts[table].seek(start)
                self._parts[table].truncate()
            raise
        self._changed = True
        self._manifest.runs[_key(contents)] = {
            "fingerprint": fingerprint, "points": contents.points, "row": contents.row(), "config": [], "files": [],
            "ranges": ranges,
        }  # fmt: skip
        self._old.pop(_key(contents), None)

    def close(self, failed: bool) -> None:
        """Copy the runs that were not asked for, and put the files in place."""
        try:
            if not failed:
                for key in list(self._old) if self._is_whole else ():
                    self._copy(key, self._old[key]["row"])
                self._finish()
        finally:
            for table, file in self._parts.items():
                file.close()
                self._folder.remove(f".{table}.part")
            self._folder.close()

    def _finish(self) -> None:
        if not self._is_whole:  # what was not written again is lost
            self._manifest.runs = {key: entry for key, entry in self._manifest.runs.items() if key not in self._old}
        for table, file in self._parts.items():
            file.close()
            replace(f"{self._folder.path}/.{table}.part", self._path(table))
        states = {table: self._state(table) for table in TABLES}
        self._manifest.files = {table: state for table, state in states.items() if state is not None}
        self._manifest.save()

    def _copy(self, key: str, row: list[Any]) -> None:
        """Copy a run's rows from the old files; its row in runs is made anew, because it may change with time alone."""
        entry = self._old.pop(key)
        ranges = {}
        for table, (start, end) in entry["ranges"].items():
            file = self._parts[table]
            begun = file.tell()
            if table == "runs":
                file.writelines(encode("runs", iter([with_times("runs", row)]), self._format))
            else:
                with open(self._path(table), "rb") as old:
                    old.seek(start)
                    _copy(old, file, end - start)
            ranges[table] = begun, file.tell()
        self._manifest.runs[key] = {**entry, "row": row, "ranges": ranges}

    def _path(self, table: str) -> str:
        return f"{self._folder.path}/{table}.{self._format}"

    def _state(self, table: str) -> list[int] | None:
        try:
            found = os.stat(self._path(table))
        except FileNotFoundError:
            return None
        return [found.st_ino, found.st_size, found.st_mtime_ns]


class FileTarget:
    """A single file of points, whose values are numbers; it is written anew each time."""

    def __init__(self, path: str, format: str) -> None:
        self._path, self._format = path, format
        folder, name = os.path.split(path)
        os.makedirs(folder or ".", exist_ok=True)
        self._part = os.path.join(folder, f".{name}.{os.getpid()}.part")
        self._file = open(self._part, "wb")  # noqa: SIM115
        self._file.write(head("points", format))

    def holds(self, contents: Contents, fingerprint: str | None) -> bool:
        """False: the file is always written anew."""
        return False

    def write(self, contents: Contents, fingerprint: str | None) -> None:
        """Write a run's points."""
        for table, rows in rows_of(contents):
            if table == "points":
                self._file.writelines(encode(table, rows, self._format))

    def close(self, failed: bool) -> None:
        """Put the file in place."""
        self._file.close()
        if failed:
            os.unlink(self._part)
        else:
            replace(self._part, self._path)


def head(table: str, format: str) -> bytes:
    """The first line: the names of the columns for CSV, nothing for JSON lines."""
    return (",".join(name for name, _ in COLUMNS[table]) + "\n").encode() if format == "csv" else b""


def encode(table: str, rows: Rows, format: str) -> Iterator[bytes]:
    """The rows as lines, in pieces."""
    make: Callable[[str, Iterable[tuple[Any, ...]]], str] = _csv if format == "csv" else _jsonl
    while part := list(islice(rows, ROWS)):
        yield make(table, part).encode("utf-8", "replace")


def _csv(table: str, rows: Iterable[tuple[Any, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if table == "points":
        rows = ((*row[:5], encoded(row[5]), row[6]) for row in rows)
    writer.writerows(rows)
    return text.getvalue()


def _jsonl(table: str, rows: Iterable[tuple[Any, ...]]) -> str:
    names = [name for name, _ in COLUMNS[table]]
    return "".join(json.dumps(dict(zip(names, map(_strict, row))), ensure_ascii=False) + "\n" for row in rows)


def _strict(cell: Any) -> Any:
    return encoded(cell) if isinstance(cell, float) else cell


def _key(contents: Contents) -> str:
    return "/".join(map(str, contents.owner))


def _copy(old: BinaryIO, new: BinaryIO, size: int) -> None:
    while size > 0 and (data := old.read(min(size, COPIED_BYTES))):
        new.write(data)
        size -= len(data)
