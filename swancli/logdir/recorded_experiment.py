"""An experiment that only its record file describes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from swancli.logdir.records import tables
from swancli.logdir.records.console import RecordedConsole
from swancli.logdir.records.run import RecordedRun
from swancli.logdir.records.series import RecordedSeries
from swancli.logdir.run import Run
from swancli.logdir.series import HARDWARE_PREFIX

if TYPE_CHECKING:
    from swancli.logdir.console import Console
    from swancli.logdir.rows import ChartRow, DisplayRow, ExperimentRow, NamespaceRow, ProjectRow, SourceRow, TagRow
    from swancli.logdir.series import Series
    from swancli.model import Address
    from swancli.notes import Note


class RecordedExperiment:
    """A run that only its record file describes; with `system`, its hardware metrics instead of what it logged."""

    def __init__(
        self,
        recorded: RecordedRun,
        address: Address,
        row: Callable[[], ExperimentRow],
        project: Callable[[], ProjectRow | None],
        run: Run,
        note: Note,
        system: bool = False,
    ) -> None:
        self.address, self.run, self._record, self._project = address, run, recorded, project
        self._make_row, self._note, self._system = row, note, system

    @cached_property
    def row(self) -> ExperimentRow:
        """As a row of `experiment`."""
        return self._make_row()

    def project(self) -> ProjectRow | None:
        """The project's row."""
        return self._project()

    def recorded(self) -> RecordedRun:
        """Its record file."""
        return self._record

    def hardware(self) -> RecordedExperiment | None:
        """The same run's hardware metrics and their charts."""
        return RecordedExperiment(
            self._record, self.address, lambda: self.row, self._project, self.run, self._note, system=True
        )

    def tags(self) -> list[TagRow]:
        """The metrics in the order of their first use."""
        id = self.row["id"]
        tags = tables.system_tags(self._record, id) if self._system else tables.tags(self._record, id)
        self._report_damage()
        return tags

    def tag(self, name: str) -> TagRow | None:
        """A metric, including those of the hardware, matched exactly."""
        if name.startswith(HARDWARE_PREFIX) and not self._system and (hardware := self.hardware()):
            return hardware.tag(name)
        return next((tag for tag in self.tags() if tag["name"] == name), None)

    def charts(self) -> list[ChartRow]:
        """The charts by id."""
        return tables.charts(self._record, self.row["id"], self._system)

    def namespaces(self) -> list[NamespaceRow]:
        """The namespaces by id."""
        return tables.namespaces(self._record, self.row["id"], self._system)

    def sources(self) -> list[SourceRow]:
        """chart_id, error, name: which metrics each chart draws."""
        return tables.sources(self._record, self._system)

    def displays(self) -> list[DisplayRow]:
        """namespace_id, chart_id: which charts each namespace shows."""
        return tables.displays(self._record, self._system)

    def series(self, tag: TagRow) -> Series:
        """The points of a metric, from its folder under logs/ if there is one."""
        if not self._system and self.run.has_logs() and (local := self.run.series(tag)).exists():
            return local
        return RecordedSeries(self._record, tag["name"])

    def console(self) -> Console:
        """What the run printed, from console/ if there is anything in it."""
        local = self.run.console()
        if local.files():
            return local
        return RecordedConsole(self._record)

    def _report_damage(self) -> None:
        if self._record.problem:
            self._note(f"{self._record.path} can't be read: {self._record.problem}")
        elif self._record.damage.damaged:
            self._note(f"{self._record.path}: {self._record.damage.sentence()}")
