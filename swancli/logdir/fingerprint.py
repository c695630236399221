"""What an answer was computed from: the state of its files, taken before they are read.

As long as none of these changes, neither does the answer. A file that was written a moment ago may be written
again without its time or size telling so: such a fingerprint is `fresh`, and not to be relied on.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from swancli.errors import NotFound, SwancliError
from swancli.logdir.local.database import FILE, SIDES
from swancli.logdir.local.series import SUMMARY

if TYPE_CHECKING:
    from swancli.logdir.experiment import Experiment
    from swancli.logdir.logdir import Logdir
    from swancli.logdir.rows import TagRow

Mark = tuple[int, int, int, int] | None  # device, inode, size, time of the last write in ns; None: no such file

TICK = 50_000_000  # ns; clocks of file systems are coarser than they look
COARSE_TICK = 2_500_000_000  # ns, where times are whole seconds


class Fingerprint:
    """Files and their state."""

    __slots__ = ("_begun", "links", "marks", "paths")

    def __init__(self) -> None:
        self._begun = time.time_ns()
        self.paths: list[str] = []
        self.marks: list[Mark] = []
        self.links: dict[str, Mark] = {}  # symlinks out of the logdir, which may be replaced by what is read

    def add(self, path: str) -> None:
        """Take the state of a file or folder, which is to be read after this."""
        self.paths.append(path)
        self.marks.append(mark(path))

    def add_link(self, path: str) -> None:
        """Take the state of a symlink itself, wherever it leads."""
        self.links[path] = mark(path, follow=False)

    def add_series(self, experiment: Experiment, tag: TagRow, last: int | None = None) -> None:
        """Take the state of a metric's slices, or of the `last` ones only."""
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
        """Take the state of the record file, which is read in place of what is missing."""
        self.add(experiment.run.folder)
        recorded = experiment.recorded()
        if recorded is not None and recorded.path is not None:
            self.add(recorded.path)

    def holds(self) -> bool:
        """Whether all files are as they were."""
        if [mark(path) for path in self.paths] != self.marks:
            return False
        return all(mark(path, follow=False) == found for path, found in self.links.items())

    def fresh(self) -> bool:
        """Whether a file was written so recently that another write might not show."""
        for found in (*self.marks, *self.links.values()):
            if found is not None:
                tick = TICK if found[3] % 1_000_000_000 else COARSE_TICK
                if found[3] > self._begun - tick:
                    return True
        return False

    def digest(self, key: bytes) -> str:
        """A short text that differs when a file does."""
        from hashlib import blake2b

        return blake2b(
            repr((key, self.paths, self.marks, self.links)).encode("utf-8", "replace"), digest_size=12
        ).hexdigest()


Depends = Callable[..., None]  # a route's function that adds the files its answer depends on


def mark(path: str, follow: bool = True) -> Mark:
    """The state of a file, or of a symlink itself unless `follow`."""
    try:
        found = os.stat(path, follow_symlinks=follow)
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def fingerprint(logdir: Logdir, depends: Depends | None, parameters: Mapping[str, object]) -> Fingerprint | None:
    """The state of the files that an answer depends on; None if there is no telling.

    The logdir must not have been read before.
    """
    found = Fingerprint()
    found.add(logdir.path)
    for end in SIDES:
        found.add(os.path.join(logdir.root, FILE + end))
    if found.marks[1] is None:
        return None  # what there is to read then, if anything, may lie anywhere
    try:
        if depends is not None:
            depends(found, logdir, **parameters)
    except NotFound:
        pass  # as long as the database says so
    except (OSError, SwancliError):
        return None
    for path in logdir.refused:
        found.add_link(path)
    return found
