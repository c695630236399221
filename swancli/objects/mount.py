"""The functions of `swancli.logdir.disk` for paths of object stores; other paths and descriptors are passed to os.

An object has no inode. `st_ino` is made from its path, and `st_ctime_ns` from its ETag: the same state means the same
bytes. A descriptor of an object is a number that no file has.
"""

from __future__ import annotations

import errno
import os
import posixpath
import stat as modes
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from itertools import chain, count
from typing import NamedTuple, TypeVar

from swancli.errors import RemoteError
from swancli.logdir import disk
from swancli.logdir.locate import DATABASE, DEFAULT_LOGDIR
from swancli.objects import is_object_store
from swancli.objects.bucket import Bucket, Changed, Object
from swancli.objects.contents import MAX_ATTEMPTS, Contents, File
from swancli.objects.kept import Kept, KeptFile
from swancli.objects.tree import Tree

Item = TypeVar("Item")
Result = TypeVar("Result")

FIRST_DESCRIPTOR = 1 << 30
MAX_READ_BYTES = 1 << 23
NS = 1_000_000_000
MAX_NUMBER = 10**18  # as a time in ns, this is before 2002

_lock = threading.Lock()
_timeout: float | None = None
_buckets: dict[str, Bucket] = {}
_trees: dict[str, Tree] = {}  # by the path of a logdir
_contents = Contents()
_kept = Kept()
_files: dict[int, File | KeptFile] = {}
_numbers = count(FIRST_DESCRIPTOR)


class State(NamedTuple):
    """What stat returns for an object or a folder: the fields that are used."""

    st_mode: int
    st_ino: int
    st_dev: int
    st_size: int
    st_mtime_ns: int
    st_ctime_ns: int

    @property
    def st_mtime(self) -> float:
        """When it was written, in seconds since 1970."""
        return self.st_mtime_ns / NS


class Entry:
    """What scandir yields for an object or a folder."""

    __slots__ = ("_object", "name", "path")

    def __init__(self, folder: str, name: str, found: Object | None) -> None:
        self.name, self.path, self._object = name, f"{folder}/{name}", found

    def is_dir(self, follow_symlinks: bool = True) -> bool:
        """Whether it is a folder."""
        return self._object is None

    def is_symlink(self) -> bool:
        """False: there are none."""
        return False

    def stat(self, follow_symlinks: bool = True) -> State:
        """Its state."""
        return _state(self.path, self._object)


class Entries:
    """The iterator that scandir returns."""

    def __init__(self, folder: str, names: Iterator[tuple[str, Object | None]]) -> None:
        self._folder, self._names = folder, names

    def __iter__(self) -> Entries:
        return self

    def __next__(self) -> Entry:
        return Entry(self._folder, *next(self._names))

    def __enter__(self) -> Entries:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def attach(timeout: float | None) -> None:
    """Replace the functions of `disk` with these."""
    global _timeout
    _timeout = timeout
    disk.replace({name: globals()[name] for name in CALLS})


def scandir(path: str) -> object:
    """os.scandir."""
    if not is_object_store(path):
        return os.scandir(path)
    tree, key = _of(path)
    names = tree.names(key)
    first = next(names, None)  # raises if there is no such folder
    return Entries(_clean(path), iter(()) if first is None else chain([first], names))


def listdir(path: str) -> list[str]:
    """os.listdir."""
    if not is_object_store(path):
        return os.listdir(path)
    tree, key = _of(path)
    return [name for name, _ in tree.names(key)]


def stat(path: str, *, follow_symlinks: bool = True) -> os.stat_result | State:
    """os.stat."""
    if not is_object_store(path):
        return os.stat(path, follow_symlinks=follow_symlinks)
    tree, key = _of(path)
    found = tree.find(key)
    return _state(_clean(path), found, tree.mark(key) if found is None else "")


def lstat(path: str) -> os.stat_result | State:
    """os.lstat."""
    return stat(path, follow_symlinks=False)


def access(path: str, mode: int) -> bool:
    """os.access; a missing permission for an object is an error when it is read."""
    return is_object_store(path) or os.access(path, mode)


def exists(path: str) -> bool:
    """os.path.exists."""
    return _kind(path) is not None if is_object_store(path) else os.path.exists(path)


def isdir(path: str) -> bool:
    """os.path.isdir."""
    return _kind(path) is modes.S_IFDIR if is_object_store(path) else os.path.isdir(path)


def isfile(path: str) -> bool:
    """os.path.isfile."""
    return _kind(path) is modes.S_IFREG if is_object_store(path) else os.path.isfile(path)


def islink(path: str) -> bool:
    """os.path.islink."""
    return not is_object_store(path) and os.path.islink(path)


def realpath(path: str) -> str:
    """os.path.realpath; a path of an object store that is not below a known logdir is taken for one."""
    if not is_object_store(path):
        return os.path.realpath(path)
    path = normpath(path)
    with _lock:
        if not any(path.startswith(root + "/") for root in _trees):
            _add_tree(path)
    return path


def normpath(path: str) -> str:
    """os.path.normpath."""
    return _clean(path) if is_object_store(path) else os.path.normpath(path)


def open(path: str, flags: int) -> int:
    """os.open, for reading."""
    if not is_object_store(path):
        return os.open(path, flags)
    tree, key = _of(path)
    found = tree.find(key)
    if found is None:
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    number = next(_numbers)
    if posixpath.basename(key).startswith(DATABASE):
        _files[number] = KeptFile(_clean(path), found, whole)
        return number
    _files[number] = File(_bucket(path), key, found, _contents, lambda: _current(tree, key))
    return number


def close(fd: int) -> None:
    """os.close."""
    file = _files.pop(fd, None)
    if file is None:
        os.close(fd)
    else:
        file.close()


def fstat(fd: int) -> os.stat_result | State:
    """os.fstat."""
    file = _files.get(fd)
    return os.fstat(fd) if file is None else _state(file.path, file.version)


def read(fd: int, length: int) -> bytes:
    """os.read."""
    file = _files.get(fd)
    return os.read(fd, length) if file is None else file.read(length)


def pread(fd: int, length: int, offset: int) -> bytes:
    """os.pread."""
    file = _files.get(fd)
    return os.pread(fd, length, offset) if file is None else file.pread(length, offset)


def lseek(fd: int, position: int, how: int) -> int:
    """os.lseek; an object has no holes."""
    file = _files.get(fd)
    if file is None:
        return os.lseek(fd, position, how)
    if how == os.SEEK_SET:
        file.position = position
    return position


def readv(fd: int, buffers: Sequence[memoryview]) -> int:
    """os.readv, into the first of the buffers."""
    file = _files.get(fd)
    if file is None:
        return os.readv(fd, buffers)
    data = file.read(min(len(buffers[0]), MAX_READ_BYTES))
    buffers[0][: len(data)] = data
    return len(data)


@contextmanager
def whole(path: str) -> Iterator[str]:
    """The path of a file on this machine with the bytes of an object; FileNotFoundError if there is none."""
    if not is_object_store(path):
        yield path
        return
    tree, key = _of(path)
    version = tree.find(key)
    for _ in range(MAX_ATTEMPTS):
        if version is None:
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        try:
            file = _kept.path(_bucket(path), key, version)
            break
        except Changed:
            version = _current(tree, key)
    else:
        raise RemoteError(f"{path} was changed each time it was read; try again")
    try:
        yield file
    finally:
        _kept.let_go(file)


def look_again(path: str) -> None:
    """Forget what was listed at this path and below: it is listed anew when it is needed."""
    if is_object_store(path):
        tree, key = _of(path)
        below = _clean(path) + "/"
        with _lock:
            trees = [other for root, other in _trees.items() if root.startswith(below)]
        tree.forget(key)
        for other in trees:
            other.forget(other.root)


def each(function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """`function(item)` for each of `items`, in parallel."""
    from swancli.remote.in_parallel import in_parallel

    return in_parallel(function, list(items))


def may_fork() -> bool:
    """False once requests have been made: a copy of the process lacks the threads that make them."""
    return not _buckets


CALLS = (
    "scandir", "listdir", "stat", "lstat", "access", "exists", "isdir", "isfile", "islink", "realpath", "normpath",
    "open", "close", "fstat", "read", "pread", "lseek", "readv", "whole", "look_again", "each",
    "may_fork",
)  # fmt: skip


def _clean(path: str) -> str:
    """A path without empty parts, "." and "..", and without a slash at its end."""
    scheme, _, rest = path.partition("://")
    bucket, _, key = rest.partition("/")
    key = posixpath.normpath("/" + key).lstrip("/")
    return f"{scheme}://{bucket}/{key}" if key else f"{scheme}://{bucket}"


def _of(path: str) -> tuple[Tree, str]:
    """The tree that a path is in, and the key of the object."""
    path = _clean(path)
    key = path.partition("://")[2].partition("/")[2]
    with _lock:
        roots = [root for root in _trees if path == root or path.startswith(root + "/")]
        if path not in _trees and (not roots or path.endswith("/" + DEFAULT_LOGDIR)):
            root = path.rpartition("/")[0] if posixpath.basename(path).startswith(DATABASE) else path
            _add_tree(root)
            roots.append(root)
        return _trees[max(roots, key=len)], key


def _add_tree(path: str) -> None:
    """Take a path for that of a logdir, and no longer any below it, unless it is named swanlog."""
    if path not in _trees:
        key = path.partition("://")[2].partition("/")[2]
        _trees[path] = Tree(_bucket(path), key)
    for other in [root for root in _trees if root.startswith(path + "/") and not root.endswith("/" + DEFAULT_LOGDIR)]:
        del _trees[other]


def _bucket(path: str) -> Bucket:
    scheme, _, rest = path.partition("://")
    url = f"{scheme}://{rest.partition('/')[0]}"
    if url not in _buckets:
        _buckets[url] = Bucket(url, _timeout)
    return _buckets[url]


def _current(tree: Tree, key: str) -> Object:
    """The current version of an object; FileNotFoundError if there is none."""
    tree.forget(key)
    found = tree.find(key)
    if found is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), key)
    return found


def _kind(path: str) -> int | None:
    """The type of what is at a path, None if there is nothing."""
    try:
        tree, key = _of(path)
        return modes.S_IFDIR if tree.find(key) is None else modes.S_IFREG
    except FileNotFoundError:
        return None


def _state(path: str, found: Object | None, mark: str = "") -> State:
    """The state of an object, or of a folder with a mark that changes when its names do."""
    if found is None:
        return State(modes.S_IFDIR | 0o500, _number(path), 0, 0, 0, _number(mark) if mark else 0)
    return State(modes.S_IFREG | 0o400, _number(path), 0, found.size, found.mtime_ns, _number(found.etag))


def _number(text: str) -> int:
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") % MAX_NUMBER
