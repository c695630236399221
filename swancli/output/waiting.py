"""stdout and stderr that wait while a pipe is full, also where another process made that pipe non-blocking.

O_NONBLOCK belongs to the open file, not to the process that sets it: a sibling with the same pipe or terminal can set
it at any time. Python's streams then raise BlockingIOError and lose what they had taken, or write it twice.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO, cast

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class WaitingFile(io.FileIO):
    """A file descriptor for writing; `write` waits until it has written something, as a blocking write does."""

    def write(self, data: ReadableBuffer) -> int:
        """Write at least the first byte of `data`; the number of bytes written."""
        # FileIO returns None where the descriptor would block
        write = cast("Callable[[ReadableBuffer], int | None]", super().write)
        while (written := write(data)) is None:
            import select

            # a pipe without a reader is ready too: the next write raises BrokenPipeError
            select.select((), (self,), ())
        return written


def install() -> None:
    """Replace sys.stdout and sys.stderr by streams that wait; before anything is written to them."""
    sys.stdout, sys.stderr = _waiting(sys.stdout), _waiting(sys.stderr)


def _waiting(stream: TextIO) -> TextIO:
    # None where the descriptor is closed
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    # with PYTHONUNBUFFERED each line is flushed, but still buffered: only a buffer continues where a write stopped
    line_buffering = stream.line_buffering or stream.write_through
    buffer = io.BufferedWriter(WaitingFile(stream.fileno(), "w", closefd=False))
    return io.TextIOWrapper(buffer, stream.encoding, stream.errors, None, line_buffering)
