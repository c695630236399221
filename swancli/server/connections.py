"""Connections that would cost without asking: too long headers, half requests, readers that do not read.

uvicorn bounds none of these. One look at all connections each second does, and a count of header bytes.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

MOST = 1000  # connections; a new one drives out the one that has waited longest
LONGEST_HEAD = 1 << 16  # bytes of a request's line and headers
HEAD_WITHIN = 15.0  # seconds for a request to arrive, and for an idle connection to stay
STALLED = 60.0  # seconds in which a reader takes nothing of what was sent


class Connections:
    """All open connections; `protocol` makes uvicorn's protocols report to this."""

    def __init__(self, most: int | None = None) -> None:
        self._most = most if most is not None else _affordable()
        self._open: dict[Any, _Watched] = {}

    def __len__(self) -> int:
        return len(self._open)

    def protocol(self, base: Any) -> Any:
        """A subclass of one of uvicorn's protocols whose connections are watched."""
        connections = self

        class Protocol(base):  # type: ignore[misc]
            """One watched connection."""

            def connection_made(self, transport: asyncio.Transport) -> None:
                super().connection_made(transport)
                connections._arrived(self)

            def connection_lost(self, exc: Exception | None) -> None:
                connections._open.pop(self, None)
                super().connection_lost(exc)

            def on_url(self, url: bytes) -> None:
                # "#" can't be in a request's path; where it is, swanboard takes it for a part of the name
                super().on_url(url.replace(b"#", b"%23"))

            def data_received(self, data: bytes) -> None:
                super().data_received(data)
                if _waiting(self):
                    watched = connections._open.get(self)
                    if watched is not None:
                        watched.head += len(data)
                        if watched.head > LONGEST_HEAD:
                            self.transport.abort()
                elif (watched := connections._open.get(self)) is not None:
                    watched.head = 0

        return Protocol

    def look(self, now: float | None = None) -> None:
        """End the connections that cost without asking."""
        now = time.monotonic() if now is None else now
        for protocol, watched in list(self._open.items()):
            left = protocol.transport.get_write_buffer_size()
            if left != watched.left or not left:
                watched.left, watched.moved = left, now
            if not _waiting(protocol):
                watched.since = now
            if now - watched.since > HEAD_WITHIN or now - watched.moved > STALLED:
                if left and now - watched.moved <= STALLED:
                    continue  # the end of an answer is still on its way
                protocol.transport.abort()

    def _arrived(self, protocol: Any) -> None:
        self._open[protocol] = _Watched(time.monotonic())
        if len(self._open) > self._most:
            # the dict is in order of arrival: the first that waits has waited longest
            idle = next((one for one in self._open if _waiting(one)), protocol)
            self._open.pop(idle, None)
            idle.transport.abort()


class _Watched:
    """What is known of a connection: since when it waits, bytes of its head so far, bytes not yet taken."""

    __slots__ = ("head", "left", "moved", "since")

    def __init__(self, now: float) -> None:
        self.since = self.moved = now
        self.head = self.left = 0


def _waiting(protocol: Any) -> bool:
    """Whether a connection is between requests, or in the midst of a request's head."""
    cycle = protocol.cycle
    return cycle is None or cycle.response_complete


def _affordable() -> int:
    """MOST, or what the limit of open files leaves room for."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST + 200
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            soft = most
        except (OSError, ValueError):
            pass
        return max(min(MOST, soft - 200), 16)
    return MOST
