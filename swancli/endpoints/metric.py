"""GET /api/v1/experiment/<id>/tag/<namespace>/<metric_name>: the points of one metric."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swancli.errors import MetricHasNoData
from swancli.reply import Stream, joined
from swancli.values import is_finite, is_marker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from swancli.logdir.experiment import Experiment
    from swancli.logdir.fingerprint import Fingerprint
    from swancli.logdir.logdir import Logdir
    from swancli.logdir.points import Points
    from swancli.logdir.series import Series
    from swancli.model import Address, Data, Steps, Value
    from swancli.model import Series as Details


def answer(logdir: Logdir, experiment: Address, metric: str, all: bool = False) -> Data:
    """sum, max, min, list, experiment_id; list is sampled above 1500 points unless `all`."""
    from swancli.logdir.points import Points
    from swancli.logdir.sampling import MAX_UNSAMPLED_POINTS

    found = logdir.experiment(experiment)
    series = _series(logdir, found, metric)
    points = Points(series, whole=all)
    if not len(points):
        return {"sum": 0, "list": [], "experiment_id": found.row["id"]}
    ends = series.summary()
    shown = points.chosen() if len(points) > MAX_UNSAMPLED_POINTS else None
    return {
        "sum": len(points),
        "max": ends.get("max") if ends is not None else _extreme(max, points),
        "min": ends.get("min") if ends is not None else _extreme(min, points),
        "list": Stream(points.array() if all or shown is None else joined(points.entries(shown))),
        "experiment_id": found.row["id"],
    }


def details(
    logdir: Logdir,
    experiment: Address,
    metric: str,
    all: bool | None = False,
    head: int | None = None,
    tail: int | None = None,
    steps: Steps | None = None,
) -> Details:
    """The numbers of a metric, and its points, which are read as they are asked for.

    These are the ones that a chart shows, `all`, the first `head`, the last `tail`, or those from step to step. `all`
    None means all where a source can give all, as a logdir can.
    """
    found = logdir.experiment(experiment)
    series = _series(logdir, found, metric)
    whole = head is None and tail is None and steps is None
    result = _whole(series, all is not False) if whole else _excerpt(series, head, tail, steps)
    result["name"], result["experiment_id"], result["experiment"] = metric, found.row["id"], found.row["name"]
    return result


def depends(found: Fingerprint, logdir: Logdir, experiment: Address, metric: str) -> None:
    """The slices of the metric."""
    of = logdir.experiment(experiment)
    found.add_series(of, logdir.tag(of, metric))


def _series(logdir: Logdir, experiment: Experiment, metric: str) -> Series:
    """The points of a metric, which has data on disk."""
    series = experiment.series(logdir.tag(experiment, metric))
    if not series.exists():
        raise MetricHasNoData(f"metric {metric!r} of experiment {experiment.address} has no data on disk", metric)
    return series


def _extreme(choose: Callable[..., int], points: Points) -> Value:
    """The largest or smallest finite value as written; of text, what its order says."""
    values = points.values
    finite = range(len(values)) if points.finite else [n for n, value in enumerate(values) if is_finite(value)]
    try:
        at = choose(finite or range(len(values)), key=values.__getitem__)
    except TypeError:
        return None
    found: Value = points.value(at)
    return found


def _whole(series: Series, all: bool) -> Details:
    from swancli.logdir.points import Points
    from swancli.logdir.series import point_of

    points = Points(series)
    count = len(points)
    shown: Iterable[int] = range(count) if all else points.chosen()
    result: Details = {
        "count": count,
        "points": (point_of(entry) for entry in points.entries(shown)),
        "nonfinite": 0 if points.finite else sum(map(_is_lost, points.values)),
        "sampled": not all and len(points.chosen()) < count,
        "shown": count if all else len(points.chosen()),
        "total": count,
    }
    if count:
        keys = points.keys
        result["first_step"], result["last_step"], result["last"] = keys[0], keys[-1], points.value(count - 1)
        numbers = range(count) if points.finite else [n for n in range(count) if is_finite(points.values[n])]
        if numbers:
            low, high = (choose(numbers, key=points.values.__getitem__) for choose in (min, max))
            result["min"], result["min_step"] = points.value(low), keys[low]
            result["max"], result["max_step"] = points.value(high), keys[high]
    return result


def _is_lost(value: Any) -> bool:
    """Whether a value is a number that isn't finite, or SwanLab's word for one; text and media are neither."""
    return is_marker(value) or (isinstance(value, float) and not is_finite(value))


def _excerpt(series: Series, head: int | None, tail: int | None, steps: Steps | None) -> Details:
    from swancli.logdir import excerpt
    from swancli.logdir.series import point_of

    if steps is not None:
        entries = excerpt.steps(series, *steps, head, tail)
    elif head is not None:
        entries = excerpt.head(series, head, tail)
    else:
        entries = excerpt.tail(series, tail or 0)
    points = [point_of(entry) for entry in entries]
    ends = series.ends()
    result: Details = {"count": series.count(), "points": points, "sampled": False}
    result = {**result, **ends}
    if points:
        result["first_step"], result["last_step"], result["last"] = points[0][0], points[-1][0], points[-1][1]
    return result
