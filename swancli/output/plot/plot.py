"""Line plots of braille dots (or plain characters): curves, axes, a legend, and a mark for every gap.

Drawn here because no terminal plotting library does what a training curve needs: plotille and uniplot raise
on NaN or infinity, plotext does not mark them, and none tells overlaid curves apart without colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from swancli.output.plot.axes import X_AXIS_LINES, nonfinite_marks, x_axis, x_ticks, y_range, y_ticks
from swancli.output.plot.canvas import Canvas, Pen, letter, series_style
from swancli.output.plot.curves import Curve, PlotSeries, Scale, bounds, clean, columns, cropped, logarithms, smooth
from swancli.output.plot.legend import legend_lines
from swancli.output.plot.options import PlotOptions
from swancli.output.plot.panels import MIN_PANEL_LINES, grouped
from swancli.output.plot.ticks import Tick
from swancli.output.text.styled import Line, Span
from swancli.output.text.width import cells, cut_end, pad

MIN_WIDTH_CELLS, MIN_HEIGHT_LINES = 24, 6
MARK_LAYER, RAW_LAYER, CURVE_LAYER = -1, 0, 1


def plot(series: Sequence[PlotSeries], options: PlotOptions) -> list[Line]:
    """`series` drawn in exactly `options.height` lines of `options.width` cells, in panels (see `panels.grouped`).

    Smoothing draws TensorBoard's moving average over the dimmed raw curve. Never raises, whatever the values; those
    that are not numbers are left out.
    """
    curves = [clean(one, options.x, options.log_y) for one in series]
    # a smaller plot is cut out of one that can be drawn
    width, height = max(options.width, MIN_WIDTH_CELLS), max(options.height, MIN_HEIGHT_LINES)
    lines = _draw(curves, options._replace(width=width, height=height))
    return [_exactly(line, options.width) for line in lines[: options.height]]


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


class _Panel(NamedTuple):
    """Curves drawn over each other, the legend above them, and their y axis."""

    raw: list[Curve]
    smoothed: list[Curve]
    legend: list[Line]
    rows: int
    has_values: bool
    low: float
    high: float
    labels: list[Tick]


def _draw(curves: list[Curve], options: PlotOptions) -> list[Line]:
    """The panels one above another, and the x axis that they share."""
    smoothed = [
        curve._replace(ys=smooth(curve.ys, options.smoothing)) if options.smoothing else curve for curve in curves
    ]
    if options.x_range is not None:  # smoothing does not depend on the part that is shown
        curves = [cropped(curve, *options.x_range) for curve in curves]
        smoothed = [cropped(curve, *options.x_range) for curve in smoothed]
    if options.log_y:
        curves = [curve._replace(ys=logarithms(curve.ys)) for curve in curves]
        smoothed = [curve._replace(ys=logarithms(curve.ys)) for curve in smoothed]
    lines = options.height - X_AXIS_LINES
    groups = grouped(curves, options.overlay, lines // MIN_PANEL_LINES)
    panels = []
    for n, indexes in enumerate(groups):
        share = lines // len(groups) + (n < lines % len(groups))
        panels.append(_panel([curves[k] for k in indexes], [smoothed[k] for k in indexes], share, options))
    margin = max((len(label) for panel in panels for _, label in panel.labels), default=0) + 1
    if margin > options.width // 2:
        panels, margin = [panel._replace(labels=[]) for panel in panels], 1
    x_span = options.x_range or bounds((curve.xs, False) for curve in curves)
    x_scale = Scale(*(x_span or (0.0, 1.0)), options.width - margin)
    drawn: list[Line] = []
    for panel in panels:
        # marks below a panel are on the x axis only if the x axis is right below it
        is_last = panel is panels[-1]
        axis_marks, top_marks = nonfinite_marks(panel.raw, x_scale, options.glyphs)
        if not is_last:
            top_marks = {(panel.rows - 1, c): (mark, "bad") for c, mark in axis_marks.items()} | top_marks
        drawn += [*panel.legend, *_body(panel, x_scale, top_marks, margin, options)]
    axis_ticks = x_ticks(x_scale, options.x) if x_span else []
    return [*drawn, *x_axis(axis_ticks, x_scale, axis_marks, margin, options)]


def _panel(raw: list[Curve], smoothed: list[Curve], lines: int, options: PlotOptions) -> _Panel:
    legend = legend_lines(raw, options._replace(height=lines + X_AXIS_LINES)) if options.legend else []
    rows = lines - len(legend)
    span = bounds((curve.ys, curve.has_gaps) for curve in raw)
    low, high = y_range(span)
    labels = y_ticks(low, high, rows, options.log_y) if span else []
    return _Panel(raw, smoothed, legend, rows, span is not None, low, high, labels)


def _body(
    panel: _Panel, x_scale: Scale, marks: dict[tuple[int, int], Span], margin: int, options: PlotOptions
) -> list[Line]:
    """The rows of a panel between its legend and what is below it, with the y axis."""
    glyphs, rows = options.glyphs, panel.rows
    canvas = Canvas(options.width - margin, glyphs)
    y_scale = Scale(panel.low, panel.high, rows * glyphs.dots_down)
    dots = x_scale._replace(places=canvas.width * glyphs.dots_across)
    if options.mark is not None and x_scale.low <= options.mark <= x_scale.high:
        for y in range(y_scale.places):
            canvas.dot(dots.place_of(options.mark), y, Pen(MARK_LAYER, "dim", glyphs.y_axis))
    _draw_curves(canvas, panel.raw, panel.smoothed, dots, y_scale, options)
    canvas.labels.update(marks)
    if not panel.has_values:
        words = "no finite value" if any(curve.nonfinite for curve in panel.raw) else "nothing to draw"
        words = words[: canvas.width]
        canvas.write(rows // 2, (canvas.width - len(words)) // 2, words, "dim")
    labels = {rows - 1 - y_scale.place_of(value) // glyphs.dots_down: label for value, label in panel.labels}
    body: list[Line] = []
    for row in range(rows):
        label = labels.get(row, "")
        axis = pad(label, margin - 1, right=True) + (glyphs.y_tick if label else glyphs.y_axis)
        body.append([(axis, "dim"), *canvas.line(row)])
    return body


def _draw_curves(
    canvas: Canvas,
    curves: list[Curve],
    smoothed: list[Curve],
    x_scale: Scale,
    y_scale: Scale,
    options: PlotOptions,
) -> None:
    several = len(curves) > 1
    for n, (raw, curve) in enumerate(zip(curves, smoothed, strict=True)):
        if options.smoothing:
            canvas.curve(columns(raw, x_scale), y_scale, Pen(RAW_LAYER, "dim", "."), connect=options.color)
        drawn = columns(curve, x_scale)
        char, _ = letter(n) if several else ("*", "")
        canvas.curve(drawn, y_scale, Pen(CURVE_LAYER, series_style(n), char))
        if several and options.unicode:
            canvas.letters(drawn, y_scale, n, len(curves))
