"""A VFS of SQLite that reads from Python objects and can't write: a database and its WAL stay as they are.

SQLite's own VFS creates the index of a WAL beside it, opens the WAL for writing and copies it into the database on
close. This one refuses every call that changes something, so SQLite may recover the WAL: with `pragma locking_mode =
exclusive`, into memory.

The structures are declared to ctypes in their first version: see https://www.sqlite.org/c3ref/vfs.html and
https://www.sqlite.org/c3ref/io_methods.html.
"""

from __future__ import annotations

import _sqlite3
import ctypes
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_int, c_int64, c_void_p
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    Structure = TypeVar("Structure", bound=ctypes.Structure)

NAME = "swancli"
OK, READ_ONLY, IO_ERROR, NOT_FOUND, CANT_OPEN, SHORT_READ = 0, 8, 10, 12, 14, 522  # SQLite's results
OPENED_READ_ONLY = 1
MAX_PATH_BYTES = 512
SECTOR_BYTES = 4096


class File(Protocol):
    """What SQLite sees as a file."""

    def size(self) -> int:
        """The size in bytes."""

    def read(self, start: int, count: int) -> bytes:
        """The bytes from `start` on; fewer than `count` only at the end. To SQLite, any exception is an I/O error."""


class _Methods(ctypes.Structure):
    """sqlite3_io_methods."""

    _fields_ = [
        ("version", c_int),
        ("close", CFUNCTYPE(c_int, c_void_p)),
        ("read", CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)),
        ("write", CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)),
        ("truncate", CFUNCTYPE(c_int, c_void_p, c_int64)),
        ("sync", CFUNCTYPE(c_int, c_void_p, c_int)),
        ("size", CFUNCTYPE(c_int, c_void_p, POINTER(c_int64))),
        ("lock", CFUNCTYPE(c_int, c_void_p, c_int)),
        ("unlock", CFUNCTYPE(c_int, c_void_p, c_int)),
        ("check_reserved_lock", CFUNCTYPE(c_int, c_void_p, POINTER(c_int))),
        ("control", CFUNCTYPE(c_int, c_void_p, c_int, c_void_p)),
        ("sector_size", CFUNCTYPE(c_int, c_void_p)),
        ("characteristics", CFUNCTYPE(c_int, c_void_p)),
    ]


class _File(ctypes.Structure):
    """sqlite3_file."""

    _fields_ = [("methods", POINTER(_Methods))]


class _Vfs(ctypes.Structure):
    """sqlite3_vfs."""

    _fields_ = [
        ("version", c_int),
        ("file_bytes", c_int),
        ("path_bytes", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        ("open", CFUNCTYPE(c_int, c_void_p, c_char_p, POINTER(_File), c_int, POINTER(c_int))),
        ("delete", CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)),
        ("access", CFUNCTYPE(c_int, c_void_p, c_char_p, c_int, POINTER(c_int))),
        ("full_path", CFUNCTYPE(c_int, c_void_p, c_char_p, c_int, c_void_p)),
        *((name, c_void_p) for name in ("dl_open", "dl_error", "dl_sym", "dl_close")),
        *((name, c_void_p) for name in ("randomness", "sleep", "time", "last_error")),
    ]


def register(files: Mapping[str, File]) -> None:
    """Register the VFS, which can open these files by name; OSError if this Python can't."""
    try:
        library = ctypes.CDLL(_sqlite3.__file__)
        library.sqlite3_vfs_find.restype = POINTER(_Vfs)
        vfs = _kept_forever(_vfs(files, {}, library.sqlite3_vfs_find(None).contents))
        if library.sqlite3_vfs_register(ctypes.byref(vfs), False) != OK:
            raise OSError("SQLite takes no VFS")
    except (AttributeError, ValueError, MemoryError) as error:  # SQLite is hidden in Python; no memory for callbacks
        raise OSError("Python can add no VFS to SQLite") from error


def _methods(opened: dict[int, File]) -> _Methods:
    """What SQLite may do with an opened file, by the address of its sqlite3_file."""

    def close(at: int) -> int:
        opened.pop(at, None)
        return OK

    def read(at: int, buffer: int, count: int, start: int) -> int:
        try:
            data = opened[at].read(start, count)
        except BaseException:  # nothing can be raised through SQLite: the file keeps the exception
            return IO_ERROR
        ctypes.memmove(buffer, data, len(data))
        if len(data) == count:
            return OK
        ctypes.memset(buffer + len(data), 0, count - len(data))
        return SHORT_READ

    def size(at: int, found: Any) -> int:
        found[0] = opened[at].size()
        return OK

    def check_reserved_lock(at: int, found: Any) -> int:
        found[0] = False
        return OK

    return _structure(
        _Methods,
        version=1, close=close, read=read, write=_refuse, truncate=_refuse, sync=_refuse, size=size,
        lock=lambda *_: OK, unlock=lambda *_: OK, check_reserved_lock=check_reserved_lock,
        control=lambda *_: NOT_FOUND, sector_size=lambda _: SECTOR_BYTES, characteristics=lambda _: 0,
    )  # fmt: skip


def _vfs(files: Mapping[str, File], opened: dict[int, File], usual: _Vfs) -> _Vfs:
    """The VFS; the functions that do not concern files are those of the usual one."""
    methods = _kept_forever(_methods(opened))

    def open_file(_: int, name: bytes | None, file: Any, flags: int, opened_as: Any) -> int:
        found = files.get((name or b"").decode("utf-8", "replace"))
        if found is None:
            file.contents.methods = None
            return CANT_OPEN
        opened[ctypes.addressof(file.contents)] = found
        file.contents.methods = ctypes.pointer(methods)
        if opened_as:
            opened_as[0] = OPENED_READ_ONLY
        return OK

    def access(_: int, name: bytes, how: int, found: Any) -> int:
        found[0] = name.decode("utf-8", "replace") in files
        return OK

    def full_path(_: int, name: bytes, room: int, path: int) -> int:
        if len(name) >= room:
            return CANT_OPEN
        ctypes.memmove(path, name + b"\0", len(name) + 1)
        return OK

    others = ("dl_open", "dl_error", "dl_sym", "dl_close", "randomness", "sleep", "time", "last_error")
    return _structure(
        _Vfs,
        version=1, file_bytes=ctypes.sizeof(_File), path_bytes=MAX_PATH_BYTES, name=NAME.encode(),
        open=open_file, delete=_refuse, access=access, full_path=full_path,
        **{name: getattr(usual, name) for name in others},
    )  # fmt: skip


def _refuse(*_: object) -> int:
    return READ_ONLY


def _structure(kind: type[Structure], **values: Any) -> Structure:
    """A structure in which functions are callbacks."""
    types = dict(kind._fields_)  # type: ignore[arg-type]
    return kind(**{name: types[name](value) if callable(value) else value for name, value in values.items()})


def _kept_forever(structure: Structure) -> Structure:
    """The structure, which is never freed: SQLite has a pointer to it, even while Python shuts down."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(structure))
    return structure
