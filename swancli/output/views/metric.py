"""`swancli metric`: the numbers of one or several series, and their points, joined on the step."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from swancli.model import Series
from swancli.output.table import Column, Gap, Table

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
FEW = 10


def metric(details: Sequence[Series], few: int | None = None) -> list[Table]:
    """Facts of one or several series as tables: numbers (on a terminal), and points.

    `few` keeps so many points from both ends together, for a terminal; None gives all, streaming.
    """
    return [numbers(details), points(details, few)]


def label(details: Series, several_runs: bool) -> str:
    """What a series is called beside others: its name, with the experiment in front if there are several."""
    name = str(details.get("name"))
    return f"{details.get('experiment') or details.get('experiment_id')}:{name}" if several_runs else name


def labels(details: Sequence[Series]) -> list[str]:
    """The labels of several series."""
    several = len({one.get("experiment_id") for one in details}) > 1
    return [label(one, several) for one in details]


def numbers(details: Sequence[Series]) -> Table:
    """One row of numbers a series; a sampled one is noted."""
    names = labels(details)
    keys = [column.key for column in NUMBERS[1:]]
    rows = [(name, *(one.get(key) for key in keys)) for name, one in zip(names, details, strict=True)]
    notes = []
    for name, one in zip(names, details, strict=True):
        if one.get("sampled"):
            sampled = f"sampled {one.get('shown', one.get('count'))} of {one.get('total') or 'more'}"
            notes.append(sampled if len(details) == 1 else f"{name}: {sampled}")
    # NaN and its like are the exception: without any, their column only takes room
    columns = [c for c in NUMBERS if c.key != "nonfinite" or any(one.get("nonfinite") != 0 for one in details)]
    if len(columns) < len(NUMBERS):
        rows = [row[:-1] for row in rows]
    return Table(columns, rows, notes=notes, only="terminal")


def points(details: Sequence[Series], few: int | None = None) -> Table:
    """The points: step, value, time of one series; of several, a column each, joined on the step."""
    rows: Iterable[Any]
    if len(details) == 1:
        columns = [
            Column("step", "step", "step"),
            Column("value", "value", "value"),
            Column("time", "time", "time", 1),
        ]
        rows, more = _with_more(details[0].get("points") or ())
        if more:
            columns.append(Column("more", "more", "text", 2))
    else:
        columns = [Column("step", "step", "step")]
        # the last ones are the first to go when the pane is narrow
        columns += [Column(name, name, "value", n) for n, name in enumerate(labels(details))]
        rows = join_on_step([one.get("points") or () for one in details])
    return Table(columns, rows if few is None else head_and_tail(rows, few))


def _with_more(points: Iterable[Sequence[Any]]) -> tuple[Iterator[Sequence[Any]], bool]:
    """The points, and whether the first has something in its fourth field (a caption)."""
    stream = iter(points)
    first = next(stream, None)
    if first is None:
        return iter(()), False

    def chain() -> Iterator[Sequence[Any]]:
        yield first
        yield from stream

    return chain(), len(first) > 3 and first[3] is not None


def head_and_tail(rows: Iterable[Any], few: int) -> Iterator[Any]:
    """The first and last of `rows`, `few` together, and a Gap for what is between; reads all, holds few."""
    ahead = few // 2
    tail: deque[Any] = deque(maxlen=max(few - ahead, 0) + 1)
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


def join_on_step(series: Sequence[Iterable[Sequence[Any]]]) -> Iterator[tuple[Any, ...]]:
    """Rows (step, value of each series or None) of series sorted by step; holds one point of each.

    A step that a series repeats gives as many rows. A series that is a list is sorted first if need be; a
    stream out of order loses nothing, its rows only come where they come.
    """
    streams = [iter(_in_order(points) if isinstance(points, list) else points) for points in series]
    heads = [next(stream, None) for stream in streams]
    keys = [_key(head) for head in heads]
    while True:
        live = [key for key in keys if key is not None]
        if not live:
            return
        least = min(live)
        step = None
        row: list[Any] = [None] * len(streams)
        for n, key in enumerate(keys):
            head = heads[n]
            if key == least and head is not None:
                step = head[0] if step is None else step
                row[n] = head[1]
                heads[n] = next(streams[n], None)
                keys[n] = _key(heads[n])
        yield (step, *row)


def _in_order(points: list[Sequence[Any]]) -> list[Sequence[Any]]:
    keys = [_key(point) or 0 for point in points]
    return (
        points
        if all(a <= b for a, b in itertools.pairwise(keys))
        else sorted(points, key=lambda point: _key(point) or 0)
    )


def _key(point: Sequence[Any] | None) -> float | int | None:
    """What a point is sorted by; None at the end of a series."""
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
