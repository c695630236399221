"""The runs of a logdir that only record files describe: offline runs, copies of cloud runs, runs without a row.

Without a database they are the experiments 1, 2, 3 … in the order of their start. Next to a database they have no id
and are addressed by run id or name.
"""

from __future__ import annotations

import os
import re
import time
from bisect import bisect_left, insort
from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING

from swancli import progress
from swancli.errors import RemoteError
from swancli.logdir import disk
from swancli.logdir.file_state import KnownState, is_fresh, state_of
from swancli.logdir.run import RememberedConfig, Run
from swancli.notes import Note

if TYPE_CHECKING:
    from swancli.logdir.recorded_experiment import RecordedExperiment
    from swancli.logdir.records.kept_runs import KeptRun, KeptRuns
    from swancli.logdir.records.run import RecordedRun
    from swancli.logdir.rows import Cell, ExperimentRow, ProjectRow
    from swancli.model import Address, Data

PREFIX = "run-"  # of the names of runs' folders


class OfflineRuns:
    """The runs below `root` whose ids are not in `known`, those of the database; `record` opens a record file.

    `kept` gives what the cache knows of them.
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
        self._found: list[_Found] = []
        self._numbered = numbered
        self._kept: KeptRuns | None = None
        self.denied: list[str] = []  # folders of runs that may not be read
        begun = time.time_ns()
        folders = _folders(root, known)
        if folders:
            self._kept = kept()

        def look(folder: tuple[str, KnownState | None]) -> _Found | None:
            name, state = folder
            run = Run(root, name, note, is_link=False if state is not None else None)
            assert self._kept is not None
            found = _Found(run, state, begun, self._kept)
            if not found.is_known and not run.is_readable():
                self.denied.append(run.folder)
                return None
            found.open(record(run.folder))
            return found if found.recorded.found else None

        for n, found in enumerate(disk.each(look, folders)):
            progress.report(n, len(folders))
            if found is not None:
                self._found.append(found)
        progress.report(len(folders), len(folders))
        self._found.sort(key=lambda found: (str(found.started_at), found.recorded.run_id))
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
            address = n + 1 if self._numbered else found.recorded.run_id
            row = partial(self._row, n)
            self._made[n] = RecordedExperiment(found.recorded, address, row, self.project, found.run, self._note)
        return self._made[n]

    def project(self) -> ProjectRow | None:
        """The project's row, named after the first run that names a project; None without runs."""
        if not self._found:
            return None
        from swancli.logdir.records import tables

        recorded = [found.recorded for found in self._found]
        first = next((r for r in recorded if r.start.project), recorded[0])
        row: ProjectRow = tables.project_row(first, len(recorded), self._found[0].version())
        row["update_time"] = max(str(r.finished_at or r.started_at) for r in recorded)
        return row

    def heads(self, word: str | None, newest: bool) -> list[ExperimentRow]:
        """What identifies the runs: see `Logdir.heads`. Of most runs nothing but the record file is looked at."""
        last = self._found[-1].started_at if self._found and newest else None
        return [
            {
                "id": n + 1 if self._numbered else None,
                "run_id": found.recorded.run_id,
                "name": name,
                "status": found.recorded.status,
                "create_time": found.started_at,
            }
            for n, (found, name) in enumerate(zip(self._found, self._names))
            if word is None or name == word or word in found.recorded.run_id or (newest and found.started_at == last)
        ]

    def look_up_versions(self) -> None:
        """Read what every run's row needs besides the record file, side by side where files are waited for."""
        for _ in disk.each(_Found.version, self._found):
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
        found = [one.recorded.start.name or one.recorded.run_id for one in self._found]
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
        """Leave to the cache what has been learned of the runs."""
        if self._kept is None or not self._kept.is_on:
            return
        news = [found for found in self._found if found.has_news]
        try:
            for _ in disk.each(_Found.version, news):
                pass
        except RemoteError:  # nobody has asked for them
            return
        for found in news:
            found.keep(self._kept)
        if news:
            self._kept.save(frozenset(str(found.run.name) for found in self._found))


class _Found:
    """A run's folder with a record file, and what the cache knows of it."""

    recorded: RecordedRun
    started_at: str | None

    def __init__(self, run: Run, state: KnownState | None, begun: int, kept: KeptRuns) -> None:
        self.run = run
        self._state, self._begun = state, begun
        self._version: Cell = None
        self._has_version = False
        self._is_sound = True
        self._metadata: KnownState | None = None
        self._known = kept.get(str(run.name), state) if state is not None else None
        self._config: _Config | None = None
        if state is not None:
            run.remembered_config = self.remembered_config

    def remembered_config(self) -> RememberedConfig:
        """What is remembered of config.yaml."""
        if self._config is None:
            self._config = _Config(self._known)
        return self._config

    @property
    def is_known(self) -> bool:
        """Whether the folder is as it was when the cache learned of it, and could be read."""
        return self._known is not None

    @property
    def has_news(self) -> bool:
        """Whether the cache does not know all that is known of the run."""
        if self._known is None or self.recorded.has_news or not self.recorded.is_assumed:
            return True
        return self._config is not None and self._config.is_new

    def open(self, recorded: RecordedRun) -> None:
        """Take the record file."""
        self.recorded = recorded
        if self._known is not None:
            recorded.assume(self._known.record_name, self._known.record, self._known.ends, self._known.facts)
        self.started_at = recorded.started_at

    def version(self) -> Cell:
        """The SwanLab version in the metadata."""
        from swancli.logdir.records.kept_runs import METADATA, side_state

        if self._has_version:
            return self._version
        self._has_version = True
        known = self._known
        self._metadata = side_state(self.run.folder, METADATA)
        if known is not None and known.metadata == self._metadata:
            self._version = known.version
            return known.version
        self._known = None
        details = self.run.metadata()
        swanlab = details.get("swanlab") if isinstance(details, dict) else None
        self._version = swanlab.get("version") if isinstance(swanlab, dict) else None
        self._is_sound = bool(details) or self._metadata is None  # a warning has to come the next time, too
        return self._version

    def keep(self, kept: KeptRuns) -> None:
        """Leave to the cache what is new."""
        recorded, config = self.recorded, self._config
        self.version()
        recorded.keep()
        ends = recorded.ends_to_keep()
        if ends is None or recorded.file_state is None or recorded.path is None or self._state is None:
            return
        from swancli.logdir.records.kept_runs import NOT_A_FILE, KeptRun

        if (
            not self._is_sound
            or self._metadata == NOT_A_FILE
            or any(is_fresh(state, self._begun) for state in (self._state, self._metadata) if state is not None)
        ):
            return
        config_state, config_text = (config or _Config(self._known)).to_keep()
        run = KeptRun(
            self._state,
            os.path.basename(recorded.path),
            recorded.file_state,
            self._metadata,
            self._version,
            ends,
            recorded.facts_to_keep(),
            config_state,
            config_text,
        )
        kept.put(str(self.run.name), run, recorded.file_state[2] if recorded.has_news else 0)


class _Config:
    """What is remembered of a run's config.yaml: a `run.RememberedConfig`."""

    def __init__(self, known: KeptRun | None) -> None:
        self.is_new = False
        self._state = known.config_state if known is not None else None
        self._text = known.config if known is not None else None
        self._looked = 0

    def get(self, folder: str) -> Data | None:
        """The config, if the file is as it was when it was read."""
        import json

        from swancli.logdir.records.kept_runs import CONFIG, side_state

        state = side_state(folder, CONFIG)
        if self._text is not None and state is not None and state == self._state:
            return {"config": json.loads(self._text)}
        self._looked, self._state, self._text = time.time_ns(), state, None
        return None

    def put(self, config: object) -> None:
        """Remember what was read."""
        from swancli.logdir.records.kept_runs import NOT_A_FILE, config_to_json

        if self._state is not None and self._state != NOT_A_FILE and not is_fresh(self._state, self._looked):
            self._text = config_to_json(config)
            self.is_new = self._text is not None

    def to_keep(self) -> tuple[KnownState | None, bytes | None]:
        """The state and the JSON of the config, None if they are not known."""
        return (self._state, self._text) if self._text is not None else (None, None)


class _Names:
    """Names as local mode makes them unique: a second "basic" becomes "basic-2"."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._sorted: list[str] | None = None  # the same, once a name came twice

    def unique(self, name: str) -> str:
        """The name, or one that is made of it."""
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
