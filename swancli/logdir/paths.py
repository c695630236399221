"""Opening files below a logdir, and only those.

Names come from a database or a folder that somebody else wrote: a run id may be "../..", a slice may be a symlink to
/etc, a FIFO or a device. Everything in a logdir is opened with `open_below`.
"""

from __future__ import annotations

import os
import stat

from swancli.logdir import disk
from swancli.logdir.checkpoint import checkpoint

OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
MAX_FILE_BYTES = 1 << 26
END_BYTES = 1 << 14  # of a file, searched at a time for the end of its last line


def is_name(name: object) -> bool:
    """Whether `name` is one plain path component."""
    return isinstance(name, str) and name not in ("", ".", "..") and "/" not in name and "\0" not in name


def is_below(root: str, path: str) -> bool:
    """Whether `path`, with symlinks resolved, is in `root`, a real path."""
    real = disk.realpath(path)
    return real == root or real.startswith(root.rstrip("/") + "/")


def is_file(root: str, path: str) -> bool:
    """Whether `path` is a regular file, or a symlink to one in `root`, a real path."""
    try:
        mode = disk.lstat(path).st_mode
        return stat.S_ISREG(mode) or (stat.S_ISLNK(mode) and disk.isfile(path) and is_below(root, path))
    except (OSError, ValueError):
        return False


def open_below(root: str, path: str) -> int:
    """A descriptor of `path`, whose folder is known to be in `root`; OSError unless it is a regular file in `root`."""
    checkpoint()
    try:
        fd = disk.open(path, OPEN_FLAGS | NOFOLLOW)
    except OSError:
        if not disk.islink(path) or not is_below(root, path):
            raise
        fd = disk.open(disk.realpath(path), OPEN_FLAGS | NOFOLLOW)
    if not stat.S_ISREG(disk.fstat(fd).st_mode):
        disk.close(fd)
        raise OSError(f"{path}: not a regular file")
    return fd


def read_below(root: str, path: str, limit: int = MAX_FILE_BYTES) -> bytes:
    """The bytes of the regular file `path`, at most `limit`; OSError if it is larger or can't be read."""
    fd = open_below(root, path)
    try:
        size = disk.fstat(fd).st_size
        if size > limit:
            raise OSError(f"{path}: {size} bytes; the limit is {limit}")
        data = disk.read(fd, size + 1)
        while size < len(data) <= limit:  # it has grown
            more = disk.read(fd, 1 << 16)
            if not more:
                break
            data += more
        return data
    finally:
        disk.close(fd)


def end_of_lines(fd: int, size: int) -> int:
    """Where the last complete line within the first `size` bytes of a file ends, searched from their end."""
    end = size
    while end > 0:
        start = max(end - END_BYTES, 0)
        at = disk.pread(fd, end - start, start).rfind(b"\n")
        if at >= 0:
            return start + at + 1
        end = start
    return 0


def read_on(root: str, path: str, start: int, limit: int) -> bytes:
    """The bytes of a file from byte `start` on, at most `limit`; b"" if it can't be read."""
    try:
        fd = open_below(root, path)
    except OSError:
        return b""
    try:
        size = disk.fstat(fd).st_size - start
        return disk.pread(fd, min(size, limit), start) if size > 0 else b""
    finally:
        disk.close(fd)
