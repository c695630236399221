"""`swancli summary`: the latest value of every metric, its extremes and their steps, and its shape."""

from __future__ import annotations

from swancli.model import MetricSummary, Summary, Value
from swancli.output.table import Column, Row, Table
from swancli.values import as_finite

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


def summary(details: Summary, sort: str | None = None, reverse: bool = False) -> list[Table]:
    """A table of a run's metrics, sorted by "name", "value", "min" or "max"; None keeps the order of the data."""
    rows = sorted_summaries(details.get("summaries") or [], sort, reverse)
    return [Table(COLUMNS, [_row(row) for row in rows])]


def _row(row: MetricSummary) -> Row:
    return (
        row.get("key"), row.get("value"), row.get("step"), row.get("min"), row.get("min_step"), row.get("max"),
        row.get("max_step"), row.get("points"), row.get("shape"), row.get("type"),
    )  # fmt: skip


def sorted_summaries(rows: list[MetricSummary], sort: str | None, reverse: bool = False) -> list[MetricSummary]:
    """`rows` sorted by "name", "value", "min" or "max"; those without a finite number there always come last."""
    if sort is None:
        return rows
    if sort == "name":
        return sorted(rows, key=lambda row: str(row.get("key")), reverse=reverse)
    numbers = [(as_finite(_value(row, sort)), row) for row in rows]
    known = [(number, row) for number, row in numbers if number is not None]
    known.sort(key=lambda pair: pair[0], reverse=reverse)
    return [row for _, row in known] + [row for number, row in numbers if number is None]


def _value(row: MetricSummary, sort: str) -> Value:
    return row.get("value") if sort == "value" else row.get("min") if sort == "min" else row.get("max")
