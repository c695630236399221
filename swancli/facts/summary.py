"""What a summary table shows."""

from __future__ import annotations

from typing import Any

from swancli.logdir.logdir import Logdir
from swancli.logdir.series import step_of

WIDTH = 60


def summary(logdir: Logdir, experiment: Any, shapes: bool = False) -> dict[str, Any]:
    """summaries: key, type, value, step, min, min_step, max, max_step, points, [shape] of each metric."""
    of = logdir.experiment(experiment)
    summaries = []
    for tag in of.tags():
        series = of.series(tag)
        found: dict[str, Any] = {"key": tag["name"], "type": tag.get("type"), "points": 0}
        if series.exists() and (last := series.last()) is not None:
            found |= {"value": last["data"], "step": step_of(last), "points": series.count()}
            found |= series.ends()
            if shapes:
                found["shape"] = series.shape(WIDTH)
        summaries.append(found)
    return {"summaries": summaries}
