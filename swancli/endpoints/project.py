"""GET /api/v1/project: the project and all its experiments."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, cast

from swancli.errors import MetricNotFound
from swancli.logdir import disk
from swancli.reply import picked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swancli.logdir.experiment import Experiment
    from swancli.logdir.fingerprint import Fingerprint
    from swancli.logdir.logdir import Logdir
    from swancli.logdir.rows import TagRow
    from swancli.model import Address, Best, Column, Data, Latest, Project, RowOfProject

KEYS = (
    "id", "name", "description", "sum", "charts", "more", "pinned_opened", "hidden_opened", "version",
    "create_time", "update_time",
)  # fmt: skip
EXPERIMENT_KEYS = (
    "id", "run_id", "name", "description", "sort", "status", "show", "light", "dark", "pinned_opened",
    "hidden_opened", "more", "version", "create_time", "finish_time", "update_time",
)  # fmt: skip
PALETTE = [
    "#528d59", "#587ad2", "#c24d46", "#9cbe5d", "#6ebad3", "#dfb142", "#6d4ba4", "#8cc5b7",
    "#892d58", "#40877c", "#d0703c", "#d47694", "#e3b292", "#b15fbb", "#905f4a", "#989fa3",
]  # fmt: skip


def answer(logdir: Logdir, all: bool = False) -> Data:
    """The project's row, the logdir's real path, the experiments by id with their configs, the palette.

    With `all`, runs that are on disk without a row in the database follow the others; their id is null.
    """
    _note_denied(logdir)
    return _answer(logdir, logdir.experiments(all))


def _note_denied(logdir: Logdir, ids: Sequence[Address] | None = None) -> None:
    """Add a warning for each run that is asked for and may not be read."""
    for folder in logdir.denied(ids):
        logdir.notes.failure(f"permission denied: {folder}")


def _answer(logdir: Logdir, chosen: Sequence[Experiment]) -> Data:
    row = logdir.project()
    experiments = []
    for experiment, config in zip(chosen, disk.each(lambda one: one.run.config(), chosen)):
        data: Data = picked(experiment.row, EXPERIMENT_KEYS)
        data["experiment_id"] = experiment.row["id"]
        data.update(config)
        experiments.append(data)
    return {
        **picked(row, KEYS),
        "logdir": logdir.root,
        "experiments": experiments,
        "colors": {"light": PALETTE, "dark": PALETTE},
    }


def details(
    logdir: Logdir,
    metric: str | None = None,
    best: str | None = None,
    shapes: bool = False,
    ids: Sequence[Address] | None = None,
    values: Sequence[Column] | None = None,
) -> Project:
    """The project with every run on disk: state, metrics, and the latest value of the main metric.

    `metric`, a name or a glob, says which to show in its place; MetricNotFound if no run has it. `best` is min or max,
    `shapes` adds sparkline values. `ids` are the addresses of the runs that are asked for; None means all. With
    `values`, the rows hold what identifies a run and these columns, and nothing else is read.
    """
    _note_denied(logdir, ids)
    if values is not None:
        from swancli.endpoints.values import rows_of

        return cast("Project", {**picked(logdir.project(), KEYS), "experiments": rows_of(logdir, ids, values)})
    from swancli.logdir.state import run_state
    from swancli.names import is_glob

    data = _answer(logdir, logdir.chosen(ids))
    known = metric is None

    def row_of(found: tuple[RowOfProject, tuple[Experiment, int, list[TagRow]]]) -> RowOfProject:
        nonlocal known
        run, (experiment, count, tags) = found
        run.update(cast("RowOfProject", run_state(experiment, quick=True)))
        run["metrics"] = count
        known = known or bool(tags)
        if metric is not None and is_glob(metric):
            run["matched"] = {tag["name"]: one for tag in tags if (one := _latest(experiment, tag, False)) is not None}
            run["last_step"] = max(
                (one["step"] for one in run["matched"].values() if one["step"] is not None), default=None
            )
        elif tags and (latest := _latest(experiment, tags[0], shapes)) is not None:
            run["metric"], run["last_step"] = latest, latest["step"]
            if best is not None:
                run["best"] = _best(experiment, tags[0], best)
        return run

    runs = list(disk.each(row_of, zip(data["experiments"], logdir.overview(metric, ids, states=True))))
    if runs and not known and metric is not None:
        raise MetricNotFound(f"no run in {logdir.path} has a metric {metric!r}", metric)
    return cast("Project", {**data, "experiments": runs})


def depends(found: Fingerprint, logdir: Logdir) -> None:
    """The config of every run."""
    for experiment in logdir.experiments():
        found.add(os.path.join(experiment.run.path("files"), "config.yaml"))


def _latest(experiment: Experiment, tag: TagRow, shape: bool) -> Latest | None:
    """The value of a metric that was written last; None if there is none."""
    from swancli.logdir.series import step_of
    from swancli.model import TREND_VALUES

    series = experiment.series(tag)
    if not series.exists() or (last := series.last()) is None:
        return None
    values = series.shape(TREND_VALUES) if shape else None
    return {"name": tag["name"], "value": last["data"], "step": step_of(last), "shape": values}


def _best(experiment: Experiment, tag: TagRow, best: str) -> Best:
    ends = experiment.series(tag).ends()
    if best == "min":
        return {"value": ends.get("min"), "step": ends.get("min_step")}
    return {"value": ends.get("max"), "step": ends.get("max_step")}
