"""What runs hold as streams of Arrow batches: numbers, texts, console; each read when it is asked for."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from swancli.api import arrow
from swancli.api.chunks import Chunk, in_batches

if TYPE_CHECKING:
    from arro3.core import Array, RecordBatch, Schema

    from swancli.api.run import Run

ROWS = 1 << 15  # of a batch


class Owner(NamedTuple):
    """The run that rows belong to, as each of them names it."""

    project: str
    run_id: str
    id: int | None


def schema(kind: str, wide: bool) -> Schema:
    """The columns of "points", "text" or "console"; `wide` has project and run_id, which a data set has as folders."""
    types = arrow.arro3().DataType
    owner = [("project", arrow.dictionary()), ("run_id", arrow.dictionary())] if wide else []
    own = {
        "points": [
            ("metric", arrow.dictionary()),
            ("step", types.int64()),
            ("value", types.float64()),
            ("time", arrow.timestamp()),
        ],
        "text": [
            ("metric", arrow.dictionary()),
            ("step", types.int64()),
            ("text", types.string()),
            ("time", arrow.timestamp()),
        ],
        "console": [("line", types.int64()), ("text", types.string())],
    }
    return arrow.schema([*owner, ("experiment_id", types.int64()), *own[kind]])


def points(owner: Owner, series: Iterable[tuple[str, Iterable[Chunk]]], wide: bool) -> Iterator[RecordBatch]:
    """The numbers of metrics."""
    form = schema("points", wide)
    for name, chunks in series:
        for chunk in in_batches(map(numbers, chunks), ROWS):
            own = [arrow.integers(chunk.steps), arrow.floats(chunk), arrow.times(chunk.times)]
            yield _batch(form, owner, len(chunk.steps), wide, [arrow.repeated(name, len(chunk.steps)), *own])


def texts(owner: Owner, series: Iterable[tuple[str, Iterable[Chunk]]], wide: bool) -> Iterator[RecordBatch]:
    """The texts, and the names of media files, of metrics."""
    form = schema("text", wide)
    for name, chunks in series:
        for chunk in in_batches(map(only_texts, chunks), ROWS):
            own = [arrow.integers(chunk.steps), arrow.texts(chunk.texts or ()), arrow.times(chunk.times)]
            yield _batch(form, owner, len(chunk.steps), wide, [arrow.repeated(name, len(chunk.steps)), *own])


def console(owner: Owner, run: Run, wide: bool) -> Iterator[RecordBatch]:
    """The lines of a console, counted from 1."""
    form = schema("console", wide)
    first, part = 1, list[str | None]()

    def made() -> RecordBatch:
        numbers = array("q", range(first, first + len(part)))
        return _batch(form, owner, len(part), wide, [arrow.integers(numbers), arrow.texts(part)])

    for line in run.lines():
        part.append(line)
        if len(part) == ROWS:
            yield made()
            first, part = first + len(part), []
    if part:
        yield made()


def numbers(chunk: Chunk) -> Chunk:
    """The points whose values are numbers."""
    if chunk.texts is None:
        return chunk
    kept = [n for n, text in enumerate(chunk.texts) if text is None]
    return Chunk(_picked(chunk.steps, kept), _picked(chunk.values, kept), _picked(chunk.times, kept), None)


def only_texts(chunk: Chunk) -> Chunk:
    """The points whose values are texts."""
    found = chunk.texts or ()
    kept = [n for n, text in enumerate(found) if text is not None]
    steps, values, times = (_picked(column, kept) for column in (chunk.steps, chunk.values, chunk.times))
    return Chunk(steps, values, times, [found[n] for n in kept])


def _picked(column: array, kept: list[int]) -> array:  # type: ignore[type-arg]
    return array(column.typecode, [column[n] for n in kept])


def _batch(form: Schema, owner: Owner, count: int, wide: bool, own: list[Array]) -> RecordBatch:
    core = arrow.arro3()
    id = core.Array([owner.id], type=core.DataType.int64()).take(arrow.zeros(count))
    head = [arrow.repeated(owner.project, count), arrow.repeated(owner.run_id, count), id] if wide else [id]
    found: RecordBatch = core.RecordBatch.from_arrays([*head, *own], schema=form)
    return found
