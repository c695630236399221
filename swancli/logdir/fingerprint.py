"""The state of the files that an answer is computed from, recorded before they are read.

The answer is the same as long as none of them changes. A file that was written a moment ago may be written again
without a change of its time or size: such a fingerprint is `fresh` and can't be relied on.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from swancli.errors import NotFound, SwancliError
from swancli.logdir import disk
from swancli.logdir.checkpoint import checkpoint
from swancli.logdir.file_state import FileState, file_state, is_fresh
from swancli.logdir.local.connection import SUFFIXES
from swancli.logdir.local.series import SUMMARY, TAIL_BYTES
from swancli.logdir.locate import DATABASE

if TYPE_CHECKING:
    from swancli.logdir.experiment import Experiment
    from swancli.logdir.logdir import Logdir
    from swancli.logdir.rows import TagRow

FILE_COST_BYTES = 4096  # what opening and closing a file costs, in bytes that could be read instead


class Fingerprint:
    """Files and their state."""

    __slots__ = ("_begun", "cost", "links", "paths", "states")

    def __init__(self) -> None:
        self._begun = time.time_ns()
        self.cost = 0  # bytes that must be read of the files, roughly; opening a file counts as FILE_COST_BYTES
        self.paths: list[str] = []
        self.states: list[FileState] = []
        self.links: dict[str, FileState] = {}  # symlinks that point outside the logdir, and so are not followed

    def add(self, path: str, read_bytes: int | None = None) -> None:
        """Record the state of a file or folder before it, or about `read_bytes` of it, is read."""
        checkpoint()
        found = file_state(path)
        self.paths.append(path)
        self.states.append(found)
        if found is not None:
            self.cost += FILE_COST_BYTES + (found[2] if read_bytes is None else min(found[2], read_bytes))

    def add_link(self, path: str) -> None:
        """Record the state of a symlink itself, wherever it points."""
        self.links[path] = file_state(path, follow=False)

    def add_series(self, experiment: Experiment, tag: TagRow, last: int | None = None) -> None:
        """Record the state of a metric's slices, or only of the `last` ones."""
        series = experiment.run.series(tag)
        self.add(series.folder)
        if not series.exists():
            return self.add_record(experiment)
        if last is None:
            self.add(os.path.join(series.folder, SUMMARY))
        parts = series.slices()
        for part in parts if last is None else parts[-last:]:
            self.add(part.path, None if last is None else TAIL_BYTES)

    def add_all_below(self, folder: str, deep: bool = False) -> None:
        """Record the state of what is in a folder, and with `deep`, of what is in the folders in it."""
        try:
            with disk.scandir(folder) as entries:
                names = sorted(entry.name for entry in entries)
        except OSError:
            return
        for name in names:
            path = f"{folder}/{name}"
            self.add(path)
            if deep and not disk.islink(path):
                self.add_all_below(path)

    def add_record(self, experiment: Experiment) -> None:
        """Record the state of the record file, which is read instead of missing files."""
        self.add(experiment.run.folder)
        recorded = experiment.recorded()
        if recorded is not None and recorded.path is not None:
            self.add(recorded.path)

    def holds(self) -> bool:
        """Whether all files are unchanged."""
        disk.look_again(self.paths[0])
        if [file_state(path) for path in self.paths] != self.states:
            return False
        return all(file_state(path, follow=False) == found for path, found in self.links.items())

    def fresh(self) -> bool:
        """Whether a file was changed so recently that another change might not show."""
        states = (*self.states, *self.links.values())
        return any(is_fresh(found, self._begun) for found in states if found is not None)

    def digest(self, key: bytes) -> str:
        """A short text that changes when one of the files does."""
        from hashlib import blake2b

        state = repr((key, self.paths, self.states, self.links))
        return blake2b(state.encode("utf-8", "replace"), digest_size=12).hexdigest()


OF_A_RUN = ("logs", "files", "console")  # folders of a run; media is not read


def of_run(experiment: Experiment) -> str | None:
    """A text that changes when a run's row, metrics or files do; None if a file was written just now."""
    found = Fingerprint()
    run = experiment.run
    found.add(run.folder)
    for name in ("", *OF_A_RUN):
        found.add_all_below(run.path(name) if name else run.folder, deep=name == "logs")
    if found.fresh():
        return None
    row = {key: value for key, value in experiment.row.items() if key != "update_time"}
    tags = [(tag["name"], tag.get("folder"), tag.get("type")) for tag in experiment.tags()]
    return found.digest(repr((row, tags)).encode("utf-8", "replace"))


Depends = Callable[..., None]  # a route's function that adds the files its answer depends on


def fingerprint(logdir: Logdir, depends: Depends | None, parameters: Mapping[str, object]) -> Fingerprint | None:
    """The state of the files that an answer depends on; None if that is unknown.

    The logdir must not have been read before.
    """
    found = Fingerprint()
    found.add(logdir.path)
    for suffix in SUFFIXES:
        found.add(os.path.join(logdir.root, DATABASE + suffix))
    found.cost = 0  # rows are found by their keys, however large the database is
    if found.states[1] is None:
        return None  # without a database, the answer may depend on any file
    try:
        if depends is not None:
            depends(found, logdir, **parameters)
    except NotFound:
        pass  # depends on the database only
    except (OSError, SwancliError):
        return None
    for path in logdir.refused:
        found.add_link(path)
    return found
