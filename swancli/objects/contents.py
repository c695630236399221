"""The bytes of objects, read by range and kept in memory for a while.

What is read is a window around what is asked for: the end of a file if that is what is wanted, all of a small file, and
larger and larger parts of one that is read from its beginning to its end.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from swancli.errors import RemoteError
from swancli.objects.bucket import Bucket, Changed, Object

MAX_HELD_BYTES = 128 << 20  # of all files together
SMALL_BYTES = 1 << 16  # a file up to this size is always read as a whole
END_BYTES = 1 << 16  # read of the end of a larger one
WHOLE_BYTES = 1 << 20  # a file up to this size is read as a whole, unless its end is wanted
WINDOW_BYTES = 1 << 18  # read around what is wanted of a larger one
MAX_WINDOW_BYTES = 1 << 23
MAX_ATTEMPTS = 3  # at reading a file that is changed meanwhile


class Contents:
    """Pieces of files: the least recently used are forgotten."""

    def __init__(self) -> None:
        self._pieces: OrderedDict[tuple[str, str, int], bytes] = OrderedDict()  # by path, ETag and offset
        self._of: dict[tuple[str, str], list[int]] = {}
        self._held = 0
        self._lock = threading.Lock()

    def get(self, path: str, etag: str, start: int, end: int) -> bytes | None:
        """The bytes from `start` to `end` of a version of a file, if they are in one piece."""
        with self._lock:
            for at in self._of.get((path, etag), ()):
                piece = self._pieces[path, etag, at]
                if at <= start and end <= at + len(piece):
                    self._pieces.move_to_end((path, etag, at))
                    return piece[start - at : end - at]
        return None

    def put(self, path: str, etag: str, start: int, data: bytes) -> None:
        """Keep a piece."""
        if not etag or len(data) > MAX_HELD_BYTES // 4:
            return
        with self._lock:
            key = path, etag, start
            self._held -= len(self._pieces.pop(key, b""))
            self._pieces[key] = data
            starts = self._of.setdefault(key[:2], [])
            if start not in starts:
                starts.append(start)
            self._held += len(data)
            while self._held > MAX_HELD_BYTES:
                (old_path, old_etag, old_start), old = self._pieces.popitem(last=False)
                self._held -= len(old)
                starts = self._of[old_path, old_etag]
                starts.remove(old_start)
                if not starts:
                    del self._of[old_path, old_etag]


class File:
    """An open object: everything read from it is from one version, or from one that only continues it."""

    def __init__(
        self, bucket: Bucket, key: str, version: Object, contents: Contents, current: Callable[[], Object]
    ) -> None:
        """`current` looks up the current version."""
        self._bucket, self._key, self.version, self._contents = bucket, key, version, contents
        self._current = current
        self.path = f"{bucket.url}/{key}"
        self._last = (0, b"")  # where the last piece began, and what it was
        self._window = WINDOW_BYTES
        self.position = 0  # of `read`

    def pread(self, count: int, at: int) -> bytes:
        """At most `count` bytes from `at` on."""
        end = min(at + count, self.version.size)
        if end <= at:
            return b""
        begun, last = self._last
        if begun <= at and end <= begun + len(last):
            return last[at - begun : end - begun]
        found = self._contents.get(self.path, self.version.etag, at, end)
        if found is None:
            return self._fetched(at, end)
        self._last = at, found  # if the file is changed now, this must still be there
        return found

    def read(self, count: int) -> bytes:
        """At most `count` bytes from `position` on."""
        data = self.pread(count, self.position)
        self.position += len(data)
        return data

    def close(self) -> None:
        """Do nothing: no file is open."""

    def _fetched(self, at: int, end: int) -> bytes:
        """Bytes that are not in memory; RemoteError if the file is changed each time they are read."""
        for _ in range(MAX_ATTEMPTS):
            start, stop = self._range(at, min(end, self.version.size))
            try:
                data = self._bucket.get(self._key, self.version, start, stop)
            except Changed:
                self._follow()
                continue
            self._contents.put(self.path, self.version.etag, start, data)
            self._last = start, data
            return data[at - start : end - start]
        raise self._unsteady()

    def _follow(self) -> None:
        """Continue with the current version, if what was read last is still where it was; otherwise RemoteError."""
        self.version = self._current()
        begun, last = self._last
        if not last:
            return
        try:
            if self._bucket.get(self._key, self.version, begun, begun + len(last)) == last:
                return
        except Changed:
            pass
        raise self._unsteady()

    def _range(self, at: int, end: int) -> tuple[int, int]:
        """What to read when the bytes from `at` to `end` are wanted."""
        size = self.version.size
        if size <= SMALL_BYTES:
            return 0, size
        if at and end >= size:
            return min(at, size - END_BYTES), size
        if size <= WHOLE_BYTES:
            return 0, size
        begun, last = self._last
        if at and begun + len(last) in range(at, end + 1):  # goes on reading
            self._window = min(4 * self._window, MAX_WINDOW_BYTES)
        elif end >= begun > at:  # goes on reading backwards
            return max(0, min(at, end - WINDOW_BYTES)), end
        return at, min(max(end, at + self._window), size)

    def _unsteady(self) -> RemoteError:
        return RemoteError(f"{self.path} was changed while it was read; try again")
