"""One experiment, wherever its data is: rows of the database and files of its folder, or a record file.

Both kinds have the same interface: `LocalExperiment` reads the database and the run's folder and falls back on the
record file for what is missing there; `RecordedExperiment` has only the record file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from swancli.logdir.local.database import Database
from swancli.logdir.run import Run
from swancli.logdir.series import HARDWARE_PREFIX

if TYPE_CHECKING:
    from swancli.logdir.console import Console
    from swancli.logdir.recorded_experiment import RecordedExperiment
    from swancli.logdir.records.run import RecordedRun
    from swancli.logdir.rows import ChartRow, DisplayRow, ExperimentRow, NamespaceRow, ProjectRow, SourceRow, TagRow
    from swancli.logdir.series import Series
    from swancli.model import Address
    from swancli.notes import Note

RUNNING, FINISHED, FAILED = 0, 1, -1  # the status of a run in the database


class Experiment(Protocol):
    """One experiment; `run` is its folder."""

    run: Run

    @property
    def row(self) -> ExperimentRow:
        """The columns of the table experiment; `id` is None for a run that has no row."""

    @property
    def address(self) -> Address:
        """What identifies it: the id, or else the run id."""

    def project(self) -> ProjectRow | None:
        """The project's row."""

    def tags(self) -> list[TagRow]:
        """The metrics in the order of a summary."""

    def tag(self, name: str) -> TagRow | None:
        """A metric, including those of the hardware, matched exactly."""

    def charts(self) -> list[ChartRow]:
        """The charts by id."""

    def namespaces(self) -> list[NamespaceRow]:
        """The namespaces by id."""

    def sources(self) -> list[SourceRow]:
        """chart_id, error, name: which metrics each chart draws."""

    def displays(self) -> list[DisplayRow]:
        """namespace_id, chart_id: which charts each namespace shows."""

    def series(self, tag: TagRow) -> Series:
        """The points of a metric."""

    def console(self) -> Console:
        """What the run printed."""

    def hardware(self) -> RecordedExperiment | None:
        """The same run's hardware metrics and their charts, if they were recorded."""

    def recorded(self) -> RecordedRun | None:
        """Its record file, if there is one."""


class LocalExperiment:
    """An experiment of the database."""

    def __init__(
        self, database: Database, row: ExperimentRow, run: Run, note: Note, record: Callable[[str], RecordedRun]
    ) -> None:
        self.row, self.run, self._db, self._note, self._record = row, run, database, note, record
        self._id = row["id"] or 0

    @property
    def address(self) -> Address:
        """The id."""
        return self._id

    def project(self) -> ProjectRow | None:
        """The project's row."""
        return self._db.project()

    def recorded(self) -> RecordedRun | None:
        """Its record file: SwanLab 0.6.2 and later write one next to the files of local mode."""
        other = self._from_record_file()
        return other.recorded() if other is not None else None

    def hardware(self) -> RecordedExperiment | None:
        """Its hardware metrics and their charts, which are not in the database."""
        other = self._from_record_file()
        return other.hardware() if other is not None else None

    def tags(self) -> list[TagRow]:
        """The metrics in the order of a summary."""
        return self._db.tags(self._id)

    def tag(self, name: str) -> TagRow | None:
        """A metric, including those of the hardware, matched exactly."""
        found = self._db.tag(self._id, name)
        if found is None and name.startswith(HARDWARE_PREFIX) and (hardware := self.hardware()) is not None:
            return hardware.tag(name)
        return found

    def charts(self) -> list[ChartRow]:
        """The charts by id."""
        return self._db.charts(self._id)

    def namespaces(self) -> list[NamespaceRow]:
        """The namespaces by id."""
        return self._db.namespaces(self._id)

    def sources(self) -> list[SourceRow]:
        """chart_id, error, name: which metrics each chart draws."""
        return self._db.sources(self._id)

    def displays(self) -> list[DisplayRow]:
        """namespace_id, chart_id: which charts each namespace shows."""
        return self._db.displays(self._id)

    def series(self, tag: TagRow) -> Series:
        """The points of a metric, from its folder under logs/, or from the record file if logs/ is missing or empty."""
        local = self.run.series(tag)
        # the metric's own folder is looked at first: logs/ may have thousands of entries
        if tag["name"].startswith(HARDWARE_PREFIX) or not (local.exists() or self.run.has_logs()):
            other = self._from_record_file()
            if other is not None and (found := other.series(tag)).exists() and found.count():
                # a run that has just started has no logs/ yet
                if not tag["name"].startswith(HARDWARE_PREFIX) and self.row.get("status") != RUNNING:
                    self._note(f"{self.run.folder}/logs is missing; reading the points from the record file")
                return found
        return local

    def console(self) -> Console:
        """What the run printed, from console/, or from the record file if console/ and logs/ are missing."""
        console = self.run.console()
        if not self.run.has_logs() and not console.files():
            other = self._from_record_file()
            if other is not None and (found := other.console()).files():
                if self.row.get("status") != RUNNING:
                    self._note(f"{self.run.folder} has no console log; reading it from the record file")
                return found
        return console

    def _from_record_file(self) -> RecordedExperiment | None:
        """The same run as its record file describes it."""
        from swancli.logdir.recorded_experiment import RecordedExperiment

        recorded = self._record(self.run.folder)
        return (
            RecordedExperiment(recorded, self.address, lambda: self.row, self.project, self.run, self._note)
            if recorded.found
            else None
        )
