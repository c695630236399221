"""Line plots of braille dots (or plain characters): curves, axes, a legend, and a mark for every gap.

Drawn here because no terminal plotting library does what a training curve needs: plotille and uniplot raise
on NaN or infinity, plotext does not mark them, and none tells overlaid curves apart without colour.
"""

from __future__ import annotations

from collections.abc import Sequence

from swancli.output.plot.axes import X_AXIS_LINES, nonfinite_marks, x_axis, x_ticks, y_range, y_ticks
from swancli.output.plot.canvas import Canvas, Pen, letter, series_style
from swancli.output.plot.curves import Curve, PlotSeries, Scale, bounds, clean, columns, logarithms, smooth
from swancli.output.plot.legend import legend_lines
from swancli.output.plot.options import PlotOptions
from swancli.output.text.styled import Line
from swancli.output.text.width import cells, cut_end, pad

MIN_WIDTH_CELLS, MIN_HEIGHT_LINES = 24, 6
RAW_LAYER, CURVE_LAYER = 0, 1


def plot(series: Sequence[PlotSeries], options: PlotOptions) -> list[Line]:
    """`series` drawn in exactly `options.height` lines of `options.width` cells.

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


def _draw(curves: list[Curve], options: PlotOptions) -> list[Line]:
    glyphs = options.glyphs
    smoothed = [
        curve._replace(ys=smooth(curve.ys, options.smoothing)) if options.smoothing else curve for curve in curves
    ]
    if options.log_y:
        curves = [curve._replace(ys=logarithms(curve.ys)) for curve in curves]
        smoothed = [curve._replace(ys=logarithms(curve.ys)) for curve in smoothed]
    legend = legend_lines(curves, options)
    rows = options.height - len(legend) - X_AXIS_LINES
    y_span = bounds((curve.ys, curve.has_gaps) for curve in curves)
    x_span = bounds((curve.xs, False) for curve in curves)
    low, high = y_range(y_span)
    y_labels = y_ticks(low, high, rows, options.log_y) if y_span else []
    margin = max((len(label) for _, label in y_labels), default=0) + 1
    if margin > options.width // 2:
        y_labels, margin = [], 1
    canvas = Canvas(options.width - margin, glyphs)
    left, right = x_span or (0.0, 1.0)
    y_scale = Scale(low, high, rows * glyphs.dots_down)
    _draw_curves(canvas, curves, smoothed, Scale(left, right, canvas.width * glyphs.dots_across), y_scale, options)
    x_scale = Scale(left, right, canvas.width)
    axis_marks, top_marks = nonfinite_marks(curves, x_scale, glyphs)
    canvas.labels.update(((0, column), mark) for column, mark in top_marks.items())
    if not y_span:
        words = "no finite value" if any(curve.nonfinite for curve in curves) else "nothing to draw"
        words = words[: canvas.width]
        canvas.write(rows // 2, (canvas.width - len(words)) // 2, words, "dim")
    labels = {rows - 1 - y_scale.place_of(value) // glyphs.dots_down: label for value, label in y_labels}
    body: list[Line] = []
    for row in range(rows):
        label = labels.get(row, "")
        axis = pad(label, margin - 1, right=True) + (glyphs.y_tick if label else glyphs.y_axis)
        body.append([(axis, "dim"), *canvas.line(row)])
    axis_ticks = x_ticks(x_scale, options.x) if x_span else []
    return [*legend, *body, *x_axis(axis_ticks, x_scale, axis_marks, margin, options)]


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
