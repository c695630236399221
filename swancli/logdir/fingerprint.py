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
from swancli.logdir.file_state import FileState, file_state, is_fresh
from swancli.logdir.local.connection import SUFFIXES
from swancli.logdir.local.series import SUMMARY
from swancli.logdir.locate import DATABASE

if TYPE_CHECKING:
    from swancli.logdir.experiment import Experiment
    from swancli.logdir.logdir import Logdir
    from swancli.logdir.rows import TagRow


class Fingerprint:
    """Files and their state."""

    __slots__ = ("_begun", "paths", "states")

    def __init__(self) -> None:
        self._begun = time.time_ns()
        self.paths: list[str] = []
        self.states: list[FileState] = []

    def add(self, path: str) -> None:
        """Record the state of a file or folder, before it is read."""
        self.paths.append(path)
        self.states.append(file_state(path))

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
            self.add(part.path)

    def add_record(self, experiment: Experiment) -> None:
        """Record the state of the record file, which is read instead of missing files."""
        self.add(experiment.run.folder)
        recorded = experiment.recorded()
        if recorded is not None and recorded.path is not None:
            self.add(recorded.path)

    def holds(self) -> bool:
        """Whether all files are unchanged."""
        return [file_state(path) for path in self.paths] == self.states

    def fresh(self) -> bool:
        """Whether a file was changed so recently that another change might not show."""
        return any(is_fresh(found, self._begun) for found in self.states if found is not None)

    def digest(self, key: bytes) -> str:
        """A short text that differs when a file does."""
        from hashlib import blake2b

        return blake2b(repr((key, self.paths, self.states)).encode("utf-8", "replace"), digest_size=12).hexdigest()


Depends = Callable[..., None]  # a route's function that adds the files its answer depends on


def fingerprint(logdir: Logdir, depends: Depends | None, parameters: Mapping[str, object]) -> Fingerprint | None:
    """The state of the files that an answer depends on; None if that is unknown.

    The logdir must not have been read before.
    """
    found = Fingerprint()
    found.add(logdir.path)
    for suffix in SUFFIXES:
        found.add(os.path.join(logdir.root, DATABASE + suffix))
    if found.states[1] is None:
        return None  # without a database, the answer may depend on any file
    try:
        if depends is not None:
            depends(found, logdir, **parameters)
    except NotFound:
        return found  # depends on the database only
    except (OSError, SwancliError):
        return None
    return found
