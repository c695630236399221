"""Connections that want to cost: floods of headers, half requests, slow readers, too many of them."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from swancli.demo import write_demo
from swancli.server import connections, uvicorn_server
from swancli.source import LocalSource
from tests.support.stub_server import Serving
from tests.support.waiting import PATIENCE_SECONDS, wait_until

pytestmark = pytest.mark.slow

BASES = ["h11", *(["httptools"] if uvicorn_server.find_spec("httptools") else [])]
REQUEST = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = str(tmp_path_factory.mktemp("connections") / "swanlog")
    write_demo(folder)
    return folder


@pytest.fixture(params=BASES)
def server(request: pytest.FixtureRequest, logdir: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serving]:
    """A server with each of uvicorn's two protocols, that keeps few connections."""
    there = uvicorn_server.find_spec
    monkeypatch.setattr(
        uvicorn_server, "find_spec", lambda name: None if name == "httptools" != request.param else there(name)
    )
    monkeypatch.setattr(connections, "_affordable", lambda: 20)
    made = Serving(LocalSource(logdir))
    yield made
    made.close()


@pytest.fixture
def impatient(server: Serving, monkeypatch: pytest.MonkeyPatch) -> Serving:
    """The server, that waits for nobody; only for tests in which nobody is to be waited for."""
    monkeypatch.setattr(connections, "IDLE_TIMEOUT_SECONDS", 1.0)
    monkeypatch.setattr(connections, "WRITE_TIMEOUT_SECONDS", 1.5)
    return server


def connected(server: Serving) -> socket.socket:
    """A new connection."""
    return socket.create_connection(("127.0.0.1", server.port), PATIENCE_SECONDS)


def send_all(sock: socket.socket, pieces: Iterable[bytes], pause: float = 0.0) -> None:
    """Send piece after piece."""
    for piece in pieces:
        sock.sendall(piece)
        time.sleep(pause)


def closed(sock: socket.socket) -> bool:
    """Whether the other side ends the connection, some time."""
    with contextlib.suppress(ConnectionError):
        while sock.recv(65536):
            pass
    return True


def test_endless_headers_are_cut_off(server: Serving) -> None:
    with connected(server) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        with pytest.raises(ConnectionError):
            send_all(sock, (b"X-%d: %s\r\n" % (n, b"y" * 1000) for n in range(100_000)))
    assert server.ask("/healthz")[0] == 200


def test_one_endless_header_is_cut_off(server: Serving) -> None:
    with connected(server) as sock:
        sock.sendall(b"GET /")
        with pytest.raises(ConnectionError):
            send_all(sock, (b"y" * 1000 for _ in range(100_000)))
    assert server.ask("/healthz")[0] == 200


@pytest.mark.parametrize("start", [b"", b"GET /healthz HTTP/1.1\r\nHost: local"])
def test_half_a_request_does_not_stay(start: bytes, impatient: Serving) -> None:
    with connected(impatient) as sock:
        sock.sendall(start)
        assert closed(sock)


def test_a_slow_trickle_of_a_head_does_not_stay(impatient: Serving) -> None:
    with connected(impatient) as sock:
        sock.sendall(b"GET /healthz HTTP/1.1\r\n")
        with pytest.raises(ConnectionError):
            send_all(sock, (b"X-%d: y\r\n" % n for n in range(int(PATIENCE_SECONDS / 0.05))), 0.05)


def test_a_reader_that_does_not_read_does_not_stay(impatient: Serving) -> None:
    server = impatient
    body = b"x" * (64 << 20)

    async def much(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for at in range(0, len(body), 1 << 20):
            await send({"type": "http.response.body", "body": body[at : at + (1 << 20)], "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    app, server.app = server.app, much
    with connected(server) as sock:
        sock.sendall(REQUEST)
        assert sock.recv(100)
        wait_until(lambda: server.open_connections == 0, "the connection to be closed")
    server.app = app
    assert server.ask("/healthz")[0] == 200


def test_more_connections_than_allowed_drive_out_idle_ones(server: Serving) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(100):
            with contextlib.suppress(ConnectionError):
                stack.enter_context(connected(server))
        assert server.ask("/healthz")[0] == 200
        wait_until(lambda: server.open_connections <= 20, "idle connections to be closed")


def test_requests_one_behind_the_other_are_answered_in_order(server: Serving) -> None:
    with connected(server) as sock:
        sock.sendall(REQUEST * 49 + REQUEST.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        data = b""
        while piece := sock.recv(65536):
            data += piece
    assert data.count(b"HTTP/1.1 200 OK") == 50


@pytest.mark.parametrize(
    "request_",
    [
        b"\r\n\r\n\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"GET /api/v1/project HTTP/9.9\r\n\r\n",
        b"GET /api/v1/project\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"CONNECT evil:80 HTTP/1.1\r\nHost: evil:80\r\nConnection: close\r\n\r\n",
        b"GET http://evil/api/v1/project HTTP/1.1\r\nHost: evil\r\nConnection: close\r\n\r\n",
        b"GET /api/v1/project HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\nConnection: close\r\n\r\n",
        b"GET /api/v1/project HTTP/1.0\r\n\r\n",
        b"GET /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        b"GET /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
        b"POST /api/v1/project HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\nabc",
        b"GET /x HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: upgrade, close\r\n\r\n",
    ],
)
def test_no_bytes_let_a_stranger_in_or_end_the_server(request_: bytes, server: Serving) -> None:
    with connected(server) as sock:
        sock.sendall(request_)
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_WR)
        data = b""
        with contextlib.suppress(ConnectionError):
            while piece := sock.recv(65536):
                data += piece
    assert b"llamafactory" not in data
    assert b"Traceback" not in data
    assert b" 500 " not in data.partition(b"\r\n")[0]
    assert server.ask("/healthz")[0] == 200


def test_a_client_that_goes_away_ends_its_answer(server: Serving) -> None:
    for _ in range(20):
        with connected(server) as sock:
            sock.sendall(b"GET /api/v1/experiment/1/recent_log HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert server.ask("/healthz")[0] == 200
