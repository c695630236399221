"""The values of columns as far as a dashboard's answers tell them; those that they do not tell are absent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from swancli.endpoints import METRIC, SUMMARY
from swancli.endpoints.values import OF_METRICS
from swancli.errors import NotFound, SwancliError
from swancli.remote.in_parallel import in_parallel
from swancli.run_config import flatten
from swancli.values import as_finite, mean

if TYPE_CHECKING:
    from swancli.model import Column, Data, RowOfProject, Value
    from swancli.remote.answers import Answers

MAX_REQUESTS = 256  # for the metrics of all runs; each takes one
FACTS = {"id": "id", "name": "name", "state": "state", "created": "create_time", "started": "create_time",
         "duration": "duration", "swanlab": "version"}  # fmt: skip
LATEST = frozenset(("metric", "last"))


def add_values(source: Answers, rows: Sequence[RowOfProject], columns: Sequence[Column]) -> None:
    """Add `values` to each row: facts and config from the row, the latest values of metrics from summaries.

    Other functions of a metric are worked out from its points; of a series that the dashboard samples, only the
    extremes, the number of points and the last value and step are known.
    """
    for row in rows:
        config = dict(flatten(row.get("config")))
        row["values"] = {}
        for column in columns:
            if column.kind == "fact" and column.name in FACTS:
                row["values"][column.text] = cast("Value", row.get(FACTS[column.name]))
            elif column.kind == "config":
                row["values"][column.text] = config.get(column.name)
    latest = [column for column in columns if column.kind in LATEST]
    others = [column for column in columns if column.kind in OF_METRICS and column.kind not in LATEST]
    names = list(dict.fromkeys(column.name for column in others))
    per_run = bool(latest) + len(names)
    if not per_run or not rows:
        return
    count = max(MAX_REQUESTS // per_run, 1)
    if count < len(rows):
        source.notes(f"metrics are shown only for the last {count} experiments: each one takes a request")
    recent = rows[-count:]
    if latest:
        for row, found in zip(recent, in_parallel(lambda row: _summary(source, row), recent), strict=True):
            if found is not None:
                row["values"].update({column.text: found.get(column.name) for column in latest})
    asked = [(row, name) for row in recent for name in names]
    for (row, name), data in zip(asked, in_parallel(lambda pair: _metric(source, *pair), asked), strict=True):
        if data is not None:
            row["values"].update(_worked_out(data, [column for column in others if column.name == name]))


def _summary(source: Answers, row: RowOfProject) -> dict[str, Value] | None:
    """The latest values of a run's metrics; None, with a note, if the dashboard fails."""
    try:
        data = source.data(SUMMARY, experiment=row["id"])
    except SwancliError as error:
        source.notes(str(error))
        return None
    found = [one for one in data.get("summaries") or [] if isinstance(one, dict)]
    return {str(one.get("key")): None if one.get("value") == "TypeError" else one.get("value") for one in found}


def _metric(source: Answers, row: RowOfProject, name: str) -> Data | None:
    """The data of a metric; {} if the run lacks it, None, with a note, if the dashboard fails."""
    try:
        return source.data(METRIC, experiment=row["id"], metric=name)
    except NotFound:
        return {}
    except SwancliError as error:
        source.notes(str(error))
        return None


def _worked_out(data: Data, columns: Sequence[Column]) -> dict[str, Value]:
    """The functions of a metric that can be computed from its answer."""
    points = [one for one in data.get("list") or [] if isinstance(one, dict) and "index" in one]
    total = data["sum"] if isinstance(data.get("sum"), int) else len(points)
    is_whole = total <= len(points)
    found: dict[str, Value] = {}
    for column in columns:
        kind, text = column.kind, column.text
        if kind in ("min", "max"):
            found[text] = data.get(kind) if points else None
        elif kind == "points":
            found[text] = total if data else None
        elif kind == "step":
            found[text] = int(points[-1]["index"]) if points else None
        elif kind == "first" and is_whole:
            found[text] = points[0].get("data") if points else None
        elif kind == "mean" and is_whole:
            values = [number for one in points if (number := as_finite(one.get("data"))) is not None]
            found[text] = mean(values) if values else None
        elif kind == "at" and is_whole:
            at = [one.get("data") for one in points if int(one["index"]) == column.step]
            found[text] = at[-1] if at else None
    return found
