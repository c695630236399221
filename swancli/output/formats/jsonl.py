"""JSON Lines: one object per row, keyed by column; NaN and the infinities are the strings that the API uses."""

from __future__ import annotations

import json
from collections.abc import Iterator

from swancli.output.table import TIMES, As, Column, Gap, Row, Table, in_lines, value_of
from swancli.output.text.escape import json_text
from swancli.times import iso
from swancli.values import strict

JSON_TEXTS = ('{"step":', ',"value":', ',"time":"', '"}\n')

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=str).encode


def json_line(value: object) -> str:
    """`value` as one line of strict JSON, newline included."""
    try:
        text = _encode(value)
    except ValueError:
        text = _encode(strict(value))
    return json_text(text) + "\n"


def _object(columns: list[Column], places: list[int], row: Row) -> dict[str, object]:
    """One row as an object; times become ISO-8601 with a zone."""
    out: dict[str, object] = {}
    for column, place in zip(columns, places, strict=True):
        cell = row[place]
        kind, value = cell.kind if isinstance(cell, As) else column.kind, value_of(cell)
        out[column.key] = iso(value) if value is not None and kind in TIMES else value
    return out


def jsonl(table: Table) -> Iterator[str]:
    """`table` as JSON Lines, in pieces that end with a line."""
    columns, places = table.pick("pipe")
    for rows in in_lines(table, JSON_TEXTS):
        if isinstance(rows, str):
            yield rows
            continue
        for row in rows:
            if not isinstance(row, Gap):
                yield json_line(_object(columns, places, row))
