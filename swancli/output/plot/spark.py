"""Sparklines: the shape of a series in a line of block characters."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from swancli.values import as_float

BLOCKS, NONFINITE = "▁▂▃▄▅▆▇█", "×"
ASCII_LEVELS, ASCII_NONFINITE = "_.,-=+*#", "x"


def sparkline(values: Sequence[object], width: int, unicode: bool = True) -> str:
    """`values` in at most `width` characters: "×" (or "x") if one is not finite, a space if it is not a number."""
    if width <= 0:
        return ""
    levels, nonfinite = (BLOCKS, NONFINITE) if unicode else (ASCII_LEVELS, ASCII_NONFINITE)
    series = [as_float(value) for value in values]
    if len(series) > width:
        edges = [n * len(series) // width for n in range(width + 1)]
        buckets = [series[a:b] for a, b in itertools.pairwise(edges)]
    else:
        buckets = [[value] for value in series]
    means: list[float | None] = []
    for bucket in buckets:
        known = [value for value in bucket if value is not None]
        # dividing first keeps the sum of huge values finite
        means.append(
            math.fsum(value / len(known) for value in known) if _finite(known) else math.nan if known else None
        )
    finite = [mean for mean in means if mean is not None and mean == mean]
    low, high = (min(finite), max(finite)) if finite else (0.0, 0.0)
    return "".join(
        " " if mean is None else nonfinite if mean != mean else levels[_level(mean, low, high, len(levels))]
        for mean in means
    )


def _finite(values: list[float]) -> bool:
    return bool(values) and all(map(math.isfinite, values))


def _level(value: float, low: float, high: float, levels: int) -> int:
    """Which of `levels` between `low` and `high` a value has; the middle one if they are equal."""
    if high <= low:
        return levels // 2 - 1
    part = (value / 2 - low / 2) / (high / 2 - low / 2) if high - low == math.inf else (value - low) / (high - low)
    return max(0, min(levels - 1, int(part * levels)))
