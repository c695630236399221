"""The folder, outside of any logdir, in which swancli keeps what it has learned from files that are slow to read.

Nothing in it is ever needed. A file that is missing, damaged, from another version or not private is ignored, and so is
a failure to write one. `SWANCLI_CACHE` sets the folder, or turns the cache off.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable
from struct import Struct
from zlib import crc32

from swancli.version import __version__

VARIABLE = "SWANCLI_CACHE"
OFF = "off"
MAX_BYTES = 256 << 20  # of all files; beyond it the oldest are deleted
MAX_FILE_BYTES = 96 << 20
FORMAT = 3  # to be increased when the format or the meaning of the files changes
HEADER = Struct("<16sIQ")  # magic, CRC-32 of what follows the header, its size
SUFFIXES = (".runs", ".rows")
PART = ".part"  # the suffix of a file that is being written
ABANDONED_AFTER_SECONDS = 3600.0  # after which such a file was left behind by a killed process
NOFOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


def folder() -> str | None:
    """The cache's folder, which may not exist yet; None if the cache is off, or there is no home directory."""
    given = os.environ.get(VARIABLE, "")
    if given == OFF:
        return None
    if given:
        return os.path.abspath(os.path.expanduser(given))
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):
        base = os.path.expanduser("~/.cache")
    return os.path.join(base, "swancli") if os.path.isabs(base) else None


class Cache:
    """The files in the cache's folder. Nothing is written below `logdir`, the real path of the logdir being read."""

    def __init__(self, logdir: str) -> None:
        path = folder()
        if path is not None:
            real = os.path.realpath(path)
            if real == logdir or real.startswith(logdir.rstrip("/") + "/"):
                path = None
        self._folder = path

    @property
    def is_on(self) -> bool:
        """Whether there is a folder to use."""
        return self._folder is not None

    def read(self, name: str) -> bytes | None:
        """The bytes stored under a name; None if there are none, or they can't be relied on."""
        if self._folder is None or not is_private(self._folder):
            return None
        try:
            fd = os.open(os.path.join(self._folder, name), os.O_RDONLY | os.O_NONBLOCK | NOFOLLOW)
        except (OSError, ValueError):
            return None
        try:
            found = os.fstat(fd)
            if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or found.st_size > MAX_FILE_BYTES:
                return None
            header = os.read(fd, HEADER.size)
            body = os.read(fd, found.st_size)
            while len(body) < found.st_size - HEADER.size and (more := os.read(fd, found.st_size)):
                body += more
        except (OSError, MemoryError):
            return None
        finally:
            os.close(fd)
        if len(header) < HEADER.size:
            return None
        magic, checksum, size = HEADER.unpack(header)
        return body if magic == _magic() and size == len(body) and crc32(body) == checksum else None

    def write(self, name: str, body: bytes) -> None:
        """Store bytes under a name that ends in one of SUFFIXES, if possible."""
        if self._folder is None or len(body) + HEADER.size > min(MAX_FILE_BYTES, MAX_BYTES):
            return
        part = ""
        try:
            os.makedirs(os.path.dirname(self._folder), mode=0o700, exist_ok=True)
            if not os.path.lexists(self._folder):
                os.mkdir(self._folder, 0o700)
            if not is_private(self._folder):
                return
            path = os.path.join(self._folder, name)
            part = f"{path}.{os.getpid()}-{os.urandom(4).hex()}{PART}"
            fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NOFOLLOW, 0o600)
            try:
                rest = memoryview(HEADER.pack(_magic(), crc32(body), len(body)) + body)
                while rest:
                    rest = rest[os.write(fd, rest) :]
            finally:
                os.close(fd)
            os.rename(part, path)
            part = ""
            delete_oldest(self._folder, MAX_BYTES, lambda name: name.endswith(SUFFIXES))
        except (OSError, ValueError):
            pass
        finally:
            if part:
                delete(part)


def delete_oldest(folder: str, max_bytes: int, is_kept: Callable[[str], bool], newest: str = "") -> None:
    """Delete the oldest files whose names `is_kept` accepts until `max_bytes` are left; never the path `newest`."""
    import time

    files, total = [], 0
    with os.scandir(folder) as entries:
        for entry in entries:
            try:
                found = entry.stat(follow_symlinks=False)
            except OSError:  # deleted by another process
                continue
            if not stat.S_ISREG(found.st_mode):
                continue
            if entry.name.endswith(PART):
                if time.time() - found.st_mtime > ABANDONED_AFTER_SECONDS:
                    delete(entry.path)
            elif is_kept(entry.name):
                total += found.st_size
                if entry.path != newest:
                    files.append((found.st_mtime_ns, found.st_size, entry.path))
    for _, size, path in sorted(files):
        if total <= max_bytes:
            break
        delete(path)
        total -= size


def _magic() -> bytes:
    """What a file of this version begins with."""
    return f"swc{FORMAT} {__version__}".encode()[:16].ljust(16)


def is_private(path: str) -> bool:
    """Whether this is a folder, not a symlink to one, that belongs to this user and that nobody else may write to."""
    try:
        found = os.lstat(path)
    except (OSError, ValueError):
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o022


def delete(path: str) -> None:
    """Delete a file, if that is possible."""
    with contextlib.suppress(OSError):
        os.unlink(path)
