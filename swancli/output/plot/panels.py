"""Which curves are drawn over each other: those of metrics whose values have similar scales."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from swancli.output.plot.curves import Curve, bounds

MAX_SPAN_RATIO = 30  # over less than this part of the height a curve is a flat line
MIN_RELATIVE_SPAN = 1e-9  # what varies less counts as constant: it is flat in a plot of its own, too
MIN_PANEL_LINES = 3  # legend included


class _Panel(NamedTuple):
    """Curves that are drawn over each other: their indexes, their range, and the least span of any of their metrics."""

    curves: list[int]
    low: float
    high: float
    least_span: float

    @property
    def ratio(self) -> float:
        """The range divided by the least span of a metric."""
        return max(_span(self.low, self.high), 0.0) / self.least_span


def grouped(curves: Sequence[Curve], overlay: bool | None, max_panels: int) -> list[list[int]]:
    """The curves in panels, as indexes: one panel, one for each metric, or (None) as many as their scales require.

    Curves of one metric always share a panel. Panels of the closest scales are merged down to `max_panels`.
    """
    metrics: dict[str, list[int]] = {}
    for n, curve in enumerate(curves):
        metrics.setdefault("" if overlay else curve.metric, []).append(n)
    panels: list[_Panel] = []
    for indexes in metrics.values():
        new = _panel(indexes, curves)
        for n, panel in enumerate(panels) if overlay is None else ():
            both = _merged(panel, new)
            if both.ratio <= MAX_SPAN_RATIO:
                panels[n] = both
                break
        else:
            panels.append(new)
    panels.sort(key=lambda panel: (panel.high, panel.low))
    while len(panels) > max(max_panels, 1):
        pairs = [_merged(a, b) for a, b in itertools.pairwise(panels)]
        at = min(range(len(pairs)), key=lambda n: pairs[n].ratio)
        panels[at : at + 2] = [pairs[at]]
    return sorted(sorted(panel.curves) for panel in panels) or [[]]


def min_height(names: Iterable[object], axis_lines: int) -> int:
    """The least height of a plot with a panel for each of the metrics."""
    return len(set(names)) * MIN_PANEL_LINES + axis_lines


def _span(low: float, high: float) -> float:
    """Half of the distance, which is finite for all floats."""
    return high / 2 - low / 2


def _panel(indexes: list[int], curves: Sequence[Curve]) -> _Panel:
    found = bounds((curves[n].ys, curves[n].has_gaps) for n in indexes)
    if found is None:
        return _Panel(indexes, math.inf, -math.inf, math.inf)
    low, high = found
    span = _span(low, high)
    is_constant = span <= MIN_RELATIVE_SPAN * max(abs(low), abs(high))
    return _Panel(indexes, low, high, math.inf if is_constant else span)


def _merged(a: _Panel, b: _Panel) -> _Panel:
    return _Panel([*a.curves, *b.curves], min(a.low, b.low), max(a.high, b.high), min(a.least_span, b.least_span))
