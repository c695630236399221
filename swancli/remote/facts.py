"""What tables show, from a dashboard's answers: one function a route, named as the route is.

The keys are those of `swancli.facts`. What the API does not tell is left out, never guessed.
"""

from __future__ import annotations

import math
from time import monotonic
from typing import TYPE_CHECKING, Any

from swancli.errors import NotFound, SwancliError
from swancli.logdir.state import seconds

if TYPE_CHECKING:
    from swancli.remote.source import RemoteSource

WIDTH = 60  # values of a shape
MOST = 64  # metrics that are asked for one by one to fill a table
STATES = {0: "running", 1: "finished", -1: "failed"}  # -1 is crashed or stopped: the API doesn't tell which
PATIENCE = 10.0  # seconds for asking these
Steps = tuple[int | None, int | None]


def project(
    source: RemoteSource, metric: str | None = None, best: str | None = None, shapes: bool = False
) -> dict[str, Any]:
    """The data; of each experiment state, duration, and with a `metric` metric, last_step, [best]."""
    data = source.data("project")
    source.remember(data)
    rows = [dict(row) for row in data.get("experiments") or [] if isinstance(row, dict)]
    for row in rows:
        row.update(_times(row))
    if metric is not None:
        asked = rows[-MOST:]
        if len(asked) < len(rows):
            source.note(f"{metric!r} is shown for the last {MOST} experiments only: each is a request")
        parameters = [{"experiment": row["id"], "metric": metric} for row in asked]
        for row, found in zip(asked, source.facts_of_many("metric", parameters), strict=True):
            if isinstance(found, SwancliError):
                if not isinstance(found, NotFound):
                    source.note(str(found))
                continue
            row["last_step"] = found.get("last_step")
            points = found["points"] if shapes else []
            row["metric"] = {
                "name": metric,
                "value": found.get("last"),
                "step": found.get("last_step"),
                "shape": _shape([point[1] for point in points]) if shapes else None,
            }
            if best is not None:
                row["best"] = {"value": found.get(best), "step": found.get(f"{best}_step")}
    return {**data, "experiments": rows}


def experiment(source: RemoteSource, experiment: Any) -> dict[str, Any]:
    """The data, state, duration."""
    data = source.data("experiment", experiment=experiment)
    return {**data, **_times(data)}


def charts(source: RemoteSource, experiment: Any, shapes: bool = False, **more: Any) -> dict[str, Any]:
    """The data, and metrics {name: {points, [shape]}} where these are few enough to ask."""
    data = source.data("charts", experiment=experiment, **more)
    if not data.get("charts") and not data.get("namespaces"):
        source.data("experiment", experiment=experiment)  # swanboard has empty charts for an unknown one
    names = [str(name) for chart in data.get("charts") or [] for name in chart.get("source") or []]
    told = _each(source, experiment, list(dict.fromkeys(names)), shapes)
    metrics = {name: {key: one[key] for key in ("points", "shape") if key in one} for name, one in told.items()}
    return {**data, "metrics": metrics}


def status(source: RemoteSource, experiment: Any) -> dict[str, Any]:
    """The data, and of the experiment id, name, create_time, state, duration."""
    asked = [("status", {"experiment": experiment}), ("experiment", {"experiment": experiment})]
    data, row = source.data_of_many(asked)
    return {
        **data,
        "id": row.get("id"),
        "name": row.get("name"),
        "create_time": row.get("create_time"),
        **_times({**row, "status": data.get("status"), "finish_time": data.get("finish_time")}),
    }


def summary(source: RemoteSource, experiment: Any, shapes: bool = False) -> dict[str, Any]:
    """summaries: key, value; where the metrics are few enough, step, min, max, their steps, points, shape."""
    data = source.data("summary", experiment=experiment)
    found = [dict(one) for one in data.get("summaries") or [] if isinstance(one, dict)]
    told = _each(source, experiment, [str(one.get("key")) for one in found], shapes)
    for one in found:
        more = told.get(str(one.get("key")))
        if more is not None:
            one.update(more)
        if one.get("value") == "TypeError" and (more is None or not more.get("points")):
            one["value"] = None  # the API's word for a metric without data
    return {**data, "summaries": found}


def logs(source: RemoteSource, experiment: Any, tail: int | None = None) -> dict[str, Any]:
    """lines, error [lines]; the last `tail` lines only, if given."""
    data = source.data("logs", experiment=experiment)
    lines, error = ([str(line) for line in data.get(key) or []] for key in ("logs", "error"))
    for found in (lines, error):
        if found and not found[-1]:
            found.pop()  # what follows the last newline
    if tail is not None:
        lines = lines[len(lines) - min(tail, len(lines)) :]
    return {"lines": lines, "error": error}


def metric(
    source: RemoteSource,
    experiment: Any,
    metric: str,
    all: bool | None = False,
    head: int | None = None,
    tail: int | None = None,
    steps: Steps | None = None,
) -> dict[str, Any]:
    """count, first_step, last_step, last, min, max and their steps, nonfinite, sampled, total, points.

    `all` True is an error where the dashboard gives a sample; None, and an excerpt, make a note of it.
    """
    data = source.data("metric", experiment=experiment, metric=metric, all=bool(all))
    entries = [entry for entry in data.get("list") or [] if isinstance(entry, dict) and "index" in entry]
    total = data["sum"] if isinstance(data.get("sum"), int) else len(entries)
    sampled = total > len(entries)
    excerpt = steps is not None or head is not None or tail is not None
    if sampled and (all is None or excerpt):
        source.note(f"{metric!r}: the dashboard gives a sample of {len(entries)} of the {total} points")
    points = [(one["index"], one.get("data"), one.get("create_time"), one.get("more")) for one in entries]
    facts: dict[str, Any] = {
        "name": metric,
        "experiment_id": data.get("experiment_id"),
        "count": total if not sampled or excerpt else len(points),
        "sampled": sampled,
    }
    if sampled or not excerpt:
        facts["total"] = total
    facts |= _extremes(data, points)
    if not sampled and not excerpt:
        facts["nonfinite"] = sum(not _finite(point[1]) for point in points)
    if steps is not None:
        first, last = steps
        points = [point for point in points if first is None or int(point[0]) >= first]
        points = [point for point in points if last is None or int(point[0]) <= last]
    points = points[:head] if head is not None else points
    points = points[len(points) - min(tail, len(points)) :] if tail is not None else points
    if points:
        facts |= {"first_step": int(points[0][0]), "last_step": int(points[-1][0]), "last": points[-1][1]}
    return {**facts, "points": points}


def _each(source: RemoteSource, experiment: Any, names: list[str], shapes: bool) -> dict[str, dict[str, Any]]:
    """points, step, min, max and their steps, [shape] of each metric; {} if there are too many to ask."""
    if len(names) > MOST:
        source.note(f"{len(names)} metrics are too many to ask one by one: the table tells less")
        return {}
    told: dict[str, dict[str, Any]] = {}
    end = monotonic() + PATIENCE
    parameters = [{"experiment": experiment, "metric": name} for name in names]
    for n, (name, found) in enumerate(zip(names, source.facts_of_many("metric", parameters), strict=True), 1):
        if isinstance(found, NotFound):
            told[name] = {"points": 0}
        elif not isinstance(found, SwancliError):  # what can't be told is left out: the table shows the rest
            told[name] = {key: found.get(key) for key in ("min", "min_step", "max", "max_step")}
            told[name] |= {"points": found["total"], "step": found.get("last_step")}
            if shapes:
                told[name]["shape"] = _shape([point[1] for point in found["points"]])
        if monotonic() > end and n < len(names):
            source.note(f"{source.where} is slow: the table tells less of {len(names) - n} of {len(names)} metrics")
            break
    return told


def _extremes(data: dict[str, Any], points: list[Any]) -> dict[str, Any]:
    """min and max as the API gives them, with their steps where the points given show them."""
    facts: dict[str, Any] = {}
    for word in ("min", "max"):
        value = data.get(word)
        if _finite(value):
            facts[word] = value
            facts[f"{word}_step"] = next((int(point[0]) for point in points if point[1] == value), None)
    return facts


def _times(row: dict[str, Any]) -> dict[str, Any]:
    """state, and duration in seconds if the run has ended."""
    start, end = seconds(row.get("create_time")), seconds(row.get("finish_time"))
    facts: dict[str, Any] = {"state": STATES.get(row.get("status"), "unknown")}  # type: ignore[arg-type]
    if start is not None and end is not None:
        facts["duration"] = max(end - start, 0.0)
    return facts


def _shape(values: list[Any]) -> list[Any]:
    count = len(values)
    return values if count <= WIDTH else [values[count * n // WIDTH] for n in range(WIDTH)]


def _finite(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
