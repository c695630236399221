"""The legend of a plot: the name of each curve, and what the plot does not show of it."""

from __future__ import annotations

import math

from swancli.output.plot.canvas import letter, series_style
from swancli.output.plot.curves import Curve
from swancli.output.plot.options import PlotOptions
from swancli.output.text.escape import printable
from swancli.output.text.styled import Line, line_cells
from swancli.output.text.width import cells, cut_end, cut_middle

MIN_NAME_CELLS = 8
MIN_ENTRY_CELLS, ENTRY_GAP = 16, "  "  # where several curves share a line


def legend_lines(curves: list[Curve], options: PlotOptions) -> list[Line]:
    """One line per curve, or several curves per line, in at most a third of the height but at least one line."""
    glyphs = options.glyphs
    max_lines = max(1, (options.height - 2) // 3)
    per_line = math.ceil(len(curves) / max_lines)
    if max_lines == 1:
        per_line = min(per_line, options.width // MIN_ENTRY_CELLS)
    width = options.width // max(per_line, 1)
    if per_line > 1 and width >= MIN_ENTRY_CELLS:
        entries = [_entry(n, curve, options, width - len(ENTRY_GAP)) for n, curve in enumerate(curves)]
        if len(entries) > per_line * max_lines:
            entries[per_line - 1 :] = [[(f"{glyphs.ellipsis} and {len(entries) - per_line + 1} more", "dim")]]
        return [_joined(entries[n : n + per_line], width) for n in range(0, len(entries), per_line)]
    lines: list[Line] = []
    for n, curve in enumerate(curves):
        if n == max_lines - 1 and len(curves) > max_lines:
            lines.append([(f"{glyphs.ellipsis} and {len(curves) - n} more", "dim")])
            break
        lines.append(_entry(n, curve, options, options.width, is_alone=len(curves) == 1))
    return lines


def _entry(n: int, curve: Curve, options: PlotOptions, width: int, is_alone: bool = False) -> Line:
    """The key, the name and the notes of curve `n`; its letter unless it is alone."""
    glyphs = options.glyphs
    key: Line = []
    if not is_alone:
        char, style = letter(n)
        key.append((f"{char} ", style))
    if options.unicode:
        key.append((glyphs.stroke * 2 + " ", series_style(n)))
    room = width - sum(cells(text) for text, _ in key)
    notes = _notes(curve, options, brief=False)
    if cells(notes) + cells(printable(curve.name)) > room:
        notes = _notes(curve, options, brief=True)
    notes = cut_end(notes, max(0, room - MIN_NAME_CELLS), glyphs.ellipsis)
    name = cut_middle(printable(curve.name), max(room - cells(notes), 1), glyphs.ellipsis)
    return [*key, (name, "strong"), (notes, "dim")]


def _joined(entries: list[Line], width: int) -> Line:
    """Entries side by side, each in `width` cells."""
    line: Line = []
    for entry in entries:
        line += [*entry, (" " * (width - line_cells(entry)), "")]
    return line


def _notes(curve: Curve, options: PlotOptions, brief: bool) -> str:
    """The smoothing, and how many values are marked instead of drawn, or left out."""
    glyphs = options.glyphs
    notes = []
    if options.smoothing:
        raw = "" if brief else ", raw dimmed" if options.color else ", raw dotted"
        notes.append(f"smoothed {options.smoothing:g}{raw}")
    ys = [y for _, y in curve.nonfinite]
    for count, mark, name in (
        (sum(map(math.isnan, ys)), glyphs.nan, " NaN"),
        (ys.count(math.inf), glyphs.infinity, " INF"),
        (ys.count(-math.inf), glyphs.minus_infinity, " -INF"),
    ):
        if count:
            notes.append(f"{mark}{count}" if brief else f"{mark} {count}{name}")
    if curve.without_logarithm:
        notes.append(f"{curve.without_logarithm} not " + (">0" if brief else "above 0 left out"))
    return "  " + (" " if brief else ", ").join(notes) if notes else ""
