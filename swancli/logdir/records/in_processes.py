"""Scanning many large record files in several processes, one for each processor: each gives back only its facts.

Where a process can't be forked because files are waited for, they are read side by side in this one.

The processes are forks of this one that end without returning from here. What they do not deliver, for whatever reason,
is scanned later as if they had not been there.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import sys
from collections.abc import Sequence
from struct import Struct

from swancli import progress
from swancli.logdir import disk
from swancli.logdir.records.run import RecordedRun

MIN_BYTES = 64 << 20  # of record files; fewer are scanned in a shorter time than it takes to think about it
MAX_PROCESSES = 8
PIECE_BYTES = 1 << 16
MESSAGE = Struct("<IQI")  # number of the run, the time of the look at its file in ns, bytes of JSON that follow


def scan(runs: Sequence[RecordedRun]) -> None:
    """Scan those runs that the cache does not know, if there is enough to read and this process can be forked."""
    unknown = [run for run in runs if not run.is_known]
    if not disk.may_fork():
        for n, _ in enumerate(disk.each(RecordedRun.learn, unknown)):
            progress.report(n, len(unknown))
        return
    processes = min(_processors(), MAX_PROCESSES, len(unknown))
    if processes < 2 or not _may_fork() or sum(run.size for run in unknown) < MIN_BYTES:
        return
    pipes: dict[int, int] = {}  # by the read end, the process that writes
    try:
        for first in range(processes):
            read, write = os.pipe()
            pid = os.fork()
            if not pid:
                _scan_and_exit(unknown, range(first, len(unknown), processes), write)
            os.close(write)
            pipes[read] = pid
        _receive(unknown, list(pipes))
    except OSError:
        pass
    finally:
        for read, pid in pipes.items():
            os.close(read)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _scan_and_exit(runs: Sequence[RecordedRun], mine: Sequence[int], write: int) -> None:
    """Scan some runs and write their facts to a pipe, one after the other."""
    try:
        progress.show_with(None)
        for n in mine:
            state, looked, facts = runs[n].scan_for_another()
            if state is not None and facts is not None:
                body = json.dumps(state).encode() + b"\n" + facts
                rest = memoryview(MESSAGE.pack(n, looked, len(body)) + body)
                while rest:
                    rest = rest[os.write(write, rest) :]
    except BaseException:
        os._exit(1)
    os._exit(0)


def _receive(runs: Sequence[RecordedRun], pipes: Sequence[int]) -> None:
    """Hand the runs their facts as they come."""
    received = dict.fromkeys(pipes, b"")
    done = 0
    with selectors.DefaultSelector() as selector:
        for pipe in pipes:
            selector.register(pipe, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                piece = os.read(key.fd, PIECE_BYTES)
                if not piece:
                    selector.unregister(key.fd)
                data = received[key.fd] + piece
                while len(data) >= MESSAGE.size:
                    n, looked, size = MESSAGE.unpack_from(data)
                    if len(data) < MESSAGE.size + size:
                        break
                    state, _, facts = data[MESSAGE.size : MESSAGE.size + size].partition(b"\n")
                    runs[n].adopt(tuple(json.loads(state)), looked, facts)
                    data = data[MESSAGE.size + size :]
                    done += 1
                    progress.report(done, len(runs))
                received[key.fd] = data


def _processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def _may_fork() -> bool:
    """Whether a fork is safe: on Linux, in a process without other threads."""
    threading = sys.modules.get("threading")
    return sys.platform == "linux" and (threading is None or threading.active_count() == 1)
