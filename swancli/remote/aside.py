"""Bytes that are set aside until they are asked for: in memory, or if there are many in a temporary file."""

from __future__ import annotations

from collections.abc import Iterator
from tempfile import SpooledTemporaryFile


class Aside:
    """Written once, then read from the beginning; the file is gone with the object."""

    def __init__(self, max_bytes_in_memory: int) -> None:
        self._file = SpooledTemporaryFile(max_bytes_in_memory)  # noqa: SIM115

    def write(self, data: bytes) -> None:
        """Add bytes."""
        self._file.write(data)

    def rewind(self) -> None:
        """Read from the beginning."""
        self._file.seek(0)

    def read(self, max_bytes: int) -> bytes:
        """The next bytes; b"" at the end."""
        return self._file.read(max_bytes)

    def lines(self) -> Iterator[bytes]:
        """All lines, from the beginning."""
        self._file.seek(0)
        yield from self._file

    def __del__(self) -> None:
        self._file.close()
