"""The first or the last points of a series, or those of a range of steps, without reading the rest.

Steps are assumed to ascend from slice to slice, as they do unless a script logged them out of order; within the slices
read, points are sorted.
"""

from __future__ import annotations

from collections.abc import Iterable

from swancli.logdir.series import Block, Series, Slice


def head(series: Series, count: int, tail: int | None = None) -> list[bytes]:
    """The JSON of the first `count` points, or the last `tail` of these."""
    return _ends(_entries(series, series.slices(), count), count, tail)


def tail(series: Series, count: int) -> list[bytes]:
    """The JSON of the last `count` points."""
    return _ends(_entries(series, reversed(series.slices()), count), None, count)


def steps(
    series: Series, first: int | None, last: int | None, head: int | None = None, tail: int | None = None
) -> list[bytes]:
    """The JSON of the points from step `first` to step `last`, both included; None leaves an end open.

    If given, only the first `head` of these, and then the last `tail` of what is left.
    """
    parts = series.slices()
    if first is not None:
        parts = parts[max((_count_below(series, parts, first) or 0) - 1, 0) :]
    if last is not None:
        parts = parts[: _count_below(series, parts, last + 1)]
    enough = tail if head is None else head
    found: list[tuple[int, bytes]] = []
    for part in reversed(parts) if head is None and tail is not None else parts:
        if enough is not None and len(found) >= enough:
            break
        block = series.block(part)
        found += [
            (key, block.entry(n))
            for n, key in enumerate(block.keys)
            if (first is None or key >= first) and (last is None or key <= last)
        ]
    found.sort(key=lambda pair: pair[0])
    return _ends([entry for _, entry in found], head, tail)


def _ends(entries: list[bytes], head: int | None, tail: int | None) -> list[bytes]:
    entries = entries if head is None else entries[:head]
    return entries if tail is None else entries[max(len(entries) - tail, 0) :]


def _entries(series: Series, parts: Iterable[Slice], count: int) -> list[bytes]:
    """The JSON of all points, by step, of as many of `parts` as are needed for `count` points."""
    blocks: list[Block] = []
    for part in parts:
        if sum(len(block.keys) for block in blocks) >= count:
            break
        blocks.append(series.block(part))
    pairs = [(key, block, n) for block in blocks for n, key in enumerate(block.keys)]
    pairs.sort(key=lambda pair: pair[0])
    return [block.entry(n) for _, block, n in pairs]


def _count_below(series: Series, parts: list[Slice], step: int) -> int | None:
    """How many slices begin below `step`; None if that is not known without reading them."""
    low, high = 0, len(parts)
    while low < high:
        middle = (low + high) // 2
        first = series.first_step(parts[middle])
        if first is None:
            return None
        low, high = (middle + 1, high) if first < step else (low, middle)
    return low
