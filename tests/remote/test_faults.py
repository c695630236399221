"""What a dashboard, or what is taken for one, can do wrong: one sentence each, in bounded time and memory."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import threading
import time
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from swancli import endpoints
from swancli.endpoints import EXPERIMENT, LOGS, METRIC
from swancli.errors import NotFound, RemoteError, UsageError
from swancli.remote import answers, client
from swancli.remote.source import RemoteSource
from tests.support.stub_server import CERTIFICATES, PROJECT, Behaviour, answer, raw, redirect, reset, stub
from tests.support.waiting import PATIENCE_SECONDS, wait_until

CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
UNTIL_CLOSED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
GZIP = ("Content-Encoding: gzip",)


@pytest.fixture(autouse=True)
def _quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "RETRY_DELAY_SECONDS", 0.0)
    monkeypatch.delenv("SWANCLI_TOKEN", raising=False)


def get(url: str, **options: Any) -> bytes:
    """The project's body."""
    made = RemoteSource(url, **{"timeout": 60.0, **options})
    try:
        return made.get(endpoints.PROJECT).read()
    finally:
        made.close()


def sentence(url: str, **options: Any) -> str:
    """The error of asking for the project."""
    with pytest.raises(RemoteError) as caught:
        get(url, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def pause(connection: socket.socket, _: bytes) -> None:
    """No answer, until the other side gives up."""
    with contextlib.suppress(OSError):
        connection.recv(1)


def then_pause(start: bytes) -> Behaviour:
    """The beginning of an answer, and no more."""

    def behave(connection: socket.socket, request: bytes) -> None:
        connection.sendall(start)
        pause(connection, request)

    return behave


def endless(head: bytes, piece: bytes) -> Behaviour:
    """An answer that does not end before the other side hangs up."""

    def behave(connection: socket.socket, _: bytes) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(piece)

    return behave


PAGE = b"<!DOCTYPE html><html><body>hello</body></html>"


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        pytest.param(reset, "connection reset by peer", id="reset"),
        pytest.param(raw(b""), "Server disconnected", id="closed without an answer"),
        pytest.param(raw(b"SSH-2.0-OpenSSH_9.2\r\n"), "did not send a valid HTTP response", id="another protocol"),
        pytest.param(
            answer(PROJECT, length=9000), "connection closed before the response was complete", id="cut by length"
        ),
        pytest.param(
            raw(CHUNKED + b"400\r\n" + PROJECT),
            "connection closed before the response was complete",
            id="cut within a chunk",
        ),
        pytest.param(raw(UNTIL_CLOSED + PROJECT[:-9]), "not JSON", id="cut without a length"),
        pytest.param(
            answer(gzip.compress(PROJECT)[:-12], headers=GZIP),
            "connection closed before the response was complete",
            id="cut gzip",
        ),
        pytest.param(answer(b"no gzip at all", headers=GZIP), "invalid gzip data", id="damaged gzip"),
        pytest.param(
            answer(PROJECT, headers=("Content-Encoding: br",)),
            "unsupported content encoding: br",
            id="unknown encoding",
        ),
        pytest.param(answer(PAGE, content_type="text/html"), "web page", id="web page"),
        pytest.param(answer(PAGE), "web page", id="web page that claims to be JSON"),
        pytest.param(answer(PAGE, "502 Bad Gateway", "text/html"), "502 Bad Gateway with a web page", id="gateway"),
        pytest.param(answer(b"hello"), "not JSON", id="text"),
        pytest.param(answer(b"\x00\xff\x00"), "not JSON", id="binary"),
        pytest.param(answer(b'{"code":0,"message":"success","data":{}'), "not JSON", id="half JSON"),
        pytest.param(answer(b"[" * 100_000), "not JSON", id="nested deeply"),
        pytest.param(answer(b""), "an empty response", id="empty body"),
        pytest.param(answer(b"[1,2]"), "not from the SwanLab API", id="a list"),
        pytest.param(answer(b'{"status":"ok"}'), "not from the SwanLab API", id="another API"),
        pytest.param(answer(b'{"code":0,"data":7}'), "not from the SwanLab API", id="no data"),
        pytest.param(answer(PAGE, "401 Unauthorized", "text/html"), "requires a token", id="401 page"),
        pytest.param(answer(PAGE, "403 Forbidden", "text/html"), "denied access (403)", id="403 page"),
        pytest.param(redirect("/api/v1/project"), "too many redirects", id="redirect circle"),
        pytest.param(redirect("http://evil.example/api/v1/project"), "http://evil.example", id="other host"),
        pytest.param(redirect("https://127.0.0.1/api/v1/project"), "https://127.0.0.1", id="other scheme"),
        pytest.param(redirect("file:///etc/passwd"), "redirects to", id="a file"),
        pytest.param(redirect("http://[::1"), "location", id="redirect to nonsense"),
        pytest.param(raw(b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 300_000), "HTTP", id="endless header"),
    ],
)
def test_a_wrong_answer_is_one_sentence(behaviour: Behaviour, words: str) -> None:
    with stub(behaviour) as server:
        message = sentence(server.url)
    assert words in message
    assert server.url in message


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(pause, id="silent"),
        pytest.param(then_pause(b"HTTP/1.1 200 OK\r\n"), id="within the head"),
        pytest.param(then_pause(UNTIL_CLOSED + PROJECT[:20]), id="within the body"),
    ],
)
def test_a_server_that_hangs_ends_in_a_time_out(behaviour: Behaviour) -> None:
    with stub(behaviour) as server:
        assert "0.2 s" in sentence(server.url, timeout=0.2)


def test_a_reset_connection_is_tried_once_more() -> None:
    with stub(reset) as server:
        first = server.behaviour

        def behave(connection: socket.socket, request: bytes) -> None:
            (first if len(server.requests) == 1 else answer(PROJECT))(connection, request)

        server.behaviour = behave
        assert get(server.url) == PROJECT
        assert len(server.requests) == 2


def test_a_time_out_is_not_tried_again() -> None:
    with stub(pause) as server:
        sentence(server.url, timeout=0.1)
        wait_until(lambda: server.requests, "the request to be read")
        assert len(server.requests) == 1


def test_nobody_listening_is_refused() -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))  # so that nobody else gets this port and listens
        assert "connection refused" in sentence(f"127.0.0.1:{sock.getsockname()[1]}")


def test_an_unknown_host_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert "could not resolve host" in sentence("http://node-that-is-not:5092")


def test_a_certificate_of_an_unknown_authority_is_not_trusted() -> None:
    with stub(answer(PROJECT), tls=True) as server:
        assert "--ca-file" in sentence(server.url)
        assert server.requests == []


def test_a_private_authority_is_trusted_by_its_file() -> None:
    with stub(answer(PROJECT), tls=True) as server:
        assert get(server.url, ca_file=str(CERTIFICATES / "certificate.pem")) == PROJECT


def test_a_ca_file_that_is_none_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing", encoding="utf-8")
    for name in ("missing.pem", "empty.pem"):
        with pytest.raises(UsageError, match="CA file"):
            get("https://127.0.0.1:1", ca_file=str(tmp_path / name))


def test_https_to_a_server_without_tls_is_a_tls_failure() -> None:
    with stub(raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as server:
        server.requests.clear()
        message = sentence(server.url.replace("http:", "https:"), timeout=1.0)
    assert "TLS" in message or "did not respond" in message or "cannot connect to" in message


def test_a_redirect_within_the_dashboard_is_followed_with_the_token() -> None:
    def behave(connection: socket.socket, request: bytes) -> None:
        there = request.startswith(b"GET /new/")
        (answer(PROJECT) if there else redirect("/new/project"))(connection, request)

    with stub(behave) as server:
        assert get(server.url + "/?token=s3cret") == PROJECT
        assert all(b"Bearer s3cret" in request for request in server.requests)


def test_the_token_never_reaches_another_host() -> None:
    with stub(answer(PROJECT)) as other, stub(redirect(other.url + "/api/v1/project")) as server:
        message = sentence(server.url + "/?token=s3cret")
        assert other.requests == []
        assert "s3cret" not in message
        assert b"s3cret" not in server.requests[0].split(b"\r\n")[0]


def test_an_error_with_a_token_in_its_url_does_not_show_it() -> None:
    with stub(answer(PAGE, content_type="text/html")) as server:
        assert "s3cret" not in sentence(server.url + "/charts?token=s3cret")


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
def test_a_refusal_in_json_is_handed_over_and_is_an_error(status: str) -> None:
    body = b'{"code":3401,"message":"a token is needed"}'
    with stub(answer(body, status)) as server, closing(RemoteSource(server.url)) as made:
        reply = made.get(endpoints.PROJECT)
    assert reply.read() == body
    assert isinstance(reply.error, RemoteError)


def test_error_bodies_are_handed_over_untouched() -> None:
    body = b'{"code":3555,  "message":"Experiment does not exist: {}"}\n'
    failing = answer(body, "500 Internal Server Error")
    with stub(failing) as server, closing(RemoteSource(server.url)) as made:
        reply = made.get(EXPERIMENT, experiment=9)
    assert (reply.status, reply.read()) == (500, body)
    assert isinstance(reply.error, NotFound)


def test_an_endless_body_of_nonsense_is_rejected_at_once() -> None:
    with stub(endless(UNTIL_CLOSED, b"x" * 65536)) as server:
        assert "not JSON" in sentence(server.url)


def test_an_endless_error_is_cut_off() -> None:
    head = b"HTTP/1.1 500 Internal Server Error\r\n\r\n"
    with stub(endless(head, b'{"message":"' + b"x" * 65536)) as server:
        assert "500" in sentence(server.url)


def test_an_endless_answer_ends_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MAX_RESPONSE_BYTES", 30 << 20)
    with stub(endless(UNTIL_CLOSED + b'{"code":0,"data":{"x":"', b"x" * 65536)) as server:
        assert "the response exceeds the size limit of 30 MiB" in sentence(server.url)


def test_a_gzip_bomb_is_not_decompressed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MIN_SUSPICIOUS_BYTES", 12 << 20)
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = pack.compress(b'{"code":0,"data":{"x":"') + pack.compress(b"0" * (40 << 20)) + pack.flush()
    with stub(answer(bomb, headers=GZIP)) as server:
        made = RemoteSource(server.url)
        pieces: list[int] = []
        with pytest.raises(RemoteError, match="the compressed response exceeds the size limit"):
            pieces.extend(map(len, made.get(endpoints.PROJECT).pieces()))
        assert sum(pieces) <= 20 << 20
        made.close()


def large(count: int) -> bytes:
    """A log's answer of about `count` MB."""
    lines = ",".join(json.dumps(f"line {n} " + "x" * 1000) for n in range(count * 1000))
    return b'{"code":0,"message":"success","data":{"recent":["line","line"],"logs":[' + lines.encode() + b"]}}"


def test_a_large_answer_is_handed_over_as_it_comes() -> None:
    body = large(12)
    with stub(answer(body)) as server:
        made = RemoteSource(server.url)
        reply = made.get(LOGS, experiment=1)
        assert not isinstance(reply.body, bytes)
        assert reply.read() == body
        made.close()


def test_a_large_answer_that_is_cut_off_ends_in_an_error() -> None:
    body = large(12)
    with stub(raw(UNTIL_CLOSED + body[:-4])) as server:
        made = RemoteSource(server.url)
        with pytest.raises(RemoteError, match="connection closed before the response was complete"):
            made.get(LOGS, experiment=1).read()
        made.close()


def test_an_answer_too_large_for_a_table_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MAX_PARSED_BYTES", 9 << 20)
    with stub(answer(large(12))) as server:
        made = RemoteSource(server.url)
        with pytest.raises(RemoteError, match="too large for a table"):
            made.details(LOGS, experiment=1)
        made.close()


def test_proxies_of_the_environment_are_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with stub(answer(PROJECT)) as server:
        assert get(server.url) == PROJECT


def test_proxies_of_the_environment_are_asked_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    with stub(answer(PROJECT)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert get("http://node7.example:5092") == PROJECT
        assert proxy.requests[0].startswith(b"GET http://node7.example:5092/api/v1/project ")


def test_a_token_file_goes_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWANCLI_TOKEN", "fromenv")
    (tmp_path / "token").write_text("fromfile\n", encoding="utf-8")
    with stub(answer(PROJECT)) as server:
        get(server.url)
        get(server.url, token_file=str(tmp_path / "token"))
    assert [b"fromenv" in r or b"fromfile" in r for r in server.requests] == [True, True]
    assert b"Bearer fromfile\r\n" in server.requests[1]


@pytest.mark.parametrize("text", ["", " \n", "two words", "caf\u00e9", "x" * 5000, "a\nb"])
def test_a_token_file_that_holds_none_is_a_usage_error(text: str, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="token"):
        RemoteSource("http://127.0.0.1:1", token_file=str(tmp_path / "token"))


def test_user_and_password_are_sent_as_such() -> None:
    with stub(answer(PROJECT)) as server:
        get(server.url.replace("127.0.0.1", "me:secret@127.0.0.1"))
    assert b"Authorization: Basic bWU6c2VjcmV0\r\n" in server.requests[0]


def test_several_requests_run_side_by_side_and_come_in_order() -> None:
    together: list[int] = []
    running = 0
    changing, several = threading.Lock(), threading.Event()

    def behave(connection: socket.socket, request: bytes) -> None:
        nonlocal running
        with changing:
            running += 1
            together.append(running)
            if running > 2:
                several.set()
        several.wait(PATIENCE_SECONDS)
        time.sleep(0.05)  # in which more could come than may
        with changing:
            running -= 1
        number = request.split(b"/tag/")[1].split(b" ")[0]
        answer(b'{"code":0,"message":"success","data":{"n":%s}}' % number)(connection, request)

    with stub(behave) as server:
        made = RemoteSource(server.url)
        asked: list[Any] = [(METRIC, {"experiment": 1, "metric": str(n)}) for n in range(20)]
        numbers = [json.loads(reply.read())["data"]["n"] for reply in made.get_many(asked)]
        made.close()
    assert numbers == list(range(20))
    assert 2 < max(together) <= 8


def test_an_error_among_several_is_raised_in_its_place() -> None:
    def behave(connection: socket.socket, request: bytes) -> None:
        (raw(b"") if b"/tag/2 " in request else answer(PROJECT))(connection, request)

    with stub(behave) as server:
        made = RemoteSource(server.url)
        replies = made.get_many([(METRIC, {"experiment": 1, "metric": str(n)}) for n in range(5)])
        assert [next(replies).read() for _ in range(2)] == [PROJECT, PROJECT]
        with pytest.raises(RemoteError):
            next(replies)
        made.close()


HOSTILE: list[Callable[[], bytes]] = [
    lambda: b'{"code":"\x1b[31m","message":{"a":[1]},"detail":null}',
    lambda: b'{"code":true,"message":"x"}',
    lambda: b'{"code":3404}',
    lambda: json.dumps({"code": 3500, "message": "\x1b]0;owned\x07" * 1000}).encode(),
]


@pytest.mark.parametrize("body", HOSTILE)
@pytest.mark.parametrize("status", ["200 OK", "404 Not Found", "500 Internal Server Error"])
def test_odd_error_bodies_are_errors(body: Callable[[], bytes], status: str) -> None:
    with stub(answer(body(), status)) as server:
        made = RemoteSource(server.url)
        with pytest.raises((RemoteError, NotFound)) as caught:
            made.details(endpoints.PROJECT)
        assert len(str(caught.value)) < 1000
        made.close()
