"""What a charts table shows."""

from __future__ import annotations

from typing import Any

from swancli.endpoints import charts as answer
from swancli.logdir.logdir import Logdir
from swancli.logdir.shape import shape

WIDTH = 60


def charts(logdir: Logdir, experiment: Any, shapes: bool = False) -> dict[str, Any]:
    """The API's data, and metrics {name: {type, points, [shape]}}."""
    data = answer.charts(logdir, experiment)
    row = logdir.experiment(experiment)
    run = logdir.run(row)
    metrics = {}
    for tag in logdir.board.tags(row["id"]):
        series = run.series(tag)
        there = series.exists()
        metrics[tag["name"]] = {
            "type": tag.get("type"),
            "points": series.count() if there else 0,
            "shape": shape(series, WIDTH) if there and shapes else None,
        }
    return {**data, "metrics": metrics}
