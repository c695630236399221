"""Line plots in braille cells (or plain characters): curves, axes, a legend, and a mark for every gap.

Drawn here because no terminal plotting library does what a training curve needs: plotille and uniplot raise
on NaN or infinity, plotext does not mark them, and none tells overlaid curves apart without colour.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from swancli.output.plot import ticks
from swancli.output.plot.curves import (
    Column,
    Curve,
    PlotSeries,
    bounds,
    clean,
    columns,
    from_points,
    logarithms,
    place,
    smooth,
)
from swancli.output.text.escape import printable
from swancli.output.text.styled import SERIES, Line
from swancli.output.text.width import cells, cut_end, cut_middle, pad

__all__ = ["PlotSeries", "from_points", "plot"]

_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LEAST_WIDTH, LEAST_HEIGHT = 24, 6


class _Glyphs(NamedTuple):
    """The characters of a plot."""

    across: int
    down: int
    bar: str
    tick_y: str
    corner: str
    line: str
    tick_x: str
    nan: str
    up: str
    below: str
    ellipsis: str
    stroke: str


_BRAILLE = _Glyphs(2, 4, "│", "┤", "└", "─", "┬", "×", "▲", "▼", "…", "━")
_ASCII = _Glyphs(1, 1, "|", "+", "+", "-", "+", "x", "^", "v", "~", "*")


class _Canvas:
    """A grid of cells; a cell holds dots (or one character) and belongs to the layer that drew on it last."""

    __slots__ = ("cells", "glyphs", "height", "labels", "width")

    def __init__(self, width: int, height: int, glyphs: _Glyphs) -> None:
        self.width = width
        self.height = height
        self.glyphs = glyphs
        # (layer, style, dots or character), by (row, column)
        self.cells: dict[tuple[int, int], tuple[int, str, int]] = {}
        self.labels: dict[tuple[int, int], tuple[str, str]] = {}

    def dot(self, x: int, y: int, layer: int, style: str, char: str) -> None:
        """Set the dot at x from the left and y from the top; a higher layer wipes a lower one off."""
        row, down = divmod(y, self.glyphs.down)
        column, across = divmod(x, self.glyphs.across)
        bit = _DOTS[across][down] if self.glyphs.across == 2 else ord(char)
        old = self.cells.get((row, column))
        if old is None or old[0] < layer:
            self.cells[row, column] = (layer, style, bit)
        elif old[0] == layer:
            self.cells[row, column] = (layer, style, old[2] | bit if self.glyphs.across == 2 else bit)

    def cell(self, row: int, column: int) -> tuple[str, str]:
        """The character and style of a cell."""
        label = self.labels.get((row, column))
        if label:
            return label
        held = self.cells.get((row, column))
        if held is None:
            return " ", ""
        return chr(0x2800 + held[2]) if self.glyphs.across == 2 else chr(held[2]), held[1]


def plot(
    series: Sequence[PlotSeries],
    width: int,
    height: int,
    log_y: bool = False,
    smooth_by: float | None = None,
    x: str = "step",
    color: bool = True,
    unicode: bool = True,
) -> list[Line]:
    """`series` drawn in exactly `height` lines of `width` cells.

    `smooth_by` (0 to 1) draws TensorBoard's moving average over the dimmed raw curve; `x` is "step", "time"
    or "relative" (xs then are epoch seconds). Never raises, whatever the values; text among them is left out.
    """
    wide, high = max(width, LEAST_WIDTH), max(height, LEAST_HEIGHT)
    glyphs = _BRAILLE if unicode else _ASCII
    curves = [clean(one, x, log_y) for one in series]
    lines = _draw(curves, wide, high, log_y, smooth_by, x, color, glyphs)
    return [_exactly(line, width) for line in lines[:height]]


def _exactly(line: Line, width: int) -> Line:
    """`line` cut or filled to `width` cells."""
    out: Line = []
    for text, style in line:
        room = width - sum(cells(t) for t, _ in out)
        if room <= 0:
            break
        out.append((cut_end(text, room, ""), style))
    used = sum(cells(t) for t, _ in out)
    return [*out, (" " * (width - used), "")] if used < width else out


def _draw(
    curves: list[Curve],
    width: int,
    height: int,
    log_y: bool,
    weight: float | None,
    x: str,
    color: bool,
    glyphs: _Glyphs,
) -> list[Line]:
    smoothed = [smooth(curve.ys, weight) if weight else curve.ys for curve in curves]
    if log_y:
        curves = [curve._replace(ys=logarithms(curve.ys)) for curve in curves]
        smoothed = [logarithms(ys) for ys in smoothed]
    legend = _legend(curves, width, height, weight, color, glyphs)
    span_y = bounds([(c.ys, c.gaps) for c in curves])
    span_x = bounds([(c.xs, False) for c in curves])
    rows = height - len(legend) - 2
    low, high = _widened(span_y)
    left, right = span_x or (0.0, 1.0)
    count = max(3, rows // 2 if rows < 16 else rows // 3)
    marks_y = (ticks.logarithmic if log_y else ticks.linear)(low, high, count) if span_y else []
    margin = max((len(label) for _, label in marks_y), default=0) + 1
    if margin > width // 2:
        marks_y, margin = [], 1
    inner = width - margin
    canvas = _Canvas(inner, rows, glyphs)
    wide, tall = inner * glyphs.across, rows * glyphs.down
    several = len(curves) > 1
    for n, (curve, ys) in enumerate(zip(curves, smoothed, strict=True)):
        if weight:
            raw = columns(curve.xs, curve.ys, curve.gaps, left, right, wide)
            _stroke(canvas, raw, low, high, tall, 0, "dim", ".", linked=color)
        drawn = columns(curve.xs, ys, curve.gaps, left, right, wide)
        _stroke(canvas, drawn, low, high, tall, 1, f"series{n % SERIES}", LETTERS[n % 26] if several else "*")
        if several and glyphs.across == 2:
            _letter(canvas, drawn, low, high, tall, n, len(curves))
    axis, top = _marks(curves, left, right, inner, glyphs)
    lines = list(legend)
    at = {rows - 1 - place(v, low, high, tall) // glyphs.down: label for v, label in marks_y}
    if not span_y:
        words = "nothing to draw" if not any(c.bad for c in curves) else "no finite value"
        for n, char in enumerate(words[:inner]):
            canvas.labels[rows // 2, max(0, (inner - len(words)) // 2) + n] = (char, "dim")
    for row in range(rows):
        label = at.get(row)
        bar = glyphs.tick_y if label else glyphs.bar
        line: Line = [(pad(label or "", margin - 1, right=True) + bar, "dim")]
        for column in range(inner):
            char, style = top[column] if row == 0 and column in top else canvas.cell(row, column)
            if len(line) > 1 and line[-1][1] == style:
                line[-1] = (line[-1][0] + char, style)
            else:
                line.append((char, style))
        lines.append(line)
    return lines + _axis_x(axis, left, right, margin, inner, x, glyphs, bool(span_x))


def _widened(span: tuple[float, float] | None) -> tuple[float, float]:
    """The range of the y axis: that of the data, with room around a constant."""
    low, high = span or (0.0, 1.0)
    if low == high:
        room = abs(low) / 10 or 1.0
        low, high = max(low - room, -1.7e308), min(high + room, 1.7e308)
        if low == high:
            low, high = -abs(low), abs(high)
        if low == high:
            low, high = 0.0, 1.0
    return low, high


def _stroke(
    canvas: _Canvas,
    drawn: dict[int, Column],
    low: float,
    high: float,
    tall: int,
    layer: int,
    style: str,
    char: str,
    linked: bool = True,
) -> None:
    """Draw the columns of a curve: each from its lowest to its highest value, and lines between them."""

    def level(value: float) -> int:
        return tall - 1 - place(value, low, high, tall)

    before: tuple[int, int] | None = None
    for x, column in drawn.items():
        first, last = level(column.first), level(column.last)
        upper, lower = level(column.high), level(column.low)
        if linked:
            if column.linked and before is not None:
                _link(canvas, before, (x, first), layer, style, char)
            for y in range(upper, lower + 1):
                canvas.dot(x, y, layer, style, char)
        else:
            for y in {upper, lower}:
                canvas.dot(x, y, layer, style, char)
        before = (x, last)


def _link(canvas: _Canvas, start: tuple[int, int], end: tuple[int, int], layer: int, style: str, char: str) -> None:
    """A straight line of dots, both ends included."""
    (x0, y0), (x1, y1) = start, end
    length = max(abs(x1 - x0), abs(y1 - y0))
    for n in range(1, length + 1):
        canvas.dot(x0 + round((x1 - x0) * n / length), y0 + round((y1 - y0) * n / length), layer, style, char)


def _letter(canvas: _Canvas, drawn: dict[int, Column], low: float, high: float, tall: int, n: int, count: int) -> None:
    """Write the letter of curve `n` on it in a few places, away from those of the others."""
    places = sorted(drawn)
    if not places:
        return
    for part in range(3):
        x = places[min(len(places) - 1, int(len(places) * (part + (n + 0.7) / (count + 0.4)) / 3))]
        y = tall - 1 - place(drawn[x].last, low, high, tall)
        spot = (y // canvas.glyphs.down, x // canvas.glyphs.across)
        canvas.labels.setdefault(spot, (LETTERS[n % 26], f"series{n % SERIES}"))


def _marks(
    curves: list[Curve], left: float, right: float, inner: int, glyphs: _Glyphs
) -> tuple[dict[int, str], dict[int, tuple[str, str]]]:
    """The marks of values that are not finite: on the x axis, and (for +INF) on the top line."""
    axis: dict[int, str] = {}
    top: dict[int, tuple[str, str]] = {}
    for curve in curves:
        for x, y in curve.bad:
            column = place(x, left, right, inner)
            if y == math.inf:
                top[column] = (glyphs.up, "bad")
            elif y != y:
                axis[column] = glyphs.nan
            else:
                axis.setdefault(column, glyphs.below)
    return axis, top


def _axis_x(
    axis: dict[int, str],
    left: float,
    right: float,
    margin: int,
    inner: int,
    x: str,
    glyphs: _Glyphs,
    known: bool,
) -> list[Line]:
    """The two lines of the x axis: the line with its ticks and marks, and the labels."""
    maker = {"time": ticks.clock, "relative": ticks.elapsed}.get(x, ticks.linear)
    found = maker(left, right, max(1, inner // (15 if x == "time" else 10))) if known else []
    if x == "step":
        whole = [(v, f"{v:.0f}" if abs(v) < 1e15 else label) for v, label in found if v == int(v)]
        found = whole or [(left, f"{left:.6g}")] if known else []
    total = margin + inner
    labels, free = [" "] * total, 0
    spots: set[int] = set()
    for value, label in found:
        column = place(value, left, right, inner)
        start = min(max(margin + column - len(label) // 2, 0), max(total - len(label), 0))
        if start >= free and start + len(label) <= total:
            labels[start : start + len(label)] = label
            free = start + len(label) + 2
            spots.add(column)
    line: Line = [(" " * (margin - 1) + glyphs.corner, "dim")]
    for column in range(inner):
        mark = axis.get(column)
        char, style = (mark, "bad") if mark else (glyphs.tick_x if column in spots else glyphs.line, "dim")
        if line[-1][1] == style:
            line[-1] = (line[-1][0] + char, style)
        else:
            line.append((char, style))
    text = "".join(labels)
    if x == "step" and known and free + 5 <= total:
        text = text[: total - 5] + " step"
    return [line, [(text, "dim")]]


def _legend(
    curves: list[Curve], width: int, height: int, weight: float | None, color: bool, glyphs: _Glyphs
) -> list[Line]:
    """Who is who, and what is missing; one line a curve as far as the height allows, at least one."""
    most = max(1, (height - 2) // 3)
    lines: list[Line] = []
    for n, curve in enumerate(curves):
        if n == most - 1 and len(curves) > most:
            lines.append([(f"{glyphs.ellipsis} and {len(curves) - n} more", "dim")])
            break
        key: Line = [(f"{LETTERS[n % 26]} ", f"series{n % SERIES}")] if len(curves) > 1 else []
        if glyphs.across == 2:
            key.append((glyphs.stroke * 2 + " ", f"series{n % SERIES}"))
        room = width - sum(cells(t) for t, _ in key)
        notes = _notes(curve, weight, color, glyphs, brief=False)
        if cells(notes) + cells(printable(curve.name)) > room:
            notes = _notes(curve, weight, color, glyphs, brief=True)
        notes = cut_end(notes, max(0, room - 8), glyphs.ellipsis)
        name = cut_middle(printable(curve.name), max(room - cells(notes), 1), glyphs.ellipsis)
        lines.append([*key, (name, "strong"), (notes, "dim")])
    return lines


def _notes(curve: Curve, weight: float | None, color: bool, glyphs: _Glyphs, brief: bool) -> str:
    """What the legend says behind a name: smoothing, and how many values are marked instead of drawn."""
    notes = []
    if weight:
        notes.append(f"smoothed {weight:g}" + ("" if brief else ", raw dimmed" if color else ", raw dotted"))
    for test, mark, name in (
        (math.isnan, glyphs.nan, " NaN"),
        (lambda y: y == math.inf, glyphs.up, " INF"),
        (lambda y: y == -math.inf, glyphs.below, " -INF"),
    ):
        count = len([y for _, y in curve.bad if test(y)])
        if count:
            notes.append(f"{mark}{count}" if brief else f"{mark} {count}{name}")
    if curve.skipped:
        notes.append(f"{curve.skipped} not >0" if brief else f"{curve.skipped} not above 0 left out")
    return "  " + (" " if brief else ", ").join(notes) if notes else ""
