"""Chunks and tables as Arrow arrays, by arro3, which lets any Arrow library read them without a copy."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from swancli.api.chunks import NO_TIME, Chunk
from swancli.errors import MissingExtra
from swancli.values import encodable

if TYPE_CHECKING:
    from array import array

    from arro3.core import Array, DataType, RecordBatch, RecordBatchReader, Schema


def arro3(extra: str = "arrow") -> Any:
    """arro3.core; MissingExtra without it."""
    try:
        from arro3 import core
    except ImportError as error:
        raise MissingExtra("Arrow needs arro3-core", extra) from error
    return core


def stream_of_series(chunk: Chunk, requested_schema: object | None) -> object:
    """A series as an Arrow stream of one batch: a PyCapsule."""
    core = arro3()
    names, arrays = ["step", "value", "time"], [integers(chunk.steps), floats(chunk), times(chunk.times)]
    if chunk.texts is not None:
        names, arrays = [*names, "text"], [*arrays, texts(chunk.texts)]
    return core.Table.from_arrays(arrays, names=names).__arrow_c_stream__(requested_schema)


def integers(values: array[int]) -> Array:
    """int64, without a copy."""
    return _viewed(values, arro3().DataType.int64())


def floats(chunk: Chunk) -> Array:
    """float64, without a copy; null where a value is a text."""
    core = arro3()
    if chunk.texts is None or not any(text is not None for text in chunk.texts):
        return _viewed(chunk.values, core.DataType.float64())
    plain = [None if text is not None else value for value, text in zip(chunk.values, chunk.texts)]
    found: Array = core.Array(plain, type=core.DataType.float64())
    return found


def times(values: array[int]) -> Array:
    """timestamp[ms, UTC], without a copy; null where there is no time."""
    core = arro3()
    kind = timestamp()
    if NO_TIME not in values:
        found: Array = _viewed(values, core.DataType.int64()).cast(kind)
        return found
    plain = [None if value == NO_TIME else value for value in values]
    found = core.Array(plain, type=core.DataType.int64()).cast(kind)
    return found


def _viewed(values: array[int] | array[float], kind: DataType) -> Array:
    core = arro3()
    # an empty array has no buffer that could be viewed
    found: Array = core.Array.from_buffer(values) if values else core.Array([], type=kind)
    return found


def texts(values: Sequence[str | None]) -> Array:
    """Strings; half of a surrogate pair becomes a question mark."""
    core = arro3()
    try:
        found: Array = core.Array(values, type=core.DataType.string())
    except UnicodeEncodeError:
        clean = [None if text is None else encodable(text) for text in values]
        found = core.Array(clean, type=core.DataType.string())
    return found


def repeated(text: str, count: int) -> Array:
    """A text `count` times, as a dictionary of one."""
    found: Array = texts([text]).take(zeros(count)).cast(dictionary())
    return found


def zeros(count: int) -> Array:
    """int32 zeros: indexes into an array of one."""
    core = arro3()
    found: Array = (
        core.Array.from_buffer(memoryview(bytes(4 * count)).cast("i"))
        if count
        else core.Array([], type=core.DataType.int32())
    )
    return found


def timestamp() -> DataType:
    """The type of times."""
    found: DataType = arro3().DataType.timestamp("ms", tz="UTC")
    return found


def dictionary() -> DataType:
    """The type of names that repeat."""
    types = arro3().DataType
    found: DataType = types.dictionary(types.int32(), types.string())
    return found


def schema(columns: Sequence[tuple[str, DataType]]) -> Schema:
    """A schema of named types."""
    core = arro3()
    found: Schema = core.Schema([core.Field(name, kind) for name, kind in columns])
    return found


def reader(form: Schema, batches: Iterable[RecordBatch]) -> RecordBatchReader:
    """A stream of batches, each made when it is asked for."""
    found: RecordBatchReader = arro3().RecordBatchReader.from_batches(form, batches)
    return found


@contextlib.contextmanager
def streamed(form: Schema, batches: Iterable[RecordBatch]) -> Iterator[RecordBatchReader]:
    """A stream that a library reads in the block; an error of `batches` is raised, not what the library makes of it."""
    failure: list[BaseException] = []

    def guarded() -> Iterator[RecordBatch]:
        try:
            yield from batches
        except BaseException as error:
            failure.append(error)
            raise

    try:
        yield reader(form, guarded())
    except Exception:
        if failure:
            raise failure[0] from None
        raise


def column(values: Sequence[Any], kind: str) -> Array:
    """The values of a table's column: "integer", "number", "flag", "time" (milliseconds, NO_TIME) or "text"."""
    core = arro3()
    types = core.DataType
    if kind == "time":
        found: Array = core.Array(list(values), type=types.int64()).cast(timestamp())
    elif kind == "text":
        found = texts([as_text(value) for value in values])
    else:
        plain = {"integer": types.int64, "number": types.float64, "flag": types.bool}[kind]
        found = core.Array(list(values), type=plain())
    return found


def as_text(value: Any) -> str | None:
    """A cell as a text: structures as JSON."""
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def table_reader(columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]], size: int) -> RecordBatchReader:
    """Rows as a stream of batches of at most `size`; `columns` are names and kinds, as `column` knows them."""
    core = arro3()
    names = [name for name, _ in columns]

    def batch(part: Sequence[Sequence[Any]]) -> RecordBatch:
        cells = list(zip(*part)) if part else [()] * len(names)
        arrays = [column(values, kind) for values, (_, kind) in zip(cells, columns)]
        found: RecordBatch = core.RecordBatch.from_arrays(arrays, names=names)
        return found

    def batches() -> Iterator[RecordBatch]:
        part: list[Sequence[Any]] = []
        for row in rows:
            part.append(row)
            if len(part) == size:
                yield batch(part)
                part = []
        if part:
            yield batch(part)

    return reader(batch([]).schema, batches())
