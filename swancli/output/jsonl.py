"""JSON lines: one object a row, keyed by column, NaN and infinities as the strings that the API uses."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from swancli.output.escape import json_text
from swancli.output.numbers import marker
from swancli.output.table import TIMES, As, Column, Gap, Row, Table
from swancli.output.times import iso

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=str).encode


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else marker(value)
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value


def json_line(value: Any) -> str:
    """`value` as one line of strict JSON, with its newline."""
    try:
        text = _encode(value)
    except ValueError:
        text = _encode(_finite(value))
    return json_text(text) + "\n"


def row_object(columns: list[Column], places: list[int], row: Row) -> dict[str, Any]:
    """One row as an object; times become ISO-8601 with a zone."""
    out: dict[str, Any] = {}
    for column, place in zip(columns, places, strict=True):
        kind, value = column.kind, row[place]
        if isinstance(value, As):
            kind, value = value
        out[column.key] = iso(value) if value is not None and kind in TIMES else value
    return out


def jsonl(table: Table) -> Iterator[str]:
    """`table` as JSON lines, one a piece."""
    columns, places = table.pick("pipe")
    for row in table.rows:
        if not isinstance(row, Gap):
            yield json_line(row_object(columns, places, row))
