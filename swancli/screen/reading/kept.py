"""The points of a metric that are kept for its chart: as many as a chart can show, however many are written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from swancli.model import Point
from swancli.values import as_finite

MAX_POINTS = 3000
THINNED_TO = 1500


class Kept:
    """Points in the order of their steps; `total` also counts those that are not kept."""

    __slots__ = ("last_step", "points", "total")

    def __init__(self, points: Iterable[Point], total: int | None = None) -> None:
        self.points = list(points)
        self.total = len(self.points) if total is None else total
        self.last_step = _last_step(self.points)
        self._fit()

    def add(self, points: Sequence[Point]) -> None:
        """Add points of later steps."""
        self.points += points
        self.total += len(points)
        self.last_step = _last_step(self.points)
        self._fit()

    def _fit(self) -> None:
        if len(self.points) > MAX_POINTS:
            self.points = thinned(self.points, THINNED_TO)


def thinned(points: Sequence[Point], count: int) -> list[Point]:
    """At most about `count` points: the lowest, the highest and one that is not finite from each of equal parts."""
    size = max(2 * len(points) // max(count, 2), 1)
    found: list[Point] = []
    for start in range(0, len(points), size):
        part = points[start : start + size]
        numbers = [(number, n) for n, point in enumerate(part) if (number := as_finite(point[1])) is not None]
        chosen = {min(numbers)[1], max(numbers)[1]} if numbers else set[int]()
        if len(numbers) < len(part):
            finite = {n for _, n in numbers}
            chosen.add(next(n for n in range(len(part)) if n not in finite))
        if start + size >= len(points):
            chosen.add(len(part) - 1)  # the latest value is shown
        found += [part[n] for n in sorted(chosen)]
    return found


def _last_step(points: Sequence[Point]) -> int | None:
    try:
        return int(points[-1][0]) if points else None
    except (ValueError, TypeError, OverflowError):
        return None
