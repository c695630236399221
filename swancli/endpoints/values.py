"""The values of columns, which a project's details hold for each run instead of its usual row, reading nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

from swancli import progress
from swancli.logdir import disk
from swancli.model import FUNCTIONS
from swancli.values import as_finite, mean

if TYPE_CHECKING:
    from swancli.logdir.experiment import Experiment
    from swancli.logdir.logdir import Logdir
    from swancli.logdir.rows import TagRow
    from swancli.logdir.series import Series
    from swancli.model import Address, Column, RowOfProject, RunState, Value

OF_METRICS = frozenset(("metric", *FUNCTIONS))  # kinds of columns whose name is a metric's
OF_STATE = frozenset(("state", "duration", "mode"))  # facts that are found out together from the run's files
HEAD = ("id", "run_id", "name", "create_time")


def rows_of(logdir: Logdir, ids: Sequence[Address] | None, columns: Sequence[Column]) -> list[RowOfProject]:
    """A row for each of the runs: what identifies it, and `values`."""
    experiments = logdir.chosen(ids)
    names = list(dict.fromkeys(column.name for column in columns if column.kind in OF_METRICS))
    tag_of = logdir.tags_named(names, experiments)
    facts = {column.name for column in columns if column.kind == "fact"}
    counts: dict[Address, tuple[int, int | None]] = {}  # of metrics, and the last step of the main one
    if facts & {"metrics", "step"}:
        for experiment, count, tags in logdir.overview(None, ids):
            counts[experiment.address] = count, _main_step(experiment, tags) if "step" in facts else None

    def row_of(experiment: Experiment) -> RowOfProject:
        run = _Run(experiment, tag_of, *counts.get(experiment.address, (0, None)))
        head = {name: experiment.row.get(name) for name in HEAD}
        return cast("RowOfProject", {**head, "values": {column.text: run.value(column) for column in columns}})

    rows = []
    for n, row in enumerate(disk.each(row_of, experiments)):
        progress.report(n, len(experiments))
        rows.append(row)
    progress.report(len(experiments), len(experiments))
    return rows


class _Run:
    """One run; each thing is read only once, when it is first asked for."""

    def __init__(
        self,
        experiment: Experiment,
        tag_of: Callable[[Experiment, str], TagRow | None],
        metrics: int,
        last_step: int | None,
    ) -> None:
        self._experiment, self._tag_of, self._metrics, self._last_step = experiment, tag_of, metrics, last_step
        self._config: dict[str, Value] | None = None
        self._state: RunState | None = None
        self._series: dict[str, Series | None] = {}

    def value(self, column: Column) -> Value:
        """The value of a column; None if the run has none."""
        if column.kind == "fact":
            return self._fact(column.name)
        if column.kind == "config":
            return self._config_value(column.name)
        series = self._series_of(column.name)
        return None if series is None else _of_series(series, column)

    def _fact(self, name: str) -> Value:
        row = self._experiment.row
        if name in OF_STATE:
            if self._state is None:
                from swancli.logdir.state import run_state

                self._state = run_state(self._experiment, quick=True)
            return cast("Value", self._state.get(name))
        if name == "host":
            from swancli.run_system import host

            return host(cast("Value", self._experiment.run.metadata()))
        if name in ("metrics", "step"):
            return self._metrics if name == "metrics" else self._last_step
        keys = {"created": "create_time", "started": "create_time", "swanlab": "version"}
        return cast("Value", row.get(keys.get(name, name)))

    def _config_value(self, key: str) -> Value:
        if self._config is None:
            from swancli.run_config import flatten

            self._config = dict(flatten(self._experiment.run.config().get("config")))
        return self._config.get(key)

    def _series_of(self, name: str) -> Series | None:
        """The points of a metric; None if the run has none of that name, or nothing on disk."""
        if name not in self._series:
            tag = self._tag_of(self._experiment, name)
            series = self._experiment.series(tag) if tag is not None else None
            self._series[name] = series if series is not None and series.exists() else None
        return self._series[name]


def _main_step(experiment: Experiment, tags: Sequence[TagRow]) -> int | None:
    from swancli.logdir.series import step_of

    for tag in tags:
        series = experiment.series(tag)
        if series.exists() and (last := series.last()) is not None:
            return step_of(last)
    return None


def _of_series(series: Series, column: Column) -> Value:
    """A function of a metric; only "mean" reads all of its points."""
    from swancli.logdir.series import step_of

    kind = column.kind
    if kind in ("min", "max"):
        ends = series.ends()
        return ends.get("min") if kind == "min" else ends.get("max")
    if kind == "points":
        return series.count()
    if kind == "mean":
        return _mean(series)
    if kind in ("first", "at"):
        from swancli.logdir import excerpt
        from swancli.logdir.series import point_of

        entries = excerpt.head(series, 1) if kind == "first" else excerpt.steps(series, column.step, column.step)
        return point_of(entries[-1])[1] if entries else None
    last = series.last()
    if last is None:
        return None
    return step_of(last) if kind == "step" else last["data"]


def _mean(series: Series) -> Value:
    """The mean of the finite values; None if there are none."""
    found: list[float] = []
    for part in series.slices():
        found += [number for value in series.block(part).values if (number := as_finite(value)) is not None]
    return mean(found) if found else None
