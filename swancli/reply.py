"""The API's envelope, {"code", "message", "data"}: how an answer becomes bytes.

Bodies are what Python's json writes with compact separators and raw UTF-8; numbers that JSON lacks become the
strings "NaN", "INF" and "-INF". A value may be a Stream, ready-made JSON text in pieces: the body is then made
piece by piece too, so that an answer larger than memory can be sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from swancli.errors import SwancliError
from swancli.values import strict

if TYPE_CHECKING:
    from swancli.model import Data

ENVELOPE = b'{"code":0,"message":"success","data":'
LONG = 1000  # items of a list; from this many on, importing orjson is worth it
SAMPLE, MAX_DIFFERENT = 200, 100  # unless more than MAX_DIFFERENT cells of the first SAMPLE items need `dumps`
PLAIN = {str, int, bool, type(None)}  # types that orjson encodes as Python does


class Stream:
    """A JSON value as an iterable of pieces that are already encoded; it can be read only once."""

    __slots__ = ("pieces",)

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.pieces = pieces


class Reply:
    """An answer: HTTP status; body, as bytes or as an iterator of bytes that can be read only once; error, if any."""

    __slots__ = ("body", "error", "status")

    def __init__(self, status: int, body: bytes | Iterator[bytes], error: SwancliError | None = None) -> None:
        self.status = status
        self.body = body
        self.error = error

    @property
    def ok(self) -> bool:
        """Whether the answer holds data, not an error."""
        return self.status < 400

    def pieces(self) -> Iterator[bytes]:
        """The body, piece by piece."""
        if isinstance(self.body, bytes):
            yield self.body
        else:
            yield from self.body

    def read(self) -> bytes:
        """The whole body."""
        if not isinstance(self.body, bytes):
            self.body = b"".join(self.body)
        return self.body


def _other(value: object) -> str:
    """A value that json does not know: a blob from a text column."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    raise TypeError(f"{type(value).__name__} is not JSON")


_encode = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False, default=_other
).encode


def dumps(value: object) -> bytes:
    """`value` as the API writes JSON, in UTF-8; lone surrogates stay escapes."""
    try:
        text = _encode(value)
    except ValueError:
        text = _encode(strict(value))
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace")


def rows(items: list[Data]) -> bytes:
    """`dumps` for a long list of objects: orjson encodes plain cells, `dumps` the others, if few of them differ."""
    known: dict[int, object] = {}
    try:
        others = {id(cell) for item in items[:SAMPLE] for cell in item.values() if type(cell) not in PLAIN}
        if len(others) > MAX_DIFFERENT:
            return dumps(items)
        import orjson

        def plain(cell: object) -> object:
            if type(cell) in PLAIN:
                return cell
            if id(cell) not in known:
                known[id(cell)] = orjson.Fragment(dumps(cell))
            return known[id(cell)]

        return orjson.dumps([{key: plain(cell) for key, cell in item.items()} for item in items])
    except (AttributeError, TypeError):  # not objects; huge integers and lone surrogates, which orjson can't encode
        return dumps(items)


def picked(row: Mapping[str, object], keys: Iterable[str]) -> Data:
    """The cells of a row in the order of `keys`, None where the row has none."""
    return {key: row.get(key) for key in keys}


def success(data: Data) -> Reply:
    """The answer 200 with `data`; streamed when one of its top-level values is a Stream."""
    if any(isinstance(value, Stream) for value in data.values()):
        return Reply(200, _pieces(data))
    return Reply(200, b"".join(_pieces(data)))


def failure(error: SwancliError) -> Reply:
    """The answer for an error."""
    return Reply(error.status, dumps({"code": error.code, "message": error.api}), error)


def _pieces(data: Data) -> Iterator[bytes]:
    """The envelope of `data` in pieces; plain values are gathered up to the next Stream."""
    head = ENVELOPE + b"{"
    for n, (key, value) in enumerate(data.items()):
        head += (b"," if n else b"") + dumps(key) + b":"
        if isinstance(value, Stream):
            yield head
            yield from value.pieces
            head = b""
        else:
            head += rows(value) if isinstance(value, list) and len(value) >= LONG else dumps(value)
    yield head + b"}}"


def joined(items: Iterable[bytes], size: int = 1 << 16) -> Iterator[bytes]:
    """A JSON array of encoded `items`, in pieces of about `size` bytes."""
    lead, held = b"[", 0
    piece: list[bytes] = []
    for item in items:
        piece.append(item)
        held += len(item)
        if held >= size:
            yield lead + b",".join(piece)
            lead, held, piece = b",", 0, []
    rest = b",".join(piece)
    yield (lead + rest if rest or lead == b"[" else b"") + b"]"
