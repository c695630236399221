"""What a charts table shows."""

from __future__ import annotations

from typing import Any

from swancli.endpoints import charts as answer
from swancli.logdir.experiment import Experiment
from swancli.logdir.logdir import Logdir

WIDTH = 60


def charts(logdir: Logdir, experiment: Any, shapes: bool = False, system: bool = False) -> dict[str, Any]:
    """The API's data, and metrics {name: {type, points, [shape]}}; with `system` the hardware's charts too."""
    found = logdir.experiment(experiment)
    metrics = _metrics(found, shapes)
    if system and (hardware := found.hardware()) is not None:
        metrics |= _metrics(hardware, shapes)
    return {**answer.charts(logdir, experiment, system), "metrics": metrics}


def _metrics(experiment: Experiment, shapes: bool) -> dict[str, dict[str, Any]]:
    found = {}
    for tag in experiment.tags():
        series = experiment.series(tag)
        there = series.exists()
        found[tag["name"]] = {
            "type": tag.get("type"),
            "points": series.count() if there else 0,
            "shape": series.shape(WIDTH) if there and shapes else None,
        }
    return found
