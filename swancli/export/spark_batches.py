"""Rows of logdirs as batches of pyarrow, with the types that Spark expects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from swancli.api.chunks import NO_TIME, Chunk
from swancli.export.contents import COLUMNS
from swancli.values import encodable

if TYPE_CHECKING:
    from array import array

    from pyarrow import Array, RecordBatch

    from swancli.api.batches import Owner

PROBLEMS = (("logdir", "text"), ("project", "text"), ("run_id", "text"), ("problem", "text"))
TABLES = {**COLUMNS, "problems": PROBLEMS}
ROWS = 1 << 15  # of a batch


def points(table: str, owner: Owner, metric: str, chunk: Chunk) -> RecordBatch:
    """A batch of points or texts."""
    import pyarrow

    count = len(chunk.steps)
    cells = _texts(chunk.texts or ()) if table == "text" else _viewed(chunk.values, pyarrow.float64())
    head = [_repeated(owner.project, count), _repeated(owner.run_id, count)]
    id = pyarrow.repeat(pyarrow.scalar(owner.id, pyarrow.int64()), count)
    steps = _viewed(chunk.steps, pyarrow.int64())
    arrays = [*head, id, _repeated(metric, count), steps, cells, _times(chunk.times)]
    return pyarrow.RecordBatch.from_arrays(arrays, schema=_arrow_schema(table))


def rows(table: str, found: Iterator[tuple[Any, ...]]) -> Iterator[RecordBatch]:
    """Batches of rows of plain values; times are milliseconds since 1970."""
    import pyarrow

    form = _arrow_schema(table)
    while part := list(islice(found, ROWS)):
        arrays = []
        for cells, (_, kind), field in zip(zip(*part), TABLES[table], form):
            if kind == "text":
                arrays.append(_texts(cells))
            elif kind == "time":
                arrays.append(pyarrow.array([None if cell is None else cell * 1000 for cell in cells], field.type))
            else:
                arrays.append(pyarrow.array(cells, field.type))
        yield pyarrow.RecordBatch.from_arrays(arrays, schema=form)


def _arrow_schema(table: str) -> Any:
    import pyarrow

    kinds = {
        "text": pyarrow.string(), "integer": pyarrow.int64(), "number": pyarrow.float64(),
        "time": pyarrow.timestamp("us", tz="UTC"),
    }  # fmt: skip
    return pyarrow.schema([(name, kinds[kind]) for name, kind in TABLES[table]])


def _viewed(values: array[int] | array[float], kind: Any) -> Array:
    import pyarrow

    return pyarrow.Array.from_buffers(kind, len(values), [None, pyarrow.py_buffer(values)])


def _times(values: array[int]) -> Array:
    import pyarrow
    from pyarrow import compute

    kind = pyarrow.timestamp("us", tz="UTC")
    found = _viewed(values, pyarrow.int64())
    if NO_TIME in values:
        found = compute.if_else(compute.equal(found, NO_TIME), None, found)
    return found.cast(pyarrow.timestamp("ms", tz="UTC")).cast(kind, safe=False)


def _repeated(text: str, count: int) -> Array:
    import pyarrow

    return pyarrow.repeat(pyarrow.scalar(encodable(text), pyarrow.string()), count)


def _texts(values: Sequence[Any]) -> Array:
    import pyarrow

    return pyarrow.array([None if text is None else encodable(str(text)) for text in values], pyarrow.string())
