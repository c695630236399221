"""GET /api/v1/experiment/<id>/status: whether the experiment runs, and its charts."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from swancli.endpoints import charts

if TYPE_CHECKING:
    from swancli.logdir.experiment import Experiment
    from swancli.logdir.logdir import Logdir
    from swancli.model import Address, Data, Status


def answer(logdir: Logdir, experiment: Address) -> Data:
    """What the database says: 0 running, 1 finished, -1 crashed or stopped."""
    return _answer(logdir.experiment(experiment))


def details(logdir: Logdir, experiment: Address) -> Status:
    """The answer, what identifies the run, what its files say about its state, and the last step of its main metric."""
    from swancli.logdir.state import run_state

    found = logdir.experiment(experiment)
    row = found.row
    who = {"id": row["id"], "name": row["name"], "create_time": row.get("create_time")}
    more = {**who, **run_state(found), "last_step": _last_step(found)}
    return cast("Status", {**_answer(found), **more})


def _answer(experiment: Experiment) -> Data:
    row = experiment.row
    return {
        "status": row.get("status"),
        "update_time": row.get("update_time"),
        "finish_time": row.get("finish_time"),
        "charts": charts.answer_of(experiment),
    }


def _last_step(experiment: Experiment) -> int | None:
    from swancli.logdir.main_metric import chosen
    from swancli.logdir.series import step_of

    for tag in chosen(experiment.tags(), None):
        series = experiment.series(tag)
        if series.exists() and (last := series.last()) is not None:
            return step_of(last)
    return None
