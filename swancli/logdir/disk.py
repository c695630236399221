"""The functions with which everything in a logdir is listed and read.

They are those of `os`, at no extra cost. `swancli.objects` calls `replace` to put functions in their place that also
know the paths of object stores; so they are always called as `disk.stat(…)`, never imported by name.
"""

from __future__ import annotations

import os
from contextlib import nullcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from typing import TypeVar

    Item = TypeVar("Item")
    Result = TypeVar("Result")

scandir = os.scandir
listdir = os.listdir
stat = os.stat
lstat = os.lstat
access = os.access
exists = os.path.exists
isdir = os.path.isdir
isfile = os.path.isfile
islink = os.path.islink
realpath = os.path.realpath
normpath = os.path.normpath
open = os.open
close = os.close
fstat = os.fstat
read = os.read
pread = os.pread
lseek = os.lseek
readv = os.readv


def whole(path: str) -> AbstractContextManager[str]:
    """The path of a file on this machine with the same bytes, valid until the block ends: here, the file itself."""
    return nullcontext(path)


def look_again(path: str) -> None:
    """Look up anew what is at this path and below when it is needed next; on a disk, that always happens."""


def each(function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """`function(item)` for each of `items`, in their order; in parallel where files come from a server."""
    return map(function, items)


def may_fork() -> bool:
    """Whether a copy of this process can go on reading."""
    return True


def replace(calls: Mapping[str, object]) -> None:
    """Replace functions above with others, by name."""
    globals().update(calls)
