"""The records of backup.swanlab (0.6.2-0.7.20): {"model_type": ..., "data": {...}}, as events."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TypeAlias, cast

from swancli.logdir.records.events import JSON, Column, Event, Finish, LogLine, Malformed, Row, Start
from swancli.values import MARKERS, strict

Fields: TypeAlias = "dict[str, object]"  # the `data` of a record

FAMILY = JSON

KINDS = {"FLOAT": "line"}  # the others are the same word in lower case
# What SwanLab writes for nearly every record, byte for byte. Anything else is parsed as JSON.
SCALAR = re.compile(
    rb'\{"model_type": "Scalar", "data": \{"metric": \{"index": \d+, '
    rb'"data": (-?\d+(?:\.\d+(?:e[-+]?\d+)?|e[-+]?\d+)|"NaN"|"INF"), "create_time": "([^"\\]*)"\}, '
    rb'"key": "([^"\\]*)", "step": (\d{1,18}), "epoch": \d+\}\}\n'
).fullmatch
NON_FINITE = {f'"{word}"'.encode(): value for word, value in MARKERS.items()}
QUOTE = ord('"')


def scalar(payload: bytes) -> tuple[bytes, int, float, bytes] | None:
    """Key in UTF-8, step, value and `when` of a record that is plainly a scalar; None: ask `event`."""
    match = SCALAR(payload)
    if match is None:
        return None
    value, when, key, step = match.groups()
    return key, int(step), NON_FINITE[value] if value[0] == QUOTE else float(value), when


def time_of(payload: bytes, when: bytes) -> str | None:
    """The time that `scalar` found, as an ISO string."""
    return when.decode("utf-8", "replace")


def event(payload: bytes) -> Event | None:
    """The event in a record, None if it is of no interest; Malformed if it can't be decoded."""
    try:
        record = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise Malformed(str(error)) from error
    if not isinstance(record, dict) or not isinstance(record.get("model_type"), str):
        raise Malformed("no model_type")
    model = MODELS.get(record["model_type"])
    if model is None:
        return None
    data = record.get("data")
    if not isinstance(data, dict):
        raise Malformed("no data")
    try:
        return model(data)
    except (KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise Malformed(str(error)) from error


def _header(data: Fields) -> Start:
    return Start(started_at=_text(data.get("create_time")))


def _project(data: Fields) -> Start:
    public = data.get("public")
    return Start(
        project=_text(data.get("name")),
        workspace=_text(data.get("workspace")),
        public=public if isinstance(public, bool) else None,
    )


def _experiment(data: Fields) -> Start:
    tags = data.get("tags")
    return Start(
        name=_text(data.get("name")),
        description=_text(data.get("description")),
        tags=[tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else None,
        colors=_colors(data.get("colors")),
        id=_text(data.get("id")),
    )


def _column(data: Fields) -> Column:
    error = data.get("error")
    if isinstance(error, dict):
        got, wanted = error.get("data_class", error.get("got")), error.get("excepted", error.get("expected"))
        error = {"data_class": str(got), "excepted": str(wanted)}
    kid = data.get("kid")
    kind = str(data["column_type"])
    return Column(
        key=_string(data["key"]),
        kind=KINDS.get(kind, kind.lower()),
        system=data.get("cls") == "SYSTEM",
        reference=str(data.get("chart_reference") or "STEP").lower(),
        section=_text(data.get("section_name")),
        section_type=str(data.get("section_type") or "PUBLIC").lower(),
        kid=str(kid) if isinstance(kid, (str, int)) else None,
        error=error if isinstance(error, dict) else None,
        name=_text(data.get("name")),
        chart_name=_text(data.get("chart_name")),
        chart_index=_text(data.get("chart_index")),
        metric_name=_text(data.get("metric_name")),
        colors=_colors(data.get("metric_color")),
        y_range=_range(data.get("y_range")),
    )


def _scalar(data: Fields) -> Row:
    metric = _fields(data["metric"])
    value = strict(metric["data"])
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise Malformed("a scalar that is not a number")
    return Row(
        _string(data["key"]),
        _step(data["step"]),
        value,
        _text(metric.get("create_time")),
        None,
        _epoch(data),
        "line",
    )


def _media(data: Fields) -> Row:
    metric = _fields(data["metric"])
    value, more = metric["data"], metric.get("more")
    if not isinstance(value, list):
        raise Malformed("media that are not a list")
    return Row(
        _string(data["key"]),
        _step(data["step"]),
        cast("list[object]", strict(value)),
        _text(metric.get("create_time")),
        cast("list[object]", strict(more)) if isinstance(more, list) else None,
        _epoch(data),
        None,
    )


def _log(data: Fields) -> LogLine:
    level = data.get("level")
    return LogLine(
        _string(data["message"]),
        _epoch(data),
        level if isinstance(level, str) else "INFO",
        _text(data.get("create_time")),
    )


def _footer(data: Fields) -> Finish:
    state = "finished" if data["success"] is True else "crashed"
    return Finish(state, None, _text(data.get("create_time")))


MODELS: dict[str, Callable[[Fields], Event]] = {  # by model_type
    "Header": _header,
    "Project": _project,
    "Experiment": _experiment,
    "Column": _column,
    "Scalar": _scalar,
    "Media": _media,
    "Log": _log,
    "Footer": _footer,
}


def _fields(value: object) -> Fields:
    if not isinstance(value, dict):
        raise Malformed("not an object")
    return value


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise Malformed("not text")
    return value


def _step(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not -(1 << 63) <= value < 1 << 63:
        raise Malformed("not a step")
    return value


def _epoch(data: Fields) -> int | None:
    value = data.get("epoch")
    return value if isinstance(value, int) and 0 <= value < 1 << 63 else None


def _colors(value: object) -> tuple[str, str] | None:
    if isinstance(value, list) and len(value) == 2 and all(isinstance(color, str) for color in value):
        return value[0], value[1]
    return None


def _range(value: object) -> tuple[float | None, float | None] | None:
    if isinstance(value, list) and len(value) == 2:
        low, high = (v if isinstance(v, (int, float)) else None for v in value)
        return low, high
    return None
