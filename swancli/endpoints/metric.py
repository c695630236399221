"""GET /api/v1/experiment/<id>/tag/<namespace>/<metric_name>: the points of one metric."""

from __future__ import annotations

from typing import Any

from swancli.errors import NotFound
from swancli.logdir.logdir import Logdir
from swancli.logdir.points import Points
from swancli.logdir.sampling import MOST, is_finite
from swancli.reply import Stream, joined


def metric(logdir: Logdir, experiment: Any, metric: str, all: bool = False) -> dict[str, Any]:
    """sum, max, min, list, experiment_id; list is sampled above 1500 points unless `all`."""
    found = logdir.experiment(experiment)
    series = found.series(logdir.tag(found, metric))
    if not series.exists():
        raise NotFound(f"metric {metric!r} of experiment {experiment} has no data on disk", "tag not found")
    points = Points(series, whole=all)
    if not len(points):
        return {"sum": 0, "list": [], "experiment_id": found.row["id"]}
    ends = series.summary()
    shown = points.chosen() if len(points) > MOST else None
    return {
        "sum": len(points),
        "max": ends.get("max") if ends is not None else _extreme(max, points),
        "min": ends.get("min") if ends is not None else _extreme(min, points),
        "list": Stream(points.array() if all or shown is None else joined(points.entries(shown))),
        "experiment_id": found.row["id"],
    }


def _extreme(choose: Any, points: Points) -> Any:
    """The largest or smallest finite value as written; of text, what its order says."""
    values = points.values
    finite = range(len(values)) if points.finite else [n for n, value in enumerate(values) if is_finite(value)]
    try:
        return points.value(choose(finite or range(len(values)), key=values.__getitem__))
    except TypeError:
        return None
