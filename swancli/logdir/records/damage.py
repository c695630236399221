"""What could not be read in a record file, and how that is put into words."""

from __future__ import annotations

from typing import NamedTuple

MAX_LISTED_REGIONS = 20  # the others are only counted


class Region(NamedTuple):
    """Bytes that could not be used: file offset, count, and the reason."""

    offset: int
    size: int
    reason: str


class Damage:
    """The parts of a file that could not be used."""

    __slots__ = ("bytes", "foreign", "header", "places", "records", "regions", "tail", "unfinished", "zeros")

    def __init__(self) -> None:
        self.header = False  # the file header is wrong
        self.foreign = False  # ... and nothing else looks like a record file either
        self.places = 0  # number of damaged regions
        self.bytes = 0  # their total size
        self.regions: list[Region] = []  # the first MAX_LISTED_REGIONS of them
        self.records = 0  # number of records that are complete but can't be decoded
        self.tail: Region | None = None  # unreadable bytes at the end, which may still grow
        self.unfinished = 0  # bytes of an incomplete record at the end: normal in a file that is being written
        self.zeros = 0  # zero bytes at the end, as after a power failure

    @property
    def damaged(self) -> bool:
        """Whether anything was lost; an incomplete record at the end is not a loss."""
        return bool(self.header or self.places or self.records or self.tail or self.zeros)

    def lose(self, offset: int, size: int, reason: str) -> None:
        """Add `size` unusable bytes at `offset`; a region that continues the last one extends it."""
        if size <= 0:
            return
        self.bytes += size
        last = self.regions[-1] if self.regions else None
        if last is not None and self.places == len(self.regions) and last.offset + last.size == offset:
            self.regions[-1] = Region(last.offset, last.size + size, last.reason)
            return
        self.places += 1
        if len(self.regions) < MAX_LISTED_REGIONS:
            self.regions.append(Region(offset, size, reason))

    def sentence(self) -> str:
        """What was lost, as a phrase without a final full stop; "" if nothing was."""
        if self.foreign:
            return "not a record file"
        phrases = []
        if self.header:
            phrases.append("the file header is damaged")
        if self.places:
            first = self.regions[0]
            where = f"in {self.places} places, the first" if self.places > 1 else ""
            where = f"{where} at byte {first.offset}".lstrip()
            phrases.append(f"{_bytes(self.bytes)} {where} can't be read ({first.reason})")
        if self.records:
            phrases.append(f"{self.records} malformed record{'s' * (self.records > 1)} skipped")
        if self.tail is not None:
            phrases.append(f"the last {_bytes(self.tail.size)} can't be read ({self.tail.reason})")
        if self.zeros:
            phrases.append(f"the file ends in {_bytes(self.zeros)} of zeros")
        return "; ".join(phrases)


def _bytes(count: int) -> str:
    return f"{count} byte{'' if count == 1 else 's'}"
