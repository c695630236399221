"""`swancli metric`: numbers that describe one or several series, and their points, joined on the step."""

from __future__ import annotations

import itertools
from array import array
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol, runtime_checkable

from swancli.model import Point, Series, Value
from swancli.output.table import Cell, Column, Gap, Row, Table

NUMBERS = (
    Column("metric", "metric", "name"),
    Column("count", "points", "step", 3),
    Column("first_step", "first", "step", 6),
    Column("last_step", "step", "step", 4),
    Column("last", "last", "value"),
    Column("min", "min", "number", 1),
    Column("min_step", "@step", "step", 5),
    Column("max", "max", "number", 1),
    Column("max_step", "@step", "step", 5),
    Column("nonfinite", "NaN/INF", "step", 2),
)

JOINED_ROWS = 256  # that are put together at a time


def metric(details: Sequence[Series], max_points: int | None = None) -> list[Table]:
    """Tables of one or several series: their numbers (on a terminal), and their points.

    Of more than `max_points`, the first and the last are shown; None shows all and streams them.
    """
    return [numbers(details), points(details, max_points)]


def labels(details: Sequence[Series]) -> list[str]:
    """The names of the series, preceded by their experiments if there are several."""
    if len({series.get("experiment_id") for series in details}) < 2:
        return [str(series.get("name")) for series in details]
    found = [f"{series.get('experiment') or series.get('experiment_id')}:{series.get('name')}" for series in details]
    if len(set(found)) == len(found):
        return found
    return [f"{series.get('experiment_id')}:{series.get('name')}" for series in details]


def numbers(details: Sequence[Series]) -> Table:
    """A row of numbers for each series; a note says which are sampled."""
    notes = []
    rows: list[Row] = []
    for label, series in zip(labels(details), details, strict=True):
        rows.append(_numbers_row(label, series))
        if series.get("sampled"):
            sampled = f"sampled {series.get('shown', series.get('count'))} of {series.get('total') or 'more'}"
            notes.append(sampled if len(details) == 1 else f"{label}: {sampled}")
    columns: Sequence[Column] = NUMBERS
    # values that are not finite are rare, and a column of zeros only takes room
    if all(series.get("nonfinite") == 0 for series in details):
        columns, rows = NUMBERS[:-1], [row[:-1] for row in rows]
    return Table(columns, rows, notes=notes, only="terminal")


def _numbers_row(label: str, series: Series) -> Row:
    return (
        label, series.get("count"), series.get("first_step"), series.get("last_step"), series.get("last"),
        series.get("min"), series.get("min_step"), series.get("max"), series.get("max_step"), series.get("nonfinite"),
    )  # fmt: skip


def points(details: Sequence[Series], max_points: int | None = None) -> Table:
    """The points: step, value and time of one series; for several a column each, joined on the step."""
    rows: Iterable[Row]
    if len(details) == 1:
        columns = [
            Column("step", "step", "step"),
            Column("value", "value", "value"),
            Column("time", "time", "time", 1),
        ]
        rows, has_more = _with_more(details[0].get("points") or ())
        if has_more:
            columns.append(Column("more", "more", "text", 2))
    else:
        columns = [Column("step", "step", "step")]
        # the last series are the first to be left out of a narrow terminal
        columns += [Column(name, name, "value", n) for n, name in enumerate(labels(details))]
        rows = join_on_step([series.get("points") or () for series in details])
    return Table(columns, rows if max_points is None else head_and_tail(rows, max_points))


def _with_more(points: Iterable[Point]) -> tuple[Iterable[Point], bool]:
    """The points, and whether the first has captions in its fourth field."""
    stream = iter(points)
    first = next(stream, None)
    if first is None:
        return (), False
    return itertools.chain((first,), stream) if stream is points else points, first[3] is not None


def head_and_tail(rows: Iterable[Row], max_rows: int) -> Iterator[Row | Gap]:
    """The first and the last of `rows`, `max_rows` in all, and a Gap between them; holds no others in memory."""
    ahead = max_rows // 2
    tail: deque[Row] = deque(maxlen=max(max_rows - ahead, 0) + 1)
    left_out = 0
    for n, row in enumerate(rows):
        if n < ahead:
            yield row
        else:
            left_out += len(tail) == tail.maxlen
            tail.append(row)
    if left_out and len(tail) > 1:
        tail.popleft()
        left_out += 1
    if left_out:
        yield Gap(left_out)
    yield from tail


@runtime_checkable
class Chunked(Protocol):
    """Points that also come as columns."""

    def __iter__(self) -> Iterator[Point]: ...

    def chunks(self) -> Iterator[tuple[Sequence[Any], Sequence[Value]]]:
        """Steps and values of consecutive points; steps in an array are strictly ascending."""


def join_on_step(series: Sequence[Iterable[Point]]) -> Iterator[Row]:
    """Rows of a step and the value of each series there, or None; holds little of each series in memory.

    A step that a series has twice gives two rows. A list is sorted first if necessary; an iterator is not, and then
    its rows are out of order too.
    """
    if all(isinstance(points, Chunked) for points in series):
        return _joined_chunks([points.chunks() for points in series if isinstance(points, Chunked)])
    return _joined_points([iter(_in_order(points) if isinstance(points, list) else points) for points in series])


class _Chunks:
    """What is left of a series: a chunk of it, the one that follows, and an iterator over the others."""

    __slots__ = ("ahead", "next", "steps", "values")

    def __init__(self, chunks: Iterator[tuple[Sequence[Any], Sequence[Value]]]) -> None:
        self.next = chunks
        self.steps, self.values = next(chunks, ((), ()))
        self.ahead = next(chunks, None)

    def take(self, limit: Any) -> tuple[Sequence[Any], Sequence[Value]]:
        """Remove and return the points of the chunk up to step `limit`, or all of them if it is None."""
        end = len(self.steps) if limit is None else bisect_right(self.steps, limit)
        found = self.steps[:end], self.values[:end]
        self.steps, self.values = self.steps[end:], self.values[end:]
        if not self.steps and self.ahead is not None:
            (self.steps, self.values), self.ahead = self.ahead, next(self.next, None)
        return found

    def points(self) -> Iterator[Point]:
        """All that is left."""
        yield from zip(self.steps, self.values, itertools.repeat(None), itertools.repeat(None))
        while self.ahead is not None:
            (steps, values), self.ahead = self.ahead, next(self.next, None)
            yield from zip(steps, values, itertools.repeat(None), itertools.repeat(None))


def _joined_chunks(series: Sequence[Iterator[tuple[Sequence[Any], Sequence[Value]]]]) -> Iterator[Row]:
    """As `join_on_step`, many rows at a time as long as steps are integers that no series repeats."""
    left = [_Chunks(chunks) for chunks in series]
    while any(one.steps for one in left):
        if not all(isinstance(one.steps, array) for one in left if one.steps):
            yield from _joined_points([one.points() for one in left])
            return
        limit = min((one.steps[-1] for one in left if one.ahead is not None), default=None)
        taken = [one.take(limit) for one in left]
        most = max((steps for steps, _ in taken), key=len)
        if all(steps == most or not steps for steps, _ in taken):
            steps, found = most, {}
        else:
            steps = sorted(set().union(*(steps for steps, _ in taken)))
            found = {n: dict(zip(*columns)) for n, columns in enumerate(taken) if len(columns[0]) < len(steps)}
        for start in range(0, len(steps), JOINED_ROWS):
            rows = steps[start : start + JOINED_ROWS]
            yield from zip(
                rows,
                *(
                    list(map(found[n].get, rows))
                    if n in found
                    else values[start : start + JOINED_ROWS]
                    if values
                    else itertools.repeat(None)
                    for n, (_, values) in enumerate(taken)
                ),
            )


def _joined_points(streams: Sequence[Iterator[Point]]) -> Iterator[Row]:
    """As `join_on_step`, row by row; holds one point of each series in memory."""
    heads = [next(stream, None) for stream in streams]
    keys = [_key(head) for head in heads]
    while True:
        live = [key for key in keys if key is not None]
        if not live:
            return
        least = min(live)
        step = None
        row: list[Cell] = [None] * len(streams)
        for n, key in enumerate(keys):
            head = heads[n]
            if key == least and head is not None:
                step = head[0] if step is None else step
                row[n] = head[1]
                heads[n] = next(streams[n], None)
                keys[n] = _key(heads[n])
        yield (step, *row)


def _in_order(points: list[Point]) -> list[Point]:
    keys = [_key(point) or 0 for point in points]
    return (
        points
        if all(a <= b for a, b in itertools.pairwise(keys))
        else sorted(points, key=lambda point: _key(point) or 0)
    )


def _key(point: Point | None) -> float | None:
    """The number that a point is sorted by; None at the end of a series."""
    if point is None:
        return None
    step = point[0]
    if isinstance(step, int):
        return step
    try:
        number = float(step)
    except (TypeError, ValueError, OverflowError):
        return float("inf")
    return number if number == number else float("inf")
