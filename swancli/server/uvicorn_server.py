"""The HTTP server: the only file that touches uvicorn.

Beyond uvicorn's documented interface it relies on the following, which is why pyproject.toml bounds uvicorn above:

  Server                          startup, on_tick (called ten times a second), shutdown, capture_signals, handle_exit
  HttpToolsProtocol, H11Protocol  connection_made, connection_lost, data_received, transport, cycle.response_complete
  HttpToolsProtocol               on_url
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

import uvicorn

from swancli.server.connections import Connections

if TYPE_CHECKING:
    import socket
    from types import FrameType
    from typing import Any

    from starlette.types import ASGIApp

ACCEPT_BACKLOG = 1024  # connections that wait to be accepted
KEEP_ALIVE_SECONDS = 10
SHUTDOWN_TIMEOUT_SECONDS = 2  # for requests in flight when the server is told to stop
EXIT_TIMEOUT_SECONDS = 2.8  # after which the process ends, whatever it is doing
TICKS_PER_SECOND = 10


class Server(uvicorn.Server):
    """uvicorn's server for an ASGI app: `run(sockets=[…])` serves, `should_exit = True` stops it.

    `warn` is called with the errors of the event loop, `on_stop` when the server is told to stop, `on_shutdown` when
    the last request is answered.
    """

    def __init__(
        self, app: ASGIApp, warn: Callable[[str], None], on_stop: Callable[[], None], on_shutdown: Callable[[], None]
    ) -> None:
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL + 1)  # its tracebacks are not for users
        self._connections = Connections()
        self._warn, self._on_stop, self._on_shutdown = warn, on_stop, on_shutdown
        self._alarm: threading.Timer | None = None
        super().__init__(
            uvicorn.Config(
                app,
                http=_protocol(self._connections),
                loop="asyncio",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                backlog=ACCEPT_BACKLOG,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=SHUTDOWN_TIMEOUT_SECONDS,
            )
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGINT and SIGTERM; unlike uvicorn's, don't raise them again afterwards: the exit code is 0."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            if self._alarm is not None:
                self._alarm.cancel()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop when requests in flight are answered, or after a short time; at once on a second signal."""
        if self._alarm is not None:
            os._exit(0)
        self.should_exit = True
        self._alarm = threading.Timer(EXIT_TIMEOUT_SECONDS, os._exit, [0])
        self._alarm.daemon = True
        self._alarm.start()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to accept connections."""
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: self._warn(str(context.get("message"))))
        await super().startup(sockets)

    async def on_tick(self, counter: int) -> bool:
        """Check the connections once a second."""
        if counter % TICKS_PER_SECOND == 0:
            self._connections.end_stalled()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop when requests in flight are answered."""
        self._on_stop()
        await super().shutdown(sockets)
        self._on_shutdown()


class _Watched(asyncio.Protocol):
    """A mixin for uvicorn's protocols: a connection that reports to `Connections`, as its Connection."""

    watched_by: Connections
    transport: asyncio.Transport
    cycle: Any  # the latest request and its response, of a class of the protocol's own

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.watched_by.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.watched_by.closed(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self.watched_by.received(self, len(data))

    def is_waiting(self) -> bool:
        """Whether it is between requests, or within the headers of one."""
        return self.cycle is None or bool(self.cycle.response_complete)

    def unsent_bytes(self) -> int:
        """How many bytes of responses the client has not taken yet."""
        return self.transport.get_write_buffer_size()

    def abort(self) -> None:
        """End it at once."""
        self.transport.abort()


def _protocol(connections: Connections) -> type[asyncio.Protocol]:
    """uvicorn's faster protocol, or its pure Python one where httptools is missing, watched by `connections`."""
    if find_spec("httptools") is None:
        from uvicorn.protocols.http.h11_impl import H11Protocol

        class H11(_Watched, H11Protocol):
            watched_by = connections

        return H11

    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

    class HttpTools(_Watched, HttpToolsProtocol):
        watched_by = connections

        def on_url(self, url: bytes) -> None:
            # "#" is not allowed in a request's path; swanboard takes it for a part of the name
            super().on_url(url.replace(b"#", b"%23"))

    return HttpTools
