"""The framing of SwanLab's record files: backup.swanlab (0.6.2-0.7) and run-<id>.swanlab (0.8 and later).

A file is a header of 7 bytes, then fragments in blocks of 32 KiB counted from the start of the file: CRC-32 (of
the type byte and the payload), length, type, payload. A record is one FULL fragment, or a FIRST, any number of
MIDDLE, and a LAST. No fragment crosses a block, so every block is a fresh start: damage costs at most the rest of
its block, and usually one record.

Files are read in chunks, and reading continues later where it stopped: the file may belong to a run that is still
writing it. What a live or killed writer leaves at the end (a header without its payload, a FIRST without its
LAST) is not damage; `Damage` keeps the two apart.
"""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Callable, Iterator
from struct import Struct
from typing import Any
from zlib import crc32

from swancli.logdir import disk
from swancli.logdir.checkpoint import checkpoint
from swancli.logdir.paths import open_below
from swancli.logdir.records.damage import Damage, Region

BLOCK_BYTES = 32768
CHUNK_BYTES = 8 * BLOCK_BYTES  # read at once in a scan
WINDOW_BYTES = 2 * BLOCK_BYTES  # read at once to fetch a single record
FILE_HEADER_BYTES = 7
MAGIC = b":SWL\xd6\xe1"
MAX_RECORD_BYTES = 1 << 26  # longer records are skipped, so that memory stays bounded
SALVAGE_BUDGET_NS = 200_000_000  # what searching damaged blocks for intact fragments may cost a reader, roughly

FULL, FIRST, MIDDLE, LAST = 1, 2, 3, 4  # types of fragments
FRAGMENT_HEADER = Struct("<IHB")  # CRC-32, length, type
FRAGMENT_HEADER_BYTES = FRAGMENT_HEADER.size
TYPE_BYTE = re.compile(rb"[\x01-\x04]")
FIRST_OFFER_BYTES = 1 << 15  # of a file are read record by record, before many records are looked for at once
NEXT_OFFER_BYTES = 1 << 10  # ... and after fewer than MIN_TAKEN were found
MIN_TAKEN = 8
TAIL_BYTES = 4096
TYPE_CRC = {kind: crc32(bytes([kind])) for kind in (FULL, FIRST, MIDDLE, LAST)}

# Takes records that follow each other: given data, position, end of the block and offset of the data in the file, it
# returns how many it took, and the position after them.
Many = Callable[[bytes, int, int, int], tuple[int, int]]


class RecordReader:
    """Reads the records of one file in order; `poll` can be called again while the file grows."""

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
        "tail",
        "tail_at",
    )

    def __init__(self, root: str, path: str, at: int = 0) -> None:
        """`path` lies below `root`, a real path; `at` is 0, or the offset of the block to start with."""
        self.root, self.path = root, path
        self.at = at  # offset of the next fragment header
        self.count = 0  # records so far
        self.tail, self.tail_at = b"", 0  # the last TAIL_BYTES that were read, or fewer, and their offset
        self.damage = Damage()
        self._parts: list[bytes] = []  # of the record that began at _start
        self._held = 0  # bytes of its payload so far
        self._start = -1  # -1: no record has been started
        self._budget = SALVAGE_BUDGET_NS

    def continues(self) -> bool:
        """Whether the file only grew: what was read last is still where it was. False if it can't be read."""
        try:
            fd = open_below(self.root, self.path)
        except OSError:
            return False
        try:
            return disk.pread(fd, len(self.tail), self.tail_at) == self.tail
        except OSError:
            return False
        finally:
            disk.close(fd)

    def position(self) -> list[object]:
        """Where reading continues, as JSON values; a record that has been begun will be read again."""
        at = self._start if self._start >= 0 else self.at
        return [at, self.count, self._budget, self.tail.hex(), self.tail_at]

    def continue_at(self, position: Any) -> None:
        """Continue where `position` says."""
        self.at, self.count, self._budget, tail, self.tail_at = position
        self.tail = bytes.fromhex(tail)

    def poll(self, many: Many | None = None) -> Iterator[tuple[int, bytes]]:
        """The records completed since the last call: file offset and payload. OSError if the file can't be opened.

        `many` is offered what follows, and may take records itself.
        """
        fd = open_below(self.root, self.path)
        try:
            yield from self._poll(fd, many)
        finally:
            disk.close(fd)

    def _poll(self, fd: int, many: Many | None) -> Iterator[tuple[int, bytes]]:
        damage = self.damage
        offer_at = self.at + FIRST_OFFER_BYTES if many is not None else sys.maxsize  # where `many` is called next
        damage.tail, damage.unfinished, damage.zeros = None, 0, 0
        if not self.at:
            head = disk.pread(fd, FILE_HEADER_BYTES, 0)
            if len(head) < FILE_HEADER_BYTES:
                return
            self.at = FILE_HEADER_BYTES
            damage.header = not head.startswith(MAGIC)
        unpack, type_crc, full, header_bytes = FRAGMENT_HEADER.unpack_from, TYPE_CRC, FULL, FRAGMENT_HEADER_BYTES
        while True:
            checkpoint()
            if damage.header and not self.count and self.at > CHUNK_BYTES:
                damage.foreign = True
                return
            base = self.at - self.at % BLOCK_BYTES
            data = disk.pread(fd, CHUNK_BYTES, base)
            size = len(data)
            pos = self.at - base
            stuck = False
            while pos < size:
                left = BLOCK_BYTES - pos % BLOCK_BYTES
                if left < header_bytes:
                    pos += left
                    continue
                if pos + header_bytes > size:
                    break
                if many is not None and base + pos >= offer_at and self._start < 0:
                    taken, after = many(data, pos, min(pos + left, size), base)
                    if taken < MIN_TAKEN:
                        offer_at = base + pos + NEXT_OFFER_BYTES
                    if taken:
                        self.count += taken
                        self.at = base + after
                        pos = after
                        continue
                crc, length, kind = unpack(data, pos)
                end = pos + header_bytes + length
                if length + header_bytes > left or end > size or kind not in type_crc:
                    after = self._resume(fd, base, data, pos)
                else:
                    payload = data[pos + header_bytes : end]
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
            if pos:
                self.tail_at = base + max(0, pos - TAIL_BYTES)
                self.tail = data[max(0, pos - TAIL_BYTES) : pos]
            if stuck or size < CHUNK_BYTES:
                break
        end_of_file = base + size
        if damage.tail is None and not damage.zeros:
            damage.unfinished = max(0, end_of_file - (self._start if self._start >= 0 else self.at))

    def _assemble(self, kind: int, offset: int, payload: bytes) -> tuple[int, bytes] | None:
        """Add an intact fragment; return the record if that completes one."""
        if kind in (FULL, FIRST):
            if self._start >= 0:
                self.damage.lose(self._start, offset - self._start, "a record without its end")
            self._start, self._parts, self._held = offset, [payload], len(payload)
            if kind == FIRST:
                return None
        elif self._start < 0:
            self.damage.lose(offset, FRAGMENT_HEADER_BYTES + len(payload), "a record without its beginning")
            return None
        else:
            self._held += len(payload)
            if self._held <= MAX_RECORD_BYTES:
                self._parts.append(payload)
            else:
                self._parts = []
            if kind == MIDDLE:
                return None
        start, self._start = self._start, -1
        parts, self._parts = self._parts, []
        if self._held > MAX_RECORD_BYTES:
            self.damage.lose(
                start,
                offset + FRAGMENT_HEADER_BYTES + len(payload) - start,
                f"a record of more than {MAX_RECORD_BYTES} bytes",
            )
            return None
        return start, b"".join(parts)

    def _resume(self, fd: int, base: int, data: bytes, pos: int) -> int:
        """Where in `data` to continue after the bad fragment at `pos`; -1 to stop there for now."""
        damage, offset = self.damage, base + pos
        crc, length, kind = FRAGMENT_HEADER.unpack_from(data, pos)
        block_end = pos + BLOCK_BYTES - pos % BLOCK_BYTES
        limit = min(block_end, len(data))
        reason = "no intact fragment"
        if not (crc or length or kind):
            solid = _next_nonzero(fd, offset)
            if solid < 0:
                damage.zeros = disk.fstat(fd).st_size - offset
                return -1
            if solid >= base + block_end:
                self._drop(offset, solid - solid % BLOCK_BYTES - offset, "zeros")
                return solid - solid % BLOCK_BYTES - base
            reason = "zeros"
        end = pos + FRAGMENT_HEADER_BYTES + length
        cut = kind in TYPE_CRC and len(data) < end <= block_end
        if kind in TYPE_CRC and end <= limit:
            reason = "a bad checksum"
        # Usually the length is right, and the next fragment follows immediately.
        found = end if _valid(data, end, limit) else self._salvage(data, pos + 1, limit)
        if found < 0 and limit < block_end:  # the last block, which may still grow
            if not cut:
                damage.tail = Region(offset, base + len(data) - offset, reason)
            return -1
        after = found if found >= 0 else block_end
        self._drop(offset, base + after - offset, reason)
        return after

    def _drop(self, offset: int, size: int, reason: str) -> None:
        """Lose a region, and with it the record that was being assembled."""
        if self._start >= 0:
            size += offset - self._start
            offset, self._start, self._parts = self._start, -1, []
        self.damage.lose(offset, size, reason)

    def _salvage(self, data: bytes, pos: int, limit: int) -> int:
        """The first intact fragment at or after `pos` in a damaged block that ends at `limit`; -1 if there is none."""
        if self._budget <= 0:
            return -1
        for match in TYPE_BYTE.finditer(data, pos + 6, limit):
            at = match.start() - 6
            _, length, _ = FRAGMENT_HEADER.unpack_from(data, at)
            self._budget -= 1000
            if 0 < length <= limit - at - FRAGMENT_HEADER_BYTES:
                self._budget -= length
                if _valid(data, at, limit):
                    return at
            if self._budget <= 0:
                break
        return -1


def _valid(data: bytes, pos: int, limit: int) -> bool:
    """Whether an intact fragment is at `pos`, ending at or before `limit`."""
    if pos + FRAGMENT_HEADER_BYTES > limit:
        return False
    crc, length, kind = FRAGMENT_HEADER.unpack_from(data, pos)
    end = pos + FRAGMENT_HEADER_BYTES + length
    return bool(
        kind in TYPE_CRC and end <= limit and crc32(data[pos + FRAGMENT_HEADER_BYTES : end], TYPE_CRC[kind]) == crc
    )


def _next_nonzero(fd: int, offset: int) -> int:
    """The offset of the next byte that is not zero, -1 if only zeros follow; holes are skipped."""
    while True:
        if hasattr(os, "SEEK_DATA"):
            try:
                offset = max(offset, disk.lseek(fd, offset, os.SEEK_DATA))
            except OSError as error:
                if error.errno == errno.ENXIO:  # a hole up to the end
                    return -1
        data = disk.pread(fd, CHUNK_BYTES, offset)
        if not data:
            return -1
        rest = data.lstrip(b"\0")
        if rest:
            return offset + len(data) - len(rest)
        offset += len(data)


class RecordSeeker:
    """Fetches single records by the offsets from RecordReader.poll; neighbours share a read."""

    __slots__ = ("_base", "_data", "_fd")

    def __init__(self, root: str, path: str) -> None:
        self._fd = -1
        self._fd = open_below(root, path)
        self._base, self._data = 0, b""

    def payload(self, offset: int) -> bytes | None:
        """The payload of the record at `offset`; None if there is none any more."""
        parts: list[bytes] = []
        held = 0
        while True:
            pos = offset - self._base
            if pos < 0 or pos + FRAGMENT_HEADER_BYTES > len(self._data):
                self._base = offset - offset % BLOCK_BYTES
                self._data = disk.pread(self._fd, WINDOW_BYTES, self._base)
                pos = offset - self._base
                if pos + FRAGMENT_HEADER_BYTES > len(self._data):
                    return None
            _, length, kind = FRAGMENT_HEADER.unpack_from(self._data, pos)
            end = pos + FRAGMENT_HEADER_BYTES + length
            if end > len(self._data):
                if self._base == offset - offset % BLOCK_BYTES:
                    return None
                self._base, self._data = 0, b""
                continue
            payload = self._data[pos + FRAGMENT_HEADER_BYTES : end]
            if kind == FULL:
                return payload
            held += length
            if held > MAX_RECORD_BYTES or kind not in TYPE_CRC or (kind == FIRST) != (not parts):
                return None
            parts.append(payload)
            if kind == LAST:
                return b"".join(parts)
            offset += FRAGMENT_HEADER_BYTES + length
            if BLOCK_BYTES - offset % BLOCK_BYTES < FRAGMENT_HEADER_BYTES:
                offset += BLOCK_BYTES - offset % BLOCK_BYTES

    def close(self) -> None:
        """Close the file."""
        if self._fd >= 0:
            disk.close(self._fd)
            self._fd = -1

    def __del__(self) -> None:
        self.close()

    def __enter__(self) -> RecordSeeker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
