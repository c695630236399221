"""JSON lines: one object a row, keyed by column, NaN and infinities as the strings that the API uses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from swancli.output.table import TIMES, As, Column, Gap, Row, Table
from swancli.output.text.escape import json_text
from swancli.times import iso
from swancli.values import strict

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=str).encode


def json_line(value: Any) -> str:
    """`value` as one line of strict JSON, with its newline."""
    try:
        text = _encode(value)
    except ValueError:
        text = _encode(strict(value))
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
