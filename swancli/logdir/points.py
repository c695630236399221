"""All points of a series in the order of their steps, in little memory.

Steps and values are kept as machine numbers where they are such; the text of a point is read again when it is asked
for, unless the series is short.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator
from typing import Any

from swancli.logdir import sampling
from swancli.logdir.series import Block, Series, Slice

KEPT = 16  # slices whose texts are kept rather than read again


class Points:
    """The points of `series`, sorted by int(index); equal ones in the order of file names as strings."""

    def __init__(self, series: Series) -> None:
        self._series = series
        self._blocks: list[tuple[Slice, int, Block | None]] = []  # slice, how many points, its block if kept
        self.keys: Any = array("q")
        self.steps: Any = self.keys
        self.values: Any = array("d")
        self.finite = True
        self._order: list[int] | None = None
        parts = series.slices()
        if not self._gather(parts):
            self._gather(sorted(parts, key=lambda part: part.name))
            self._order = sorted(range(len(self.keys)), key=self.keys.__getitem__)
            self.steps = [self.steps[n] for n in self._order]
            self.values = [self.values[n] for n in self._order]

    def __len__(self) -> int:
        return len(self.values)

    def ordered_keys(self) -> Any:
        """The steps as integers, in order."""
        return self.keys if self._order is None else [self.keys[n] for n in self._order]

    def last_value(self) -> Any:
        """The value of the highest step as written: an integer where it was one."""
        return json.loads(next(self.entries([len(self) - 1])))["data"]

    def chosen(self) -> list[int]:
        """The positions of the points a chart shows: all, or 1499 of more than 1500."""
        count = len(self)
        if count <= sampling.MOST:
            return list(range(count))
        pick = sampling.pick_finite if self.finite else sampling.pick
        edges = sampling.edges(count)
        steps, values = self.steps, self.values
        middle = [a + pick(steps[a:b], values[a:b]) for a, b in zip(edges, edges[1:])]
        return [0, *middle, count - 1]

    def entries(self, positions: Iterable[int]) -> Iterator[bytes]:
        """The JSON texts of points, by their positions in the order of steps."""
        last = len(self) - 1
        if self._order is not None:
            wanted = [self._order[n] for n in positions]
            texts = dict(zip(sorted(wanted), self._texts(sorted(wanted))))
            final = self._order[-1]
            for n in wanted:
                yield _last(texts[n]) if n == final else texts[n]
        else:
            positions = list(positions)
            for n, text in zip(positions, self._texts(positions)):
                yield _last(text) if n == last else text

    def _gather(self, parts: list[Slice]) -> bool:
        """Read all blocks in the given order; False if steps turn out not to rise (unless it is the second try)."""
        again = bool(self._blocks)
        self._blocks = []
        self.keys, self.values, self.finite = array("q"), array("d"), True
        self.steps = self.keys
        keep = len(parts) <= KEPT
        for part in parts:
            block = self._series.block(part)
            if not block.keys:
                continue
            if not again and not self._rises(block.keys):
                self._blocks.append((part, len(block.keys), block))
                return False
            self._add(block)
            self._blocks.append((part, len(block.keys), block if keep or not block.again else None))
        return True

    def _rises(self, keys: list[int]) -> bool:
        return not (self.keys and keys[0] <= self.keys[-1]) and (len(keys) < 2 or sorted(keys) == keys)

    def _add(self, block: Block) -> None:
        self.finite = self.finite and block.finite
        if isinstance(self.keys, array):
            if block.again:  # columns: plain integers and floats
                try:
                    self.keys.extend(array("q", block.keys))
                    self.values.extend(array("d", block.values))
                    return
                except OverflowError:
                    del self.keys[len(self.values) :]
            self.keys, self.steps, self.values = list(self.keys), list(self.keys), self.values.tolist()
        self.keys += block.keys
        self.steps += block.steps
        self.values += block.values

    def _texts(self, positions: list[int]) -> Iterator[bytes]:
        """The texts of points in the order in which they were read."""
        start, n = 0, 0
        for part, count, kept in self._blocks:
            if n == len(positions):
                return
            if positions[n] < start + count:
                block = kept or self._series.block(part)
                while n < len(positions) and positions[n] < start + count:
                    yield block.entry(positions[n] - start)
                    n += 1
            start += count


def _last(text: bytes) -> bytes:
    return text[:-1] + b',"_last":true}'
