"""What an export holds, so that the next one writes only the runs that have changed since."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypedDict

from swancli.errors import UsageError

if TYPE_CHECKING:
    from swancli.export.atomic import Folder

NAME = "_manifest.json"
VERSION = 1


class Entry(TypedDict):
    """A run that was exported."""

    fingerprint: str | None  # of its files, before they were read; None: they may have changed unnoticed
    points: int
    row: list[Any]
    config: list[list[Any]]
    files: list[str]
    ranges: dict[str, tuple[int, int]]  # by table: where in its file the run is, in bytes


class Manifest:
    """The entries of an export, by the keys of runs."""

    def __init__(self, folder: Folder, format: str) -> None:
        """UsageError if the folder holds something other than an export in this format."""
        self._folder, self._format = folder, format
        self.runs: dict[str, Entry] = {}
        self.files: dict[str, list[int]] = {}  # by table: the state of its file
        if folder.exists(NAME):
            found = self._read()
            if found.get("format") != format:
                raise UsageError(f"{folder.path} contains an export in the format {found.get('format')}, not {format}")
            if found.get("version") == VERSION:
                self.runs, self.files = found.get("runs") or {}, found.get("files") or {}
        elif not folder.is_empty():
            raise UsageError(
                f"{folder.path} is not empty and does not contain an export of swancli: specify another directory"
            )
        else:
            self.save()

    def holds(self, key: str, fingerprint: str | None) -> bool:
        """Whether the run is there unchanged."""
        entry = self.runs.get(key)
        if entry is None or fingerprint is None or entry["fingerprint"] != fingerprint:
            return False
        return all(map(self._folder.exists, entry["files"]))

    def save(self) -> None:
        """Write it to the disk."""
        data = {"format": self._format, "version": VERSION, "files": self.files, "runs": self.runs}
        self._folder.write(NAME, json.dumps(data, indent=1).encode("utf-8", "replace"))

    def _read(self) -> dict[str, Any]:
        try:
            with open(f"{self._folder.path}/{NAME}", encoding="utf-8") as file:
                found = json.load(file)
        except (ValueError, RecursionError) as error:
            raise UsageError(
                f"{self._folder.path}/{NAME} is damaged: remove the directory, and export again"
            ) from error
        return found if isinstance(found, dict) else {}
