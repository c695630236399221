"""Where the charts of the grid are: rows of charts below the names of their namespaces, in a column that scrolls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from swancli.screen.reading.changes import Group

GOOD_WIDTH, GOOD_HEIGHT = 40, 9  # of a chart
MIN_WIDTH, MIN_HEIGHT = 26, 6


class Band(NamedTuple):
    """A row of the grid: the name of a namespace, or metrics side by side; `top` is its first line."""

    top: int
    height: int
    name: str
    metrics: tuple[str, ...]


class Grid(NamedTuple):
    """The rows of the grid, and how many charts are side by side."""

    bands: Sequence[Band]
    across: int
    height: int  # of all

    @property
    def metrics(self) -> list[str]:
        """All metrics, in their order."""
        return [metric for band in self.bands for metric in band.metrics]

    def band_of(self, metric: str) -> Band | None:
        """The row that a metric is in."""
        return next((band for band in self.bands if metric in band.metrics), None)

    def moved(self, metric: str, across: int, down: int) -> str:
        """The metric to the right or left of another, below or above it; the same at an edge."""
        names = self.metrics
        if metric not in names:
            return names[0] if names else ""
        if across:
            at = names.index(metric) + across
            return names[max(0, min(at, len(names) - 1))]
        rows = [band for band in self.bands if band.metrics]
        here = next(n for n, band in enumerate(rows) if metric in band.metrics)
        column = rows[here].metrics.index(metric)
        there = rows[max(0, min(here + down, len(rows) - 1))].metrics
        return metric if not 0 <= here + down < len(rows) else there[min(column, len(there) - 1)]


def grid(groups: Sequence[Group], width: int, height: int, level: int) -> Grid:
    """The grid for a pane: charts of a good size for it, fewer and larger ones for a level above 0."""
    # the level takes charts away from the longer side of the grid first
    across, down = max(width // GOOD_WIDTH, 1), max((height - 1) // GOOD_HEIGHT, 1)
    for n in range(abs(level)):
        wider = (n % 2 == 0) == (across >= down)
        if level > 0:
            across, down = (max(across - 1, 1), down) if wider else (across, max(down - 1, 1))
        else:
            across, down = (across + 1, down) if wider else (across, down + 1)
    count = sum(len(metrics) for _, metrics in groups)
    across = max(1, min(across, width // MIN_WIDTH, max(count, 1)))
    # charts get the lines that the names of namespaces leave
    chart_height = max((height - min(len(groups), down)) // down, MIN_HEIGHT)
    bands: list[Band] = []
    top = 0
    for name, metrics in groups:
        if len(groups) > 1 or name != "default":
            bands.append(Band(top, 1, name, ()))
            top += 1
        for start in range(0, len(metrics), across):
            bands.append(Band(top, chart_height, name, metrics[start : start + across]))
            top += chart_height
    return Grid(bands, across, top)
