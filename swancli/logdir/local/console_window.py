"""Windows of a console's lines, so that a log of any size can be looked at: only what is shown is read.

A position is a number of bytes, counted over the files of all days.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from swancli.logdir.checkpoint import checkpoint
from swancli.logdir.paths import read_on

WINDOW_BYTES = 1 << 16
FIND_BYTES = 1 << 20  # that are searched at a time


class Files(NamedTuple):
    """The log files in a folder below `root`: names and sizes in bytes, oldest first."""

    root: str
    folder: str
    sizes: Sequence[tuple[str, int]]


def window(files: Files, position: int, is_before: bool) -> tuple[list[str], int, int]:
    """Lines of about WINDOW_BYTES from a position on, or up to it, and where they begin and end."""
    start = max(position - WINDOW_BYTES, 0) if is_before else position
    data = _read(files, start, position - start if is_before else WINDOW_BYTES)
    if is_before and start > 0 and (cut := data.find(b"\n") + 1):
        start, data = start + cut, data[cut:]
    size = sum(size for _, size in files.sizes)
    if not is_before and start + len(data) < size and (cut := data.rfind(b"\n") + 1):
        data = data[:cut]
    lines = data.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return lines, start, start + len(data)


def find(files: Files, text: str, position: int) -> int | None:
    """The position of the next line, from a position on, that contains a text; the case of ASCII letters is ignored."""
    wanted = text.encode("utf-8", "replace").lower()
    before = b""  # the end of what was searched, from the start of a line on: a match may begin in it
    for at, data in _pieces(files, position):
        checkpoint()
        data = before + data
        found = data.lower().find(wanted)
        if found >= 0:
            return at - len(before) + data.rfind(b"\n", 0, found) + 1
        line = data.rfind(b"\n") + 1
        before = data[max(line, len(data) - FIND_BYTES) :]
    return None


def _pieces(files: Files, position: int) -> Iterator[tuple[int, bytes]]:
    while data := _read(files, position, FIND_BYTES):
        yield position, data
        position += len(data)


def _read(files: Files, position: int, count: int) -> bytes:
    """The bytes of the files of all days, from a position on, at most `count`."""
    found: list[bytes] = []
    for name, size in files.sizes:
        if position >= size:
            position -= size
            continue
        piece = read_on(files.root, os.path.join(files.folder, name), position, min(count, size - position))
        found.append(piece)
        count -= len(piece)
        position = 0
        if count <= 0:
            break
    return b"".join(found)
