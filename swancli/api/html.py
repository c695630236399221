"""What a notebook shows: small HTML tables, and a plot as inline SVG."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swancli.api.chunks import Chunk
    from swancli.api.run import Run
    from swancli.api.series import Series

MAX_ROWS = 60  # of a table
MAX_CELL_CHARACTERS = 200
MARGIN = 8
COLOR = "#528d59"


def table(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """An HTML table of at most MAX_ROWS rows."""
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "".join("<tr>" + "".join(f"<td>{_cell(cell)}</td>" for cell in row) + "</tr>" for row in rows[:MAX_ROWS])
    more = f"<p>and {len(rows) - MAX_ROWS} more</p>" if len(rows) > MAX_ROWS else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def of_run(run: Run) -> str:
    """A run: who it is, and its config."""
    rows = [
        ("id", run.id), ("name", run.name), ("run id", run.run_id), ("state", run.state), ("created", run.created),
        ("finished", run.finished), ("metrics", len(run.metrics)),
    ]  # fmt: skip
    return table(["", "run"], [*rows, *((f"config.{key}", value) for key, value in run.config.items())])


def of_series(series: Series) -> str:
    """A series: its plot, and its numbers."""
    names = ["metric", "points", "last", "min", "max"]
    row = (series.name, len(series), series.last, series.min, series.max)
    return series.svg() + table(names, [row])


def svg(chunk: Chunk, width: int, height: int) -> str:
    """The finite values over their steps; of many points the lowest and the highest of each column of pixels."""
    points = _thinned(chunk, width)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:d}" height="{height:d}" role="img">'
    if not points:
        return f'{head}<text x="{MARGIN}" y="{height // 2}" fill="currentColor">no numbers</text></svg>'
    first, last = points[0][0], points[-1][0]
    low, high = min(value for _, value in points), max(value for _, value in points)

    def x(step: int) -> float:
        return MARGIN + (width - 2 * MARGIN) * ((step - first) / (last - first) if last > first else 0.5)

    def y(value: float) -> float:
        share = (value / 2 - low / 2) / (high / 2 - low / 2) if high > low else 0.5  # halves cannot overflow
        return height - MARGIN - (height - 2 * MARGIN) * share

    path = " ".join(f"{x(step):.1f},{y(value):.1f}" for step, value in points)
    mark = f'<circle cx="{x(first):.1f}" cy="{y(low):.1f}" r="2" fill="{COLOR}"/>' if len(points) == 1 else ""
    title = f"<title>steps {first} to {last}, values {low:g} to {high:g}</title>"
    line = f'<polyline fill="none" stroke="{COLOR}" stroke-width="1.5" points="{path}"/>'
    return f"{head}{title}{line}{mark}</svg>"


def _thinned(chunk: Chunk, columns: int) -> list[tuple[int, float]]:
    finite = [(step, value) for step, value in zip(chunk.steps, chunk.values) if math.isfinite(value)]
    if len(finite) <= 4 * columns:
        return finite
    found: list[tuple[int, float]] = []
    for n in range(columns):
        part = finite[len(finite) * n // columns : len(finite) * (n + 1) // columns]
        ends = (min(part, key=_value), max(part, key=_value))
        found += sorted(set(ends))
    return found


def _value(point: tuple[int, float]) -> float:
    return point[1]


def _cell(value: object) -> str:
    text = "–" if value is None else str(value)
    return escape(text if len(text) <= MAX_CELL_CHARACTERS else text[: MAX_CELL_CHARACTERS - 1] + "…")
