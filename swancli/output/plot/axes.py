"""The axes of a plot: their ranges, ticks and labels, and the marks of values that are not finite."""

from __future__ import annotations

import math

from swancli.output.plot import ticks
from swancli.output.plot.canvas import append_char
from swancli.output.plot.curves import MAX_NUMBER, Curve, Scale
from swancli.output.plot.options import Glyphs, PlotOptions
from swancli.output.plot.ticks import Tick
from swancli.output.text.styled import Line, Span

X_AXIS_LINES = 2
CELLS_PER_TICK, CELLS_PER_TIME_TICK = 10, 15
MAX_WHOLE_STEP = 1e15  # larger ones are written with an exponent
STEP_LABEL = " step"


def y_range(span: tuple[float, float] | None) -> tuple[float, float]:
    """The range of the y axis: that of the data, with room around a constant."""
    low, high = span or (0.0, 1.0)
    if low == high:
        room = abs(low) / 10 or 1.0
        low, high = max(low - room, -MAX_NUMBER), min(high + room, MAX_NUMBER)
        if low == high:
            low, high = -abs(low), abs(high)
        if low == high:
            low, high = 0.0, 1.0
    return low, high


def y_ticks(low: float, high: float, rows: int, log_y: bool) -> list[Tick]:
    """The ticks of a y axis that is `rows` rows high."""
    count = max(3, rows // 2 if rows < 16 else rows // 3)
    return ticks.logarithmic(low, high, count) if log_y else ticks.linear(low, high, count)


def nonfinite_marks(
    curves: list[Curve], scale: Scale, glyphs: Glyphs
) -> tuple[dict[int, str], dict[tuple[int, int], Span]]:
    """The marks of values that are not finite: on the x axis by column, and those of +INF by (row, column)."""
    axis: dict[int, str] = {}
    top: dict[tuple[int, int], Span] = {}
    for curve in curves:
        for x, y in curve.nonfinite:
            column = scale.place_of(x)
            if y == math.inf:
                top[0, column] = (glyphs.infinity, "bad")
            elif y != y:
                axis[column] = glyphs.nan
            else:
                axis.setdefault(column, glyphs.minus_infinity)
    return axis, top


def x_axis(
    axis_ticks: list[Tick], scale: Scale, marks: dict[int, str], margin: int, options: PlotOptions
) -> list[Line]:
    """The two lines of the x axis, ticks with marks above labels, after a margin of `margin` cells."""
    glyphs = options.glyphs
    total = margin + scale.places
    labels, free = [" "] * total, 0
    tick_columns: set[int] = set()
    for value, label in axis_ticks:
        column = scale.place_of(value)
        start = min(max(margin + column - len(label) // 2, 0), max(total - len(label), 0))
        if start >= free and start + len(label) <= total:
            labels[start : start + len(label)] = label
            free = start + len(label) + 2
            tick_columns.add(column)
    line: Line = [(" " * (margin - 1) + glyphs.corner, "dim")]
    for column in range(scale.places):
        if mark := marks.get(column):
            append_char(line, mark, "bad")
        else:
            append_char(line, glyphs.x_tick if column in tick_columns else glyphs.x_axis, "dim")
    text = "".join(labels)
    if options.x == "step" and axis_ticks and free + len(STEP_LABEL) <= total:
        text = text[: -len(STEP_LABEL)] + STEP_LABEL
    return [line, [(text, "dim")]]


def x_ticks(scale: Scale, x: str) -> list[Tick]:
    """The ticks of an x axis of steps, times or durations."""
    if x == "time":
        return ticks.clock(scale.low, scale.high, max(1, scale.places // CELLS_PER_TIME_TICK))
    count = max(1, scale.places // CELLS_PER_TICK)
    if x == "relative":
        return ticks.elapsed(scale.low, scale.high, count)
    whole = [
        (value, f"{value:.0f}" if abs(value) < MAX_WHOLE_STEP else label)
        for value, label in ticks.linear(scale.low, scale.high, count)
        if value == int(value)
    ]
    return whole or [(scale.low, f"{scale.low:.6g}")]
