"""Thinning a series to what a chart can show: more than 1500 points become exactly 1499.

These are the first point, one from each of 1497 buckets, and the last point. The points between first and last are
divided into 1498 buckets, the first of which may be a point longer than the others; the last bucket is left out.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from swancli.logdir.pieces import joined
from swancli.values import is_finite

if TYPE_CHECKING:
    from swancli.logdir.pieces import Piece

MAX_UNSAMPLED_POINTS = 1500
EDGES = 1498  # of 1497 buckets
SAMPLED_POINTS = EDGES + 1  # and the last point
CHUNK_POINTS = 64  # that share an upper bound of their distances

Numbers: TypeAlias = Sequence[Any]  # arithmetic on any other items raises TypeError


def edges(count: int) -> list[int]:
    """Where the 1497 buckets of a series of `count` points begin, and where the last of them ends."""
    size, longer = divmod(count - 2, EDGES)
    return [1 + n * size + min(n, longer) for n in range(EDGES)]


def sampled(pieces: Iterable[Piece], count: int) -> Iterator[bytes]:
    """The JSON of the points that stand for a series of `count` points, more than 1500; keeps those of one bucket."""
    bounds = edges(count)
    start = n = 0  # where the piece starts in the series; which bucket is being filled
    held: list[tuple[Piece, int, int]] = []  # what that bucket contains so far
    for piece in pieces:
        size = len(piece.keys)
        if not start:
            yield from piece.entries([0])
        at = max(bounds[n] - start, 0)
        while n < len(bounds) - 1 and at < size:
            end = min(bounds[n + 1] - start, size)
            held.append((piece, at, end))
            at = end
            if start + end < bounds[n + 1]:
                break
            yield from _picked(held)
            held = []
            n += 1
        start += size
        if start >= count:
            yield from piece.entries([size - 1])
            return


def _picked(spans: list[tuple[Piece, int, int]]) -> Iterable[bytes]:
    """The JSON of the point that represents a bucket, as `pick` chooses it."""
    at = _position(spans)
    for piece, a, b in spans:
        if at < b - a:
            return piece.entries([a + at])
        at -= b - a
    raise AssertionError("beyond the bucket")


def _position(spans: list[tuple[Piece, int, int]]) -> int:
    if sum(b - a for _, a, b in spans) < 3:
        return 0
    before = 0
    for piece, a, b in spans:
        if piece.odd:
            found = bisect_left(piece.odd, a)
            if found < len(piece.odd) and piece.odd[found] < b:
                return before + piece.odd[found] - a
        before += b - a
    return pick_finite(
        joined([piece.steps[a:b] for piece, a, b in spans]), joined([piece.values[a:b] for piece, a, b in spans])
    )


def pick(steps: Numbers, values: Numbers) -> int:
    """Which point of a bucket represents it: the one farthest from the line between its first and last.

    The first one that is not a finite number takes precedence. The first of all represents a bucket of fewer than three
    points, or one in which distances can't be computed.
    """
    if len(values) < 3:
        return 0
    for n, value in enumerate(values):
        if not is_finite(value):
            return n
    return pick_finite(steps, values)


def pick_finite(steps: Numbers, values: Numbers) -> int:
    """`pick` where all values are known to be finite numbers."""
    if len(values) < 3:
        return 0
    try:
        return farthest(steps, values)
    except (ArithmeticError, TypeError, ValueError):
        return 0


def farthest(steps: Numbers, values: Numbers) -> int:
    """The point farthest from the line through first and last; raises if distances can't be computed.

    Steps are ascending. In a long bucket, chunks that can't hold the farthest point are skipped.
    """
    last_step, last = steps[-1], values[-1]
    slope = (last - values[0]) / (last_step - steps[0])
    offset = last - slope * last_step
    length = math.sqrt(slope**2 + 1)

    def distances(a: int, b: int) -> list[float]:
        return [abs(slope * step + offset - value) / length for step, value in zip(steps[a:b], values[a:b])]

    # the first point's own distance counts as 0: it is chosen if no other is farther
    end = len(values) - 1
    if end < 3 * CHUNK_POINTS or not isinstance(steps, array):
        return _first_highest(distances(1, end), 1)
    bounds = []
    for a in range(1, end, CHUNK_POINTS):
        b = a + CHUNK_POINTS if a + CHUNK_POINTS < end else end
        part = values[a:b]
        low, high = slope * steps[a] + offset, slope * steps[b - 1] + offset
        if slope < 0:
            low, high = high, low
        below, above = high - min(part), max(part) - low
        # one of the two is not negative
        bounds.append(((above if above > below else below) / length, a))
    if not math.isfinite(sum(bound for bound, _ in bounds)):
        return _first_highest(distances(1, end), 1)
    return _search(bounds, distances, end)


def _search(bounds: list[tuple[float, int]], distances: Callable[[int, int], list[float]], end: int) -> int:
    """The result of `farthest`, given chunks with an upper bound for each; those that can't hold the point are skipped.

    Between two steps a line stays between its ends, and rounding keeps that order: the bounds hold for exactly
    the numbers that would be computed, so the choice is the same as without them.
    """
    best, chosen = 0.0, 0
    for bound, a in sorted(bounds, key=lambda pair: -pair[0]):
        if bound < best:
            break
        found = distances(a, min(a + CHUNK_POINTS, end))
        most = max(found)
        if most > best or (most == best and 0 < a < chosen):
            best, chosen = most, a + found.index(most)
    return chosen


def _first_highest(distances: list[float], start: int) -> int:
    """The position of the first of the highest distances, counted from `start`; 0 if none is above 0."""
    most = max(distances)
    if most != most:
        distances = [0.0 if distance != distance else distance for distance in distances]
        most = max(distances)
    return distances.index(most) + start if most > 0 else 0
