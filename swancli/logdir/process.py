"""Whether the process that wrote a run is gone, as far as this machine can know.

swanlab-metadata.json holds the host name and the process id of the training. They mean something here only if the host
is this one, the run began after the machine (or the container that this process is in) was started, and the Python
that ran it exists here: a run in another container may have the same host name, and its own process ids.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache

SLACK_SECONDS = 2.0  # the clocks of processes and of files are rounded
FIRST_PROCESS = 1


def may_be_known(started: float | None) -> bool:
    """Whether a run that began then, in seconds since 1970, can have a process that this machine knows."""
    booted = _once(start_of, FIRST_PROCESS)
    return started is not None and booted is not None and started > booted


def is_gone(metadata: object, written: float) -> bool:
    """Whether the process in a run's metadata has ended; False if that is unknown.

    `written` is when the metadata were written: a process that started later has only reused the process id.
    """
    found = _process(metadata)
    if found is None:
        return False
    try:
        os.kill(found, 0)
    except ProcessLookupError:
        return True
    except OSError:  # somebody else's
        pass
    begun = start_of(found)
    return begun is not None and begun > written + SLACK_SECONDS


def start_of(pid: int) -> float | None:
    """When a process began, in seconds since 1970; infinity for one that is dead, but not reaped; None if unknown."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()  # the name, in parentheses, may hold anything
        with open("/proc/stat", encoding="ascii") as file:
            booted = next(int(line.split()[1]) for line in file if line.startswith("btime "))
        if fields[0] in ("Z", "X"):
            return float("inf")
        return booted + int(fields[19]) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, StopIteration):
        return None


@cache
def _once(function: Callable[[int], float | None], pid: int) -> float | None:
    """What `function` says of a process, asked only once: it is the same for all runs of a project."""
    return function(pid)


def _process(metadata: object) -> int | None:
    """The process id in metadata of any version, if it is one on this machine."""
    if not isinstance(metadata, dict):
        return None
    runtime = metadata.get("runtime")
    facts = runtime if isinstance(runtime, dict) else metadata
    pid, host = facts.get("pid"), facts.get("hostname")
    python = facts.get("python_executable") or facts.get("executable")
    if not isinstance(pid, int) or isinstance(pid, bool) or pid <= 0:
        return None
    import socket

    if host != socket.gethostname():
        return None
    return pid if isinstance(python, str) and os.path.exists(python) else None
