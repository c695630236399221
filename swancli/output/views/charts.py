"""`swancli charts`: a run's charts by namespace: type, points, shape, pinned, hidden, and errors."""

from __future__ import annotations

from collections.abc import Iterator

from swancli.model import Chart, Charts, MetricShape
from swancli.output.table import Column, Table
from swancli.output.text.numbers import structure

COLUMNS = (
    Column("namespace", "namespace", "name"),
    Column("metric", "metric", "name"),
    Column("type", "type", "text", 4),
    Column("points", "points", "step", 2),
    Column("shape", "shape", "shape", 3, "terminal"),
    Column("reference", "x", "text", 5),
    # on a terminal the headings tell these two: pinned and hidden charts have namespaces of those names
    Column("pinned", "pinned", "flag", 0, "pipe"),
    Column("hidden", "hidden", "flag", 0, "pipe"),
    Column("error", "error", "note", 1),
    Column("chart_id", "chart", "step", 0, "pipe"),
)


def charts(details: Charts) -> list[Table]:
    """Facts of a run's charts as one table."""
    return [Table(COLUMNS, list(_rows(details)), group="namespace")]


def _rows(details: Charts) -> Iterator[tuple[object, ...]]:
    by_id = {chart.get("id"): chart for chart in details.get("charts") or []}
    metrics = details.get("metrics") or {}
    for space in details.get("namespaces") or []:
        for number in space.get("charts") or []:
            chart = by_id.pop(number, None)
            if chart is not None:
                yield from _chart_rows(space.get("name"), chart, metrics)
    for chart in by_id.values():
        yield from _chart_rows(None, chart, metrics)


def _chart_rows(space: object, chart: Chart, metrics: dict[str, MetricShape]) -> Iterator[tuple[object, ...]]:
    errors = chart.get("error") or {}
    for source in chart.get("source") or [chart.get("name")]:
        told = metrics.get(source) or {}
        yield (
            space,
            source,
            chart.get("type"),
            told.get("points"),
            told.get("shape"),
            chart.get("reference"),
            chart.get("status") == 1,
            chart.get("status") == -1,
            _error(errors.get(source)),
            chart.get("id"),
        )


def _error(error: object) -> str | None:
    """An error as words: what was logged in place of what was expected."""
    if not error:
        return None
    if isinstance(error, dict):
        got, wanted = (
            error.get("data_class") or error.get("got"),
            error.get("excepted") or error.get("expected"),
        )
        if got or wanted:
            return f"got {got}, expected {wanted}"
    return error if isinstance(error, str) else structure(error)
