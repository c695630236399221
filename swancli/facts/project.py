"""What the project's table shows."""

from __future__ import annotations

from typing import Any

from swancli.endpoints import project as answer
from swancli.logdir import state
from swancli.logdir.board import Row
from swancli.logdir.logdir import Logdir
from swancli.logdir.shape import shape
from swancli.logdir.run import Run

WIDTH = 60


def project(logdir: Logdir, metric: str | None = None, best: str | None = None, shapes: bool = False) -> dict[str, Any]:
    """The API's data; for each experiment state, metrics, last_step, last_write, duration, [metric], [best].

    `metric` names the one to show instead of the main one, `best` is min or max; `shapes` adds sparkline values.
    """
    data = answer.project(logdir)
    counts = logdir.board.metric_counts()
    first = {row["experiment_id"]: row for row in logdir.board.main_tags(metric)}
    for experiment in data["experiments"]:
        run = logdir.run(experiment)
        experiment.update(state.facts(run, experiment))
        experiment["metrics"] = counts.get(experiment["id"], 0)
        tag = first.get(experiment["id"])
        if tag is not None:
            _metric(run, tag, experiment, best, shapes)
    return data


def _metric(run: Run, tag: Row, experiment: dict[str, Any], best: str | None, shapes: bool) -> None:
    series = run.series(tag)
    if not series.exists():
        return
    last = series.last()
    if last is None:
        return
    experiment["last_step"] = int(last["index"])
    experiment["metric"] = {
        "name": tag["name"],
        "value": last["data"],
        "step": int(last["index"]),
        "shape": shape(series, WIDTH) if shapes else None,
    }
    if best is not None:
        ends = series.ends()
        experiment["best"] = {"value": ends.get(best), "step": ends.get(f"{best}_step")}
