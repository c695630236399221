"""Splitting a slice, all lines at once, into columns: steps, values and times.

    {"index": 1, "data": 0.5, "create_time": "2026-11-23T14:19:08.148198+00:00"}

This works for lines exactly as SwanLab writes them for numbers, and for its words for numbers that JSON lacks. Each has
five spaces: the words between them are, in turn, a step, a key, a value, a key, and a time together with the beginning
of the next line. `split` checks with a few counts at C speed that every line has this form, and gives up if one
doesn't; it assumes nothing that a hostile file could make untrue.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Sequence
from typing import TypeAlias, cast

from swancli.values import MARKERS, encoded

STEP_CHARACTERS = b"0123456789,- "
VALUE_CHARACTERS = b"0123456789,-+.eE "
TIME_CHARACTERS = b"0123456789-T:.+Z "
BETWEEN_TIMES = b'"}\n{"index": "'  # from one time to the next, without the step
BETWEEN_JOINED_TIMES = BETWEEN_TIMES.decode().replace(" ", "")
OTHER_CHARACTERS = len(BETWEEN_TIMES.translate(None, TIME_CHARACTERS))  # of BETWEEN_TIMES, those not in TIME_CHARACTERS
MAX_EXACT = 2**52  # integers below this behave as floats do
LINE_END_TO_COMMA = bytes.maketrans(b"\n", b",")
UTC = b"+00:00"

Number: TypeAlias = "int | float"
Loads: TypeAlias = "Callable[[bytes], list[Number]]"
Encode: TypeAlias = "Callable[[Sequence[Number]], bytes]"
Texts: TypeAlias = tuple[str, str, str, str]  # before a step, between step and value, value and time, after a time

# how a number that is not finite is written in a file: as a word, or as Python's json writes it by default
ODD_VALUES: dict[bytes, float | str] = {b'"%b",' % word.encode(): word for word in MARKERS}
ODD_VALUES |= {b"NaN,": math.nan, b"Infinity,": math.inf, b"-Infinity,": -math.inf}


class Columns:
    """The columns of one slice: steps are 64-bit integers, values are integers and finite floats.

    The values at the positions `odd`, which ascend, are different: NaN, an infinity, or the word for one.
    """

    __slots__ = ("_parts", "ends", "listed", "odd", "steps", "values")

    def __init__(
        self,
        parts: list[bytes],
        steps: list[int],
        values: list[Number | str],
        odd: Sequence[int],
        ends: tuple[Number, Number] | None,
    ) -> None:
        self._parts, self.listed, self.values, self.odd = parts, steps, values, odd
        self.steps = array("q", steps)
        self.ends = ends  # the lowest and the highest value; None if some are odd

    def entry(self, n: int) -> bytes:
        """The JSON of point `n`, as the API prints it."""
        value = self._value(n)
        data = (f'"{value}"' if type(value) is str else repr(value)).encode()
        return b'{"index":%d,"data":%b,"create_time":"%b"}' % (self.steps[n], data, self._time(n))

    def point(self, n: int) -> tuple[int, Number | str, str, None]:
        """Point `n` as the model has it."""
        return self.steps[n], self._value(n), self._time(n).decode(), None

    def is_plain(self, encode: Encode) -> bool:
        """Whether every number is written as Python would write it; `encode` is `encoded_numbers` or orjson.dumps."""
        steps, values, numbers = b"".join(self._parts[1::5]), b"".join(self._parts[3::5]), self.values
        if self.odd:
            numbers = list(numbers)
            for n in self.odd:
                numbers[n] = 0
            for word in MARKERS:
                values = values.replace(b'"%b",' % word.encode(), b"0,")
        # orjson writes what Python does, except for exponents, which Python uses below 1e-4
        if b"e" in values or b",0.0000" in values or b"-0.0000" in values or values.startswith(b"0.0000"):
            encode = encoded_numbers
        plain = cast("list[Number]", numbers)
        return encode(self.listed)[1:-1] == steps[:-1] and encode(plain)[1:-1] == values[:-1]

    def data(self) -> bytes:
        """The slice as it is in the file."""
        return b" ".join(self._parts)

    def times(self) -> list[str]:
        """The times of all points."""
        text = b"".join(self._parts[5::5])
        return text[1:-3].decode("ascii").split(BETWEEN_JOINED_TIMES)

    def _value(self, n: int) -> Number | str:
        """Value `n`, or the word for it if it is not finite."""
        value = self.values[n]
        return encoded(value) if type(value) is float else value

    def _time(self, n: int) -> bytes:
        stamp = self._parts[5 * n + 5]
        return stamp[1 : stamp.index(b'"', 1)]


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
    # no word contains a space, so joined words are equal only if each of them is
    if (
        b" ".join(parts[2::5]) != (b'"data": ' * count)[:-1]
        or b" ".join(parts[4::5]) != (b'"create_time": ' * count)[:-1]
    ):
        return None
    if not _are_times(b" ".join(parts[5::5]), count):
        return None
    steps = _numbers(parts[1::5], count, STEP_CHARACTERS, loads)
    if steps is None:
        return None
    words = parts[3::5]
    values = _numbers(words, count, VALUE_CHARACTERS, loads)
    odd: dict[int, float | str] = {}
    if values is None:
        odd = _replace_odd(words)
        values = _numbers(words, count, VALUE_CHARACTERS, loads) if odd else None
    if values is None:
        return None
    ends = min(values), max(values)
    if ends[1] >= MAX_EXACT or ends[0] <= -MAX_EXACT:
        return None
    found = cast("list[Number | str]", values)
    for n, value in odd.items():
        found[n] = value
    try:
        return Columns(parts, cast("list[int]", steps), found, sorted(odd), None if odd else ends)
    except (OverflowError, TypeError):  # beyond 64 bits, or not integers
        return None


def lines(data: bytes, texts: Texts, count: int) -> str | None:
    """The `count` points of a slice as lines of text, with numbers and times as they are in the file.

    The slice is one that `split` and `is_plain` accept. None if it has changed since, or if a time has a zone other
    than +00:00. If `texts` put no quotes around times, the words for numbers that are not finite have none either.
    """
    if data.count(UTC + b'"}\n') != count:
        return None
    start, to_value, to_time, end = (text.encode() for text in texts)
    first, last = len(b'{"index": '), len(b'"}\n')
    text = data.replace(b', "create_time": "', to_time).replace(b'"}\n{"index": ', end + start)
    text = start + text.replace(b', "data": ', to_value)[first:-last] + end
    return (text if b'"' in end else text.replace(b'"', b"")).decode("ascii")


def compact(data: bytes) -> bytes:
    """The items of a JSON array, separated by commas, from a slice that `split` and `is_plain` accept."""
    return data.translate(LINE_END_TO_COMMA, b" ")[:-1]


def _are_times(text: bytes, count: int) -> bool:
    """Whether `text` is `count` words like b'"2026-11-23T14:19:08+00:00"}\\n{"index":', of which the last ends a line.

    The first quote and the last must not belong to a BETWEEN_TIMES. Then all characters that a time can't contain are
    accounted for: those of each BETWEEN_TIMES, the first quote and the end of the last line.
    """
    return (
        text.startswith(b'"')
        and not text.startswith(BETWEEN_TIMES)
        and not text.endswith(BETWEEN_TIMES + b"}\n")
        and text.count(BETWEEN_TIMES) == count - 1
        and len(text.translate(None, TIME_CHARACTERS)) == OTHER_CHARACTERS * (count - 1) + 4
    )


def _replace_odd(words: list[bytes]) -> dict[int, float | str]:
    """Replace each of ODD_VALUES in `words` with a number; return their values by position."""
    found: dict[int, float | str] = {}
    text = b" ".join(words)
    for word, value in ODD_VALUES.items():
        if word not in text:
            continue
        at = -1
        for _ in range(words.count(word)):
            at = words.index(word, at + 1)
            words[at], found[at] = b"0,", value
    return found


def _numbers(words: list[bytes], count: int, characters: bytes, loads: Loads) -> list[Number] | None:
    """Words like b"0.5," as numbers; None if any is something else."""
    text = b" ".join(words)
    # each word ends with a comma and has no other, or there would be more numbers than words
    if text.count(b", ") != count - 1 or text[-1:] != b"," or text.translate(None, characters):
        return None
    try:
        found = loads(b"[" + text[:-1] + b"]")
    except ValueError:
        return None
    return found if len(found) == count else None
