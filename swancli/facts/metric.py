"""What a metric's table, plot and export show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from swancli.errors import NotFound
from swancli.logdir import excerpt
from swancli.logdir.logdir import Logdir
from swancli.logdir.points import Points
from swancli.logdir.recorded_series import AnySeries
from swancli.logdir.sampling import is_finite
from swancli.logdir.series import row

Steps = tuple[int | None, int | None]


def metric(
    logdir: Logdir,
    experiment: Any,
    metric: str,
    all: bool | None = False,
    head: int | None = None,
    tail: int | None = None,
    steps: Steps | None = None,
) -> dict[str, Any]:
    """count, first_step, last_step, last, min, max and their steps, nonfinite, sampled, shown, total, points.

    points are (index, data, create_time, more), read as they are asked for: those a chart shows, `all`, the first
    `head`, the last `tail`, or those from step to step. Of an excerpt, only min and max are the whole series'.
    `all` None means all where a source can give all, as a logdir can.
    """
    found = logdir.experiment(experiment)
    series = found.series(logdir.tag(found, metric))
    if not series.exists():
        raise NotFound(f"metric {metric!r} of experiment {experiment} has no data on disk", "tag not found")
    facts = {"name": metric, "experiment_id": found.row["id"], "experiment": found.row["name"]}
    if head is None and tail is None and steps is None:
        return {**facts, **_whole(series, all is not False)}
    return {**facts, **_excerpt(series, head, tail, steps)}


def _whole(series: AnySeries, all: bool) -> dict[str, Any]:
    points = Points(series)
    count = len(points)
    shown: Iterable[int] = range(count) if all else points.chosen()
    facts: dict[str, Any] = {"count": count, "points": (row(entry) for entry in points.entries(shown))}
    facts["nonfinite"] = 0 if points.finite else sum(map(_is_lost, points.values))
    facts["sampled"] = not all and len(points.chosen()) < count
    facts["shown"] = count if all else len(points.chosen())
    facts["total"] = count
    if count:
        keys = points.keys
        facts |= {"first_step": keys[0], "last_step": keys[-1], "last": points.value(count - 1)}
        numbers = range(count) if points.finite else [n for n in range(count) if is_finite(points.values[n])]
        for name, choose in (("min", min), ("max", max)):
            if numbers:
                at = choose(numbers, key=points.values.__getitem__)
                facts |= {name: points.value(at), f"{name}_step": keys[at]}
    return facts


def _is_lost(value: Any) -> bool:
    """Whether a value is a number that isn't finite, or SwanLab's word for one; text and media are neither."""
    return value in ("NaN", "INF", "-INF") or (isinstance(value, float) and not is_finite(value))


def _excerpt(series: AnySeries, head: int | None, tail: int | None, steps: Steps | None) -> dict[str, Any]:
    if steps is not None:
        entries = excerpt.steps(series, *steps, head, tail)
    elif head is not None:
        entries = excerpt.head(series, head, tail)
    else:
        entries = excerpt.tail(series, tail or 0)
    points = [row(entry) for entry in entries]
    facts: dict[str, Any] = {"count": series.count(), "points": points, "sampled": False, **series.ends()}
    if points:
        facts |= {"first_step": points[0][0], "last_step": points[-1][0], "last": points[-1][1]}
    return facts
