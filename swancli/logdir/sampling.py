"""Thinning a series to what a chart can show: more than 1500 points become exactly 1499.

The first point, one of each of 1497 buckets, the last. The points between first and last are dealt to 1498 buckets,
the first ones a point longer than the others, and the last bucket is left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

MOST = 1500
BUCKETS = 1498


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
    """The point farthest from the line through first and last; raises where distances can't be computed."""
    last_step, last = steps[-1], values[-1]
    slope = (last - values[0]) / (last_step - steps[0])
    offset = last - slope * last_step
    length = math.sqrt(slope**2 + 1)
    # the first point's own distance counts as nothing: it is the choice if no other is farther
    far = [abs(slope * step + offset - value) / length for step, value in zip(steps[1:-1], values[1:-1])]
    most = max(far)
    if most != most:
        far = [0.0 if distance != distance else distance for distance in far]
        most = max(far)
    return far.index(most) + 1 if most > 0 else 0


def is_finite(value: Any) -> bool:
    """Whether a point's value is a number, and neither NaN nor infinite."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int)
