"""A database and its WAL, read where they are, for as long as neither changes.

The WAL is read as a whole, for SQLite to recover; of the database, only what SQLite asks for is read. At any moment, a
writer may copy pages of the WAL into the database and restart the WAL: so what was read only counts if both files are
still in the state that they had before.
"""

from __future__ import annotations

import errno
import os
import time
from itertools import count

from swancli.logdir import disk
from swancli.logdir.file_state import file_state, is_fresh, state_of
from swancli.logdir.local import read_only_vfs
from swancli.logdir.paths import open_below, read_below

MAX_WAL_BYTES = 1 << 26
CHUNK_BYTES = 1 << 16  # of the database, read at a time
MAX_CHUNKS = 16

_files: dict[str, read_only_vfs.File] = {}  # what can be opened at the moment
_registered = False
_numbers = count()


class InPlace:
    """The database at `path` below `root`; OSError if it can't be read in place, for any reason.

    Any error while it is read may be due to a change; reading a copy tells.
    """

    def __init__(self, root: str, path: str) -> None:
        global _registered
        if not _registered:
            read_only_vfs.register(_files)
            _registered = True
        begun = time.time_ns()
        paths = path, path + "-wal"
        self._states = {one: file_state(one) for one in paths}
        if any(state is None or is_fresh(state, begun) for state in self._states.values()):
            raise OSError(errno.EBUSY, "written to just now", path)
        self.interrupted: BaseException | None = None  # the exception that ended a read, if not an OSError
        self._chunks: dict[int, bytes] = {}
        self._name = f"{next(_numbers)}.swanlab"
        self._fd = open_below(root, path)
        try:
            found = state_of(disk.fstat(self._fd))
            wal = _Bytes(read_below(root, paths[1], MAX_WAL_BYTES))
            if found != self._states[path]:
                raise _changed(path)
            self._check()
        except BaseException:
            disk.close(self._fd)
            raise
        self._size = found[2]
        _files[self._name] = self
        _files[self._name + "-wal"] = wal
        self.uri = f"file:{self._name}?mode=ro&vfs={read_only_vfs.NAME}"

    def size(self) -> int:
        """The size of the database in bytes."""
        return self._size

    def read(self, start: int, count: int) -> bytes:
        """Bytes of the database; OSError if it or its WAL has changed."""
        try:
            number, at = divmod(start, CHUNK_BYTES)  # a page is at most as large as a chunk, and lies in one
            return (self._chunks.get(number) or self._chunk(number))[at : at + count]
        except OSError:
            raise
        except BaseException as error:
            self.interrupted = error
            raise

    def close(self) -> None:
        """Close the file, after the connection to it."""
        _files.pop(self._name, None)
        _files.pop(self._name + "-wal", None)
        if self._fd >= 0:
            disk.close(self._fd)
        self._fd = -1

    def _chunk(self, number: int) -> bytes:
        data = disk.pread(self._fd, CHUNK_BYTES, number * CHUNK_BYTES)
        self._check()
        if len(self._chunks) >= MAX_CHUNKS:
            del self._chunks[next(iter(self._chunks))]
        self._chunks[number] = data
        return data

    def _check(self) -> None:
        """Raise OSError unless both files are as they were."""
        for path, state in self._states.items():
            if file_state(path) != state:
                raise _changed(path)


class _Bytes:
    """A file in memory."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def size(self) -> int:
        """The size in bytes."""
        return len(self._data)

    def read(self, start: int, count: int) -> bytes:
        """Some of the bytes."""
        return self._data[start : start + count]


def _changed(path: str) -> OSError:
    return OSError(errno.EBUSY, os.strerror(errno.EBUSY), path)
