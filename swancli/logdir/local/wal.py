"""The pages that a write-ahead log holds, read as SQLite reads them when it recovers one.

The format: https://www.sqlite.org/fileformat2.html#walformat. A frame counts if its salts are those of the header and
its checksum, which continues that of the frame before it, is right; a transaction counts if its last frame does.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

MAGIC = 0x377F0682  # of a log whose checksums are computed from little-endian words, as on every common machine
VERSION = 3007000
HEADER = struct.Struct(">8I")  # magic, version, page size, checkpoint, two salts, two checksums
FRAME = struct.Struct(">6I")  # page, pages of the database after a commit or else 0, two salts, two checksums
HEADER_WORDS_SUMMED = 6
FRAME_WORDS_SUMMED = 2  # of a frame's header; all of its page are
WORD_BYTES = 4
WORD_MASK = 0xFFFFFFFF


class Committed(NamedTuple):
    """What is committed in a log: where each page begins in it, and how many pages the database has with them."""

    page_bytes: int
    database_pages: int  # 0 if nothing is committed
    pages: dict[int, int]


def committed(wal: bytes) -> Committed | None:
    """The committed pages of a log; None if it is not in the usual form, so that SQLite itself must read it."""
    if len(wal) < HEADER.size:
        return None
    magic, version, page_bytes, _, *salts_and_sums = HEADER.unpack_from(wal)
    salts, sums = salts_and_sums[:2], salts_and_sums[2:]
    is_size = 512 <= page_bytes <= 65536 and page_bytes & (page_bytes - 1) == 0
    if magic != MAGIC or version != VERSION or not is_size:
        return None
    words = memoryview(wal)[: HEADER_WORDS_SUMMED * WORD_BYTES]
    if _checksums(words, HEADER_WORDS_SUMMED, range(HEADER_WORDS_SUMMED), [(0, 0)]) != [tuple(sums)]:
        return None
    size = FRAME.size + page_bytes
    headers = []
    for at in range(HEADER.size, len(wal) - size + 1, size):
        header = FRAME.unpack_from(wal, at)
        if list(header[2:4]) != salts or not header[0]:
            break
        headers.append(header)
    stored = [header[4:6] for header in headers]
    width = size // WORD_BYTES
    summed = [*range(FRAME_WORDS_SUMMED), *range(FRAME.size // WORD_BYTES, width)]
    frames = memoryview(wal)[HEADER.size : HEADER.size + size * len(headers)]
    found = _checksums(frames, width, summed, [tuple(sums), *stored[:-1]]) if headers else []
    database_pages, pages = 0, dict[int, int]()
    pending: dict[int, int] = {}
    for n, (header, computed) in enumerate(zip(headers, found)):
        if header[4:6] != computed:
            break
        pending[header[0]] = HEADER.size + n * size + FRAME.size
        if header[1]:
            database_pages = header[1]
            pages.update(pending)
            pending.clear()
    return Committed(page_bytes, database_pages, pages)


def _checksums(
    data: memoryview, width: int, summed: range | list[int], starts: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    """The checksums of records of `width` words each; only the words at the indexes `summed` count.

    `starts` are the checksums before each record. Every word is added to the last two sums, modulo 2**32. All records
    are summed at once: a large integer holds a 64-bit number for every second record.
    """
    words = data.cast("I")
    mask = int.from_bytes(WORD_MASK.to_bytes(8, "little") * ((len(starts) + 1) // 2), "little")
    sums = []
    for odd in (0, 1):
        mine = starts[odd::2]
        before, last = (
            int.from_bytes(b"".join(pair[n].to_bytes(8, "little") for pair in mine), "little") for n in (0, 1)
        )
        sums.append([before, last])
    even, odd_ones = sums
    for index in summed:
        column = int.from_bytes(words[index::width].tobytes(), "little")
        for pair, added in ((even, column & mask), (odd_ones, column >> 32 & mask)):
            pair[0], pair[1] = pair[1], (pair[0] + pair[1] + added) & mask
    found: list[tuple[int, int]] = []
    lanes = [[n.to_bytes(8 * ((len(starts) + 1) // 2), "little") for n in pair] for pair in (even, odd_ones)]
    for n in range(len(starts)):
        at = n // 2 * 8
        one, two = (int.from_bytes(lane[at : at + 8], "little") for lane in lanes[n % 2])
        found.append((one, two))
    return found
