"""`swancli summary`: every metric's latest value, extremes with their steps, and shape."""

from __future__ import annotations

import math
from typing import Any

from swancli.output.numbers import as_float
from swancli.output.table import Column, Table

COLUMNS = (
    Column("metric", "metric", "name"),
    Column("value", "value", "value"),
    Column("step", "step", "step", 3),
    Column("min", "min", "number", 2),
    Column("min_step", "@step", "step", 5),
    Column("max", "max", "number", 1),
    Column("max_step", "@step", "step", 5),
    Column("points", "points", "step", 6),
    Column("shape", "shape", "shape", 4, "terminal"),
    Column("type", "type", "text", 7, "pipe"),
)
SORTS = ("name", "value", "min", "max")


def summary(facts: dict[str, Any], sort: str | None = None, reverse: bool = False) -> list[Table]:
    """Facts of a run's summary as one table; `sort` is one of SORTS, None keeps the order of the data."""
    rows = sorted_summaries(facts.get("summaries") or [], sort, reverse)
    keys = ("key", "value", "step", "min", "min_step", "max", "max_step", "points", "shape", "type")
    return [Table(COLUMNS, [tuple(row.get(key) for key in keys) for row in rows])]


def sorted_summaries(rows: list[dict[str, Any]], sort: str | None, reverse: bool = False) -> list[dict[str, Any]]:
    """`rows` by "name", "value", "min" or "max"; what has no finite number there comes last either way."""
    if sort is None:
        return rows
    if sort == "name":
        return sorted(rows, key=lambda row: str(row.get("key")), reverse=reverse)
    known = [row for row in rows if _finite(row.get(sort)) is not None]
    rest = [row for row in rows if _finite(row.get(sort)) is None]
    return sorted(known, key=lambda row: _finite(row.get(sort)) or 0.0, reverse=reverse) + rest


def _finite(value: Any) -> float | None:
    number = as_float(value)
    return number if number is not None and math.isfinite(number) else None
