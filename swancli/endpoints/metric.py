"""GET /api/v1/experiment/<id>/tag/<namespace>/<metric_name>: the points of one metric."""

from __future__ import annotations

from typing import Any

from swancli.errors import NotFound
from swancli.logdir.logdir import Logdir
from swancli.logdir.points import Points
from swancli.logdir.sampling import is_finite
from swancli.reply import Stream, joined


def metric(logdir: Logdir, experiment: int, metric: str, all: bool = False) -> dict[str, Any]:
    """sum, max, min, list, experiment_id; list is sampled above 1500 points unless `all`."""
    row = logdir.experiment(experiment)
    series = logdir.run(row).series(logdir.tag(row, metric))
    if not series.exists():
        raise NotFound(f"metric {metric!r} of experiment {experiment} has no data on disk", "tag not found")
    points = Points(series)
    if not len(points):
        return {"sum": 0, "list": [], "experiment_id": row["id"]}
    ends = series.summary()
    shown = range(len(points)) if all else points.chosen()
    return {
        "sum": len(points),
        "max": ends.get("max") if ends is not None else _extreme(max, points.values),
        "min": ends.get("min") if ends is not None else _extreme(min, points.values),
        "list": Stream(joined(points.entries(shown))),
        "experiment_id": row["id"],
    }


def _extreme(choose: Any, values: Any) -> Any:
    """The largest or smallest finite value; of text, what its order says."""
    finite = [value for value in values if is_finite(value)]
    try:
        return choose(finite or values)
    except TypeError:
        return None
