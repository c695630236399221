"""Scalars of a protobuf record file, many at once.

Nearly all records of a large file are scalars in the form that SwanLab writes. One regular expression finds all that
follow each other, and what has to be checked of them is checked column by column, without a loop over records in
Python. What is found is exactly what `protobuf_codec.scalar` would give record by record; at the first record that is
different in any way this stops, and leaves it to the reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import accumulate, repeat
from operator import add
from struct import unpack
from typing import NamedTuple
from zlib import crc32

from swancli.logdir.records.reader import FRAGMENT_HEADER_BYTES, FULL, TYPE_CRC

MAX_KEY_LENGTHS = 12  # more different ones make the expression slow
MAX_KEY_BYTES = 100
MIN_BYTES = 400  # in fewer there is no use
TIMESTAMP_BYTES = (12, 11, 10, 9, 8, 6)  # of the seconds since 1970 and the nanoseconds
ZERO = bytes(8)


class Scalars(NamedTuple):
    """Records that follow each other: offsets in the file, keys with their length in front, steps, values."""

    end: int
    offsets: Sequence[int]
    keys: Sequence[bytes]
    steps: Sequence[int]
    values: Sequence[float]


Find = Callable[[bytes, int, int, int], "Scalars | None"]


def finder(keys: Iterable[bytes]) -> Find | None:
    """A function that finds scalars of metrics with these keys; None if it would be of no use.

    Its arguments: data, the positions where the first record begins and where its block ends, the data's offset.
    """
    lengths = tuple(sorted({len(key) for key in keys if 0 < len(key) <= MAX_KEY_BYTES}))
    return _finder(lengths) if 0 < len(lengths) <= MAX_KEY_LENGTHS else None


@lru_cache(maxsize=16)
def _finder(lengths: tuple[int, ...]) -> Find:
    stamp, key = _with_length(TIMESTAMP_BYTES), _with_length(lengths)
    pattern = re.compile(
        b"(.{6})\x01"  # checksum, length; a whole record
        b"(\x08[\x80-\xff]*[\x00-\x7f]\x12" + stamp + b"\x6a([\x00-\x7f])"  # its number and time, the message's length
        b"(\x0a(" + key + b")\x10([\x80-\xff]{0,5}[\x00-\x7f])\x18\x01\x22" + stamp + b"[*](?:\x09\x09(.{8})|\x00)))"
        b"|.+",  # so that nothing is passed over: what is not such a record is the last that is found
        re.DOTALL,
    )

    def find(data: bytes, pos: int, limit: int, base: int) -> Scalars | None:
        found = pattern.findall(data, pos, limit)
        if found and not found[-1][0]:  # the rest, which is something else
            found.pop()
        if not found:
            return None
        heads, payloads, sizes, messages, keys, steps, values = zip(*found)
        lengths = list(map(len, payloads))
        checks = unpack("<" + "IH" * len(found), b"".join(heads))
        sums = list(map(crc32, payloads, repeat(TYPE_CRC[FULL])))
        inner = bytes(map(len, messages))
        count = len(found)
        if list(checks[1::2]) != lengths or list(checks[::2]) != sums or inner != b"".join(sizes):
            wanted = zip(checks[::2], checks[1::2], b"".join(sizes))
            count = next((n for n, right in enumerate(zip(sums, lengths, inner)) if right != next(wanted)), count)
            if not count:
                return None
            lengths, keys, steps, values = lengths[:count], keys[:count], steps[:count], values[:count]
        if b"" in values:
            values = tuple(value or ZERO for value in values)
        first = base + pos
        starts = map(add, accumulate(lengths, initial=0), range(first, limit + base, FRAGMENT_HEADER_BYTES))
        offsets = list(starts)
        end = offsets.pop() - base
        return Scalars(end, offsets, keys, _numbers(steps), unpack(f"<{count}d", b"".join(values)))

    return find


def _with_length(lengths: Iterable[int]) -> bytes:
    """A pattern for bytes that follow their own length, one of `lengths`."""
    return b"(?:" + b"|".join(re.escape(bytes([length])) + b".{%d}" % length for length in lengths) + b")"


def _numbers(texts: Sequence[bytes]) -> list[int]:
    """Base-128 numbers; mostly all have the same length, and each of their bytes is a column then."""
    width = len(texts[0])
    joined = b"".join(texts)
    if len(joined) == width * len(texts) and width <= 3 and len(texts[-1]) == width and set(map(len, texts)) == {width}:
        if width == 1:
            return list(joined)
        low, middle = joined[::width], joined[1::width]
        if width == 2:
            return [a + (b << 7) - 128 for a, b in zip(low, middle)]
        return [a + (b << 7) + (c << 14) - 16512 for a, b, c in zip(low, middle, joined[2::width])]
    return [sum((byte & 127) << 7 * place for place, byte in enumerate(text)) for text in texts]
