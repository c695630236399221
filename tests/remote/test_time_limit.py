"""--timeout bounds a whole request: a server that drips bytes cannot hold a command up, a large response may take long."""

from __future__ import annotations

import gzip
import json
import socket
import time
from collections.abc import Callable
from contextlib import closing

import httpcore
import pytest

from swancli import endpoints
from swancli.endpoints import LOGS, STATUS, SUMMARY
from swancli.errors import RemoteError
from swancli.remote import time_limit
from swancli.remote.source import RemoteSource
from swancli.remote.time_limit import LimitedStream, TimeLimit
from tests.support.stub_server import PROJECT, Behaviour, answer, redirect, stub

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
ONE_PIECE_SECONDS = 0.02
TIMEOUT_SECONDS = 0.5


def drip(start: bytes, piece: bytes) -> Behaviour:
    """`start` at once, and then a piece again and again until the other side hangs up."""

    def behave(connection: socket.socket, _: bytes) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(piece)
            time.sleep(ONE_PIECE_SECONDS)

    return behave


DRIPS = {
    "the status line": drip(b"HTTP/1.1 200 ", b"K"),
    "a header": drip(HEAD + b"X: ", b"y"),
    "headers": drip(HEAD, b"X: y\r\n"),
    "the body": drip(HEAD + b"\r\n" + PROJECT[:30], b" "),
    "a body with a length": drip(HEAD + b"Content-Length: 9999999\r\n\r\n" + PROJECT[:30], b" "),
    "chunks": drip(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "an error": drip(HEAD.replace(b"200 OK", b"500 Oh") + b"\r\n", b" "),
}


@pytest.mark.parametrize("behaviour", DRIPS.values(), ids=DRIPS)
def test_a_server_that_drips_ends_in_a_time_out(behaviour: Behaviour) -> None:
    with stub(behaviour) as server, closing(RemoteSource(server.url, timeout=TIMEOUT_SECONDS)) as source:
        with pytest.raises(RemoteError, match=r"(timed out|did not respond).* 0\.5 s \(--timeout sets the limit\)"):
            source.get(endpoints.PROJECT)
        assert len(server.requests) == 1


def test_gzip_that_drips_ends_in_a_time_out() -> None:
    packed = gzip.compress(bytes(range(256)) * 4096)

    def behave(connection: socket.socket, _: bytes) -> None:
        connection.sendall(HEAD + b"Content-Encoding: gzip\r\n\r\n")
        for byte in packed:
            connection.sendall(bytes([byte]))
            time.sleep(ONE_PIECE_SECONDS)

    with (
        stub(behave) as server,
        closing(RemoteSource(server.url, timeout=TIMEOUT_SECONDS)) as source,
        pytest.raises(RemoteError, match="timed out"),
    ):
        source.get(endpoints.PROJECT)


def test_a_drip_behind_a_redirect_ends_in_a_time_out() -> None:
    def behave(connection: socket.socket, request: bytes) -> None:
        there = request.startswith(b"GET /new")
        (DRIPS["the body"] if there else redirect("/new"))(connection, request)

    with stub(behave) as server, closing(RemoteSource(server.url, timeout=TIMEOUT_SECONDS)) as source:
        with pytest.raises(RemoteError, match="timed out"):
            source.get(endpoints.PROJECT)
        assert len(server.requests) == 2


def data(text: str) -> Behaviour:
    return answer(b'{"code":0,"message":"success","data":%s}' % text.encode())


def test_details_of_many_requests_each_keep_to_the_limit() -> None:
    def behave(connection: socket.socket, request: bytes) -> None:
        metric = b"/tag/" in request
        names = ",".join(json.dumps({"key": f"m{n}", "value": n}) for n in range(5))
        (DRIPS["the body"] if metric else data(f'{{"summaries":[{names}]}}'))(connection, request)

    with stub(behave) as server, closing(RemoteSource(server.url, timeout=TIMEOUT_SECONDS)) as source:
        found = source.details(SUMMARY, experiment=1)
        assert [one["value"] for one in found["summaries"]] == [0, 1, 2, 3, 4]
        server.behaviour = DRIPS["the body"]
        with pytest.raises(RemoteError, match="timed out"):
            source.details(STATUS, experiment=1)


@pytest.mark.parametrize("kind", ["logs", "points"])
def test_following_keeps_to_the_limit(kind: str) -> None:
    behaviour = data('{"logs":["a",""],"list":[]}')
    with stub(behaviour) as server, closing(RemoteSource(server.url, timeout=TIMEOUT_SECONDS)) as source:
        poll: Callable[[], object] = source.follow_logs(1, None) if kind == "logs" else source.follow_points(1, "loss")
        poll()
        server.behaviour = DRIPS["the body"]
        with pytest.raises(RemoteError, match="timed out"):
            poll()


@pytest.mark.slow
def test_a_large_steady_response_may_take_longer_than_the_limit() -> None:
    timeout, duration, line = 2.0, 4.5, b"x" * 4096

    def behave(connection: socket.socket, _: bytes) -> None:
        connection.sendall(HEAD + b'\r\n{"code":0,"message":"success","data":{"logs":["')
        end = time.monotonic() + duration
        while time.monotonic() < end:
            connection.sendall(line)
            time.sleep(ONE_PIECE_SECONDS)
        connection.sendall(b'"]}}')

    with stub(behave) as server, closing(RemoteSource(server.url, timeout=timeout)) as source:
        begun = time.monotonic()
        assert json.loads(source.get(LOGS, experiment=1).read())["code"] == 0
        assert time.monotonic() - begun > timeout


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now


class Slow(httpcore.NetworkStream):
    """A connection that gives `piece` after `seconds`, or times out."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.piece, self.seconds = clock, b"", 0.0

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        assert timeout is not None
        self.clock.now += min(self.seconds, timeout)
        if self.seconds > timeout:
            raise httpcore.ReadTimeout
        return self.piece


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(time_limit, "time", made)
    return made


def reads(clock: Clock, limit: TimeLimit, *pieces: tuple[float, int]) -> float | None:
    """After how many seconds reading (seconds, bytes) one after the other timed out; None if it did not."""
    slow = Slow(clock)
    stream = LimitedStream(slow, limit)
    for slow.seconds, size in pieces:
        slow.piece = b"x" * size
        try:
            stream.read(1 << 20, limit)
        except httpcore.ReadTimeout:
            return clock.now
    return None


KIB = 1024


@pytest.mark.parametrize(
    ("pieces", "ends"),
    [
        pytest.param([(10.1, 9)], 10, id="silence"),
        pytest.param([(9.9, 200)], None, id="just in time"),
        pytest.param([(1, 1)] * 99, 10, id="a byte a second"),
        pytest.param([(1, KIB)] * 99, 10, id="exactly 1 KiB a second"),
        pytest.param([(1, KIB + 1)] * 99, None, id="a little more"),
        pytest.param([(5, 5 * KIB + 9)] * 99, None, id="more, in few pieces"),
        pytest.param([(8, 400 * KIB), (8, 400 * KIB), (8, 400 * KIB)], None, id="much in few pieces"),
        pytest.param([(1, 9 * KIB)] * 10 + [(1, 1)] * 99, 20, id="fast, then a byte a second"),
        pytest.param([(1, 99 * KIB), (10.1, 1)], 11, id="fast, then silence"),
    ],
)
def test_how_long_a_response_may_take(pieces: list[tuple[float, int]], ends: float | None, clock: Clock) -> None:
    assert reads(clock, TimeLimit(10.0), *pieces) == ends


def test_the_readers_own_time_does_not_count(clock: Clock) -> None:
    limit = TimeLimit(10.0)
    for _ in range(20):
        assert reads(clock, limit, (0.4, 1)) is None
        clock.now += 1000


def test_each_address_of_a_host_gets_its_share_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        tried: list[tuple[str, float]] = []
        connect = socket.create_connection

        def create_connection(address: tuple[str, int], timeout: float, **options: object) -> socket.socket:
            tried.append((address[0], timeout))
            if address[0] != "127.0.0.1":
                raise TimeoutError
            return connect(address, timeout)

        monkeypatch.setattr(socket, "create_connection", create_connection)
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ("192.0.2.1", "127.0.0.1")]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        stream = time_limit.LimitedBackend().connect_tcp("node", port, TimeLimit(8.0))
        stream.close()
    assert [ip for ip, _ in tried] == ["192.0.2.1", "127.0.0.1"]
    assert 3.5 < tried[0][1] <= 4.0


@pytest.mark.parametrize("timeout", [1e9, float("inf")])
def test_a_huge_limit_is_as_good_as_none(timeout: float) -> None:
    with stub(answer(PROJECT)) as server, closing(RemoteSource(server.url, timeout=timeout)) as source:
        assert source.get(endpoints.PROJECT).read() == PROJECT
