"""Consecutive points of a series, sorted by their steps: a slice, or the points of several slices between two steps."""

from __future__ import annotations

from array import array
from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

from swancli.logdir.series import Block, Slice, point_of
from swancli.values import is_finite

if TYPE_CHECKING:
    from swancli.logdir.columns import Columns
    from swancli.model import Point

MAX_OPEN_SLICES = 16  # whose text is held in memory at a time


class Part(NamedTuple):
    """A slice that was read once: which points it had then."""

    slice: Slice
    points: int
    size: int  # bytes
    first: int  # the lowest step
    last: int
    is_plain: bool | None  # whether its text can be passed on as it is; None if that was not checked


class Piece(Protocol):
    """Points in the order of their steps; equal ones in the order of file names as strings."""

    keys: Sequence[int]
    steps: Sequence[Any]
    values: Sequence[Any]
    odd: Sequence[int]  # the positions of values that are not finite numbers, ascending

    def entries(self, positions: Sequence[int]) -> Iterable[bytes]:
        """The JSON of points by their positions."""

    def points(self) -> Iterable[Point]:
        """All points."""

    @property
    def columns(self) -> Columns | None:
        """The columns of a slice in the usual form; None if its points had to be sorted, and for other pieces."""


class Whole:
    """The points of one slice."""

    __slots__ = ("_block", "_order", "columns", "keys", "odd", "steps", "values")

    def __init__(self, block: Block, limit: int | None = None) -> None:
        self.keys, self.steps, self.values = block.keys, block.steps, block.values
        self.columns, self._block = block.columns, block
        self._order: list[int] | None = None
        if limit is not None and limit < len(block.keys):  # more have been written since
            self.keys, self.steps, self.values = self.keys[:limit], self.steps[:limit], self.values[:limit]
            self.columns = None
        keys = list(self.keys) if self.columns is None else self.columns.listed
        if sorted(keys) != keys:
            self._sort(keys)
        if self.columns is not None:
            self.odd: Sequence[int] = self.columns.odd
        else:
            self.odd = () if block.finite else [n for n, value in enumerate(self.values) if not is_finite(value)]

    def _sort(self, keys: list[int]) -> None:
        order = self._order = sorted(range(len(keys)), key=keys.__getitem__)
        self.keys, self.steps, self.values = (_arranged(items, order) for items in (self.keys, self.steps, self.values))
        self.columns = None

    def entries(self, positions: Sequence[int]) -> Iterable[bytes]:
        """The JSON of points by their positions."""
        order = self._order
        return map(self._block.entry, positions if order is None else [order[n] for n in positions])

    def points(self) -> Iterable[Point]:
        """All points."""
        positions = range(len(self.keys))
        if self._block.columns is not None:
            return map(self._block.columns.point, positions if self._order is None else self._order)
        return map(point_of, self.entries(positions))


class Light:
    """The numbers of a slice, whose text is read again when it is needed."""

    __slots__ = ("_load", "_part", "columns", "keys", "odd", "steps", "values")

    def __init__(self, part: Part, load: Callable[[Part], Whole]) -> None:
        whole = load(part)
        self.keys, self.steps, self.odd, self.columns = whole.keys, whole.steps, whole.odd, None
        self._part, self._load = part, load
        self.values: Sequence[Any] = whole.values
        if whole.columns is not None and not whole.odd:
            self.values = array("d", cast("Sequence[float]", whole.values))

    def entries(self, positions: Sequence[int]) -> Iterable[bytes]:
        """The JSON of points by their positions."""
        return self._load(self._part).entries(positions)

    def points(self) -> Iterable[Point]:
        """All points."""
        return self._load(self._part).points()


class Merged:
    """Spans of several pieces, sorted together; the pieces are in the order of their files' names."""

    __slots__ = ("_order", "_origins", "_spans", "columns", "keys", "odd", "steps", "values")

    def __init__(self, spans: Sequence[tuple[Piece, int, int]]) -> None:
        keys = [key for piece, a, b in spans for key in piece.keys[a:b]]
        order = sorted(range(len(keys)), key=keys.__getitem__)
        self.keys: Sequence[int] = [keys[n] for n in order]
        self.steps = _arranged(joined([piece.steps[a:b] for piece, a, b in spans]), order)
        self.values = _arranged(joined([piece.values[a:b] for piece, a, b in spans]), order)
        self.columns = None
        self._spans, self._order = spans, order
        self.odd: Sequence[int] = ()
        if any(piece.odd for piece, _, _ in spans):
            self.odd = [n for n, value in enumerate(self.values) if not is_finite(value)]

    def entries(self, positions: Sequence[int]) -> Iterable[bytes]:
        """The JSON of points by their positions."""
        wanted = {self._order[n]: at for at, n in enumerate(positions)}
        found = [b""] * len(positions)
        start, rising = 0, sorted(wanted)
        done = 0
        for piece, a, b in self._spans:
            end = bisect_right(rising, start + b - a - 1, done)
            mine = rising[done:end]
            if mine:
                for n, text in zip(mine, piece.entries([n - start + a for n in mine])):
                    found[wanted[n]] = text
            start, done = start + b - a, end
        return found

    def points(self) -> Iterable[Point]:
        """All points."""
        return map(point_of, self.entries(range(len(self.keys))))


def merged(parts: Sequence[Part], load: Callable[[Part], Whole]) -> Iterator[Piece]:
    """All points of `parts` in pieces that follow one another; holds as few slices at a time as their steps allow."""
    runs = _runs(parts)
    opened: list[tuple[Piece, int, str, Iterator[Part]]] = []  # a piece, how much of it is done, its file, what follows
    is_light = len(runs) > MAX_OPEN_SLICES

    def open_next(run: Iterator[Part]) -> None:
        for part in run:
            piece: Piece = Light(part, load) if is_light else load(part)
            if len(piece.keys):  # it may have been deleted since
                opened.append((piece, 0, part.slice.name, run))
                return

    for run in runs:
        open_next(iter(run))
    while opened:
        opened.sort(key=lambda one: one[2])
        limit = min(piece.keys[-1] for piece, *_ in opened)
        spans: list[tuple[Piece, int, int]] = []
        left, ended = [], []
        for piece, at, name, rest in opened:
            end = bisect_right(piece.keys, limit, at)
            if end > at:
                spans.append((piece, at, end))
            if end < len(piece.keys):
                left.append((piece, end, name, rest))
            else:
                ended.append(rest)
        first, a, b = spans[0]
        yield first if len(spans) == 1 and b - a == len(first.keys) else Merged(spans)
        opened[:] = left
        for rest in ended:
            open_next(rest)


def _runs(parts: Sequence[Part]) -> list[list[Part]]:
    """The slices in as few groups as possible; in each of them, steps ascend from slice to slice."""
    runs: list[list[Part]] = []
    ends: list[tuple[int, int]] = []  # the last step of each group, and the group's number; sorted
    for part in parts:
        at = bisect_right(ends, (part.first, -1)) - 1
        if at < 0:
            runs.append([part])
            insort(ends, (part.last, len(runs) - 1))
        else:
            _, run = ends.pop(at)
            runs[run].append(part)
            insort(ends, (part.last, run))
    return runs


def joined(parts: Sequence[Any]) -> Any:
    """Arrays as one array, other sequences as one list."""
    if len(parts) == 1:
        return parts[0]
    kind = type(parts[0])
    if kind in (array, list) and all(type(part) is kind for part in parts):
        found = parts[0][:]
        for part in parts[1:]:
            found.extend(part)
        return found
    return [item for part in parts for item in part]


def _arranged(items: Any, order: list[int]) -> Any:
    moved = map(items.__getitem__, order)
    return array(items.typecode, moved) if isinstance(items, array) else list(moved)
