"""Looking at many files in several processes, one for each processor: each sends back only what it found.

The processes are forks of this one that exit without returning to the caller. If one fails, its results are missing,
and the caller computes them itself.
"""

from __future__ import annotations

import os
import selectors
import signal
import sys
from collections.abc import Callable, Sequence
from struct import Struct
from typing import TypeAlias

from swancli import progress
from swancli.logdir import disk

MAX_PROCESSES = 8
PIECE_BYTES = 1 << 16
MESSAGE = Struct("<II")  # number of the item, bytes that follow
Work: TypeAlias = "Callable[[int], bytes | None]"  # given the number of an item: what was found about it, if anything
Take: TypeAlias = "Callable[[int, bytes], None]"


def are_possible() -> bool:
    """Whether forking is safe and worthwhile: with several processors, on Linux, in a process without other threads."""
    return _processors() > 1 and disk.may_fork() and _may_fork()


def work_on(count: int, work: Work, take: Take) -> None:
    """Call `take` with each number below `count` and what `work` finds for it, if anything, in the order of arrival."""
    processes = min(_processors(), MAX_PROCESSES, count)
    pipes: dict[int, int] = {}  # by the read end, the process that writes
    try:
        for first in range(processes):
            read, write = os.pipe()
            pid = os.fork()
            if not pid:
                _work_and_exit(range(first, count, processes), work, write)
            os.close(write)
            pipes[read] = pid
        _receive(list(pipes), take)
    except OSError:
        pass
    finally:
        for read, pid in pipes.items():
            os.close(read)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _work_and_exit(mine: Sequence[int], work: Work, write: int) -> None:
    """Write what is found to a pipe, one item after the other."""
    try:
        progress.show_with(None)
        for n in mine:
            found = work(n)
            if found is not None:
                rest = memoryview(MESSAGE.pack(n, len(found)) + found)
                while rest:
                    rest = rest[os.write(write, rest) :]
    except BaseException:
        os._exit(1)
    os._exit(0)


def _receive(pipes: Sequence[int], take: Take) -> None:
    """Pass on what the processes find as it arrives."""
    received = dict.fromkeys(pipes, b"")
    with selectors.DefaultSelector() as selector:
        for pipe in pipes:
            selector.register(pipe, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                piece = os.read(key.fd, PIECE_BYTES)
                if not piece:
                    selector.unregister(key.fd)
                received[key.fd] = _hand_on(received[key.fd] + piece, take)


def _hand_on(data: bytes, take: Take) -> bytes:
    """Pass on the complete messages; return what is left."""
    at = 0
    while len(data) >= at + MESSAGE.size:
        n, size = MESSAGE.unpack_from(data, at)
        end = at + MESSAGE.size + size
        if len(data) < end:
            break
        take(n, data[at + MESSAGE.size : end])
        at = end
    return data[at:]


def _processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def _may_fork() -> bool:
    threading = sys.modules.get("threading")
    return sys.platform == "linux" and (threading is None or threading.active_count() == 1)
