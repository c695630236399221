"""GET /api/v1/experiment/<id>/tag/<namespace>/<metric_name>: the points of one metric."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swancli.errors import MetricHasNoData
from swancli.reply import Stream, joined

if TYPE_CHECKING:
    from swancli.logdir.experiment import Experiment
    from swancli.logdir.fingerprint import Fingerprint
    from swancli.logdir.logdir import Logdir
    from swancli.logdir.series import Series
    from swancli.model import Address, Data, Steps
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
    is_whole = all or len(points) <= MAX_UNSAMPLED_POINTS
    return {
        "sum": len(points),
        "max": ends.get("max") if ends is not None else points.numbers().extreme(max),
        "min": ends.get("min") if ends is not None else points.numbers().extreme(min),
        "list": Stream(points.array() if is_whole else joined(points.sample())),
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
    None means all if the source can provide them, as a logdir can.
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
    """The points of a metric; MetricHasNoData if it has no data on disk."""
    series = experiment.series(logdir.tag(experiment, metric))
    if not series.exists():
        raise MetricHasNoData(f"metric {metric!r} of experiment {experiment.address} has no data on disk", metric)
    return series


def _whole(series: Series, all: bool) -> Details:
    from swancli.logdir.points import Points
    from swancli.logdir.sampling import MAX_UNSAMPLED_POINTS, SAMPLED_POINTS

    points = Points(series, whole=all)
    count, numbers = len(points), points.numbers()
    is_sampled = not all and count > MAX_UNSAMPLED_POINTS
    result: Details = {
        "count": count,
        "points": points.sampled() if is_sampled else points,
        "nonfinite": numbers.lost,
        "sampled": is_sampled,
        "shown": SAMPLED_POINTS if is_sampled else count,
        "total": count,
    }
    if numbers.first_step is not None and numbers.last_step is not None:
        result["first_step"], result["last_step"], result["last"] = numbers.first_step, numbers.last_step, numbers.last
    if numbers.low is not None:
        result["min"], result["min_step"] = numbers.low, numbers.low_step
        result["max"], result["max_step"] = numbers.high, numbers.high_step
    return result


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
