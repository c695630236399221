"""The plot above a metric's numbers: details of one or several series as curves."""

from __future__ import annotations

from collections.abc import Sequence

from swancli.model import Series
from swancli.output.plot.curves import PlotSeries, from_points
from swancli.output.plot.plot import plot
from swancli.output.text.styled import Line
from swancli.output.views.metric import labels
from swancli.values import as_float

TALLEST, LEAST = 20, 8


def curve(
    details: Sequence[Series],
    width: int,
    height: int,
    log_y: bool = False,
    smooth_by: float | None = None,
    x: str = "step",
    color: bool = True,
    unicode: bool = True,
) -> list[Line]:
    """`details` of metrics plotted in `height` lines; nothing if none holds a number (text, images).

    Their points are read into lists, which stay in `details` for the tables.
    """
    series: list[PlotSeries] = []
    for name, one in zip(labels(details), details, strict=True):
        one["points"] = list(one.get("points") or ())
        made = from_points(name, one["points"], x)
        if any(as_float(y) is not None for y in made.ys):
            series.append(made)
    return plot(series, width, height, log_y, smooth_by, x, color, unicode) if series else []


def height_for(pane: int, below: int = 0) -> int:
    """A good height for a plot in a pane of so many lines, `below` of which are wanted for other things."""
    return max(LEAST, min(TALLEST, pane - 1 - below))
