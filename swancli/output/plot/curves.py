"""The curves of a plot: their points as numbers, sorted, smoothed, and reduced to columns of dots."""

from __future__ import annotations

import math
import operator
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple, cast

from swancli.model import Point
from swancli.times import seconds
from swancli.values import as_float

MAX_NUMBER = 1.7e308  # sums and differences of what a plot shows stay below infinity
MIN_POINTS_TO_SEARCH = 64  # with fewer, looking at each is faster than a binary search


class PlotSeries(NamedTuple):
    """A named curve; xs are steps or seconds since 1970, ys values of a metric; both have the same length."""

    name: str
    xs: Sequence[object]
    ys: Sequence[object]
    metric: str = ""  # curves of one metric always share their axes


def from_points(name: str, points: Iterable[Point], x: str = "step", metric: str = "") -> PlotSeries:
    """The PlotSeries of a metric's points; `x` as in PlotOptions. Points without such an x are left out."""
    xs: list[float] = []
    ys: list[object] = []
    for point in points:
        place = _step(point[0]) if x == "step" else seconds(point[2])
        if place is not None:
            xs.append(place)
            ys.append(point[1])
    return PlotSeries(name, xs, ys, metric)


def _step(value: object) -> float | None:
    """A step as a number; it may be a text."""
    number = as_float(value)
    if number is None and isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return None
    return number


class Curve(NamedTuple):
    """The points of a series that are numbers, in the order of x."""

    name: str
    xs: list[float]
    ys: list[float]
    has_gaps: bool  # whether some of ys cannot be drawn
    nonfinite: list[tuple[float, float]]  # the points whose y is NaN or infinite
    without_logarithm: int  # how many ys a logarithmic axis leaves out
    metric: str


class Column(NamedTuple):
    """The part of a curve in one column of dots, and whether a line connects it with the column before."""

    first: float
    low: float
    high: float
    last: float
    connected: bool


class Scale(NamedTuple):
    """An axis: the values from `low` to `high`, spread over a number of equal places."""

    low: float
    high: float
    places: int

    def place_of(self, value: float) -> int:
        """The place of a value, the nearest one for a value out of range; halves keep huge spans finite."""
        span = self.high / 2 - self.low / 2
        if span <= 0:
            return (self.places - 1) // 2
        part = (value / 2 - self.low / 2) / span
        return max(0, min(self.places - 1, int(part * (self.places - 1) + 0.5)))


def clean(series: PlotSeries, x: str, log_y: bool) -> Curve:
    """The Curve of a series; with x "relative" its xs start at 0."""
    xs, ys = _paired(series)
    if not all(map(operator.le, xs, xs[1:])):
        order = sorted(range(len(xs)), key=xs.__getitem__)
        xs, ys = [xs[n] for n in order], [ys[n] for n in order]
    if x == "relative" and xs:
        start = xs[0]
        xs = [min(a - start, MAX_NUMBER) for a in xs]
    nonfinite: list[tuple[float, float]] = []
    if not all(map(math.isfinite, ys)):
        nonfinite = [(a, b) for a, b in zip(xs, ys, strict=True) if not math.isfinite(b)]
    without_logarithm = sum(1 for y in ys if y <= 0 and y != -math.inf) if log_y else 0
    has_gaps = bool(nonfinite) or without_logarithm > 0
    return Curve(series.name, xs, ys, has_gaps, nonfinite, without_logarithm, series.metric)


def cropped(curve: Curve, low: float, high: float) -> Curve:
    """The part of a curve from `low` to `high` on the x axis."""
    start, end = bisect_left(curve.xs, low), bisect_right(curve.xs, high)
    nonfinite = [(x, y) for x, y in curve.nonfinite if low <= x <= high]
    return curve._replace(xs=curve.xs[start:end], ys=curve.ys[start:end], nonfinite=nonfinite)


def _paired(series: PlotSeries) -> tuple[list[float], list[float]]:
    """The xs and ys as floats, without points whose x is not a finite number or whose y is not a number."""
    xs, ys = _floats(series.xs), _floats(series.ys)
    if xs is not None and ys is not None and all(map(math.isfinite, xs)):
        return xs, ys
    pairs = [
        (x, y)
        for x, y in zip(map(as_float, series.xs), map(as_float, series.ys), strict=False)
        if x is not None and y is not None and math.isfinite(x)
    ]
    return [x for x, _ in pairs], [y for _, y in pairs]


def _floats(values: Sequence[object]) -> list[float] | None:
    """`values` as floats if all of them are numbers that a float can hold: quicker than `as_float` for each."""
    if not set(map(type, values)) <= {float, int}:
        return None
    try:
        return list(map(float, cast("Sequence[float]", values)))
    except OverflowError:
        return None


def logarithms(ys: Sequence[float]) -> list[float]:
    """The logarithms of `ys` to base ten; NaN where there is none."""
    return [math.log10(y) if 0 < y < math.inf else math.nan for y in ys]


def smooth(ys: Sequence[float], weight: float) -> list[float]:
    """TensorBoard's debiased exponential moving average; values that are not finite stay and do not count."""
    weight = min(max(weight, 0.0), 0.9999)
    last, bias, out = 0.0, 1.0, []
    isfinite = math.isfinite
    for y in ys:
        if not isfinite(y):
            out.append(y)
            continue
        last = last * weight + (1 - weight) * y
        bias *= weight
        value = last / (1 - bias)
        out.append(value if isfinite(value) else y)
    return out


def bounds(values_with_gaps: Iterable[tuple[Sequence[float], bool]]) -> tuple[float, float] | None:
    """The lowest and highest finite value of several lists, each with whether it has gaps; None if there is none."""
    low, high = math.inf, -math.inf
    for values, has_gaps in values_with_gaps:
        finite = [v for v in values if math.isfinite(v)] if has_gaps else values
        if finite:
            low, high = min(low, min(finite)), max(high, max(finite))
    return None if low > high else (low, high)


def columns(curve: Curve, scale: Scale) -> dict[int, Column]:
    """The points of a curve by their columns of dots; `scale` is the x axis."""
    out: dict[int, Column] = {}
    xs, ys = curve.xs, curve.ys
    size = len(xs)
    step = (scale.high / 2 - scale.low / 2) / max(scale.places - 1, 1) * 2
    start = 0
    connected = False
    while start < size:
        n = scale.place_of(xs[start])
        end = start + 1
        if size - start > MIN_POINTS_TO_SEARCH:
            edge = scale.low + (n + 0.5) * step
            if math.isfinite(edge):
                end = max(bisect_left(xs, edge, start), end)
        chunk = ys[start:end]
        values = [y for y in chunk if math.isfinite(y)] if curve.has_gaps else chunk
        if values:
            new = Column(values[0], min(values), max(values), values[-1], connected and math.isfinite(chunk[0]))
            old = out.get(n)
            out[n] = new if old is None else _merged(old, new)
        connected = math.isfinite(chunk[-1])
        start = end
    return out


def _merged(old: Column, new: Column) -> Column:
    return Column(old.first, min(old.low, new.low), max(old.high, new.high), new.last, old.connected)
