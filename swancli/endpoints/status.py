"""GET /api/v1/experiment/<id>/status: whether the experiment runs, and its charts."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from swancli.endpoints import charts

if TYPE_CHECKING:
    from swancli.logdir.experiment import Experiment
    from swancli.logdir.logdir import Logdir
    from swancli.logdir.rows import ExperimentRow
    from swancli.model import Address, Data, Status


def answer(logdir: Logdir, experiment: Address) -> Data:
    """What the database says: 0 running, 1 finished, -1 crashed or stopped."""
    return _answer(logdir.experiment(experiment))


def details(logdir: Logdir, experiment: Address, brief: bool = False) -> Status:
    """The answer, who the run is, what its files say of its state, and the last step of its main metric.

    If `brief`, charts and last step, which take the most to look up, are left out.
    """
    from swancli.logdir.state import run_state

    found = logdir.experiment(experiment)
    row = found.row
    who = {"id": row["id"], "run_id": row["run_id"], "name": row["name"], "create_time": row.get("create_time")}
    if brief:
        return cast("Status", {**who, **_times(row), **run_state(found, quick=True)})
    return cast("Status", {**_answer(found), **who, **run_state(found), "last_step": _last_step(found)})


def _answer(experiment: Experiment) -> Data:
    return {**_times(experiment.row), "charts": charts.answer_of(experiment)}


def _times(row: ExperimentRow) -> Data:
    return {key: row.get(key) for key in ("status", "update_time", "finish_time")}


def _last_step(experiment: Experiment) -> int | None:
    from swancli.logdir.main_metric import chosen
    from swancli.logdir.series import step_of

    for tag in chosen(experiment.tags(), None):
        series = experiment.series(tag)
        if series.exists() and (last := series.last()) is not None:
            return step_of(last)
    return None
