"""Thinning a series to what a chart can show: more than 1500 points become exactly 1499.

The first point, one of each of 1497 buckets, the last. The points between first and last are dealt to 1498 buckets,
the first ones a point longer than the others, and the last bucket is left out.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Sequence
from typing import Any

from swancli.values import is_finite

MAX_UNSAMPLED_POINTS = 1500
BUCKETS = 1498
CHUNK = 64


def edges(count: int) -> list[int]:
    """Where the 1497 buckets of a series of `count` points begin, and where the last of them ends."""
    size, longer = divmod(count - 2, BUCKETS)
    return [1 + n * size + min(n, longer) for n in range(BUCKETS)]


def pick(steps: Sequence[Any], values: Sequence[Any]) -> int:
    """Which point of a bucket stands for it: the one farthest from the line between its first and last.

    A point that is no finite number is never thinned away; where distances can't be computed it is the first.
    """
    if len(values) < 3:
        return 0
    for n, value in enumerate(values):
        if not is_finite(value):
            return n
    return pick_finite(steps, values)


def pick_finite(steps: Sequence[Any], values: Sequence[Any]) -> int:
    """`pick` where all values are known to be finite numbers."""
    if len(values) < 3:
        return 0
    try:
        return farthest(steps, values)
    except (ArithmeticError, TypeError, ValueError):
        return 0


def farthest(steps: Sequence[Any], values: Sequence[Any]) -> int:
    """The point farthest from the line through first and last; raises where distances can't be computed.

    Steps rise. In a long bucket whole chunks are passed over that can't hold the farthest point.
    """
    last_step, last = steps[-1], values[-1]
    slope = (last - values[0]) / (last_step - steps[0])
    offset = last - slope * last_step
    length = math.sqrt(slope**2 + 1)

    def far(a: int, b: int) -> list[float]:
        return [abs(slope * step + offset - value) / length for step, value in zip(steps[a:b], values[a:b])]

    # the first point's own distance counts as nothing: it is the choice if no other is farther
    end = len(values) - 1
    if end < 3 * CHUNK or not isinstance(steps, array):
        return _first_highest(far(1, end), 1)
    bounds = []
    for a in range(1, end, CHUNK):
        part = values[a : min(a + CHUNK, end)]
        ends = slope * steps[a] + offset, slope * steps[min(a + CHUNK, end) - 1] + offset
        bounds.append((max(abs(max(ends) - min(part)), abs(min(ends) - max(part))) / length, a))
    if not math.isfinite(sum(bound for bound, _ in bounds)):
        return _first_highest(far(1, end), 1)
    return _search(bounds, far, end)


def _search(bounds: list[tuple[float, int]], far: Callable[[int, int], list[float]], end: int) -> int:
    """`farthest` by looking only into chunks that can hold it, given what each can't exceed.

    Between two steps a line stays between its ends, and rounding keeps that order: the bounds hold for the very
    numbers that would be computed, so the choice is the same as without them.
    """
    best, chosen = 0.0, 0
    for bound, a in sorted(bounds, key=lambda pair: -pair[0]):
        if bound < best:
            break
        distances = far(a, min(a + CHUNK, end))
        most = max(distances)
        if most > best or (most == best and 0 < a < chosen):
            best, chosen = most, a + distances.index(most)
    return chosen


def _first_highest(distances: list[float], start: int) -> int:
    """Where the first of the highest distances is, counted from `start`; 0 if none is above nothing."""
    most = max(distances)
    if most != most:
        distances = [0.0 if distance != distance else distance for distance in distances]
        most = max(distances)
    return distances.index(most) + start if most > 0 else 0
