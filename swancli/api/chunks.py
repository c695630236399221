"""Points as typed columns: arrays of 64-bit integers and floats, some thousands of points at a time."""

from __future__ import annotations

import json
import math
from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from math import floor
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar, runtime_checkable

from swancli.times import seconds
from swancli.values import as_float, is_number

if TYPE_CHECKING:
    import threading

    from swancli.model import Point, Value

Item = TypeVar("Item")

NO_TIME = -(2**63)  # NumPy's NaT
UTC = "+00:00"
MAX_STEP = 2**63 - 1
POINTS = 8192  # of a chunk that is made of points one by one
ROUNDING = 5e-4  # ms: a time in seconds as a float is at most this much too low


class Chunk(NamedTuple):
    """Consecutive points.

    steps   array of int64
    values  array of float64; NaN where a value is a text
    times   array of int64, milliseconds since 1970 in UTC; NO_TIME where a point has none
    texts   the texts, names of media files among them, None where a value is a number; None if all are numbers
    """

    steps: array[int]
    values: array[float]
    times: array[int]
    texts: list[str | None] | None


@runtime_checkable
class Timed(Protocol):
    """Points that also come as columns."""

    def timed_chunks(self) -> Iterator[tuple[Sequence[int], Sequence[Value], Sequence[str | None]]]:
        """Steps, values and times of consecutive points."""


def chunks(points: Iterable[Point]) -> Iterator[Chunk]:
    """The points as columns, read as they are asked for."""
    if isinstance(points, Timed):
        for steps, values, times in points.timed_chunks():
            yield _chunk(steps, values, times)
        return
    stream = iter(points)
    while part := list(islice(stream, POINTS)):
        found, values, stamps, _ = zip(*part)
        yield _chunk([_step(step) for step in found], values, stamps)


def joined(parts: Iterable[Chunk]) -> Chunk:
    """All of `parts` as one."""
    steps, values, times = array("q"), array("d"), array("q")
    texts: list[str | None] | None = None
    for part in parts:
        if part.texts is not None or texts is not None:
            texts = [None] * len(steps) if texts is None else texts
            texts += [None] * len(part.steps) if part.texts is None else part.texts
        steps.extend(part.steps)
        values.extend(part.values)
        times.extend(part.times)
    return Chunk(steps, values, times, texts)


def one_by_one(items: Iterator[Item], lock: threading.RLock) -> Iterator[Item]:
    """The items, the lock held while one is made: each may be asked for by a different thread."""
    while True:
        with lock:
            try:
                item = next(items)
            except StopIteration:
                return
        yield item


def in_batches(parts: Iterable[Chunk], points: int) -> Iterator[Chunk]:
    """The same points in larger chunks, of at least `points` each but for the last."""
    held: list[Chunk] = []
    count = 0
    for part in parts:
        held.append(part)
        count += len(part.steps)
        if count >= points:
            yield joined(held)
            held, count = [], 0
    if count:
        yield joined(held)


def milliseconds(time: object) -> int:
    """A time (ISO text or seconds since 1970) as milliseconds since 1970; NO_TIME if it is no time."""
    found = seconds(time)
    return NO_TIME if found is None else _floor(found)


def _chunk(steps: Sequence[int], values: Sequence[Value], times: Sequence[object]) -> Chunk:
    numbers, texts = _values(values)
    return Chunk(_steps(steps), numbers, _times(times), texts)


def _steps(steps: Sequence[int]) -> array[int]:
    if isinstance(steps, array):
        return steps
    try:
        return array("q", steps)
    except OverflowError:
        return array("q", (min(max(step, -MAX_STEP - 1), MAX_STEP) for step in steps))


def _step(step: Any) -> int:
    try:
        return int(step)
    except (TypeError, ValueError, OverflowError):
        return 0


def _values(values: Sequence[Value]) -> tuple[array[float], list[str | None] | None]:
    try:
        return array("d", values), None  # type: ignore[arg-type]
    except (TypeError, OverflowError):
        pass
    if all(map(is_number, values)):
        return array("d", map(_number, values)), None
    return array("d", map(_number, values)), [None if is_number(value) else _text(value) for value in values]


def _number(value: Value) -> float:
    found = as_float(value)
    return math.nan if found is None else found


def _text(value: Value) -> str | None:
    if isinstance(value, list) and len(value) == 1:  # a single picture
        value = value[0]
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _times(times: Sequence[object]) -> array[int]:
    try:
        # a time has no other plus sign, so each has this zone; those without are left to `milliseconds`
        if "".join(times).count(UTC) == len(times):  # type: ignore[arg-type]
            moments = map(datetime.fromisoformat, times)  # type: ignore[arg-type]
            return array("q", [floor(found * 1000 + ROUNDING) for found in map(datetime.timestamp, moments)])
    except (TypeError, ValueError, OverflowError):
        pass
    return array("q", map(milliseconds, times))


def _floor(time: float) -> int:
    return floor(time * 1000 + ROUNDING)
