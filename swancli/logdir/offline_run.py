"""One run that only a record file describes, and what the cache knows about it.

There may be thousands of such runs, and for most of them little is needed: what the cache knows is parsed, and a file
opened, only when more is asked for.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from swancli.logdir.file_state import KnownState, file_state, is_fresh
from swancli.logdir.records.events import Start
from swancli.logdir.records.kept_runs import (
    CONFIG,
    METADATA,
    NOT_A_FILE,
    KeptRun,
    KeptRuns,
    config_to_json,
    side_state,
)
from swancli.logdir.records.times import time_of_folder
from swancli.logdir.run import Run
from swancli.notes import Note

if TYPE_CHECKING:
    from swancli.logdir.records.run import RecordedRun
    from swancli.logdir.rows import Cell
    from swancli.model import Data


class OfflineRun:
    """The run in the folder `run_id` below `root`, which has `state`, None for a symlink; `record` opens its file."""

    __slots__ = (
        "_begun", "_config", "_has_version", "_is_changed", "_is_current", "_is_sound", "_kept", "_known", "_metadata",
        "_note", "_record", "_recorded", "_root", "_run", "_state", "_version", "exists", "finished_at", "is_denied",
        "name", "project", "run_id", "started_at",
    )  # fmt: skip

    def __init__(
        self,
        root: str,
        run_id: str,
        state: KnownState | None,
        begun: int,
        kept: KeptRuns,
        record: Callable[[str], RecordedRun],
        note: Note,
    ) -> None:
        self.run_id = run_id
        self._root, self._state, self._begun, self._record, self._note = root, state, begun, record, note
        self._run: Run | None = None
        self._recorded: RecordedRun | None = None
        self._config: _Config | None = None
        self._metadata: KnownState | None = None
        self._version: Cell = None
        self._has_version, self._is_sound = False, True
        self._is_changed = False  # whether the metadata are not as the cache knows them
        self._kept = kept
        self._known = kept.get(run_id, state) if state is not None else None
        self.is_denied = False  # whether the folder may not be read
        self.exists = True  # whether it holds a record file
        known = self._known
        self._is_current = known is not None and file_state(f"{root}/{run_id}/{known.record_name}") == known.record
        if known is not None and self._is_current:
            start, finish = known.ends.start, known.ends.finish
        else:
            self.is_denied = known is None and not self.run.is_readable()
            self.exists = not self.is_denied and self.recorded.found
            start, finish = (self.recorded.start, self.recorded.finish) if self.exists else (Start(), None)
        self.project, self.name = start.project, start.name
        self.started_at = start.started_at or time_of_folder(run_id)
        self.finished_at = finish.finished_at if finish is not None else None

    @property
    def run(self) -> Run:
        """The run's folder."""
        if self._run is None:
            self._run = Run(self._root, self.run_id, self._note, is_link=False if self._state is not None else None)
            if self._state is not None:
                self._run.remembered_config = self.remembered_config
        return self._run

    @property
    def recorded(self) -> RecordedRun:
        """The record file."""
        if self._recorded is None:
            self._recorded = self._record(self.run.folder)
            known = self._known
            if known is not None and self._is_current:
                facts = partial(self._kept.facts, self.run_id)  # which may be long: they are not kept twice
                self._recorded.assume(known.record_name, known.record, known.ends, facts if facts() else None)
        return self._recorded

    def remembered_config(self) -> _Config:
        """What is remembered about config.yaml."""
        if self._config is None:
            state = self._known.config if self._known is not None else None
            self._config = _Config(state, self._kept.config(self.run_id) if state is not None else None)
        return self._config

    @property
    def has_news(self) -> bool:
        """Whether more is known about the run than the cache has."""
        recorded = self._recorded
        if self._known is None or self._is_changed:
            return True
        if recorded is not None and (recorded.has_news or not recorded.is_assumed):
            return True
        return self._config is not None and self._config.is_new

    def version(self) -> Cell:
        """The SwanLab version in the metadata."""
        if self._has_version:
            return self._version
        self._has_version = True
        known = self._known
        self._metadata = side_state(self.run.folder, METADATA)
        if known is not None and known.metadata == self._metadata:
            self._metadata, self._version = known.metadata, known.version
            return known.version
        self._is_changed = True
        details = self.run.metadata()
        swanlab = details.get("swanlab") if isinstance(details, dict) else None
        self._version = swanlab.get("version") if isinstance(swanlab, dict) else None
        self._is_sound = bool(details) or self._metadata is None  # a warning must come again next time
        return self._version

    def keep(self) -> None:
        """Store in the cache what is new."""
        recorded = self.recorded
        self.version()
        recorded.keep()
        ends = recorded.ends_to_keep()
        if ends is None or recorded.file_state is None or recorded.path is None or self._state is None:
            return
        if (
            not self._is_sound
            or self._metadata == NOT_A_FILE
            or any(is_fresh(state, self._begun) for state in (self._state, self._metadata) if state is not None)
        ):
            return
        config_state, config = self.remembered_config().to_keep()
        name = os.path.basename(recorded.path)
        run = KeptRun(self._state, name, recorded.file_state, self._metadata, self._version, ends, config_state)
        work = recorded.file_state[2] if recorded.has_news else 0
        self._kept.put(self.run_id, run, recorded.facts_to_keep(), config, work)


class _Config:
    """What is remembered about a run's config.yaml: a `run.RememberedConfig`."""

    def __init__(self, state: KnownState | None, text: bytes | None) -> None:
        self.is_new = False
        self._state, self._text = state, text
        self._looked = 0

    def get(self, folder: str) -> Data | None:
        """The config, if the file is as it was when it was read."""
        state = side_state(folder, CONFIG)
        if self._text is not None and state is not None and state == self._state:
            return {"config": json.loads(self._text)}
        self._looked, self._state, self._text = time.time_ns(), state, None
        return None

    def put(self, config: object) -> None:
        """Remember what was read."""
        if self._state is not None and self._state != NOT_A_FILE and not is_fresh(self._state, self._looked):
            self._text = config_to_json(config)
            self.is_new = self._text is not None

    def to_keep(self) -> tuple[KnownState | None, bytes | None]:
        """The state and the JSON of the config, None if they are not known."""
        return (self._state, self._text) if self._text is not None else (None, None)
