"""The framing of SwanLab's record files: backup.swanlab (0.6.2-0.7) and run-<id>.swanlab (0.8 and later).

A file is a header of 7 bytes, then fragments in blocks of 32 KiB counted from the file's start: CRC-32 (of
the type byte and the payload), length, type, payload. A record is one FULL fragment, or FIRST, any MIDDLE,
LAST. No fragment crosses a block, so every block is a fresh start: what is damaged costs at most the rest of
its block, and mostly one record.

Reading streams, one chunk at a time, and goes on later where it stopped: the file may belong to a run that is
writing it. What a live or killed writer leaves at the end (a header without its payload, a FIRST without its
LAST) is no damage; `Damage` keeps the two apart.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from struct import Struct
from typing import NamedTuple
from zlib import crc32

from swancli.logdir.paths import open_below

BLOCK = 32768
CHUNK = 8 * BLOCK
WINDOW = 2 * BLOCK
FILE_HEADER = 7
MAGIC = b":SWL\xd6\xe1"
MAX_RECORD = 1 << 26  # bytes; longer records are passed over, so that memory stays bounded
SALVAGE = 200_000_000  # what looking for intact fragments inside damaged blocks may cost a reader, about in ns
LISTED = 20  # damaged places that are listed one by one; the others are counted

FULL, FIRST, MIDDLE, LAST = 1, 2, 3, 4
HEADER = Struct("<IHB")
KIND = re.compile(rb"[\x01-\x04]")
TYPE_CRC = {kind: crc32(bytes([kind])) for kind in (FULL, FIRST, MIDDLE, LAST)}


class Region(NamedTuple):
    """Bytes that could not be used: file offset, count, and why."""

    offset: int
    size: int
    why: str


class Damage:
    """What reading a file could not use."""

    __slots__ = ("bytes", "foreign", "header", "places", "records", "regions", "tail", "unfinished", "zeros")

    def __init__(self) -> None:
        self.header = False  # the file header is not one
        self.foreign = False  # ... and nothing else looks like a record file either
        self.places = 0  # damaged regions, and their bytes
        self.bytes = 0
        self.regions: list[Region] = []  # the first LISTED of them
        self.records = 0  # records that arrived whole and make no sense
        self.tail: Region | None = None  # unreadable bytes at the end, which may still grow
        self.unfinished = 0  # bytes of a record at the end that is not written completely: normal
        self.zeros = 0  # zero bytes at the end, what a power failure leaves

    @property
    def damaged(self) -> bool:
        """Whether anything was lost; an unfinished record at the end is not a loss."""
        return bool(self.header or self.places or self.records or self.tail or self.zeros)

    def lose(self, offset: int, size: int, why: str) -> None:
        """Note `size` unusable bytes at `offset`; a region that continues the last one extends it."""
        if size <= 0:
            return
        self.bytes += size
        last = self.regions[-1] if self.regions else None
        if last is not None and self.places == len(self.regions) and last.offset + last.size == offset:
            self.regions[-1] = Region(last.offset, last.size + size, last.why)
            return
        self.places += 1
        if len(self.regions) < LISTED:
            self.regions.append(Region(offset, size, why))

    def sentence(self) -> str:
        """What was lost, as a phrase without a final dot; "" if nothing was."""
        if self.foreign:
            return "it is no record file"
        said = []
        if self.header:
            said.append("its file header is damaged")
        if self.places:
            first = self.regions[0]
            many = f"in {self.places} places, first " if self.places > 1 else ""
            where = f"{many}at byte {first.offset}"
            said.append(f"{_bytes(self.bytes)} {where} can't be read ({first.why})")
        if self.records:
            said.append(f"{self.records} record{'s make' if self.records > 1 else ' makes'} no sense")
        if self.tail is not None:
            said.append(f"its last {_bytes(self.tail.size)} can't be read ({self.tail.why})")
        if self.zeros:
            said.append(f"it ends in {_bytes(self.zeros)} of zeros")
        return "; ".join(said)

    def tail_sentence(self) -> str:
        """What stands unfinished at the end, as a phrase; "" if nothing does."""
        return f"its last {_bytes(self.unfinished)} are a record not written completely" if self.unfinished else ""


def _bytes(count: int) -> str:
    return f"{count} byte{'' if count == 1 else 's'}"


class RecordReader:
    """Reads the records of one file, in order, again and again while it grows."""

    __slots__ = (
        "_budget",
        "_held",
        "_parts",
        "_start",
        "at",
        "count",
        "damage",
        "path",
        "root",
        "size",
        "version",
    )

    def __init__(self, root: str, path: str, at: int = 0) -> None:
        """`path` lies below `root`, a real path; `at` is 0 or the offset of a block to start in the
        middle."""
        self.root, self.path = root, path
        self.at = at  # the next fragment header to look at
        self.size = 0  # of the file, when last looked at
        self.version: int | None = None
        self.count = 0
        self.damage = Damage()
        self._parts: list[bytes] = []  # of the record that began at _start
        self._held = 0
        self._start = -1  # -1: no record has begun
        self._budget = SALVAGE

    def poll(self) -> Iterator[tuple[int, bytes]]:
        """The records completed since the last call: file offset and payload. OSError if it can't be
        opened."""
        fd = open_below(self.root, self.path)
        try:
            self.size = os.fstat(fd).st_size
            yield from self._poll(fd)
        finally:
            os.close(fd)

    def _poll(self, fd: int) -> Iterator[tuple[int, bytes]]:
        damage = self.damage
        damage.tail, damage.unfinished, damage.zeros = None, 0, 0
        if not self.at:
            head = os.pread(fd, FILE_HEADER, 0)
            if len(head) < FILE_HEADER:
                return
            self.at, self.version = FILE_HEADER, head[6]
            damage.header = not head.startswith(MAGIC)
        unpack, type_crc, full = HEADER.unpack_from, TYPE_CRC, FULL
        while True:
            if damage.header and not self.count and self.at > CHUNK:
                damage.foreign = True
                return
            base = self.at - self.at % BLOCK
            data = os.pread(fd, CHUNK, base)
            size = len(data)
            pos = self.at - base
            stuck = False
            while pos < size:
                left = BLOCK - pos % BLOCK
                if left < 7:
                    pos += left
                    continue
                if pos + 7 > size:
                    break
                crc, length, kind = unpack(data, pos)
                end = pos + 7 + length
                if length + 7 > left or end > size or kind not in type_crc:
                    after = self._resume(fd, base, data, pos)
                else:
                    payload = data[pos + 7 : end]
                    if crc32(payload, type_crc[kind]) == crc:
                        if kind == full and self._start < 0:
                            self.count += 1
                            self.at = base + end
                            yield base + pos, payload
                            pos = end
                            continue
                        record = self._assemble(kind, base + pos, payload)
                        self.at = base + end
                        if record is not None:
                            self.count += 1
                            yield record
                        pos = end
                        continue
                    after = self._resume(fd, base, data, pos)
                if after < 0:
                    stuck = True
                    break
                pos = after
            self.at = base + pos
            if stuck or size < CHUNK:
                break
        self.size = base + size
        if damage.tail is None and not damage.zeros:
            damage.unfinished = max(0, self.size - (self._start if self._start >= 0 else self.at))

    def _assemble(self, kind: int, offset: int, payload: bytes) -> tuple[int, bytes] | None:
        """Take in an intact fragment; the record if that completes one."""
        if kind in (FULL, FIRST):
            if self._start >= 0:
                self.damage.lose(self._start, offset - self._start, "a record without its end")
            self._start, self._parts, self._held = offset, [payload], len(payload)
            if kind == FIRST:
                return None
        elif self._start < 0:
            self.damage.lose(offset, 7 + len(payload), "a record without its beginning")
            return None
        else:
            self._held += len(payload)
            if self._held <= MAX_RECORD:
                self._parts.append(payload)
            else:
                self._parts = []
            if kind == MIDDLE:
                return None
        start, self._start = self._start, -1
        parts, self._parts = self._parts, []
        if self._held > MAX_RECORD:
            self.damage.lose(start, offset + 7 + len(payload) - start, "a record larger than is read")
            return None
        return start, b"".join(parts)

    def _resume(self, fd: int, base: int, data: bytes, pos: int) -> int:
        """Where in `data` to go on after the bad fragment at `pos`; -1 to stop there for now."""
        damage, offset = self.damage, base + pos
        crc, length, kind = HEADER.unpack_from(data, pos)
        block_end = pos + BLOCK - pos % BLOCK
        limit = min(block_end, len(data))
        why = "no intact fragment"
        if not (crc or length or kind):
            solid = _next_nonzero(fd, offset)
            if solid < 0:
                damage.zeros = os.fstat(fd).st_size - offset
                return -1
            if solid >= base + block_end:
                self._drop(offset, solid - solid % BLOCK - offset, "zeros")
                return solid - solid % BLOCK - base
            why = "zeros"
        end = pos + 7 + length
        cut = kind in TYPE_CRC and len(data) < end <= block_end
        if kind in TYPE_CRC and end <= limit:
            why = "a bad checksum"
        # Mostly the length is right, and the next fragment stands where it says.
        found = end if _valid(data, end, limit) else self._salvage(data, pos + 1, limit)
        if found < 0 and limit < block_end:  # the last block, which may still grow
            if not cut:
                damage.tail = Region(offset, base + len(data) - offset, why)
            return -1
        after = found if found >= 0 else block_end
        self._drop(offset, base + after - offset, why)
        return after

    def _drop(self, offset: int, size: int, why: str) -> None:
        """Lose a region, and with it the record that was being put together."""
        if self._start >= 0:
            size += offset - self._start
            offset, self._start, self._parts = self._start, -1, []
        self.damage.lose(offset, size, why)

    def _salvage(self, data: bytes, pos: int, limit: int) -> int:
        """The first intact fragment at or after `pos` in a damaged block that ends at `limit`; -1 if there is
        none."""
        if self._budget <= 0:
            return -1
        for match in KIND.finditer(data, pos + 6, limit):
            at = match.start() - 6
            _, length, _ = HEADER.unpack_from(data, at)
            self._budget -= 1000
            if 0 < length <= limit - at - 7:
                self._budget -= length
                if _valid(data, at, limit):
                    return at
            if self._budget <= 0:
                break
        return -1


def _valid(data: bytes, pos: int, limit: int) -> bool:
    """Whether an intact fragment lies at `pos`, ending at or before `limit`."""
    if pos + 7 > limit:
        return False
    crc, length, kind = HEADER.unpack_from(data, pos)
    end = pos + 7 + length
    return bool(kind in TYPE_CRC and end <= limit and crc32(data[pos + 7 : end], TYPE_CRC[kind]) == crc)


def _next_nonzero(fd: int, offset: int) -> int:
    """The offset of the next byte that is not zero, -1 if only zeros follow; holes are jumped over."""
    while True:
        if hasattr(os, "SEEK_DATA"):
            try:
                offset = max(offset, os.lseek(fd, offset, os.SEEK_DATA))
            except OSError as error:
                if error.errno == 6:  # ENXIO: a hole up to the end
                    return -1
        data = os.pread(fd, CHUNK, offset)
        if not data:
            return -1
        rest = data.lstrip(b"\0")
        if rest:
            return offset + len(data) - len(rest)
        offset += len(data)


class RecordSeeker:
    """Fetches single records by the offsets that RecordReader.poll gave; near ones share a read."""

    __slots__ = ("_base", "_data", "_fd")

    def __init__(self, root: str, path: str) -> None:
        self._fd = open_below(root, path)
        self._base, self._data = 0, b""

    def payload(self, offset: int) -> bytes | None:
        """The payload of the record at `offset`; None if it is no longer there."""
        parts: list[bytes] = []
        held = 0
        while True:
            pos = offset - self._base
            if pos < 0 or pos + 7 > len(self._data):
                self._base = offset - offset % BLOCK
                self._data = os.pread(self._fd, WINDOW, self._base)
                pos = offset - self._base
                if pos + 7 > len(self._data):
                    return None
            _, length, kind = HEADER.unpack_from(self._data, pos)
            end = pos + 7 + length
            if end > len(self._data):
                if self._base == offset - offset % BLOCK:
                    return None
                self._base, self._data = 0, b""
                continue
            payload = self._data[pos + 7 : end]
            if kind == FULL:
                return payload
            held += length
            if held > MAX_RECORD or kind not in TYPE_CRC or (kind == FIRST) != (not parts):
                return None
            parts.append(payload)
            if kind == LAST:
                return b"".join(parts)
            offset += 7 + length
            if BLOCK - offset % BLOCK < 7:
                offset += BLOCK - offset % BLOCK

    def close(self) -> None:
        """Close the file."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> RecordSeeker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def payloads(root: str, path: str) -> Iterator[bytes]:
    """The payload of every record of a file, once through."""
    for _, payload in RecordReader(root, path).poll():
        yield payload
