"""The plot above a metric's numbers: one or several series as curves."""

from __future__ import annotations

from collections.abc import Sequence

from swancli.model import Series
from swancli.output.plot.curves import PlotSeries, from_points
from swancli.output.plot.options import PlotOptions
from swancli.output.plot.plot import plot
from swancli.output.text.styled import Line
from swancli.output.views.metric import labels
from swancli.values import as_float

MIN_PLOT_LINES, MAX_PLOT_LINES = 8, 20


def curve(details: Sequence[Series], options: PlotOptions) -> list[Line]:
    """The series as a plot; no lines if none of them holds a number (but text or images).

    Their points are read into lists, which stay in `details` for the tables.
    """
    found: list[PlotSeries] = []
    for label, series in zip(labels(details), details, strict=True):
        points = list(series.get("points") or ())
        series["points"] = points
        made = from_points(label, points, options.x)
        if any(as_float(y) is not None for y in made.ys):
            found.append(made)
    return plot(found, options) if found else []


def height_for(lines: int, below: int = 0) -> int:
    """A good height for a plot on a terminal of so many lines, `below` of which are needed for other things."""
    return max(MIN_PLOT_LINES, min(MAX_PLOT_LINES, lines - 1 - below))
