"""The runs of a logdir that only record files describe: offline runs, copies of cloud runs, runs without a row.

Without a database they are the experiments 1, 2, 3 … in the order of their start. Next to a database they have no id
and are addressed by run id or name.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from swancli.logdir.run import Run
from swancli.notes import Note

if TYPE_CHECKING:
    from swancli.logdir.recorded_experiment import RecordedExperiment
    from swancli.logdir.records.run import RecordedRun
    from swancli.logdir.rows import Cell, ProjectRow
    from swancli.model import Address

RUN_FOLDER = re.compile(r"run-.+", re.DOTALL)


class OfflineRuns:
    """The runs below `root` whose ids are not in `known`, those of the database; `record` opens a record file."""

    def __init__(
        self,
        root: str,
        known: frozenset[str],
        numbered: bool,
        note: Note,
        record: Callable[[str], RecordedRun],
    ) -> None:
        found = []
        self.denied: list[str] = []  # folders of runs that may not be read
        for name in _folders(root):
            if name in known:
                continue
            run = Run(root, name, note)
            if not run.is_readable():
                self.denied.append(run.folder)
            elif (recorded := record(run.folder)).found:
                found.append((recorded, run))
        found.sort(key=lambda pair: (str(pair[0].started_at), pair[0].run_id))
        self.runs: list[RecordedExperiment] = []
        if not found:
            return
        from swancli.logdir.recorded_experiment import RecordedExperiment
        from swancli.logdir.records import tables

        names: list[str] = []
        for n, (recorded, run) in enumerate(found, 1):
            row = tables.experiment_row(recorded, n if numbered else None, n, _version(run))
            row["name"] = _unique(row["name"], names) if numbered else row["name"]
            names.append(row["name"])
            self.runs.append(RecordedExperiment(recorded, row, self.project, run, note))

    def project(self) -> ProjectRow | None:
        """The project's row, named after the first run that names a project; None without runs."""
        if not self.runs:
            return None
        from swancli.logdir.records import tables

        recorded = [run.recorded() for run in self.runs]
        first = next((r for r in recorded if r.start.project), recorded[0])
        row: ProjectRow = tables.project_row(first, len(self.runs), self.runs[0].row["version"])
        row["update_time"] = max(str(run.row["update_time"]) for run in self.runs)
        return row

    def find(self, address: Address) -> RecordedExperiment | None:
        """The run with this id or run id."""
        return next((run for run in self.runs if run.address == address), None)


def _folders(root: str) -> list[str]:
    try:
        with os.scandir(root) as entries:
            return [entry.name for entry in entries if RUN_FOLDER.fullmatch(entry.name) and entry.is_dir()]
    except OSError:
        return []


def _version(run: Run) -> Cell:
    """The SwanLab version in the metadata."""
    details = run.metadata()
    swanlab = details.get("swanlab") if isinstance(details, dict) else None
    return swanlab.get("version") if isinstance(swanlab, dict) else None


def _unique(name: str, taken: list[str]) -> str:
    """The name as local mode makes it unique: a second "basic" becomes "basic-2"."""
    if name not in taken:
        return name
    stem = re.sub(r"-\d+$", "", name)
    number = sum(other.startswith(stem) for other in taken) + 1
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"
