"""Splitting a slice that looks exactly as SwanLab writes numbers into columns, all lines at once.

    {"index": 1, "data": 0.5, "create_time": "2026-11-23T14:19:08.148198+00:00"}

A line has five spaces: the words between them are, in turn, a step, a key, a value, a key, and a time together with
the beginning of the next line. `split` proves with a few counts at C speed that every line is of this shape, and gives
up where one isn't; nothing is taken for granted that a hostile file could make untrue.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any

STEP = b"0123456789,- "
VALUE = b"0123456789,-+.eE "
STAMP = b"0123456789-T:.+Z "
BETWEEN = b'"}\n{"index": "'  # from one time to the next, the step left out
LEFT = len(BETWEEN.translate(None, STAMP))  # what is left of it without the characters of a time
EXACT = 2**52  # integers up to here behave as floats do
COMPACT = bytes.maketrans(b"\n", b",")

Loads = Callable[[bytes], Any]
Encode = Callable[[list[Any]], bytes]


class Columns:
    """The columns of one slice: steps are 64-bit integers, values integers and finite floats."""

    __slots__ = ("_parts", "steps", "values")

    def __init__(self, parts: list[bytes], steps: array[int], values: list[Any]) -> None:
        self._parts, self.steps, self.values = parts, steps, values

    def entry(self, n: int) -> bytes:
        """The JSON of point `n`, as the API prints it."""
        at = 5 * n
        stamp = self._parts[at + 5]
        return b'{"index":%d,"data":%b,"create_time":%b}' % (
            self.steps[n],
            repr(self.values[n]).encode(),
            stamp[: stamp.index(b'"', 1) + 1],
        )

    def is_plain(self, encode: Encode) -> bool:
        """Whether every number is written as Python would write it; `encode` is `spelled`, or orjson's dumps."""
        steps, values = b"".join(self._parts[1::5]), b"".join(self._parts[3::5])
        # orjson writes what Python does but for exponents, where values below 1e-4 would need one
        if b"e" in values or b",0.0000" in values or b"-0.0000" in values or values.startswith(b"0.0000"):
            return False
        return encode(self.steps.tolist())[1:-1] == steps[:-1] and encode(self.values)[1:-1] == values[:-1]

    def text(self) -> bytes:
        """The JSON of all points, commas between, provided that `is_plain`."""
        return b"".join(self._parts).replace(b"\n", b",")[:-1]


def encoded_numbers(numbers: list[Any]) -> bytes:
    """Numbers as a JSON array, encoded_numbers by Python."""
    return f"[{','.join(map(repr, numbers))}]".encode()


def split(data: bytes, loads: Loads) -> Columns | None:
    """`data` as columns, or None if any line differs from what SwanLab's writer makes of a number.

    `loads` reads a JSON array: json's, or orjson's which is faster and costs more to import.
    """
    parts = data.split(b" ")
    count, rest = divmod(len(parts), 5)
    if rest != 1 or not count or parts[0] != b'{"index":' or not data.endswith(b'"}\n'):
        return None
    if parts[2::5].count(b'"data":') != count or parts[4::5].count(b'"create_time":') != count:
        return None
    stamps = b" ".join(parts[5::5])
    if (
        not stamps.startswith(b'"')
        or stamps.count(BETWEEN) != count - 1
        or stamps.count(b'"') != 4 * count - 2
        or len(stamps.translate(None, STAMP)) != LEFT * (count - 1) + 4
    ):
        return None
    steps = _numbers(parts[1::5], count, STEP, loads)
    values = _numbers(parts[3::5], count, VALUE, loads)
    if steps is None or values is None or max(values) >= EXACT or min(values) <= -EXACT:
        return None
    try:
        return Columns(parts, array("q", steps), values)
    except (OverflowError, TypeError):  # beyond 64 bits
        return None


def compact(data: bytes) -> bytes:
    """The points of a slice that `split` and `is_plain` accept as items of a JSON array, the last comma left out."""
    return data.translate(COMPACT, b" ")[:-1]


def number(token: bytes) -> bytes:
    """A JSON number as Python prints it: 1E5 is 100000.0, -0 is 0."""
    text = token.decode()
    return (str(int(text)) if text.lstrip("-").isdigit() else repr(float(text))).encode()


def _numbers(words: list[bytes], count: int, signs: bytes, loads: Loads) -> list[Any] | None:
    """Words like b"0.5," as numbers; None if any is something else."""
    text = b" ".join(words)
    if text.count(b", ") != count - 1 or text.count(b",") != count or text[-1:] != b"," or text.translate(None, signs):
        return None
    try:
        found: list[Any] = loads(b"[" + text[:-1] + b"]")
    except ValueError:
        return None
    return found if len(found) == count else None
