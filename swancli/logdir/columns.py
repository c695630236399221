"""Splitting a slice, all lines at once, into columns: steps, values and times.

    {"index": 1, "data": 0.5, "create_time": "2026-11-23T14:19:08.148198+00:00"}

This works for lines exactly as SwanLab writes numbers. Each has five spaces: the words between them are, in turn, a
step, a key, a value, a key, and a time together with the beginning of the next line. `split` checks with a few counts
at C speed that every line has this form, and gives up if one doesn't; it assumes nothing that a hostile file could
make untrue.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import TypeAlias, cast

STEP_CHARACTERS = b"0123456789,- "
VALUE_CHARACTERS = b"0123456789,-+.eE "
TIME_CHARACTERS = b"0123456789-T:.+Z "
BETWEEN_TIMES = b'"}\n{"index": "'  # from one time to the next, without the step
OTHER_CHARACTERS = len(BETWEEN_TIMES.translate(None, TIME_CHARACTERS))  # of these, all that are not in TIME_CHARACTERS
MAX_EXACT = 2**52  # integers below this behave as floats do
LINE_END_TO_COMMA = bytes.maketrans(b"\n", b",")

Number: TypeAlias = "int | float"
Loads: TypeAlias = "Callable[[bytes], list[Number]]"
Encode: TypeAlias = "Callable[[Sequence[Number]], bytes]"


class Columns:
    """The columns of one slice: steps are 64-bit integers, values are integers and finite floats."""

    __slots__ = ("_parts", "steps", "values")

    def __init__(self, parts: list[bytes], steps: array[int], values: list[Number]) -> None:
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
        """Whether every number is written as Python would write it; `encode` is `encoded_numbers` or orjson.dumps."""
        steps, values = b"".join(self._parts[1::5]), b"".join(self._parts[3::5])
        # orjson writes what Python does but for exponents, where values below 1e-4 would need one
        if b"e" in values or b",0.0000" in values or b"-0.0000" in values or values.startswith(b"0.0000"):
            return False
        return encode(self.steps.tolist())[1:-1] == steps[:-1] and encode(self.values)[1:-1] == values[:-1]

    def text(self) -> bytes:
        """The JSON of all points, separated by commas, provided that `is_plain`."""
        return b"".join(self._parts).replace(b"\n", b",")[:-1]


def encoded_numbers(numbers: Sequence[Number]) -> bytes:
    """Numbers as a JSON array, as Python writes them."""
    return f"[{','.join(map(repr, numbers))}]".encode()


def split(data: bytes, loads: Loads) -> Columns | None:
    """`data` as columns, or None if any line is not exactly as SwanLab writes numbers.

    `loads` parses a JSON array: json's, or orjson's, which is faster and takes longer to import.
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
        or stamps.count(BETWEEN_TIMES) != count - 1
        or stamps.count(b'"') != 4 * count - 2
        or len(stamps.translate(None, TIME_CHARACTERS)) != OTHER_CHARACTERS * (count - 1) + 4
    ):
        return None
    steps = _numbers(parts[1::5], count, STEP_CHARACTERS, loads)
    values = _numbers(parts[3::5], count, VALUE_CHARACTERS, loads)
    if steps is None or values is None or max(values) >= MAX_EXACT or min(values) <= -MAX_EXACT:
        return None
    try:
        return Columns(parts, array("q", cast("list[int]", steps)), values)
    except (OverflowError, TypeError):  # beyond 64 bits, or not integers
        return None


def compact(data: bytes) -> bytes:
    """The items of a JSON array, separated by commas, from a slice that `split` and `is_plain` accept."""
    return data.translate(LINE_END_TO_COMMA, b" ")[:-1]


def number(token: bytes) -> bytes:
    """A JSON number as Python prints it: 1E5 is 100000.0, -0 is 0."""
    text = token.decode()
    return (str(int(text)) if text.lstrip("-").isdigit() else repr(float(text))).encode()


def _numbers(words: list[bytes], count: int, characters: bytes, loads: Loads) -> list[Number] | None:
    """Words like b"0.5," as numbers; None if any is something else."""
    text = b" ".join(words)
    if (
        text.count(b", ") != count - 1
        or text.count(b",") != count
        or text[-1:] != b","
        or text.translate(None, characters)
    ):
        return None
    try:
        found = loads(b"[" + text[:-1] + b"]")
    except ValueError:
        return None
    return found if len(found) == count else None
