"""Servers for tests: a stub that misbehaves as told, and a real `serve` in a thread."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from swancli.server.run import listen, server
from swancli.source import Source
from tests.support.waiting import PATIENCE_SECONDS

CERTIFICATES = Path(__file__).parent / "certificates"
PROJECT = b'{"code":0,"message":"success","data":{"id":1,"name":"p","experiments":[]}}'
Behaviour = Callable[[socket.socket, bytes], None]


class Stub:
    """Accepts connections, reads a request from each, and lets a behaviour answer; keeps what was asked."""

    def __init__(self, behaviour: Behaviour, tls: bool = False) -> None:
        self.behaviour = behaviour
        self.requests: list[bytes] = []
        self._context: ssl.SSLContext | None = None
        if tls:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(CERTIFICATES / "certificate.pem", CERTIFICATES / "key.pem")
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self.over = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Stop; behaviours that wait end."""
        self.over.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
            with connection:
                request = b""
                while b"\r\n\r\n" not in request:
                    piece = connection.recv(65536)
                    if not piece:
                        return
                    request += piece
                self.requests.append(request)
                self.behaviour(connection, request)


@contextlib.contextmanager
def stub(behaviour: Behaviour, tls: bool = False) -> Iterator[Stub]:
    """A running stub."""
    made = Stub(behaviour, tls)
    try:
        yield made
    finally:
        made.close()


def answer(
    body: bytes,
    status: str = "200 OK",
    content_type: str = "application/json",
    headers: tuple[str, ...] = (),
    length: int | None = None,
) -> Behaviour:
    """One answer with a Content-Length, which may lie."""
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body) if length is None else length}",
        "Connection: close",
        *headers,
    ]
    head = "\r\n".join(lines).encode() + b"\r\n\r\n"
    return lambda connection, _: connection.sendall(head + body)


def raw(data: bytes) -> Behaviour:
    """These very bytes."""
    return lambda connection, _: connection.sendall(data)


def reset(connection: socket.socket, _: bytes = b"") -> None:
    """An RST instead of an answer."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def redirect(location: str) -> Behaviour:
    """302 to a location."""
    return answer(b"", "302 Found", headers=(f"Location: {location}",))


class Serving:
    """`serve` in a thread; `app` may be exchanged while it runs.

    With `api_only` it is what swanboard is: it knows the seven endpoints and nothing else.
    """

    def __init__(self, source: Source, api_only: bool = False, **options: Any) -> None:
        self._api_only = api_only
        self.paths: list[str] = []
        self.before_close: list[Callable[[], None]] = []  # what is done while it still answers
        self._socket, _, self.port = listen("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.port}"
        self._server = server(source, **options)
        self.app = self._server.config.app
        self._server.config.app = self
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Hand a request to the app of the moment."""
        self.paths.append(scope["path"])
        if self._api_only and scope["path"].startswith("/swancli"):
            headers = [(b"content-type", b"application/json")]
            await send({"type": "http.response.start", "status": 404, "headers": headers})
            return await send({"type": "http.response.body", "body": b'{"detail":"Not Found"}'})
        await self.app(scope, receive, send)

    def ask(
        self, path: str, method: str = "GET", headers: dict[str, str] | None = None
    ) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers of an answer to a raw path."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            connection.endheaders()
            response = connection.getresponse()
            return response.status, response.read(), {k.lower(): v for k, v in response.getheaders()}
        finally:
            connection.close()

    @property
    def open_connections(self) -> int:
        """How many connections it holds."""
        return len(self._server.server_state.connections)

    def close(self) -> None:
        """Stop, as SIGTERM does."""
        for act in self.before_close:
            act()
        self._server.should_exit = True
        self._thread.join(PATIENCE_SECONDS)
        self._socket.close()


@contextlib.contextmanager
def serving(source: Source, **options: Any) -> Iterator[Serving]:
    """A running server."""
    made = Serving(source, **options)
    try:
        yield made
    finally:
        made.close()
