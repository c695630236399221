"""A curve to be plotted: its points as numbers, sorted, smoothed and reduced to columns of the screen."""

from __future__ import annotations

import math
import operator
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from swancli.times import seconds
from swancli.values import as_float

LARGEST = 1.7e308


class PlotSeries(NamedTuple):
    """A named curve; xs are steps or epoch seconds, ys numbers or markers; both of one length."""

    name: str
    xs: Sequence[Any]
    ys: Sequence[Any]


def from_points(name: str, points: Iterable[Sequence[Any]], x: str = "step") -> PlotSeries:
    """A PlotSeries of (step, value, time, …) points; `x` as in `plot`; points that lack it are left out."""
    xs: list[Any] = []
    ys: list[Any] = []
    for point in points:
        place = seconds(point[2]) if x != "step" else as_float(point[0])
        if place is None and x == "step":
            place = _number(point[0])
        if place is not None:
            xs.append(place)
            ys.append(point[1])
    return PlotSeries(name, xs, ys)


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None


class Curve(NamedTuple):
    """Clean points of a series in the order of x; `bad` holds (x, value) of those that are not finite."""

    name: str
    xs: list[float]
    ys: list[float]
    gaps: bool
    bad: list[tuple[float, float]]
    skipped: int


class Column(NamedTuple):
    """What of a curve falls on one column, and whether a line leads to it."""

    first: float
    low: float
    high: float
    last: float
    linked: bool


def clean(series: PlotSeries, x: str, log_y: bool) -> Curve:
    """`series` as floats, sorted by x; if `log_y`, `skipped` counts the values that have no logarithm."""
    xs, ys = _floats(series.xs), _floats(series.ys)
    if None in xs or None in ys or not all(map(math.isfinite, xs)):
        pairs = [(a, b) for a, b in zip(xs, ys, strict=False) if None not in (a, b) and math.isfinite(a)]
        xs, ys = [a for a, _ in pairs], [b for _, b in pairs]
    if not all(map(operator.le, xs, xs[1:])):
        order = sorted(range(len(xs)), key=xs.__getitem__)
        xs, ys = [xs[n] for n in order], [ys[n] for n in order]
    if x == "relative" and xs:
        start = xs[0]
        xs = [min(a - start, LARGEST) for a in xs]
    bad: list[tuple[float, float]] = []
    gaps = not all(map(math.isfinite, ys))
    if gaps:
        bad = [(a, b) for a, b in zip(xs, ys, strict=True) if not math.isfinite(b)]
    skipped = sum(1 for y in ys if y <= 0 and y != -math.inf) if log_y else 0
    return Curve(series.name, xs, ys, gaps or skipped > 0, bad, skipped)


def logarithms(ys: Sequence[float]) -> list[float]:
    """The logarithms of `ys` to base ten; NaN where there is none."""
    return [math.log10(y) if 0 < y < math.inf else math.nan for y in ys]


def _floats(values: Sequence[Any]) -> list[Any]:
    """`values` as floats, None where there is no number."""
    kinds = set(map(type, values))
    if kinds == {float}:
        return list(values)
    if kinds <= {float, int}:
        try:
            return list(map(float, values))
        except OverflowError:
            pass
    return [as_float(value) if not isinstance(value, bool) else float(value) for value in values]


def smooth(ys: Sequence[float], weight: float) -> list[float]:
    """TensorBoard's exponential moving average, debiased; what is not finite stays so and does not count."""
    weight = min(max(weight, 0.0), 0.9999)
    last, seen, out = 0.0, 1.0, []
    isfinite = math.isfinite
    for y in ys:
        if not isfinite(y):
            out.append(y)
            continue
        last = last * weight + (1 - weight) * y
        seen *= weight
        value = last / (1 - seen)
        out.append(value if isfinite(value) else y)
    return out


def bounds(curves: Iterable[tuple[Sequence[float], bool]]) -> tuple[float, float] | None:
    """Least and greatest finite value of several (values, has gaps); None if there is none."""
    low, high = math.inf, -math.inf
    for values, gaps in curves:
        finite = [v for v in values if math.isfinite(v)] if gaps else values
        if finite:
            low, high = min(low, min(finite)), max(high, max(finite))
    return None if low > high else (low, high)


def columns(xs: list[float], ys: list[float], gaps: bool, low: float, high: float, count: int) -> dict[int, Column]:
    """The points of a curve by which of `count` columns between `low` and `high` they fall on."""
    out: dict[int, Column] = {}
    size = len(xs)
    if not size:
        return out
    scale = (high / 2 - low / 2) / max(count - 1, 1) * 2
    start, n = 0, 0
    linked = False
    while start < size:
        n = place(xs[start], low, high, count)
        if size - start > 64:
            edge = low + (n + 0.5) * scale
            end = max(bisect_left(xs, edge, start), start + 1) if math.isfinite(edge) else start + 1
        else:
            end = start + 1
        chunk = ys[start:end]
        values = [y for y in chunk if math.isfinite(y)] if gaps else chunk
        if values:
            led = linked and math.isfinite(chunk[0])
            new = Column(values[0], min(values), max(values), values[-1], led)
            old = out.get(n)
            out[n] = (
                new
                if old is None
                else Column(old.first, min(old.low, new.low), max(old.high, new.high), new.last, old.linked)
            )
        linked = math.isfinite(chunk[-1])
        start = end
    return out


def place(value: float, low: float, high: float, count: int) -> int:
    """Which of `count` equal places between `low` and `high` holds `value`; halves keep huge spans finite."""
    span = high / 2 - low / 2
    if span <= 0:
        return (count - 1) // 2
    part = (value / 2 - low / 2) / span
    return max(0, min(count - 1, int(part * (count - 1) + 0.5)))
