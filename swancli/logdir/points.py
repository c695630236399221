"""All points of a series in the order of their steps, in little memory.

Slices are read once to learn how many points there are, which numbers describe them, and whether their steps ascend
from slice to slice; a chart's sample is taken on the way, if the number of points was guessed right. They are read
again, one after the other, for anything else. A series of few slices is kept in memory instead.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from swancli.logdir import columns
from swancli.logdir.pieces import Part, Piece, Whole, merged
from swancli.logdir.sampling import MAX_UNSAMPLED_POINTS, sampled
from swancli.logdir.series import point_of
from swancli.reply import dumps
from swancli.values import is_finite, is_marker

if TYPE_CHECKING:
    from swancli.logdir.series import Series
    from swancli.model import Point, Value

MAX_KEPT_SLICES = 16  # up to which a series is kept rather than read again
JOINED_POINTS = 1000  # that are joined at a time


class Points:
    """The points of `series`, sorted by int(index); equal ones in the order of file names as strings.

    `whole` prepares for all of them rather than a sample. The object can be iterated over more than once.
    """

    def __init__(self, series: Series, whole: bool = False) -> None:
        self._series, self._whole = series, whole
        self._few = len(series.slices()) <= MAX_KEPT_SLICES
        self._kept: dict[str, Whole] = {}  # by the name of a slice
        self._parts: list[Part] = []
        self._is_ascending = True
        self._numbers: Numbers | None = None
        self._chunk: tuple[Sequence[Any], Sequence[Value]] | None = None  # of a single slice that is not kept
        guess = 0 if whole or self._few else series.count()
        reading = self._read()
        self._sample = list(sampled(reading, guess)) if guess > MAX_UNSAMPLED_POINTS else None
        for _ in reading:
            pass
        self._count = sum(part.points for part in self._parts)
        if guess != self._count or not self._is_ascending:
            self._sample = None

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Point]:
        for piece in self._pieces():
            yield from piece.points()

    def lines(self, texts: columns.Texts) -> Iterator[str | Iterable[Point]]:
        """All points in order: as lines with `texts` where numbers and times can stay as they are, else as points."""
        if not self._is_ascending:
            for piece in self._pieces():
                yield piece.points()
            return
        for part in self._parts:
            found = self._plain_or_piece(part)
            if isinstance(found, bytes):
                text = columns.lines(found, texts, part.points)
                yield self._load(part).points() if text is None else text
            else:
                yield found.points()

    def chunks(self) -> Iterator[tuple[Sequence[Any], Sequence[Value]]]:
        """The steps and the values of all points; no step is repeated within a chunk whose steps are an array."""
        if self._chunk is not None:
            yield self._chunk
            return
        for piece in self._pieces():
            yield _chunk(piece)

    def timed_chunks(self) -> Iterator[tuple[Sequence[int], Sequence[Value], Sequence[str | None]]]:
        """The steps, as integers, the values and the times of all points."""
        for piece in self._pieces():
            if piece.columns is not None:
                yield piece.steps, piece.columns.values, piece.columns.times()
            else:
                points = list(piece.points())
                yield piece.keys, [point[1] for point in points], [point[2] for point in points]

    def numbers(self) -> Numbers:
        """The numbers that describe the points."""
        if self._numbers is None:
            self._numbers = Numbers()
            for piece in self._pieces():
                self._numbers.add(piece)
        return self._numbers

    def sampled(self) -> Iterator[Point]:
        """The points of `sample`, which is taken when the first of them is asked for."""
        yield from map(point_of, self.sample())

    def sample(self) -> list[bytes]:
        """The JSON of the 1499 points that stand for more than 1500."""
        if self._sample is None:
            self._sample = list(sampled(self._pieces(), len(self)))
        return [*self._sample[:-1], *map(_marked_last, self._sample[-1:])]

    def array(self) -> Iterator[bytes]:
        """All points as a JSON array, in pieces."""
        lead, held = b"[", b""
        for text in self._texts():
            if held:
                yield lead + held
                lead = b","
            held = text
        yield lead + (_marked_last(held) if held else b"") + b"]"

    def _read(self) -> Iterator[Piece]:
        """Read each slice for the first time, and yield it as long as steps ascend from slice to slice."""
        numbers = Numbers()
        for slice in self._series.slices():
            block = self._series.block(slice)
            if not block.keys:
                continue
            piece = Whole(block)
            is_plain = None
            if self._few:
                # text takes most memory, and parsing takes most time where there are no columns
                if not self._whole or block.columns is None:
                    self._kept[slice.name] = piece
                elif len(self._series.slices()) == 1:
                    self._chunk = _chunk(piece)
            elif self._whole:
                is_plain = piece.columns is not None and piece.columns.is_plain(self._series.encode)
            part = Part(slice, len(block.keys), block.size, piece.keys[0], piece.keys[-1], is_plain)
            if self._parts and part.first <= self._parts[-1].last:
                self._is_ascending = False
            self._parts.append(part)
            if self._is_ascending:
                numbers.add(piece)
                yield piece
        self._numbers = numbers if self._is_ascending else None

    def _load(self, part: Part) -> Whole:
        """A slice that was read before, without what has been written since."""
        found = self._kept.get(part.slice.name)
        return Whole(self._series.block(part.slice), part.points) if found is None else found

    def _pieces(self) -> Iterator[Piece]:
        """All points in pieces that follow one another."""
        return map(self._load, self._parts) if self._is_ascending else merged(self._parts, self._load)

    def _plain_or_piece(self, part: Part) -> bytes | Whole:
        """The bytes of a slice if they can be passed on as they are, else its points."""
        if part.is_plain:
            try:
                data = self._series.read(part.slice.path)[: part.size]
            except OSError:
                data = b""
            if data.count(b"\n") == part.points:
                return data
        piece = self._load(part)
        is_plain = part.is_plain is None and piece.columns is not None and piece.columns.is_plain(self._series.encode)
        return piece.columns.data() if is_plain and piece.columns is not None else piece

    def _texts(self) -> Iterator[bytes]:
        """The JSON of all points, separated by commas; in pieces that are not plain, the last point comes by itself."""
        found: Iterable[bytes | Piece]
        found = map(self._plain_or_piece, self._parts) if self._is_ascending else self._pieces()
        for piece in found:
            if isinstance(piece, bytes):
                yield columns.compact(piece)
                continue
            size = len(piece.keys)
            for start in range(0, size, JOINED_POINTS):
                *texts, last = piece.entries(range(start, min(start + JOINED_POINTS, size)))
                if texts:
                    yield b",".join(texts)
                yield last


class Numbers:
    """The numbers that describe a series, whose points are added in their order; values are as written."""

    __slots__ = ("_odd_ends", "first_step", "high", "high_step", "last", "last_step", "lost", "low", "low_step")

    def __init__(self) -> None:
        self.first_step: int | None = None
        self.last_step: int | None = None
        self.last: Value = None
        self.low: Any = None  # the lowest finite value; None if there is none
        self.low_step: int | None = None
        self.high: Any = None
        self.high_step: int | None = None
        self.lost = 0  # how many values are numbers that are not finite
        self._odd_ends: dict[Callable[..., Any], list[Value]] = {min: [], max: []}  # as long as no value is finite

    def add(self, piece: Piece) -> None:
        """Add the points that come next."""
        keys, values, odd = piece.keys, piece.values, piece.odd
        if not keys:
            return
        if self.first_step is None:
            self.first_step = keys[0]
        self.last_step, self.last = keys[-1], _written(piece, len(keys) - 1)
        self.lost += sum(map(_is_lost, map(values.__getitem__, odd)))
        if len(odd) == len(values):
            if self.low is None:
                self._add_odd(values)
            return
        if piece.columns is not None and piece.columns.ends is not None:
            low, high = piece.columns.ends
        else:
            finite = [value for value in values if is_finite(value)] if odd else values
            low, high = min(finite), max(finite)
        if self.low is None or low < self.low:
            at = values.index(low)
            self.low, self.low_step = _written(piece, at), keys[at]
        if self.high is None or high > self.high:
            at = values.index(high)
            self.high, self.high_step = _written(piece, at), keys[at]

    def extreme(self, choose: Callable[..., Any]) -> Value:
        """The lowest finite value for min, the highest for max; if none is finite, that of other values, or None."""
        if self.low is not None:
            found: Value = self.low if choose is min else self.high
            return found
        odd = self._odd_ends.get(choose)
        return json.loads(dumps(odd[0])) if odd else None

    def _add_odd(self, values: Sequence[Any]) -> None:
        for choose, ends in list(self._odd_ends.items()):
            try:
                self._odd_ends[choose] = [choose(chain(ends, values))]
            except TypeError:  # they have no order
                del self._odd_ends[choose]


def _chunk(piece: Piece) -> tuple[Sequence[Any], Sequence[Value]]:
    """The steps and the values of a piece; if the steps are an array, none is repeated."""
    if piece.columns is not None and not piece.odd:
        steps, values = piece.steps, piece.values
    else:
        points = list(piece.points())
        steps, values = [point[0] for point in points], [point[1] for point in points]
        if isinstance(piece.steps, array):
            steps = piece.steps
    is_rising = isinstance(steps, array) and len(set(steps)) == len(steps)
    return steps if is_rising else list(steps), values


def _written(piece: Piece, n: int) -> Any:
    """A value as it is in the file: an integer if it is one there."""
    if piece.columns is not None:
        return piece.columns.point(n)[1]
    (text,) = piece.entries([n])
    return json.loads(text)["data"]


def _is_lost(value: Any) -> bool:
    """Whether a value is a number that isn't finite, or SwanLab's word for one; text and media are neither."""
    return is_marker(value) or (isinstance(value, float) and not is_finite(value))


def _marked_last(text: bytes) -> bytes:
    """The JSON of the series' last point, marked as the last; there may be other points in front of it."""
    if b'"_last"' in text:  # it was logged with this key
        point = json.loads(text)
        point.pop("_last", None)
        text = dumps(point)
    return text[:-1] + b',"_last":true}'
