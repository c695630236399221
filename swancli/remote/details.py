"""What tables show, from a dashboard's answers: one function per route, with the parameters of the route's `details`.

What the API does not tell is left out, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar, cast

from swancli.endpoints import CHARTS, EXPERIMENT, LOGS, METRIC, PROJECT, STATUS, SUMMARY
from swancli.errors import MetricNotFound, NotFound, SwancliError
from swancli.model import STATE_OF_STATUS, TREND_VALUES
from swancli.names import is_glob, matches
from swancli.remote.answers import Answers
from swancli.remote.in_parallel import in_parallel
from swancli.times import seconds
from swancli.values import evenly_spaced, is_finite

if TYPE_CHECKING:
    from swancli.endpoints.route import AnyRoute, Route
    from swancli.model import (
        Address,
        Charts,
        Column,
        Console,
        Data,
        Extremes,
        Latest,
        MetricShape,
        MetricSummary,
        Point,
        Project,
        RowOfProject,
        Run,
        RunState,
        Series,
        Status,
        Steps,
        Summary,
        Value,
        Window,
    )

MAX_METRICS = 64  # that are asked for one by one to fill a table
PATIENCE_SECONDS = 10.0  # for asking these

P = ParamSpec("P")
Model = TypeVar("Model")


def project(
    source: Answers,
    metric: str | None = None,
    best: str | None = None,
    shapes: bool = False,
    ids: Sequence[Address] | None = None,
    values: Sequence[Column] | None = None,
) -> Project:
    """The project; of each experiment state, duration, and with a `metric` its value, last step, [best]; `values`."""
    data = source.data(PROJECT)
    source.remember(data)
    found = [row for row in data.get("experiments") or [] if isinstance(row, dict)]
    if ids is not None:
        wanted = set(ids)
        found = [row for row in found if row.get("id") in wanted]
    rows = [cast("RowOfProject", {**row, **_times(row)}) for row in found]
    if values is not None:
        from swancli.remote.values import add_values

        add_values(source, rows, values)
        return cast("Project", {**data, "experiments": rows})
    if metric is not None and rows:
        recent = rows[-MAX_METRICS:]
        if len(recent) < len(rows):
            source.notes(f"{metric!r} is shown only for the last {MAX_METRICS} experiments: each one takes a request")
        known = (
            _add_matched(source, recent, metric)
            if is_glob(metric)
            else _add_metric(source, recent, metric, best, shapes)
        )
        if not known:
            raise MetricNotFound(f"no run at {source.where} has a metric {metric!r}", metric)
    return cast("Project", {**data, "experiments": rows})


def _add_metric(source: Answers, rows: list[RowOfProject], metric: str, best: str | None, shapes: bool) -> bool:
    """Add the latest value of a metric to each row; whether any run may have that metric."""
    known = False
    parameters = [{"experiment": row["id"], "metric": metric} for row in rows]
    for row, found in zip(rows, _metric_of_each(source, parameters), strict=True):
        known = known or not isinstance(found, NotFound)
        if isinstance(found, SwancliError):
            if not isinstance(found, NotFound):
                source.notes(str(found))
            continue
        row["last_step"] = found.get("last_step")
        row["metric"] = {
            "name": metric,
            "value": found.get("last"),
            "step": found.get("last_step"),
            "shape": _shape(found["points"]) if shapes else None,
        }
        if best == "min":
            row["best"] = {"value": found.get("min"), "step": found.get("min_step")}
        elif best is not None:
            row["best"] = {"value": found.get("max"), "step": found.get("max_step")}
    return known


def _add_matched(source: Answers, rows: list[RowOfProject], glob: str) -> bool:
    """Add the latest values of the metrics that a glob matches to each row; whether any run may have one."""
    known = False
    parameters = [{"experiment": row["id"]} for row in rows]
    for row, found in zip(rows, source.summaries(parameters), strict=True):
        if isinstance(found, SwancliError):
            known = True
            source.notes(str(found))
            continue
        values: dict[str, Latest] = {}
        for one in found.get("summaries") or []:
            name, value = str(one.get("key")), one.get("value")
            if matches(name, glob):
                values[name] = {
                    "name": name,
                    "value": None if value == "TypeError" else value,
                    "step": None,
                    "shape": None,
                }
        row["matched"] = values
        known = known or bool(values)
    return known


def experiment(source: Answers, experiment: Address, requirements: bool = False) -> Run:
    """The data, state, duration; the API does not tell the requirements."""
    data = source.data(EXPERIMENT, experiment=experiment)
    return cast("Run", {**data, **_times(data)})


def charts(source: Answers, experiment: Address, shapes: bool = False, system: bool = False) -> Charts:
    """The data; if there are few enough metrics to ask for, how many points each has and, with `shapes`, values."""
    data = source.data(CHARTS, experiment=experiment, system=system)
    if not data.get("charts") and not data.get("namespaces"):
        source.data(EXPERIMENT, experiment=experiment)  # swanboard returns empty charts for an unknown one
    names = [str(name) for chart in data.get("charts") or [] for name in chart.get("source") or []]
    metrics: dict[str, MetricShape] = {}
    for name, result in _each(source, experiment, list(dict.fromkeys(names)), shapes).items():
        metrics[name] = {"points": result["points"]}
        if "shape" in result:
            metrics[name]["shape"] = result["shape"]
    return cast("Charts", {**data, "metrics": metrics})


def status(source: Answers, experiment: Address) -> Status:
    """The data, and the experiment's id, name, create_time, state, duration."""
    data, row = source.data_of_many([(STATUS, {"experiment": experiment}), (EXPERIMENT, {"experiment": experiment})])
    who = {key: row.get(key) for key in ("id", "name", "create_time")}
    times = _times({**row, "status": data.get("status"), "finish_time": data.get("finish_time")})
    return cast("Status", {**data, **who, **times})


def summary(source: Answers, experiment: Address, shapes: bool = False, names: Sequence[str] | None = None) -> Summary:
    """The metrics; where they are few enough, with step, min, max, their steps, points, [shape]."""
    data = source.data(SUMMARY, experiment=experiment)
    found = [cast("MetricSummary", dict(one)) for one in data.get("summaries") or [] if isinstance(one, dict)]
    if names is not None:
        by_name = {str(one.get("key")): one for one in found}
        if missing := [name for name in names if name not in by_name]:
            raise MetricNotFound(f"no metric {missing[0]!r} in experiment {experiment} at {source.where}", missing[0])
        found = [by_name[name] for name in names]
    result = _each(source, experiment, [str(one.get("key")) for one in found], shapes)
    for one in found:
        more = result.get(str(one.get("key")))
        if more is not None:
            one.update(more)
        if one.get("value") == "TypeError" and (more is None or not more.get("points")):
            one["value"] = None  # the API's word for a metric without data
    return {"summaries": found}


def logs(source: Answers, experiment: Address, tail: int | None = None, after: int | None = None) -> Console:
    """The lines, or the last `tail` of them; the lines of error.log. `after` and `next` are numbers of lines."""
    data = source.data(LOGS, experiment=experiment)
    lines, error = ([str(line) for line in data.get(key) or []] for key in ("logs", "error"))
    details: Console = {"lines": lines, "error": error}
    if error and not error[-1]:
        error.pop()  # what follows the last newline
    if lines and (after is not None or not lines[-1]):
        lines.pop()  # likewise, or a line that is not complete
    if after is not None:
        details["next"] = len(lines)
        lines = lines[after:]
    details["lines"] = lines if tail is None else lines[len(lines) - min(tail, len(lines)) :]
    return details


def metric(
    source: Answers,
    experiment: Address,
    metric: str,
    all: bool | None = False,
    head: int | None = None,
    tail: int | None = None,
    steps: Steps | None = None,
) -> Series:
    """The numbers of a metric and its points.

    `all` True is an error where the dashboard gives a sample; None, and an excerpt, make a note of it.
    """
    data = source.data(METRIC, experiment=experiment, metric=metric, all=bool(all))
    entries = [entry for entry in data.get("list") or [] if isinstance(entry, dict) and "index" in entry]
    total = data["sum"] if isinstance(data.get("sum"), int) else len(entries)
    sampled = total > len(entries)
    excerpt = steps is not None or head is not None or tail is not None
    if sampled and (all is None or excerpt):
        source.notes(f"{metric!r}: the dashboard returns a sample of {len(entries)} of the {total} points")
    points: list[Point] = [(one["index"], one.get("data"), one.get("create_time"), one.get("more")) for one in entries]
    result: Series = {
        "name": metric,
        "experiment_id": data.get("experiment_id"),
        "count": total if not sampled or excerpt else len(points),
        "sampled": sampled,
    }
    if sampled or not excerpt:
        result["total"] = total
    result = {**result, **_extremes(data, points)}
    if not sampled and not excerpt:
        result["nonfinite"] = sum(not is_finite(point[1]) for point in points)
    if steps is not None:
        first, last = steps
        points = [point for point in points if first is None or int(point[0]) >= first]
        points = [point for point in points if last is None or int(point[0]) <= last]
    points = points[:head] if head is not None else points
    points = points[len(points) - min(tail, len(points)) :] if tail is not None else points
    if points:
        result["first_step"], result["last_step"], result["last"] = int(points[0][0]), int(points[-1][0]), points[-1][1]
    result["points"] = points
    return result


def _metric_of_each(source: Answers, asked: Sequence[Mapping[str, object]]) -> Iterator[Series | SwancliError]:
    """The details of several metrics, requested in parallel; an error in place of its details."""

    def ask(parameters: Mapping[str, object]) -> Series | SwancliError:
        try:
            return metric(source, **parameters)  # type: ignore[arg-type]
        except Exception as problem:
            meant = problem if isinstance(problem, SwancliError) else source.explain(problem)
            if meant is None:
                raise
            return meant

    return in_parallel(ask, asked)


def _each(source: Answers, experiment: Address, names: list[str], shapes: bool) -> dict[str, MetricSummary]:
    """points, step, min, max and their steps, [shape] of each metric; {} if there are too many to ask."""
    if len(names) > MAX_METRICS:
        source.notes(f"{len(names)} metrics are too many to request one by one: the table is incomplete")
        return {}
    result: dict[str, MetricSummary] = {}
    end = monotonic() + PATIENCE_SECONDS
    parameters = [{"experiment": experiment, "metric": name} for name in names]
    for n, (name, found) in enumerate(zip(names, _metric_of_each(source, parameters), strict=True), 1):
        if isinstance(found, NotFound):
            result[name] = {"points": 0}
        elif not isinstance(found, SwancliError):  # what can't be read is left out: the table shows the rest
            result[name] = {
                "min": found.get("min"),
                "min_step": found.get("min_step"),
                "max": found.get("max"),
                "max_step": found.get("max_step"),
                "points": found["total"],
                "step": found.get("last_step"),
            }
            if shapes:
                result[name]["shape"] = _shape(found["points"])
        if monotonic() > end and n < len(names):
            source.notes(f"{source.where} is slow: the table is incomplete for {len(names) - n} of its metrics")
            break
    return result


def _extremes(data: Data, points: list[Point]) -> Extremes:
    """min and max as the API gives them, with their steps where the points given show them."""
    result: Extremes = {}
    if is_finite(low := data.get("min")) and not isinstance(low, bool):
        result["min"], result["min_step"] = low, _step_of_value(points, low)
    if is_finite(high := data.get("max")) and not isinstance(high, bool):
        result["max"], result["max_step"] = high, _step_of_value(points, high)
    return result


def _step_of_value(points: list[Point], value: Value) -> int | None:
    return next((int(point[0]) for point in points if point[1] == value), None)


def _times(row: Data) -> RunState:
    """state, and duration in seconds if the run has ended."""
    start, end = seconds(row.get("create_time")), seconds(row.get("finish_time"))
    result: RunState = {"state": STATE_OF_STATUS.get(row.get("status"), "unknown")}
    if start is not None and end is not None:
        result["duration"] = max(end - start, 0.0)
    return result


def _shape(points: Iterable[Point]) -> list[Value]:
    """The values that a sparkline shows."""
    values = [point[1] for point in points]
    return [values[n] for n in evenly_spaced(len(values), TREND_VALUES)]


def _pair(
    route: Route[P, Model], function: Callable[Concatenate[Answers, P], Model]
) -> tuple[AnyRoute, Callable[..., object]]:
    """A route and its function here: mypy checks that they have the same parameters and the same details."""
    return route, function


DETAILS = dict(
    (
        _pair(PROJECT, project),
        _pair(EXPERIMENT, experiment),
        _pair(CHARTS, charts),
        _pair(STATUS, status),
        _pair(SUMMARY, summary),
        _pair(LOGS, logs),
        _pair(METRIC, metric),
    )
)


def details_of(route: Route[P, Model]) -> Callable[Concatenate[Answers, P], Model]:
    """The function of a route."""
    return cast("Callable[Concatenate[Answers, P], Model]", DETAILS[route])


WINDOW_LINES = 500  # of a console that are returned at once


def window(source: Answers, experiment: Address, at: int | None, before: bool, find: str | None) -> Window:
    """Some lines of a console; a swanboard returns all of them, and positions are line numbers."""
    lines = list(details_of(LOGS)(source, experiment=experiment)["lines"])
    at = len(lines) if at is None else min(max(at, 0), len(lines))
    if find:
        wanted = find.lower()
        matches = (n for n in range(at, len(lines)) if wanted in lines[n].lower())
        at = next(matches, -1)
        if at < 0:
            raise NotFound(f"no line of the console log of experiment {experiment} contains {find!r}")
    start, end = (max(at - WINDOW_LINES, 0), at) if before else (at, min(at + WINDOW_LINES, len(lines)))
    return {"lines": lines[start:end], "start": start, "end": end, "size": len(lines)}
