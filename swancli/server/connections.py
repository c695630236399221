"""Which connections are ended: those with endless headers or half a request, clients that do not read; and which one
if there are too many.

uvicorn limits none of these. `Connections` counts header bytes as they arrive, and checks all connections each second.
"""

from __future__ import annotations

import time
from typing import Protocol

MAX_CONNECTIONS = 1000
SPARE_FILES = 200  # open files that are left for everything but connections
MAX_HEADER_BYTES = 1 << 16  # of a request's line and headers
IDLE_TIMEOUT_SECONDS = 15.0  # for a request to arrive, and for an idle connection
WRITE_TIMEOUT_SECONDS = 60.0  # in which a client takes nothing of what was sent


class Connection(Protocol):
    """What must be known of a connection, and done to it."""

    def is_waiting(self) -> bool:
        """Whether it is between requests, or within the headers of one."""

    def unsent_bytes(self) -> int:
        """How many bytes of responses the client has not taken yet."""

    def abort(self) -> None:
        """End it at once."""


class Connections:
    """All open connections, in the order in which they were opened."""

    def __init__(self, max_connections: int | None = None) -> None:
        self._max_connections = max_connections if max_connections is not None else _affordable()
        self._open: dict[Connection, _Progress] = {}

    def __len__(self) -> int:
        return len(self._open)

    def opened(self, connection: Connection) -> None:
        """Note a new connection; when there are too many, end the oldest that is waiting, or else the new one."""
        self._open[connection] = _Progress(time.monotonic())
        if len(self._open) > self._max_connections:
            idle = next((one for one in self._open if one.is_waiting()), connection)
            self._open.pop(idle, None)
            idle.abort()

    def closed(self, connection: Connection) -> None:
        """Forget a connection."""
        self._open.pop(connection, None)

    def received(self, connection: Connection, count: int) -> None:
        """Count bytes that were received and handled; headers that are too long end the connection."""
        progress = self._open.get(connection)
        if progress is None:
            return
        if not connection.is_waiting():
            progress.header_bytes = 0
            return
        progress.header_bytes += count
        if progress.header_bytes > MAX_HEADER_BYTES:
            connection.abort()

    def end_stalled(self, now: float | None = None) -> None:
        """End the connections on which nothing has moved for too long; to be called each second."""
        now = time.monotonic() if now is None else now
        for connection, progress in list(self._open.items()):
            unsent = connection.unsent_bytes()
            if unsent != progress.unsent_bytes or not unsent:
                progress.unsent_bytes, progress.unsent_since = unsent, now
            if not connection.is_waiting():
                progress.waiting_since = now
            write_stalled = now - progress.unsent_since > WRITE_TIMEOUT_SECONDS
            idle = now - progress.waiting_since > IDLE_TIMEOUT_SECONDS
            if write_stalled or (idle and not unsent):  # with bytes unsent, the end of a response is on its way
                connection.abort()


class _Progress:
    """Since when a connection waits, and since when bytes stay unsent (monotonic seconds); counts of these bytes."""

    __slots__ = ("header_bytes", "unsent_bytes", "unsent_since", "waiting_since")

    def __init__(self, now: float) -> None:
        self.waiting_since = self.unsent_since = now
        self.header_bytes = self.unsent_bytes = 0


def _affordable() -> int:
    """MAX_CONNECTIONS, or what the limit of open files leaves room for; raises that limit as far as allowed."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_CONNECTIONS + SPARE_FILES
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return MAX_CONNECTIONS
    raised = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))
    except (OSError, ValueError):
        raised = soft
    return max(min(MAX_CONNECTIONS, raised - SPARE_FILES), 16)
