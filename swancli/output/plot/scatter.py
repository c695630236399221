"""A scatter plot: a mark for each pair of values. Axes are logarithmic where positive values span decades."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from swancli.output.plot import ticks
from swancli.output.plot.axes import CELLS_PER_TICK, X_AXIS_LINES, x_axis, y_range, y_ticks
from swancli.output.plot.canvas import Canvas
from swancli.output.plot.curves import MAX_NUMBER, Scale
from swancli.output.plot.options import PlotOptions
from swancli.output.plot.ticks import Tick
from swancli.output.text.styled import Line
from swancli.output.text.width import cut_end, pad

MIN_DECADES = 2.0  # an axis is logarithmic if its values are positive and span at least this many
MIN_WIDTH_CELLS, MIN_HEIGHT_LINES = 24, 6
MARKS = "●", "*"
MAX_PLACE = MAX_NUMBER / 4
MARGIN = 0.04  # the part of an axis left free at each end


class Axis(NamedTuple):
    """What one axis shows: its title and values; `names` are texts that stand for the values 0, 1, 2 …"""

    title: str
    values: Sequence[float]
    names: Sequence[str] = ()

    @property
    def is_logarithmic(self) -> bool:
        """Whether all values are positive and span decades."""
        if self.names or not self.values or min(self.values) <= 0:
            return False
        return math.log10(max(self.values)) - math.log10(min(self.values)) >= MIN_DECADES

    def placed(self) -> list[float]:
        """The values, or their logarithms to base ten; the largest are clamped so that a range can be computed."""
        if self.is_logarithmic:
            return [math.log10(value) for value in self.values]
        return [max(min(value, MAX_PLACE), -MAX_PLACE) for value in self.values]


def scatter(x: Axis, y: Axis, options: PlotOptions) -> list[Line]:
    """The pairs of values in `options.height` lines; no lines if there are no pairs or the plot is too small."""
    if not x.values or options.height < MIN_HEIGHT_LINES or options.width < MIN_WIDTH_CELLS:
        return []
    xs, ys = x.placed(), y.placed()
    rows = options.height - X_AXIS_LINES - 1
    low, high = _with_room(*y_range((min(ys), max(ys))))
    y_labels = y_ticks(low, high, rows, y.is_logarithmic) if not y.names else _names(y.names)
    margin = min(max((len(label) for _, label in y_labels), default=0), options.width // 3) + 1
    across = Scale(*_with_room(*y_range((min(xs), max(xs)))), options.width - margin)
    down = Scale(low, high, rows)
    glyphs = options.glyphs
    canvas = Canvas(across.places, glyphs)
    for one, other in zip(xs, ys, strict=True):
        place = rows - 1 - down.place_of(other), across.place_of(one)
        canvas.labels[place] = (MARKS[not options.unicode], "series0")
    labels = {rows - 1 - down.place_of(value): label for value, label in y_labels if low <= value <= high}
    title = cut_end(f"{_title(y)} against {_title(x)}", across.places, glyphs.ellipsis)
    lines: list[Line] = [[(pad("", margin), ""), (title, "dim")]]
    for row in range(rows):
        label = labels.get(row, "")
        axis = pad(cut_end(label, margin - 1, glyphs.ellipsis), margin - 1, right=True)
        lines.append([(axis + (glyphs.y_tick if label else glyphs.y_axis), "dim"), *canvas.line(row)])
    return [*lines, *x_axis(_x_labels(x, across), across, {}, margin, options._replace(x=""))]


def _title(axis: Axis) -> str:
    return f"{axis.title} (log)" if axis.is_logarithmic else axis.title


def _with_room(low: float, high: float) -> tuple[float, float]:
    room = (high - low) * MARGIN
    return (low - room, high + room) if math.isfinite(room) else (low, high)


def _names(names: Sequence[str]) -> list[Tick]:
    return [(float(n), name) for n, name in enumerate(names)]


def _x_labels(x: Axis, scale: Scale) -> list[Tick]:
    if x.names:
        most = max(scale.places // max(len(x.names), 1) - 2, 4)
        return [(float(n), cut_end(name, most, "…")) for n, name in enumerate(x.names)]
    count = max(scale.places // CELLS_PER_TICK, 2)
    if x.is_logarithmic:
        return ticks.logarithmic(scale.low, scale.high, count)
    return [tick for tick in ticks.linear(scale.low, scale.high, count) if scale.low <= tick[0] <= scale.high]
