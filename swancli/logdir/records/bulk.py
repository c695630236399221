"""Scalars of a protobuf record file, many at once.

Nearly all records of a large file are scalars in the form that SwanLab writes. One regular expression finds all that
follow each other, and what has to be checked of them is checked column by column, without a loop over records in
Python. What is found is exactly what `protobuf_codec.scalar` would give record by record; at the first record that is
different in any way this stops, and leaves it to the reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, count, repeat
from operator import add
from struct import unpack
from typing import NamedTuple
from zlib import crc32

from swancli.logdir.records.reader import FRAGMENT_HEADER_BYTES, FULL, TYPE_CRC

MAX_KEY_LENGTHS = 40  # more different ones make the expression slow
MAX_KEY_BYTES = 100
MIN_BYTES = 400  # for fewer it is of no use
TIMESTAMP_BYTES = (12, 11, 10, 9, 8, 6)  # of the seconds since 1970 and the nanoseconds
ZERO = bytes(8)
CONTINUED = bytes(range(128, 256))  # the bytes of base-128 numbers, except for the last
LOW = CONTINUED * 64  # the first bytes of consecutive numbers from 0 on
MIDDLE = b"".join(bytes((n,)) * 128 for n in CONTINUED) * 2  # their second bytes
HIGH = bytes(n | 128 for n in range(256))


class Scalars(NamedTuple):
    """Records that follow each other: keys with their length in front, steps as base-128 numbers, values as doubles.

    `end` is the position after the last. The payloads' lengths tell where each record is.
    """

    end: int
    lengths: Sequence[int]
    keys: Sequence[bytes]
    steps: Sequence[bytes]
    values: Sequence[bytes]

    def offsets(self, first: int) -> Iterator[int]:
        """The offsets of the records, given that of the first."""
        sizes = accumulate(self.lengths[:-1], initial=0)
        return map(add, sizes, count(first, FRAGMENT_HEADER_BYTES))

    def until(self, n: int, pos: int) -> Scalars:
        """The first `n` of the records; the very first begins at `pos`."""
        lengths = self.lengths[:n]
        end = pos + sum(lengths) + n * FRAGMENT_HEADER_BYTES
        return Scalars(end, lengths, self.keys[:n], self.steps[:n], self.values[:n])


Find = Callable[[bytes, int, int], "Scalars | None"]


def finder(keys: Iterable[bytes]) -> Find | None:
    """A function that finds scalars of metrics with these keys; None if it would be of no use.

    Its arguments: data, and the positions where the first record begins and where its block ends.
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
        b"|.+",  # so that nothing is skipped: anything else is the last that is found
        re.DOTALL,
    )

    def find(data: bytes, pos: int, limit: int) -> Scalars | None:
        found = pattern.findall(data, pos, limit)
        if found and not found[-1][0]:  # the rest, which is something else
            found.pop()
        if not found:
            return None
        heads, payloads, sizes, messages, keys, steps, values = zip(*found)
        lengths = tuple(map(len, payloads))
        checks = unpack("<" + "IH" * len(found), b"".join(heads))
        sums = tuple(map(crc32, payloads, repeat(TYPE_CRC[FULL])))
        inner = bytes(map(len, messages))
        end = pos + sum(lengths) + len(found) * FRAGMENT_HEADER_BYTES
        scalars = Scalars(end, lengths, keys, steps, values)
        if checks[1::2] == lengths and checks[::2] == sums and inner == b"".join(sizes):
            return scalars
        wanted = zip(checks[::2], checks[1::2], b"".join(sizes))
        sound = next(n for n, right in enumerate(zip(sums, lengths, inner)) if right != next(wanted))
        return scalars.until(sound, pos) if sound else None

    return find


def doubles(texts: Sequence[bytes]) -> tuple[float, ...]:
    """The values of records."""
    joined = b"".join(texts)
    if len(joined) < 8 * len(texts):
        joined = b"".join(text or ZERO for text in texts)
    return unpack(f"<{len(texts)}d", joined)


def numbers(texts: Sequence[bytes]) -> Sequence[int]:
    """The steps of records; a range if each is one more than the one before."""
    total = len(texts)
    width, joined = len(texts[0]), b"".join(texts)
    if width > 3 or len(joined) != width * total or joined.translate(None, CONTINUED) != joined[width - 1 :: width]:
        return [sum((byte & 127) << 7 * place for place, byte in enumerate(text)) for text in texts]
    # all have the same width: each of their bytes is a column
    first = sum((byte & 127) << 7 * place for place, byte in enumerate(texts[0]))
    steps = range(first, first + total)
    if width == 1:
        return steps if joined == bytes(steps) else list(joined)
    low, middle = joined[::width], joined[1::width]
    if width == 2:
        if low == LOW[first & 127 :][:total] and bytes(map(HIGH.__getitem__, middle)) == MIDDLE[first:][:total]:
            return steps
        return [a + (b << 7) - 128 for a, b in zip(low, middle)]
    high = joined[2::width]
    same_high = high == bytes([high[0]]) * total and first >> 14 == steps[-1] >> 14
    if same_high and low == LOW[first & 127 :][:total] and middle == MIDDLE[first & 16383 :][:total]:
        return steps
    return [a + (b << 7) + (c << 14) - 16512 for a, b, c in zip(low, middle, high)]


def _with_length(lengths: Iterable[int]) -> bytes:
    """A pattern for bytes that follow their own length, one of `lengths`."""
    return b"(?:" + b"|".join(re.escape(bytes([length])) + b".{%d}" % length for length in lengths) + b")"
