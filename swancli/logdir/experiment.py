"""One experiment, wherever its data lie: rows of the database and files of its folder, or a record file.

Both kinds offer the same, so that an endpoint needn't know which it has: `LocalExperiment` reads the database and falls back
on the record file for what is missing on disk; `RecordedExperiment` has nothing but the record file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from swancli.logdir.local.database import Database
from swancli.logdir.run import Run

if TYPE_CHECKING:
    from swancli.logdir.console import Console
    from swancli.logdir.records.run import RecordedRun
    from swancli.logdir.records.series import RecordedSeries
    from swancli.logdir.rows import ChartRow, DisplayRow, ExperimentRow, NamespaceRow, ProjectRow, SourceRow, TagRow
    from swancli.logdir.series import Series
    from swancli.model import Address
    from swancli.notes import Note

RUNNING = 0  # the status of a run in the database
HARDWARE = "__swanlab__."  # what the names of hardware metrics begin with


class Experiment(Protocol):
    """`row` has the columns of the table experiment, `id` None for a run that has no row; `run` is its folder."""

    row: ExperimentRow
    run: Run

    @property
    def address(self) -> Address:
        """What it is asked for by: the id, or else the run id."""

    def project(self) -> ProjectRow | None:
        """The project's row."""

    def tags(self) -> list[TagRow]:
        """The metrics in the order of a summary."""

    def tag(self, name: str) -> TagRow | None:
        """A metric, or one of the hardware, matched exactly."""

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


class RecordedExperiment:
    """A run of which only the record file tells; with `system` its hardware metrics instead of its own."""

    def __init__(
        self,
        recorded: RecordedRun,
        row: ExperimentRow,
        project: Callable[[], ProjectRow | None],
        run: Run,
        note: Note,
        system: bool = False,
    ) -> None:
        self.row, self.run, self._record, self._project = row, run, recorded, project
        self._note, self._system = note, system

    @property
    def address(self) -> Address:
        """The id, or else the run id."""
        return self.row["run_id"] if self.row["id"] is None else self.row["id"]

    def project(self) -> ProjectRow | None:
        """The project's row."""
        return self._project()

    def recorded(self) -> RecordedRun:
        """Its record file."""
        return self._record

    def hardware(self) -> RecordedExperiment | None:
        """The same run's hardware metrics and their charts."""
        return RecordedExperiment(self._record, self.row, self._project, self.run, self._note, system=True)

    def tags(self) -> list[TagRow]:
        """The metrics in the order of their first use."""
        id = self.row["id"]
        tags = self._record.system_tags(id) if self._system else self._record.tags(id)
        self._tell_damage()
        return tags

    def tag(self, name: str) -> TagRow | None:
        """A metric, or one of the hardware, matched exactly."""
        if name.startswith(HARDWARE) and not self._system and (hardware := self.hardware()):
            return hardware.tag(name)
        return next((tag for tag in self.tags() if tag["name"] == name), None)

    def charts(self) -> list[ChartRow]:
        """The charts by id."""
        return self._record.charts(self.row["id"], self._system)

    def namespaces(self) -> list[NamespaceRow]:
        """The namespaces by id."""
        return self._record.namespaces(self.row["id"], self._system)

    def sources(self) -> list[SourceRow]:
        """chart_id, error, name: which metrics each chart draws."""
        return self._record.sources(self._system)

    def displays(self) -> list[DisplayRow]:
        """namespace_id, chart_id: which charts each namespace shows."""
        return self._record.displays(self._system)

    def series(self, tag: TagRow) -> Series:
        """The points of a metric: of a run of local mode its folder under logs/, which the record file numbers."""
        if not self._system and self.run.has_logs() and (local := self.run.series(tag)).exists():
            return local
        return self._recorded_series(tag)

    def _recorded_series(self, tag: TagRow) -> RecordedSeries:
        from swancli.logdir.records.series import RecordedSeries

        return RecordedSeries(self._record, tag["name"])

    def console(self) -> Console:
        """What the run printed: console/, if there is one with anything in it."""
        local = self.run.console()
        if local.files():
            return local
        from swancli.logdir.records.console import RecordedConsole

        return RecordedConsole(self._record)

    def _tell_damage(self) -> None:
        if self._record.problem:
            self._note(f"{self._record.path} can't be read: {self._record.problem}")
        elif self._record.damage.damaged:
            self._note(f"{self._record.path}: {self._record.damage.sentence()}")


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
        """Its record file: SwanLab 0.6.2 and later write one beside the files of local mode."""
        other = self._other_form()
        return other.recorded() if other is not None else None

    def hardware(self) -> RecordedExperiment | None:
        """Its hardware metrics and their charts, which no row of the database names."""
        other = self._other_form()
        return other.hardware() if other is not None else None

    def tags(self) -> list[TagRow]:
        """The metrics in the order of a summary."""
        return self._db.tags(self._id)

    def tag(self, name: str) -> TagRow | None:
        """A metric, or one of the hardware, matched exactly."""
        found = self._db.tag(self._id, name)
        if found is None and name.startswith(HARDWARE) and (hardware := self.hardware()) is not None:
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
        """The points of a metric: its folder under logs/; what the record file holds if there is no logs/ left."""
        if tag["name"].startswith(HARDWARE) or not self.run.has_logs():
            other = self._other_form()
            if other is not None and (found := other.series(tag)).exists() and found.count():
                # a run that only began has no logs/ yet
                if not tag["name"].startswith(HARDWARE) and self.row.get("status") != RUNNING:
                    self._note(f"{self.run.folder}/logs is gone: its points are read from the run's record file")
                return found
        return self.run.series(tag)

    def console(self) -> Console:
        """What the run printed: console/, or what the record file holds if that and logs/ are gone."""
        console = self.run.console()
        if not self.run.has_logs() and not console.files():
            other = self._other_form()
            if other is not None and (found := other.console()).files():
                if self.row.get("status") != RUNNING:
                    self._note(f"{self.run.folder} has no console log: it is read from the run's record file")
                return found
        return console

    def _other_form(self) -> RecordedExperiment | None:
        """The same run as its record file tells it."""
        recorded = self._record(self.run.folder)
        return RecordedExperiment(recorded, self.row, self.project, self.run, self._note) if recorded.found else None
