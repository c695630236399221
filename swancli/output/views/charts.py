"""`swancli charts`: a run's charts by namespace: type, points, shape, pinned, hidden, and errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from swancli.model import Chart, Charts, MetricShape, Value
from swancli.output.table import Column, Row, Table
from swancli.output.text.numbers import structure

COLUMNS = (
    Column("namespace", "namespace", "name"),
    Column("metric", "metric", "name"),
    Column("type", "type", "text", 4),
    Column("points", "points", "step", 2),
    Column("shape", "shape", "shape", 3, "terminal"),
    Column("reference", "x", "text", 5),
    # not on a terminal: there pinned and hidden charts are below headings of those names
    Column("pinned", "pinned", "flag", 0, "pipe"),
    Column("hidden", "hidden", "flag", 0, "pipe"),
    Column("error", "error", "note", 1),
    Column("chart_id", "chart", "step", 0, "pipe"),
)


def charts(details: Charts) -> list[Table]:
    """A table of a run's charts."""
    return [Table(COLUMNS, list(_rows(details)), group="namespace")]


def _rows(details: Charts) -> Iterator[Row]:
    by_id = {chart.get("id"): chart for chart in details.get("charts") or []}
    metrics = details.get("metrics") or {}
    for space in details.get("namespaces") or []:
        for number in space.get("charts") or []:
            chart = by_id.pop(number, None)
            if chart is not None:
                yield from _chart_rows(space.get("name"), chart, metrics)
    for chart in by_id.values():
        yield from _chart_rows(None, chart, metrics)


def _chart_rows(space: str | None, chart: Chart, metrics: Mapping[str, MetricShape]) -> Iterator[Row]:
    errors = chart.get("error") or {}
    for source in chart.get("source") or [chart.get("name")]:
        metric = metrics.get(source) or {}
        yield (
            space,
            source,
            chart.get("type"),
            metric.get("points"),
            metric.get("shape"),
            chart.get("reference"),
            chart.get("status") == 1,
            chart.get("status") == -1,
            _error(errors.get(source)),
            chart.get("id"),
        )


def _error(error: Value) -> str | None:
    """An error in words: the type that was logged, and the one that was expected."""
    if not error:
        return None
    if isinstance(error, dict):
        got = error.get("data_class") or error.get("got")
        expected = error.get("excepted") or error.get("expected")
        if got or expected:
            return f"got {got}, expected {expected}"
    return error if isinstance(error, str) else structure(error)
