"""The runs of a logdir that only record files describe: offline runs, copies of cloud runs, runs without a row.

Without a database they are the experiments 1, 2, 3 … in the order of their start. Next to a database they have no id
and are addressed by run id or name.
"""

from __future__ import annotations

import re
import time
from bisect import bisect_left, insort
from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING

from swancli import progress
from swancli.errors import RemoteError
from swancli.logdir import disk
from swancli.logdir.file_state import KnownState, state_of
from swancli.notes import Note

if TYPE_CHECKING:
    from swancli.logdir.offline_run import OfflineRun
    from swancli.logdir.recorded_experiment import RecordedExperiment
    from swancli.logdir.records.kept_runs import KeptRuns
    from swancli.logdir.records.run import RecordedRun
    from swancli.logdir.rows import ExperimentRow, ProjectRow
    from swancli.model import Address

PREFIX = "run-"  # of the names of runs' folders


class OfflineRuns:
    """The runs below `root` whose run ids are not in `known`, which are those in the database.

    `record` opens a record file, `kept` returns what the cache knows about the runs.
    """

    def __init__(
        self,
        root: str,
        known: frozenset[str],
        numbered: bool,
        note: Note,
        record: Callable[[str], RecordedRun],
        kept: Callable[[], KeptRuns],
    ) -> None:
        self._found: list[OfflineRun] = []
        self._numbered = numbered
        self._kept: KeptRuns | None = None
        self.denied: list[str] = []  # folders of runs that may not be read
        begun = time.time_ns()
        folders = _folders(root, known)
        if folders:
            from swancli.logdir.offline_run import OfflineRun

            self._kept = kept()

        def look(folder: tuple[str, KnownState | None]) -> OfflineRun | None:
            assert self._kept is not None
            found = OfflineRun(root, *folder, begun, self._kept, record, note)
            if found.is_denied:
                self.denied.append(found.run.folder)
            return found if found.exists else None

        for n, found in enumerate(disk.each(look, folders)):
            progress.report(n, len(folders))
            if found is not None:
                self._found.append(found)
        progress.report(len(folders), len(folders))
        self._found.sort(key=lambda found: (str(found.started_at), found.run_id))
        self._note = note
        self._made: dict[int, RecordedExperiment] = {}  # by position
        self._by_address: dict[Address, RecordedExperiment] | None = None

    def __len__(self) -> int:
        return len(self._found)

    @cached_property
    def runs(self) -> list[RecordedExperiment]:
        """All runs in the order of their start."""
        return [self._run(n) for n in range(len(self))]

    def _run(self, n: int) -> RecordedExperiment:
        """The n-th run."""
        from swancli.logdir.recorded_experiment import RecordedExperiment

        if n not in self._made:
            found = self._found[n]
            address = n + 1 if self._numbered else found.run_id
            row = partial(self._row, n)
            self._made[n] = RecordedExperiment(found.recorded, address, row, self.project, found.run, self._note)
        return self._made[n]

    def project(self) -> ProjectRow | None:
        """The project's row, named after the first run that names a project; None without runs."""
        if not self._found:
            return None
        from swancli.logdir.records import tables

        first = next((found for found in self._found if found.project), self._found[0])
        row: ProjectRow = tables.project_row(first.recorded, len(self), self._found[0].version())
        row["update_time"] = max(str(found.finished_at or found.started_at) for found in self._found)
        return row

    def heads(self, word: str | None, newest: bool) -> list[ExperimentRow]:
        """What identifies the runs: see `Logdir.heads`. For most runs, only the record file is looked at."""
        last = self._found[-1].started_at if self._found and newest else None
        return [
            {
                "id": n + 1 if self._numbered else None,
                "run_id": found.run_id,
                "name": name,
                "status": found.recorded.status,
                "create_time": found.started_at,
            }
            for n, (found, name) in enumerate(zip(self._found, self._names))
            if word is None or name == word or word in found.run_id or (newest and found.started_at == last)
        ]

    def look_up_versions(self) -> None:
        """Read what every run's row needs besides the record file, in parallel where files come from a server."""
        for _ in disk.each(lambda found: found.version(), self._found):
            pass

    def _row(self, n: int) -> ExperimentRow:
        """The row of the n-th run."""
        from swancli.logdir.records import tables

        found = self._found[n]
        row = tables.experiment_row(found.recorded, n + 1 if self._numbered else None, n + 1, found.version())
        row["name"] = self._names[n]
        return row

    @cached_property
    def _names(self) -> list[str]:
        """The names of the runs; with numbers, each is unique."""
        found = [one.name or one.run_id for one in self._found]
        if not self._numbered:
            return found
        names = _Names()
        return [names.unique(name) for name in found]

    def find(self, address: Address) -> RecordedExperiment | None:
        """The run with this id or run id."""
        if self._numbered and isinstance(address, int):
            return self._run(address - 1) if 0 < address <= len(self) else None
        if self._by_address is None:
            self._by_address = {}
            for run in self.runs:
                self._by_address.setdefault(run.address, run)
        return self._by_address.get(address)

    def keep(self) -> None:
        """Store in the cache what has been learned about the runs."""
        if self._kept is None or not self._kept.is_on:
            return
        news = [found for found in self._found if found.has_news]
        try:
            for _ in disk.each(lambda found: found.version(), news):
                pass
        except RemoteError:  # nobody has asked for these versions
            return
        for found in news:
            found.keep()
        if news:
            self._kept.save(frozenset(found.run_id for found in self._found))


class _Names:
    """Names as local mode makes them unique: a second "basic" becomes "basic-2"."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._sorted: list[str] | None = None  # the same, from the first repeated name on

    def unique(self, name: str) -> str:
        """The name, or one made from it if it is taken."""
        if name in self._taken:
            stem = re.sub(r"-\d+$", "", name) if name[-1:].isdecimal() or name.endswith("\n") else name
            number = self._beginning_with(stem) + 1
            while f"{stem}-{number}" in self._taken:
                number += 1
            name = f"{stem}-{number}"
        self._taken.add(name)
        if self._sorted is not None:
            insort(self._sorted, name)
        return name

    def _beginning_with(self, stem: str) -> int:
        """How many names begin with a text."""
        if self._sorted is None:
            self._sorted = sorted(self._taken)
        first = bisect_left(self._sorted, stem)
        if stem and ord(stem[-1]) < 0x10FFFF:
            return bisect_left(self._sorted, stem[:-1] + chr(ord(stem[-1]) + 1)) - first
        return sum(other.startswith(stem) for other in self._sorted)


def _folders(root: str, known: frozenset[str]) -> list[tuple[str, KnownState | None]]:
    """The folders of runs that are not among `known`, with their states, None for a symlink."""
    found: list[tuple[str, KnownState | None]] = []
    try:
        with disk.scandir(root) as entries:
            for entry in entries:
                name = entry.name
                if name not in known and len(name) > len(PREFIX) and name.startswith(PREFIX) and entry.is_dir():
                    try:
                        state = None if entry.is_symlink() else state_of(entry.stat(follow_symlinks=False))
                    except OSError:
                        state = None
                    found.append((name, state))
    except OSError:
        return []
    return found
