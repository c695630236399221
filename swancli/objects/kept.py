"""Whole objects as files on this machine, for what can't be read in pieces: databases.

They are in the folder `objects` of the cache, so that each version of an object is fetched only once. If the cache is
turned off, each is in a private folder until it has been opened.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from hashlib import blake2b

from swancli import cache
from swancli.errors import DataError
from swancli.objects.bucket import Bucket, Object

FOLDER = "objects"
MAX_BYTES = 1 << 30  # of all files; beyond it the oldest are deleted
MAX_OBJECT_BYTES = 1 << 32
PIECE_BYTES = 1 << 23  # fetched by one request, which has its own time limit


class Kept:
    """The folder of whole objects."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._locks: dict[tuple[str, str], threading.Lock] = {}  # by bucket and key: each is fetched by one thread

    def path(self, bucket: Bucket, key: str, version: Object) -> str:
        """The path of a file with the bytes of this version; bucket.Changed if it is not the current one."""
        if version.size > MAX_OBJECT_BYTES:
            raise DataError(f"{bucket.url}/{key} has {version.size} bytes; the limit is {MAX_OBJECT_BYTES}")
        identity = repr((bucket.endpoint, bucket.url, key, version.etag, version.size, version.mtime_ns))
        name = blake2b(identity.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()
        with self._lock:
            lock = self._locks.setdefault((bucket.url, key), threading.Lock())
        with lock:
            folder = _cache_folder() or _temporary()
            path = os.path.join(folder, name)
            if _size(path) != version.size:
                _write(path, _pieces(bucket, key, version))
                with contextlib.suppress(OSError):
                    cache.delete_oldest(folder, MAX_BYTES, lambda _: True, newest=path)
            with contextlib.suppress(OSError):
                os.utime(path)
        return path

    def let_go(self, path: str) -> None:
        """Delete a file that has been opened, unless it is in the cache."""
        folder = os.path.dirname(path)
        if folder != _cache_folder():
            cache.delete(path)
            with contextlib.suppress(OSError):
                os.rmdir(folder)


class KeptFile:
    """An open kept object, which is fetched when it is first read."""

    def __init__(self, path: str, version: Object, whole: Callable[[str], AbstractContextManager[str]]) -> None:
        """`whole` gives the file on this machine for the object's path."""
        self.path, self.version, self._whole = path, version, whole
        self._fd = -1
        self.position = 0

    def pread(self, count: int, at: int) -> bytes:
        """At most `count` bytes from `at` on."""
        if self._fd < 0:
            with self._whole(self.path) as file:
                self._fd = os.open(file, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        return os.pread(self._fd, count, at)

    def read(self, count: int) -> bytes:
        """At most `count` bytes from `position` on."""
        data = self.pread(count, self.position)
        self.position += len(data)
        return data

    def close(self) -> None:
        """Close the file."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def _cache_folder() -> str | None:
    """The cache's folder for objects, created if missing; None without a cache, or if others may write to it."""
    base = cache.folder()
    if base is None:
        return None
    path = os.path.join(base, FOLDER)
    try:
        os.makedirs(os.path.dirname(base), mode=0o700, exist_ok=True)
        for folder in (base, path):
            with contextlib.suppress(FileExistsError):
                os.mkdir(folder, 0o700)
            if not cache.is_private(folder):
                return None
    except OSError:
        return None
    return path


def _temporary() -> str:
    """A private folder."""
    from swancli.logdir.local.connection import private_folders

    for folder in private_folders():
        return folder
    raise DataError("no directory for copies of databases in object storage: set TMPDIR or SWANCLI_CACHE")


def _pieces(bucket: Bucket, key: str, version: Object) -> Iterator[bytes]:
    for start in range(0, version.size, PIECE_BYTES):
        yield bucket.get(key, version, start, min(start + PIECE_BYTES, version.size))


def _write(path: str, pieces: Iterator[bytes]) -> None:
    part = f"{path}.{os.getpid()}-{os.urandom(4).hex()}{cache.PART}"
    fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(fd, "wb") as file:
            for piece in pieces:
                file.write(piece)
        os.rename(part, path)
    except OSError as error:
        cache.delete(part)
        if isinstance(error, FileNotFoundError):
            raise
        raise DataError(f"{part} can't be written: {error.strerror or error}") from error
    except BaseException:
        cache.delete(part)
        raise


def _size(path: str) -> int:
    try:
        return os.lstat(path).st_size
    except OSError:
        return -1
