"""The index of a record file as bytes, for the cache: where the rows of all metrics are, their steps and values.

A line of JSON, then the arrays one after the other as this machine has them in memory.
"""

from __future__ import annotations

import json
import sys
from array import array
from typing import Any

from swancli.logdir.records.codec import codec_named
from swancli.logdir.records.events import Finish, LogLine
from swancli.logdir.records.facts import column_from_json, damage_from_json, damage_to_json, start_from_json, to_json
from swancli.logdir.records.index import Index
from swancli.logdir.records.indexed_metric import IndexedMetric

MAX_JSON_BYTES = 1 << 24


def index_to_bytes(index: Index, state: tuple[int, ...]) -> bytes:
    """The index, made when the file was in `state`; ValueError if that is not possible."""
    metrics: list[object] = []
    arrays: list[array[int] | array[float]] = [index.line_offsets, index.line_numbers]
    for metric in index.metrics.values():
        arrays += [metric.offsets, metric.steps, metric.possible_repeats]
        if metric.values is not None:
            arrays.append(metric.values)
        metrics.append(
            [
                metric.column,
                len(metric.offsets),
                len(metric.possible_repeats),
                metric.values is not None,
                [getattr(metric, name) for name in IndexedMetric.KEPT],
            ]
        )
    head = [
        sys.byteorder,
        state,
        index.position(),
        index.codec.FAMILY if index.codec is not None else None,
        index.start,
        index.finish,
        index.crashes,
        len(index.line_offsets),
        index.lines_in_order,
        damage_to_json(index.damage),
        [key.hex() for key in index.ignored_keys()],
        metrics,
    ]
    text = to_json(head)
    return b"".join([text, b"\n", *arrays])


def index_from_bytes(data: bytes, index: Index) -> tuple[int, ...] | None:
    """Set a new `index` to what `index_to_bytes` was given, and return the state.

    None if the bytes are not valid; then the index is of no use.
    """
    try:
        end = data.index(b"\n", 0, MAX_JSON_BYTES)
        head = json.loads(data[:end])
        order, state, position, family, start, finish, crashes, lines, in_order, damage, ignored, metrics = head
        if order != sys.byteorder:
            return None
        arrays = _Arrays(data, end + 1)
        index.continue_at(position)
        index.codec = codec_named(family)
        index.start = start_from_json(start)
        index.finish = None if finish is None else Finish(*finish)
        index.crashes = [LogLine(*line) for line in crashes]
        index.line_offsets, index.line_numbers = arrays.integers(lines), arrays.integers(lines)
        index.lines_in_order = in_order
        damage_from_json(damage, index.damage)
        index.ignore_keys(map(bytes.fromhex, ignored))
        for found, count, repeats, has_values, others in metrics:
            metric = IndexedMetric(column_from_json(found))
            metric.offsets, metric.steps = arrays.integers(count), arrays.integers(count)
            metric.possible_repeats = arrays.integers(repeats)
            metric.values = arrays.floats(count) if has_values else None
            for name, value in zip(IndexedMetric.KEPT, others):
                setattr(metric, name, value)
            index.metrics[metric.column.key] = metric
        return tuple(state) if arrays.at_end() else None
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, MemoryError, OverflowError):
        return None


class _Arrays:
    """Takes arrays of 64-bit numbers from bytes."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at = data, at

    def integers(self, count: int) -> array[int]:
        """The next `count` integers."""
        found: array[int] = self._next("q", count)
        return found

    def floats(self, count: int) -> array[float]:
        """The next `count` floats."""
        found: array[float] = self._next("d", count)
        return found

    def at_end(self) -> bool:
        """Whether all bytes have been taken."""
        return self._at == len(self._data)

    def _next(self, code: Any, count: int) -> Any:
        found = array(code)
        end = self._at + 8 * count
        if count < 0 or end > len(self._data):
            raise ValueError("fewer bytes than there should be")
        found.frombytes(memoryview(self._data)[self._at : end])
        self._at = end
        return found
