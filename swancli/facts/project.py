"""What the project's table shows."""

from __future__ import annotations

from typing import Any

from swancli.endpoints import project as answer
from swancli.logdir import state
from swancli.logdir.board import Row
from swancli.logdir.experiment import Boarded, Experiment
from swancli.logdir.logdir import Logdir
from swancli.logdir.series import step_of

WIDTH = 60
MAIN = ("train/loss", "loss")


def project(logdir: Logdir, metric: str | None = None, best: str | None = None, shapes: bool = False) -> dict[str, Any]:
    """The API's data, runs that only lie on disk included; of each experiment state, metrics, last_step, last_write,
    duration, [metric], [best].

    `metric` names the one to show instead of the main one, `best` is min or max; `shapes` adds sparkline values.
    """
    data = answer.project(logdir, all=True)
    counts = logdir.metric_counts()
    main = logdir.main_tags(metric)
    for shown, experiment in zip(data["experiments"], logdir.experiments(all=True)):
        shown.update(state.facts(experiment))
        if isinstance(experiment, Boarded):
            shown["metrics"] = counts.get(shown["id"], 0)
            tag = main.get(shown["id"])
        else:
            tags = experiment.tags()
            shown["metrics"] = len(tags)
            tag = _main(tags, metric)
        if tag is not None:
            _metric(experiment, tag, shown, best, shapes)
    return data


def _main(tags: list[Row], name: str | None) -> Row | None:
    """The metric `name`, or else the one that says most: a loss, or the first."""
    if name is not None:
        return next((tag for tag in tags if tag["name"] == name), None)
    rank = {tag["name"]: 0 if tag["name"] in MAIN else 1 if "loss" in tag["name"] else 2 for tag in tags}
    return min(tags, key=lambda tag: rank[tag["name"]], default=None)


def _metric(experiment: Experiment, tag: Row, shown: dict[str, Any], best: str | None, shapes: bool) -> None:
    series = experiment.series(tag)
    if not series.exists() or (last := series.last()) is None:
        return
    shown["last_step"] = step_of(last)
    shown["metric"] = {
        "name": tag["name"],
        "value": last["data"],
        "step": step_of(last),
        "shape": series.shape(WIDTH) if shapes else None,
    }
    if best is not None:
        ends = series.ends()
        shown["best"] = {"value": ends.get(best), "step": ends.get(f"{best}_step")}
