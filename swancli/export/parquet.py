"""A Parquet data set: points, texts and consoles by project and run, and one file each for all runs and configs."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from swancli.api import arrow, batches
from swancli.errors import MissingExtra
from swancli.export.atomic import Folder
from swancli.export.contents import CONFIG, RUNS, Contents
from swancli.export.manifest import Manifest

if TYPE_CHECKING:
    from arro3.core import RecordBatch, Schema

ROW_GROUP = 1 << 17
SAVED_EVERY_SECONDS = 2.0  # how often the files of all runs are written; a run's own are there at once
MAX_NAME_BYTES = 200  # of a part of a folder's name


class DataSet:
    """The data set in a folder, and which runs are in it."""

    def __init__(self, path: str) -> None:
        self._folder = Folder(path)
        try:
            self._manifest = Manifest(self._folder, "parquet")
        except BaseException:
            self._folder.close()
            raise
        self._saved = time.monotonic()

    def holds(self, contents: Contents, fingerprint: str | None) -> bool:
        """Whether the run is there unchanged; if so, what changes with time alone is brought up to date."""
        key = key_of(contents)
        if not self._manifest.holds(key, fingerprint):
            return False
        entry = self._manifest.runs[key]
        contents.points = entry["points"]
        entry["row"] = contents.row()
        return True

    def _done(self, key: str, contents: Contents, fingerprint: str | None, files: list[str]) -> None:
        """Remember a run whose files are there."""
        self._manifest.runs[key] = {
            "fingerprint": fingerprint, "points": contents.points, "row": contents.row(),
            "config": contents.config(), "files": files, "ranges": {},
        }  # fmt: skip
        if time.monotonic() - self._saved > SAVED_EVERY_SECONDS:
            self._save()

    def close(self, failed: bool) -> None:
        """Write the files of all runs, unless the export failed."""
        try:
            if not failed:
                self._save()
        finally:
            self._folder.close()

    def _save(self) -> None:
        entries = self._manifest.runs.values()
        self.write_table("runs", RUNS, [entry["row"] for entry in entries])
        self.write_table("config", CONFIG, [row for entry in entries for row in entry["config"]])
        self._manifest.save()
        self._saved = time.monotonic()

    def write_table(self, name: str, columns: tuple[tuple[str, str], ...], rows: list[list[Any]]) -> None:
        """Write a file of rows; times in them are milliseconds since 1970."""
        raise NotImplementedError


class ParquetTarget(DataSet):
    """A data set that this process writes."""

    def __init__(self, path: str) -> None:
        arrow.arro3()
        super().__init__(path)

    def write(self, contents: Contents, fingerprint: str | None) -> None:
        """Write a run: each of its files is the old one or the new one, whatever happens."""
        key, owner = key_of(contents), contents.owner
        files = []
        parts: dict[str, Iterator[RecordBatch]] = {
            "points": batches.points(owner, contents.series(), wide=False),
            "text": batches.texts(owner, contents.text_series(), wide=False),
            "console": batches.console(owner, contents.run, wide=False),
        }
        for kind, part in parts.items():
            name = f"{kind}/{key}.parquet"
            first = next(part, None)
            if first is None:
                self._folder.remove(name)
                continue
            with self._folder.file(name) as path:
                write(path, batches.schema(kind, wide=False), chain((first,), part))
            files.append(name)
        self._done(key, contents, fingerprint, files)

    def write_table(self, name: str, columns: tuple[tuple[str, str], ...], rows: list[list[Any]]) -> None:
        """Write a file of rows."""
        reader = arrow.table_reader(columns, rows, ROW_GROUP)
        with self._folder.file(f"{name}.parquet") as path:
            write(path, reader.schema, reader)


def write(path: str, form: Schema, parts: Iterable[RecordBatch]) -> None:
    """Write a Parquet file of batches, each of which is made when there is room for it."""
    try:
        from arro3.io import write_parquet
    except ImportError as error:
        raise MissingExtra("Parquet needs arro3-io", "arrow") from error
    with arrow.streamed(form, parts) as reader:
        write_parquet(reader, path, compression="zstd(3)", max_row_group_size=ROW_GROUP)


def key_of(contents: Contents) -> str:
    """The path of a run's files in the folders of the data set, in the form that readers of Hive partitions expect."""
    owner = contents.owner
    part = "part-0" if not contents.is_twin else f"part-{owner.id}"
    return f"project={_part(owner.project)}/run_id={_part(owner.run_id)}/{part}"


def _part(name: str) -> str:
    quoted = quote(name, safe="", errors="replace")
    if len(quoted) > MAX_NAME_BYTES:
        from hashlib import blake2b

        quoted = (
            quoted[:MAX_NAME_BYTES].rstrip("%") + blake2b(name.encode("utf-8", "replace"), digest_size=8).hexdigest()
        )
    return quoted or "__HIVE_DEFAULT_PARTITION__"
