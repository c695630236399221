"""The charts in the middle: those in view are drawn, and redrawn only if their points or look have changed."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from swancli.model import Address
from swancli.output.plot.canvas import letter
from swancli.output.plot.curves import PlotSeries, from_points
from swancli.output.plot.options import PlotOptions
from swancli.output.plot.plot import plot
from swancli.output.text.escape import printable
from swancli.output.text.numbers import fitted as number
from swancli.output.text.styled import Line, line_cells
from swancli.output.text.times import duration, local
from swancli.output.text.width import cells, cut_middle
from swancli.screen.facts import Curve, Facts
from swancli.screen.layout import Box
from swancli.screen.panes.frame import Look, fitted, framed, title
from swancli.screen.panes.grid import Band, Grid, grid
from swancli.screen.style import CURSOR, SHADE
from swancli.screen.view import CHARTS, View

BUDGET_SECONDS = 0.02  # of drawing, before keys are handled again
VALUE_CELLS, MIN_NAME_CELLS = 9, 16
MIN_WIDTH_FOR_STEP = 40


class Drawn(NamedTuple):
    """A chart as it was drawn, and a key for what it shows."""

    key: object
    lines: list[Line]


class ChartsPane:
    """The grid, how far it is scrolled, and the charts drawn so far."""

    def __init__(self) -> None:
        self.top = 0
        self.grid = Grid((), 1, 0)
        self.box = Box(0, 0, 1, 1)
        self.is_late = False  # whether a chart in view still has to be redrawn
        self._drawn: dict[str, Drawn] = {}
        self._series: dict[tuple[Address, str], tuple[object, PlotSeries]] = {}

    def place(self, facts: Facts, view: View, box: Box) -> None:
        """Lay the grid out, and scroll it to the chart under the cursor."""
        groups = facts.metrics(view)
        if not groups and box == self.box and any(one not in facts.groups for one in facts.drawn(view)):
            return  # until it is known what to show in its place, the grid stays
        self.box = box
        room = max(box.height - 1, 1)
        if view.is_full and view.focus == CHARTS and view.chart:
            alone = [name for name, metrics in groups if view.chart in metrics][:1]
            self.grid = Grid([Band(0, room, name, (view.chart,)) for name in alone], 1, room)
            self.top = 0
            return
        self.grid = grid(groups, box.width, room, view.grid)
        band = self.grid.band_of(view.chart)
        if band is None:
            view.chart = next(iter(self.grid.metrics), "") if not view.chart or groups else view.chart
            band = self.grid.band_of(view.chart)
        if band is not None:
            first = band.top - 1 if band.top and self._is_below_name(band) else band.top
            self.top = max(min(self.top, first), band.top + band.height - room)
        self.top = max(min(self.top, self.grid.height - room), 0)

    def _is_below_name(self, band: Band) -> bool:
        return any(not other.metrics and other.top == band.top - 1 for other in self.grid.bands)

    def in_view(self) -> list[str]:
        """The metrics of the charts that are in view."""
        return [metric for band in self._bands() for metric in band.metrics]

    def _bands(self) -> list[Band]:
        bottom = self.top + self.box.height - 1
        return [band for band in self.grid.bands if band.top < bottom and band.top + band.height > self.top]

    @property
    def rows_in_view(self) -> int:
        """How many rows of charts the pane has room for, at least one."""
        return max(sum(bool(band.metrics) for band in self._bands()), 1)

    def metric_at(self, x: int, y: int) -> tuple[str, int, int]:
        """The metric of the chart at a cell of the pane, and the cell within it; "" if there is none."""
        line = y - 1 + self.top
        for band in self.grid.bands:
            if band.metrics and band.top <= line < band.top + band.height:
                width = self.width
                if x // width < len(band.metrics):
                    return band.metrics[x // width], x % width, line - band.top
        return "", 0, 0

    @property
    def width(self) -> int:
        """The width of a chart."""
        return self.box.width // (1 if len(self.grid.bands) == 1 and self.grid.across == 1 else self.grid.across)

    def lines(self, facts: Facts, view: View, look: Look, budget: float = BUDGET_SECONDS) -> list[Line]:
        """The pane; charts that there is no time for stay as they were, and `is_late` says so."""
        box, end = self.box, time.perf_counter() + budget
        drawn = facts.drawn(view)
        has_drawn = False
        self.is_late = False
        body: list[Line] = []
        for band in self._bands():
            if not band.metrics:
                body.append(_name(band, box.width, look))
                continue
            width = self.width
            parts: list[list[Line]] = []
            for metric in band.metrics:
                key = self._key(facts, view, metric, drawn, width, band.height, look)
                old = self._drawn.get(metric)
                if old is None or old.key != key:
                    if has_drawn and time.perf_counter() > end:
                        self.is_late = True
                        parts.append(_blank(old, width, band.height))
                        continue
                    made = self._draw(facts, view, metric, drawn, width, band.height, look, old)
                    has_drawn = True
                    self._drawn[metric] = old = Drawn(key, made)
                parts.append(old.lines)
            filled = " " * (box.width - width * len(parts))
            body += [[*(span for part in parts for span in part[n]), (filled, "")] for n in range(band.height)]
        first = next(iter(self._bands()), None)
        body = body[self.top - first.top if first else 0 :]
        if not body:
            body = [[(_nothing(facts, view), "dim")]]
        return framed(title(*self._title(facts, view, drawn, look)), body, box.width, box.height, look)

    def forget(self, keep: Iterable[str]) -> None:
        """Let go of charts that are out of view."""
        kept = set(keep)
        self._drawn = {metric: one for metric, one in self._drawn.items() if metric in kept}
        self._series = {key: one for key, one in self._series.items() if key[1] in kept}

    def _title(
        self, facts: Facts, view: View, drawn: Sequence[Address], look: Look
    ) -> tuple[str, int, Look, bool, str]:
        count = len(self.grid.metrics)
        words = f"2 charts {count}" + (f" \\{view.metric_filter}" if view.metric_filter else "")
        ticked = len(facts.ticked(view))
        if ticked > len(drawn):
            words += f" of {len(drawn)} of {ticked} runs"
        elif len(drawn) > 1:
            words += f" of {len(drawn)} runs"
        elif drawn:
            words += f" of {facts.name(drawn[0])}"
        notes = [view.x] if view.x != "step" else []
        notes += ["log y"] if view.log_y else []
        notes += [f"smoothed {view.smoothing:g}"] if view.smoothing else []
        notes += [f"{self._place(view, view.zoom[0])} to {self._place(view, view.zoom[1])}"] if view.zoom else []
        notes += [f"at {self._place(view, view.mark)}"] if view.mark is not None else []
        return words, self.box.width, look, view.focus == CHARTS, ", ".join(notes)

    @staticmethod
    def _place(view: View, x: float) -> str:
        """A place on the x axis for people."""
        return f"{x:.0f}" if view.x == "step" else duration(max(x, 0.0)) if view.x == "relative" else local(x)

    def _key(
        self, facts: Facts, view: View, metric: str, drawn: Sequence[Address], width: int, height: int, look: Look
    ) -> object:
        versions = tuple(
            (one, curve.version if (curve := self._curve(facts, view, one, metric)) else 0) for one in drawn
        )
        under = (view.focus == CHARTS, view.chart == metric) if view.chart == metric else None
        return (
            versions, width, height, view.smoothing, view.log_y, view.x, view.zoom, view.mark, under, look,
            view.is_full,
        )  # fmt: skip

    def _curve(self, facts: Facts, view: View, one: Address, metric: str) -> Curve | None:
        """The points to draw: those of the part that is shown, if it was read separately."""
        part = facts.parts.get((one, metric))
        if part is not None and view.zoom is not None and part.steps == steps_of(view):
            return part
        return facts.curves.get((one, metric))

    def series(self, facts: Facts, view: View, one: Address, metric: str, name: str) -> PlotSeries | None:
        """The curve of a run, its steps or times as numbers."""
        curve = self._curve(facts, view, one, metric)
        if curve is None:
            return None
        key = curve.version, view.x, name
        known = self._series.get((one, metric))
        if known is None or known[0] != key:
            known = self._series[one, metric] = (key, from_points(name, curve.points, view.x, metric))
        return known[1]

    def _draw(
        self,
        facts: Facts,
        view: View,
        metric: str,
        drawn: Sequence[Address],
        width: int,
        height: int,
        look: Look,
        old: Drawn | None,
    ) -> list[Line]:
        found = [
            (one, series)
            for one in drawn
            if (series := self.series(facts, view, one, metric, facts.name(one))) is not None
        ]
        head = _head(metric, [dict(found).get(one) for one in drawn], view, width, look)
        if not found:
            waits = any((one, metric) not in facts.curves for one in drawn)
            blank = [fitted([("  no points" if n == 1 else "", "dim")], width) for n in range(height - 1)]
            return [head, *(_blank(old, width, height)[1:] if waits else blank)]
        curves = [one for _, one in found]
        # all runs keep the colour that they have in the list, whichever of them has this metric
        by_place = {one: n for n, one in enumerate(drawn)}
        places = [by_place[one] for one, _ in found]
        if len(drawn) > 1 and places != list(range(len(places))):
            full = dict(found)
            curves = [full.get(one) or PlotSeries(facts.name(one), (), (), metric) for one in drawn[: places[-1] + 1]]
        options = PlotOptions(
            width=width - 1,
            height=height - 1,
            log_y=view.log_y,
            smoothing=view.smooth,
            x=view.x,
            color=look.colors > 0,
            unicode=look.unicode,
            overlay=True,
            legend=view.is_full and len(drawn) > 1,
            x_range=view.zoom,
            mark=view.mark,
        )
        return [head, *([*line, (" ", "")] for line in plot(curves, options))]

    def x_at(self, facts: Facts, view: View, metric: str, column: int) -> float | None:
        """The place on the x axis below a column of a metric's chart; None beside the axes."""
        drawn = self._drawn.get(metric)
        span = self.span(facts, view, metric)
        if drawn is None or span is None or len(drawn.lines) < 3:
            return None
        axis = "".join(text for text, _ in drawn.lines[-2])
        margin = len(axis) - len(axis.lstrip(" ")) + 1
        places = len(axis.rstrip(" ")) - margin
        if places < 2 or column < margin or column >= margin + places:
            return None
        return span[0] + (span[1] - span[0]) * (column - margin) / (places - 1)

    def span(self, facts: Facts, view: View, metric: str) -> tuple[float, float] | None:
        """The part of the x axis that the chart of a metric shows."""
        return view.zoom or self.extent(facts, view, metric)

    def extent(self, facts: Facts, view: View, metric: str) -> tuple[float, float] | None:
        """The whole x axis of a metric."""
        ends: list[float] = []
        for one in facts.drawn(view):
            curve = facts.curves.get((one, metric))
            if curve is None:
                continue
            xs = [float(str(x)) for x in from_points("", [*curve.points[:1], *curve.points[-1:]], view.x).xs]
            start = xs[0] if xs and view.x == "relative" else 0.0
            ends += [x - start for x in xs]
        return (min(ends), max(ends)) if ends else None


def steps_of(view: View) -> tuple[int, int] | None:
    """The steps that the zoom shows; None without one, or if the x axis has times."""
    return (int(view.zoom[0]), int(view.zoom[1]) + 1) if view.zoom is not None and view.x == "step" else None


def _name(band: Band, width: int, look: Look) -> Line:
    return fitted([(f" {printable(band.name)}", "head")], width, look.glyphs.ellipsis)


def _blank(old: Drawn | None, width: int, height: int) -> list[Line]:
    """A chart as it was, or an empty one, for now."""
    if old is not None and len(old.lines) == height and sum(cells(text) for text, _ in old.lines[0]) == width:
        return old.lines
    return [[(" " * width, "")] for _ in range(height)]


def _head(metric: str, series: Sequence[PlotSeries | None], view: View, width: int, look: Look) -> Line:
    """The first line of a chart: the metric, and the values of its curves at the mark or the latest ones."""
    values: Line = []
    for n, one in enumerate(series):
        if one is None:
            continue
        value, place = told(one, view)
        text = number(value, VALUE_CELLS) if value is not None else look.glyphs.dash
        char, char_style = letter(n)
        part: Line = [(f"  {text}", "series0")] if len(series) == 1 else [(f"  {char}", char_style), (f" {text}", "")]
        if view.mark is not None and place is not None and len(series) == 1 and width > MIN_WIDTH_FOR_STEP:
            part.append((f" @{place:.0f}" if view.x == "step" else "", "dim"))
        if values and line_cells(values) + line_cells(part) + MIN_NAME_CELLS > width:
            break
        values += part
    name = cut_middle(printable(metric), max(width - line_cells(values) - 2, 4), look.glyphs.ellipsis)
    is_here = view.chart == metric
    style = f"strong+{CURSOR if view.focus == CHARTS else SHADE}" if is_here else "strong"
    return fitted([(" ", ""), (name, style), *values], width, look.glyphs.ellipsis)


def told(series: PlotSeries, view: View) -> tuple[object, float | None]:
    """The value of a curve at the mark, or the latest one, and its place on the x axis."""
    from bisect import bisect_right

    xs = [float(str(x)) for x in series.xs[-1:]] if view.mark is None else [float(str(x)) for x in series.xs]
    if not xs:
        return None, None
    if view.mark is None:
        return series.ys[-1], xs[-1]
    start = xs[0] if view.x == "relative" else 0.0
    at = max(bisect_right(xs, view.mark + start) - 1, 0)
    return series.ys[at], xs[at]


def _nothing(facts: Facts, view: View) -> str:
    if view.metric_filter:
        return " no metric matches"
    if any(one not in facts.groups for one in facts.drawn(view)):
        return " reading the metrics"
    return " no metrics with curves yet" if facts.drawn(view) else ""
