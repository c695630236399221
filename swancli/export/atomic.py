"""Files that are there as a whole or not at all: written under another name on the same disk, synced, renamed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator

from swancli.errors import UsageError

PARTIAL = ".partial"  # the folder of files that are being written


class Folder:
    """The folder of an export, which one process writes at a time; UsageError if another does."""

    def __init__(self, path: str) -> None:
        self.path = path
        os.makedirs(path, exist_ok=True)
        self._fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._fd)
            raise UsageError(f"another export is writing to {path}") from error
        self._partial = os.path.join(path, PARTIAL)

    @contextlib.contextmanager
    def file(self, name: str) -> Iterator[str]:
        """A path to write to; when the block ends without an error, it becomes the file `name`, a path with slashes."""
        os.makedirs(self._partial, exist_ok=True)
        part = os.path.join(self._partial, name.rpartition("/")[2])
        try:
            yield part
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(part)
            raise
        self.take(part, name)

    def take(self, part: str, name: str) -> None:
        """Move a file on the same disk to `name`, a path with slashes."""
        path = os.path.join(self.path, *name.split("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        replace(part, path)

    def write(self, name: str, data: bytes) -> None:
        """Write a small file."""
        with self.file(name) as path, open(path, "wb") as file:
            file.write(data)

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(self.path, *name.split("/")))

    def exists(self, name: str) -> bool:
        """Whether there is such a file."""
        return os.path.isfile(os.path.join(self.path, *name.split("/")))

    def is_empty(self) -> bool:
        """Whether nothing is in it, except perhaps what a killed process left."""
        return set(os.listdir(self.path)) <= {PARTIAL}

    def close(self) -> None:
        """Remove what is left of files that were not finished, and let others write."""
        shutil.rmtree(self._partial, ignore_errors=True)
        os.close(self._fd)


def replace(part: str, path: str) -> None:
    """Give the file `part` the name `path`, once all of it is on the disk."""
    sync(part)
    os.replace(part, path)
    sync(os.path.dirname(path) or ".")


def sync(path: str) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
