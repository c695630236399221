"""How long a request may take, from connecting to the end of the response. The only file that uses httpcore.

httpx limits each read from a connection, but not their sum: a server that sends a byte a second would never reach such
a limit. A TimeLimit is given to httpx in place of the timeouts of a request; it is passed on to httpcore and then to
the backend below, which asks it before each step how long that step may take.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from typing import Any

import httpcore

CONNECT_TIMEOUT_SECONDS = 10.0
MIN_BYTES_PER_SECOND = 1024  # that must arrive on average if a response takes longer than the limit
MAX_SECONDS = 1e8  # sockets accept no more


class TimeLimit:
    """`seconds` for a whole request. A response that is still arriving then may go on, as long as in each further
    `seconds`, too, more than MIN_BYTES_PER_SECOND arrive on average.

    Only time spent waiting for the other side counts, so that whoever reads the response may take time.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = min(seconds, MAX_SECONDS)
        self.extended = False  # whether more than `seconds` were granted
        self._waited = 0.0
        self._received = 0

    def left(self) -> float:
        """How many seconds the next step may take; 0 if the time is up."""
        if self._received > MIN_BYTES_PER_SECOND * self.seconds:
            return self.seconds
        return max(self.seconds - self._waited, 0.0)

    def add(self, waited: float, received: int = 0) -> None:
        """Count a step: the seconds it took, and the bytes that arrived."""
        self._waited += waited
        self._received += received
        if self._waited >= self.seconds and self._received > MIN_BYTES_PER_SECOND * self.seconds:
            self._waited, self._received, self.extended = 0.0, 0, True


class LimitedStream(httpcore.NetworkStream):
    """A connection whose reads and writes keep to a TimeLimit; without one, to `connected`."""

    def __init__(self, stream: httpcore.NetworkStream, connected: TimeLimit) -> None:
        self._stream, self._connected = stream, connected

    def read(self, max_bytes: int, timeout: Any = None) -> bytes:
        """What has arrived, or arrives in time."""
        limit = timeout or self._connected
        left, start, data = limit.left(), time.monotonic(), b""
        if not left:
            raise httpcore.ReadTimeout("time limit exceeded")
        try:
            data = self._stream.read(max_bytes, left)
        finally:
            limit.add(time.monotonic() - start, len(data))
        return data

    def write(self, buffer: bytes, timeout: Any = None) -> None:
        """Send all of a buffer."""
        with _step(timeout or self._connected, httpcore.WriteTimeout) as left:
            self._stream.write(buffer, left)

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: Any = None
    ) -> LimitedStream:
        """The same connection with TLS."""
        limit = timeout or self._connected
        try:
            with _step(limit, httpcore.ConnectTimeout) as left:
                left = min(left, CONNECT_TIMEOUT_SECONDS)
                return LimitedStream(self._stream.start_tls(ssl_context, server_hostname, left), limit)
        except Exception:
            self.close()
            raise

    def get_extra_info(self, info: str) -> Any:
        """What the connection tells of itself."""
        return self._stream.get_extra_info(info)


class LimitedBackend(httpcore.SyncBackend):
    """Connects within a TimeLimit, which httpcore passes as `timeout`."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: Any = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> LimitedStream:
        """A connection to the first address of a host that accepts one."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
        end = time.monotonic() + CONNECT_TIMEOUT_SECONDS
        for n, address in enumerate(addresses):
            try:
                with _step(timeout, httpcore.ConnectTimeout) as left:
                    left = min(left, max(end - time.monotonic(), 0.001)) / (len(addresses) - n)
                    stream = super().connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if n == len(addresses) - 1:
                    raise
            else:
                return LimitedStream(stream, timeout)
        raise httpcore.ConnectError(f"no address found for {host}")


@contextlib.contextmanager
def _step(limit: TimeLimit, error: type[Exception]) -> Iterator[float]:
    """A step that counts towards a limit: how long it may take; raises `error` if the time is up."""
    left, start = limit.left(), time.monotonic()
    if not left:
        raise error("time limit exceeded")
    try:
        yield left
    finally:
        limit.add(time.monotonic() - start)
