"""A run: who it is, how it was set up, its metrics and its console."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from swancli.addresses import address
from swancli.endpoints import EXPERIMENT, LOGS, METRIC
from swancli.errors import ConsoleNotFound, ExperimentNotFound, MetricHasNoData, MetricNotFound
from swancli.queries import selector
from swancli.run_config import unwrapped
from swancli.times import moment

if TYPE_CHECKING:
    import threading

    from swancli.api.series import Series
    from swancli.model import Address, RowOfProject
    from swancli.model import Run as Details
    from swancli.source import Source

Result = TypeVar("Result")


class Run:
    """One run. Its properties are read when they are first used, and kept; `runs[…]` gives a fresh one."""

    def __init__(self, source: Source, lock: threading.RLock, row: RowOfProject) -> None:
        self._source, self._lock, self._row = source, lock, row
        self._read: Details | None = None
        self._names: list[str] | None = None

    @property
    def id(self) -> int | None:
        """The number in the database; None for a run that is not in it."""
        return self._row.get("id")

    @property
    def name(self) -> str:
        """The experiment's name."""
        return str(self._row.get("name") or "")

    @property
    def run_id(self) -> str:
        """The name of the run's folder."""
        return str(self._row.get("run_id") or "")

    @property
    def source(self) -> str:
        """The name of its source, where several are read together, else ""."""
        return self._row.get("source") or ""

    @property
    def state(self) -> str:
        """One of swancli.model.STATES: "running", "finished", "crashed", …"""
        return self._details.get("state") or "unknown"

    @property
    def config(self) -> dict[str, Any]:
        """The config as it was set, nested as it was."""
        return unwrapped(self._details.get("config"))

    @property
    def system(self) -> dict[str, Any]:
        """The machine it ran on, as SwanLab recorded it."""
        found = self._details.get("system")
        return dict(found) if isinstance(found, dict) else {}

    @property
    def description(self) -> str:
        """The experiment's description."""
        return str(self._details.get("description") or "")

    @property
    def created(self) -> datetime | None:
        """When it began, with a zone."""
        return moment(self._details.get("create_time"))

    @property
    def finished(self) -> datetime | None:
        """When it ended, with a zone; None if it has not, or if that is not known."""
        return moment(self._details.get("finish_time"))

    @property
    def metrics(self) -> list[str]:
        """The names of its metrics."""
        with self._lock:
            if self._names is None:
                self._names = self._source.metrics(self.address)
            return list(self._names)

    def metric(self, name: str) -> Series:
        """The series of a metric, whose points are read when they are asked for; MetricNotFound if there is none."""
        from swancli.api.series import Series

        with self._lock:
            if name not in self.metrics and not self._has(name):
                raise selector.unknown_metric(self._source, self.address, name)
            return Series(self._source, self._lock, self.address, name, self.name)

    def console(self, tail: int | None = None) -> list[str]:
        """What it printed, by line, or the last `tail` lines; [] if nothing was recorded."""
        with self._lock:
            try:
                return list(self._source.details(LOGS, experiment=self.address, tail=tail)["lines"])
            except ConsoleNotFound:
                return []

    def lines(self) -> Iterator[str]:
        """What it printed, line by line; the lines are not kept."""
        from swancli.api.chunks import one_by_one

        with self._lock:
            try:
                found = iter(self._source.details(LOGS, experiment=self.address)["lines"])
            except ConsoleNotFound:
                return
        yield from one_by_one(found, self._lock)

    def fingerprint(self) -> str | None:
        """A text that changes when the run's files do; None if the source can't tell, or not yet."""
        with self._lock:
            return self._source.run_fingerprint(self.address)

    def place(self) -> tuple[str, Address]:
        """Its logdir as a path or an address in object storage, and its address there; UsageError if it is remote."""
        with self._lock:
            return self._source.place(self.address)

    @property
    def address(self) -> Address:
        """What stands for the run in a request: its id, or its run id if it has none."""
        return address(self._row)

    def _has(self, name: str) -> bool:
        """Whether the run has this metric of the hardware, which `metrics` does not list."""
        try:
            self._source.details(METRIC, experiment=self.address, metric=name, tail=0)
        except MetricHasNoData:
            return True
        except MetricNotFound:
            return False
        return True

    @property
    def _details(self) -> Details:
        with self._lock:
            if self._read is None:
                try:
                    self._read = self._source.details(EXPERIMENT, experiment=self.address)
                except ExperimentNotFound as error:
                    raise selector.unknown(self._source, self.address) from error
            return self._read

    def __repr__(self) -> str:
        return f"<Run {self.address}: {self.name}>"

    def _repr_html_(self) -> str:
        from swancli.api.html import table

        rows = [
            ("id", self.id), ("name", self.name), ("run id", self.run_id), ("state", self.state),
            ("created", self.created), ("finished", self.finished), ("metrics", len(self.metrics)),
        ]  # fmt: skip
        return table(["", "run"], [*rows, *((f"config.{key}", value) for key, value in self.config.items())])
