"""The rough shape of a series: a few values along it, without reading all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swancli.logdir import disk
from swancli.logdir.paths import open_below
from swancli.logdir.series import Slice, parse_point

if TYPE_CHECKING:
    from swancli.model import Value

MAX_WHOLE_BYTES = 1 << 14  # a slice up to this size is read as a whole
MAX_LINE_BYTES = 512


def shape(root: str, parts: list[Slice], width: int) -> list[Value]:
    """At most `width` values spread evenly over the slices of a series, in the order written, numbers or not."""
    if not parts:
        return []
    values: list[Value] = []
    per_part = [len(parts) * n // width for n in range(width)]
    for at in sorted(set(per_part)):
        values += _values(root, parts[at].path, per_part.count(at))
    return values


def _values(root: str, path: str, count: int) -> list[Value]:
    try:
        fd = open_below(root, path)
    except OSError:
        return []
    try:
        size = disk.fstat(fd).st_size
        if size <= MAX_WHOLE_BYTES:
            lines = disk.pread(fd, MAX_WHOLE_BYTES, 0).splitlines()
            lines = [lines[len(lines) * n // count] for n in range(min(count, len(lines)))] if lines else []
            if len(lines) < count:
                lines = disk.pread(fd, MAX_WHOLE_BYTES, 0).splitlines()
        else:
            lines = [_line(fd, size * n // count) for n in range(count)]
    finally:
        disk.close(fd)
    return [point["data"] for line in lines if (point := parse_point(line)) is not None]


def _line(fd: int, at: int) -> bytes:
    """The first complete line from byte `at` on."""
    data = disk.pread(fd, 2 * MAX_LINE_BYTES, at)
    if at:
        data = data[data.find(b"\n") + 1 :]
    return data[: data.find(b"\n")] if b"\n" in data else data
