"""The plot above a metric's numbers: one or several series as curves."""

from __future__ import annotations

from collections.abc import Sequence

from swancli.model import Series
from swancli.output.plot.axes import X_AXIS_LINES
from swancli.output.plot.curves import PlotSeries, from_points
from swancli.output.plot.options import PlotOptions
from swancli.output.plot.panels import min_height
from swancli.output.plot.plot import plot
from swancli.output.text.styled import Line
from swancli.output.views.metric import labels
from swancli.values import as_float

MIN_PLOT_LINES = 6


def curve(details: Sequence[Series], options: PlotOptions) -> list[Line]:
    """The series as a plot; no lines if none of them holds a number (but text or images).

    Their points are read into lists, which stay in `details` for the tables.
    """
    found: list[PlotSeries] = []
    for label, series in zip(labels(details), details, strict=True):
        points = list(series.get("points") or ())
        series["points"] = points
        made = from_points(label, points, options.x, str(series.get("name")))
        if any(as_float(y) is not None for y in made.ys):
            found.append(made)
    return plot(found, options) if found else []


def height_for(lines: int, below: int, details: Sequence[Series] = (), overlay: bool | None = None) -> int:
    """The height of a plot that fills a terminal of `lines` lines, `below` of which are needed for other things.

    It is at least enough for a readable plot: with `overlay` False, for a panel for each metric.
    """
    least = min_height((series.get("name") for series in details), X_AXIS_LINES) if overlay is False else 0
    return max(MIN_PLOT_LINES, least, lines - below)
