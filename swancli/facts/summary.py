"""What a summary table shows."""

from __future__ import annotations

from typing import Any

from swancli.logdir.logdir import Logdir
from swancli.logdir.shape import shape

WIDTH = 60


def summary(logdir: Logdir, experiment: Any, shapes: bool = False) -> dict[str, Any]:
    """summaries: key, type, value, step, min, min_step, max, max_step, points, [shape] of each metric."""
    row = logdir.experiment(experiment)
    run = logdir.run(row)
    summaries = []
    for tag in logdir.board.tags(row["id"]):
        series = run.series(tag)
        found: dict[str, Any] = {"key": tag["name"], "type": tag.get("type"), "points": 0}
        if series.exists() and (last := series.last()) is not None:
            found |= {"value": last["data"], "step": int(last["index"]), "points": series.count()}
            found |= series.ends()
            if shapes:
                found["shape"] = shape(series, WIDTH)
        summaries.append(found)
    return {"summaries": summaries}
