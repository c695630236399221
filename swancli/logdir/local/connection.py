"""Opening runs.swanlab without writing anything: in place, or read into memory, or as a private copy.

SwanLab writes it in WAL mode, and rows of open or killed runs may be only in `runs.swanlab-wal`. SQLite can't use a
WAL in a folder where it may not create files. So a database with a WAL is read through functions of ours that can't
write (`in_place.py`). If it is being written to, or Python has no way to give SQLite such functions, the database is
read into memory, and the pages of the WAL are put in their places (`wal.py`). If it is too large for that, has a
rollback journal or an unusual WAL, or Python is 3.10, which can't open a database in memory, SQLite reads a private
copy. A database without a WAL is opened as immutable in place.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from swancli.errors import DatabaseDamaged, DataError
from swancli.logdir import disk
from swancli.logdir.locate import DATABASE
from swancli.logdir.paths import open_below, read_below

if TYPE_CHECKING:
    from swancli.logdir.local.in_place import InPlace

MAX_ATTEMPTS = 8
MAX_IN_MEMORY_BYTES = 1 << 27  # of a database and its WAL
MAX_COPY_BYTES = 1 << 32  # of a database with a journal, which has to be copied
FICLONE = 0x40049409  # ioctl of Linux: let a new file share another's blocks
PAGE_BYTES_AT = slice(16, 18)  # in the database's header
JOURNAL_MODE_AT = slice(18, 20)
WAL_MODE, ROLLBACK_MODE = b"\2\2", b"\1\1"
MAX_GROWTH_BYTES = 1 << 22  # of a database while it is read
CAN_OPEN_IMAGES = hasattr(sqlite3.Connection, "deserialize")  # Python 3.11
WAL_HEADER_BYTES = 32
SUFFIXES = ("", "-wal", "-journal")
TEMPORARY_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm")  # for copies, after $TMPDIR
# The end of a journal that belongs to a transaction over several databases: after playing it back, SQLite deletes the
# file that it names. SwanLab has one database, so such a journal is forged, and the file may be anybody's.
SUPER_JOURNAL_MAGIC = bytes.fromhex("d9d505f920a163d7")


class Connect(Protocol):
    """Opens a URI of SQLite; with an image, a database that consists of these bytes."""

    def __call__(self, uri: str, image: memoryview | None = None, /) -> sqlite3.Connection: ...


Opened = tuple[sqlite3.Connection, "InPlace | None"]  # and the files that it reads in place, if they may change


def open_database(root: str, path: str, connect: Connect, in_place: bool = True) -> Opened:
    """A connection to the database at `path` below `root`; FileNotFoundError if there is none, DataError if it fails.

    Unless `in_place`, a database with a WAL is not read in place.
    """
    for attempt in range(MAX_ATTEMPTS):
        try:
            opened = _open_once(root, path, connect, in_place)
        except FileNotFoundError:
            raise
        except PermissionError as error:
            raise DataError(f"no permission to read {path}") from error
        except OSError as error:
            raise DataError(f"{path} can't be read: {error}") from error
        if opened is not None:
            return opened
        time.sleep(0.01 * attempt)
    raise DataError(f"{path} was rewritten during each of {MAX_ATTEMPTS} attempts to read it; try again")


def damaged(path: str, reason: object) -> DatabaseDamaged:
    """The error for a database that can't be used as it is."""
    return DatabaseDamaged(
        f"{path} is damaged ({reason}): restore it from a copy, or move it away to read the runs without it"
    )


def private_folders() -> Iterator[str]:
    """New folders that only this user may enter, one for each temporary folder in which one can be created."""
    for place in filter(None, [os.environ.get("TMPDIR", ""), *TEMPORARY_FOLDERS]):
        folder = os.path.join(place, f"swancli-{os.getpid()}-{os.urandom(6).hex()}")
        try:
            os.mkdir(folder, 0o700)
        except OSError:
            continue
        yield folder


def _open_once(root: str, path: str, connect: Connect, in_place: bool) -> Opened | None:
    """A connection, or None if a writer interfered and another attempt is needed."""
    disk.close(open_below(root, path))
    journals = [path + suffix for suffix in SUFFIXES[1:]]
    if not any(_size(journal) for journal in journals):
        with disk.whole(path) as file:
            db = connect(f"file:{_escaped(file)}?mode=ro&immutable=1")
        if any(_size(journal) for journal in journals):  # a writer started meanwhile
            db.close()
            return None
        return db, None
    is_usual = _size(path) > 0 and not _size(journals[1])
    if is_usual and in_place:
        # not possible without ctypes; damage shows in a copy, too
        with contextlib.suppress(ImportError, OSError, DatabaseDamaged):
            return _open_in_place(root, path, connect)
    if is_usual and CAN_OPEN_IMAGES and sum(map(_size, (path, journals[0]))) <= MAX_IN_MEMORY_BYTES:
        with contextlib.suppress(_NotPossible):
            return _unless_restarted(_open_in_memory(root, path, connect))
    return _unless_restarted(_open_copy(root, path, connect))


def _unless_restarted(db: sqlite3.Connection | None) -> Opened | None:
    return None if db is None else (db, None)


def _open_in_place(root: str, path: str, connect: Connect) -> Opened:
    """A connection to the database and its WAL where they are.

    ImportError, OSError or DatabaseDamaged if that is not possible.
    """
    from swancli.logdir.local.in_place import InPlace

    place = InPlace(root, path)
    try:
        return connect(place.uri), place
    except BaseException:
        place.close()
        if place.interrupted is not None:
            raise place.interrupted from None
        raise


class _NotPossible(Exception):
    """The database can't be opened in memory."""


def _open_in_memory(root: str, path: str, connect: Connect) -> sqlite3.Connection | None:
    """A connection to the database with the pages of its WAL, in memory; None if the WAL was restarted meanwhile.

    The database is read first, the WAL second, as for a copy.
    """
    import mmap

    from swancli.logdir.local.wal import committed

    header = _wal_header(root, path)
    size, wal_size = _size(path), _size(path + "-wal")
    # the WAL may grow before it is read, and the database with it
    with mmap.mmap(-1, size + wal_size + MAX_GROWTH_BYTES, mmap.MAP_PRIVATE) as space, memoryview(space) as image:
        if hasattr(mmap, "MADV_HUGEPAGE"):
            with contextlib.suppress(OSError):
                space.madvise(mmap.MADV_HUGEPAGE)
        held = _read_into(root, path, image)
        try:
            wal = read_below(root, path + "-wal", MAX_IN_MEMORY_BYTES)
        except FileNotFoundError:
            wal = b""
        if wal[:WAL_HEADER_BYTES] != header or _wal_header(root, path) != header:
            return None
        found = committed(wal)
        # a page of 65536 bytes is 1 in the database's header
        if found is None or int.from_bytes(image[PAGE_BYTES_AT], "big") != found.page_bytes % 65535:
            raise _NotPossible
        end = found.database_pages * found.page_bytes if found.database_pages else held
        if end > len(image):
            raise _NotPossible
        for page, at in found.pages.items():
            if page <= found.database_pages:
                start = (page - 1) * found.page_bytes
                image[start : start + found.page_bytes] = wal[at : at + found.page_bytes]
        if image[JOURNAL_MODE_AT] == WAL_MODE:
            image[JOURNAL_MODE_AT] = ROLLBACK_MODE  # SQLite opens no WAL of a database in memory
        with image[:end] as whole:
            try:
                return connect("file::memory:", whole)
            except MemoryError as error:
                raise _NotPossible from error


def _read_into(root: str, path: str, space: memoryview) -> int:
    """Read a file below `root` into `space`, as far as there is room; return the number of bytes."""
    fd = open_below(root, path)
    try:
        held = 0
        while count := disk.readv(fd, [space[held:]]):
            held += count
        return held
    finally:
        disk.close(fd)


def _open_copy(root: str, path: str, connect: Connect) -> sqlite3.Connection | None:
    """A connection to a private copy, in the first temporary folder that has room for it."""
    size = sum(_size(path + suffix) for suffix in SUFFIXES)
    if size > MAX_COPY_BYTES:
        raise DataError(
            f"{path} has {size} bytes and a journal, so it would have to be copied; the limit is {MAX_COPY_BYTES} bytes"
        )
    full = None
    for folder in private_folders():
        try:
            return _open_copy_in(folder, root, path, connect)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            full = error
    reason = f" ({full.strerror})" if full is not None else ""
    places = ", ".join(["$TMPDIR", *TEMPORARY_FOLDERS])
    raise DataError(f"no room for a private copy of {path}, {size} bytes{reason}: tried {places}")


def _open_copy_in(folder: str, root: str, path: str, connect: Connect) -> sqlite3.Connection | None:
    """A connection to a private copy whose files are already unlinked; None if the WAL was restarted meanwhile.

    The database is copied first, the WAL second: whatever was checkpointed in between is still in the WAL, unless the
    WAL was restarted, which its header shows.
    """
    copy = os.path.join(folder, DATABASE)
    try:
        header = _wal_header(root, path)
        for suffix in SUFFIXES:
            _copy(root, path + suffix, copy + suffix)
        if _wal_header(root, path) != header:
            return None
        if _ending(copy + "-journal", len(SUPER_JOURNAL_MAGIC)) == SUPER_JOURNAL_MAGIC:
            raise damaged(path, "its journal names another file")
        return connect(f"file:{_escaped(copy)}?mode=rw")
    finally:
        for suffix in [*SUFFIXES, "-shm"]:
            if os.path.exists(copy + suffix):
                os.unlink(copy + suffix)
        os.rmdir(folder)


def _wal_header(root: str, path: str) -> bytes:
    """The header of the WAL, which changes when the WAL is restarted."""
    try:
        fd = open_below(root, path + "-wal")
    except OSError:
        return b""
    try:
        return disk.read(fd, WAL_HEADER_BYTES)
    finally:
        disk.close(fd)


def _escaped(path: str) -> str:
    """A path escaped for use in a URI."""
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _size(path: str) -> int:
    """The size of a file, 0 if there is none."""
    try:
        return disk.stat(path).st_size
    except OSError:
        return 0


def _ending(path: str, count: int) -> bytes:
    """The last `count` bytes of a file, b"" if there is none."""
    try:
        with open(path, "rb") as file:
            file.seek(max(os.fstat(file.fileno()).st_size - count, 0))
            return file.read()
    except FileNotFoundError:
        return b""


def _clone(source: int, target: int) -> bool:
    """Give the new file `target` the content of `source` without copying a byte; return whether that was possible."""
    if sys.platform != "linux":
        return False
    import fcntl

    try:
        fcntl.ioctl(target, FICLONE, source)
    except OSError:  # another file system, or one that can't
        return False
    return True


def _copy(root: str, path: str, target: str) -> None:
    """Copy a file below `root`, if it exists."""
    try:
        source = open_below(root, path)
    except FileNotFoundError:
        return
    fd = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        if not _clone(source, fd):
            while piece := disk.read(source, 1 << 20):
                while piece:
                    piece = piece[os.write(fd, piece) :]
    finally:
        os.close(fd)
        disk.close(source)
