"""A run's tables as rows of plain values, for formats without Arrow: times are ISO-8601, in milliseconds."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Any

from swancli.api import batches
from swancli.api.chunks import Chunk
from swancli.export.contents import COLUMNS, Contents, iso_times

Rows = Iterator[tuple[Any, ...]]


def rows_of(contents: Contents) -> Iterator[tuple[str, Rows]]:
    """Each table of a run and its rows, in the order of COLUMNS, but runs last; read one before the next."""
    yield "config", iter(map(tuple, contents.config()))
    yield "points", _points(contents)
    yield "text", _texts(contents)
    yield "console", ((*contents.owner, n, line) for n, line in enumerate(contents.run.lines(), 1))
    yield "runs", iter([with_times("runs", contents.row())])


def with_times(table: str, row: Sequence[Any]) -> tuple[Any, ...]:
    """A row whose times are milliseconds, with ISO texts."""
    columns = COLUMNS[table]
    return tuple(_iso(cell) if kind == "time" else cell for cell, (_, kind) in zip(row, columns))


def _iso(time: int | None) -> str | None:
    return None if time is None else next(iso_times(array("q", [time])))


def _points(contents: Contents) -> Rows:
    for name, chunks in contents.series():
        for chunk in map(batches.numbers, chunks):
            yield from _joined(contents, name, chunk, chunk.values)


def _texts(contents: Contents) -> Rows:
    for name, chunks in contents.text_series():
        for chunk in map(batches.only_texts, chunks):
            yield from _joined(contents, name, chunk, chunk.texts or ())


def _joined(contents: Contents, name: str, chunk: Chunk, cells: Sequence[Any]) -> Rows:
    return zip(*map(repeat, contents.owner), repeat(name), chunk.steps, cells, iso_times(chunk.times))
