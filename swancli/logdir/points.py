"""All points of a series in the order of their steps, in little memory.

Steps and values are kept as machine numbers if they are numbers; the text of a point is read again when it is needed,
unless the series is short.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from swancli.logdir import columns, sampling
from swancli.logdir.series import Block, Series, Slice
from swancli.reply import dumps, joined

if TYPE_CHECKING:
    from swancli.model import Value

MAX_KEPT_SLICES = 16  # up to which texts are kept rather than read again


class Points:
    """The points of `series`, sorted by int(index); equal ones in the order of file names as strings.

    `whole` prepares for `array`, which encodes them all.
    """

    def __init__(self, series: Series, whole: bool = False) -> None:
        self._series, self._whole = series, whole
        self._parts: list[_Part] = []
        self.keys: array[int] | list[int] = array("q")
        self.steps: Any = self.keys  # the same object unless some steps are not integers
        self.values: Any = array("d")  # a list if some are not numbers
        self.finite = True
        self._order: list[int] | None = None
        self._keep = len(series.slices()) <= MAX_KEPT_SLICES
        if not self._read_ascending():
            self._read_and_sort()
        self._chosen: Sequence[int] | None = None

    def __len__(self) -> int:
        return len(self.values)

    def value(self, n: int) -> Value:
        """The value of a point as written: an integer where it is one."""
        value: Value = json.loads(next(self.entries([n])))["data"]
        return value

    def chosen(self) -> Sequence[int]:
        """The positions of the points a chart shows: all, or 1499 of more than 1500."""
        if self._chosen is None:
            self._chosen = self._sample() if len(self) > sampling.MAX_UNSAMPLED_POINTS else range(len(self))
        return self._chosen

    def entries(self, positions: Iterable[int]) -> Iterator[bytes]:
        """The JSON of points, by their positions."""
        wanted = list(positions)
        last = len(self) - 1
        if self._order is None:
            texts = self._texts(wanted)
        else:
            read = sorted(self._order[n] for n in wanted)
            found = dict(zip(read, self._texts(read)))
            texts = (found[self._order[n]] for n in wanted)
        for n, text in zip(wanted, texts):
            yield _marked_last(text) if n == last else text

    def array(self) -> Iterator[bytes]:
        """All points as a JSON array, in pieces."""
        if self._order is not None or not self._parts:
            yield from joined(self.entries(range(len(self))))
            return
        for n, part in enumerate(self._parts):
            final = n == len(self._parts) - 1
            yield (b"," if n else b"[") + part.text(self._series, final) + (b"]" if final else b"")

    def _sample(self) -> list[int]:
        pick: Callable[[sampling.Numbers, sampling.Numbers], int]
        pick = sampling.pick_finite if self.finite else sampling.pick
        edges = sampling.edges(len(self))
        steps, values = self.steps, self.values
        middle = [a + pick(steps[a:b], values[a:b]) for a, b in pairwise(edges)]
        return [0, *middle, len(self) - 1]

    def _read_ascending(self) -> bool:
        """Read the slices in the order of their numbers; False as soon as steps are not ascending."""
        for part in self._series.slices():
            block = self._series.block(part)
            if not block.keys:
                continue
            if self.keys and block.keys[0] <= self.keys[-1]:
                return False
            keys = list(block.keys)
            if sorted(keys) != keys:
                return False
            self._add(part, block)
        return True

    def _read_and_sort(self) -> None:
        """Read the slices in the order of their names as strings, and sort."""
        self._parts, self.keys, self.values, self.finite = [], array("q"), array("d"), True
        self.steps = self.keys
        for part in sorted(self._series.slices(), key=lambda part: part.name):
            block = self._series.block(part)
            if block.keys:
                self._add(part, block)
        order = self._order = sorted(range(len(self.keys)), key=self.keys.__getitem__)
        numbers = self.steps is self.keys
        self.values = _arranged(self.values, order)
        self.steps = _arranged(self.steps, order)
        self.keys = self.steps if numbers else _arranged(self.keys, order)

    def _add(self, part: Slice, block: Block) -> None:
        self._parts.append(_Part(self._series, part, block, self._keep, self._whole))
        self.finite = self.finite and block.finite
        if block.columns is None and self.steps is self.keys:
            self.keys, self.steps, self.values = list(self.keys), list(self.keys), list(self.values)
        if self.steps is not self.keys:
            self.steps.extend(block.steps)
        self.keys.extend(block.keys)
        self.values.extend(block.values if block.columns is None else array("d", block.columns.values))

    def _texts(self, positions: list[int]) -> Iterator[bytes]:
        """The JSON of points by their positions in the order of reading, which are ascending."""
        start, n = 0, 0
        for part in self._parts:
            if n == len(positions):
                return
            first = n
            while n < len(positions) and positions[n] < start + part.count:
                n += 1
            if n > first:
                yield from part.entries(self._series, [at - start for at in positions[first:n]])
            start += part.count


class _Part:
    """What is kept of a slice that was read."""

    __slots__ = ("_block", "_plain", "_size", "_slice", "count")

    def __init__(self, series: Series, slice: Slice, block: Block, keep: bool, whole: bool) -> None:
        self._slice, self.count, self._size = slice, len(block.keys), block.size
        self._block = block if keep or block.columns is None else None
        self._plain = whole and self._block is None and _is_plain(series, block)

    def entries(self, series: Series, wanted: list[int]) -> Iterator[bytes]:
        """The JSON of some of its points."""
        if self._block is not None:
            yield from map(self._block.entry, wanted)
            return
        lines = series.lines(self._slice)
        for n in wanted:
            _, step, _, value, _, stamp = lines[n].split(b" ")
            yield b'{"index":%d,"data":%b,"create_time":%b' % (
                int(step[:-1]),
                columns.number(value[:-1]),
                stamp,
            )

    def text(self, series: Series, final: bool) -> bytes:
        """The JSON of all of its points, separated by commas; in the series' `final` part the last point is marked."""
        if self._plain:
            texts = [columns.compact(series.read(self._slice.path)[: self._size])]
        elif self._block is not None and self._block.columns is not None and _is_plain(series, self._block):
            texts = [self._block.columns.text()]
        else:
            texts = list(self.entries(series, list(range(self.count))))
        if final:
            texts[-1] = _marked_last(texts[-1])
        return b",".join(texts)


def _is_plain(series: Series, block: Block) -> bool:
    return block.columns is not None and block.columns.is_plain(series.encode)


def _arranged(items: Any, order: list[int]) -> Any:
    moved = map(items.__getitem__, order)
    return array(items.typecode, moved) if isinstance(items, array) else list(moved)


def _marked_last(text: bytes) -> bytes:
    """The JSON of the series' last point, marked as the last; there may be other points in front of it."""
    if b'"_last"' in text:  # it was logged with this key
        point = json.loads(text)
        point.pop("_last", None)
        text = dumps(point)
    return text[:-1] + b',"_last":true}'
