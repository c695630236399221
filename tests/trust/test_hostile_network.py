"""`serve` against clients that mean harm, and the URL source against a dashboard that does."""

from __future__ import annotations

import contextlib
import http.client
import json
import resource
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import start
from tests.support.logdirs import Logdir, points
from tests.support.stub_server import Serving
from tests.support.waiting import PATIENCE_SECONDS
from tests.trust import hostile
from tests.trust.child import bounded, on_terminal

pytestmark = pytest.mark.slow

SECRET = "SECRET-31337"
CONNECTIONS = 10_000  # far more than serve keeps


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """The real `serve` on a hostile logdir, beside which a secret lies; its port."""
    folder = tmp_path_factory.mktemp("served")
    logdir = hostile.texts(folder / "swanlog")
    logdir.db.execute("update tag set name = 'a/../b' where name = 'raw'")
    logdir.close()
    (folder / "secret.json").write_text(SECRET)
    (folder / "runs.swanlab").write_text(SECRET)
    server = start("serve", "-q", "-p", "0", "-l", folder / "swanlog")
    assert server.stderr is not None
    try:
        yield int(server.stderr.readline().rsplit(b":", 1)[1]), folder / "swanlog"
    finally:
        server.send_signal(signal.SIGTERM)
        _, err = server.communicate(timeout=PATIENCE_SECONDS)
        assert server.returncode == 0
        assert b"Traceback" not in err


def raw(port: int, request: bytes) -> bytes:
    """What comes back for bytes, up to the end of the connection."""
    with socket.create_connection(("127.0.0.1", port), 30) as sock:
        sock.sendall(request)
        data = b""
        with contextlib.suppress(ConnectionError, TimeoutError):
            while piece := sock.recv(65536):
                data += piece
        return data


def alive(port: int) -> bool:
    """Whether it still answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", "/api/v1/experiment/1/status")
        return connection.getresponse().status == 200
    finally:
        connection.close()


TRICKS = [
    "/../secret.json", "/%2e%2e/secret.json", "/..%2fsecret.json", "/%252e%252e%252fsecret.json", "/%c0%ae%c0%ae/secret.json",
    "/%c0%ae%c0%ae%c0%afsecret.json", "/..%5csecret.json", "/%00", "/api/v1/%00", "/api/v1/project%00.json", "//etc/passwd",
    "/api/v1/experiment/1/tag/../../../../../secret.json", "/api/v1/experiment/1/tag/%2e%2e%2f%2e%2e%2f%2e%2e%2fsecret.json",
    "/api/v1/experiment/1/tag/%2Fetc%2Fpasswd", "/api/v1/experiment/1/tag/%00", "/api/v1/experiment/..%2f1/status",
    "/api/v1/experiment/%2e%2e/status", "/api/v1/experiment/1%00/status", "/api/v1/experiment/1;x/status", "/%ff%fe%fd",
    "/api/v1/experiment/1/tag/%ff%fe", "/api/v1/experiment/1/tag/%ED%A0%80", "/api/v1/experiment/%F0%9F%92%A9/status",
    "/api/v1/experiment/" + "9" * 5000 + "/status", "/api/v1/experiment/1/tag/" + "%2e%2e%2f" * 2000 + "etc/passwd",
    "/api/v1/experiment/1/tag/" + "a/" * 5000, "/?" + "a=b&" * 5000, "http://evil.example/api/v1/project", "*", "/\\..\\secret.json",
    "/api/v1/project#/../../secret.json", "/.%0d%0aSet-Cookie:%20x=y", "/%0d%0a%0d%0aHTTP/1.1%20200%20OK",
]  # fmt: skip


@pytest.mark.parametrize("path", TRICKS, ids=[path[:60] for path in TRICKS])
def test_no_path_leads_out_of_the_logdir(served: tuple[int, Path], path: str) -> None:
    answer = raw(served[0], f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode("latin-1"))
    head, _, body = answer.partition(b"\r\n\r\n")
    status = int(head.split(b" ")[1])
    assert status in (200, 307, 400, 404, 405, 422), answer[:200]
    assert SECRET.encode() not in answer
    assert b"root:" not in answer
    assert b"Set-Cookie" not in head
    assert b"Traceback" not in body
    assert alive(served[0])


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "localhost\x00", "",
             "[::1", "0x7f.1.evil", "localhost:80:80", "localhost/x", "evil.example\r\nHost: localhost", "2130706434", "０.０.０.０"],
)  # fmt: skip
def test_no_host_but_this_machine_is_let_in(served: tuple[int, Path], host: str) -> None:
    answer = raw(served[0], f"GET /api/v1/project HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    assert answer == b"" or int(answer.split(b" ")[1]) in (400, 403), answer[:200]


def test_answers_are_json_that_no_browser_takes_for_a_page(served: tuple[int, Path]) -> None:
    for path in ("project", "experiment/1", "experiment/1/chart", "experiment/1/recent_log", "experiment/1/summary"):
        connection = http.client.HTTPConnection("127.0.0.1", served[0], timeout=PATIENCE_SECONDS)
        connection.request("GET", f"/api/v1/{path}")
        answer = connection.getresponse()
        assert json.loads(answer.read())["code"] == 0
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        connection.close()


def test_many_connections_that_say_nothing_lock_nobody_out(served: tuple[int, Path]) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    count = CONNECTIONS if hard == resource.RLIM_INFINITY else min(CONNECTIONS, hard - 300)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, count + 300), hard))
    with contextlib.ExitStack() as stack:
        stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        for n in range(count):
            sock = stack.enter_context(socket.create_connection(("127.0.0.1", served[0]), 30))
            with contextlib.suppress(ConnectionError):
                sock.sendall((b"", b"GET /api", b"GET /api/v1/project HTTP/1.1\r\nHost: localh")[n % 3])
            if n % 1000 == 0:
                assert alive(served[0])
        assert alive(served[0])
    assert alive(served[0])


def test_client_that_leaves_after_a_byte_harms_nobody(served: tuple[int, Path]) -> None:
    for n in range(200):
        with socket.create_connection(("127.0.0.1", served[0]), 30) as sock:
            sock.sendall(b"GET /api/v1/experiment/1/tag/values HTTP/1.1\r\nHost: localhost\r\n\r\n"[: 5 + n])
            if n % 2:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # RST
    assert alive(served[0])


def test_dashboard_full_of_escapes_shows_as_text(served: tuple[int, Path]) -> None:
    url = f"http://127.0.0.1:{served[0]}"
    seen = ""
    for words in hostile.commands("values"):
        if "--system" in words:
            continue
        shown = on_terminal(*words, "--no-pager", "-u", url)
        assert shown.unharmed, words
        assert b"Traceback" not in shown.raw
        seen += shown.raw.decode()
    assert "\\x1b]0;OWNED" in seen


@pytest.mark.parametrize(
    "name", ["deep lists", "nearly too deep", "not quite too deep", "huge integer", "many brackets", "keys"]
)
def test_dashboard_whose_json_is_a_trap(name: str) -> None:
    """In place of each value of an answer."""
    text = hostile.DOCUMENTS[name]
    body = b'{"code":0,"message":"success","data":{"experiments":%b,"list":%b,"sum":%b,"charts":%b,"summaries":%b,"logs":%b,"name":%b}}'
    body = body % ((text,) * 7)

    async def trap(scope: object, receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})  # type: ignore[operator]
        await send({"type": "http.response.body", "body": body, "more_body": False})  # type: ignore[operator]

    from swancli.source import LocalSource

    server = Serving(LocalSource("/nowhere"))
    server.app = trap
    try:
        for words in (["project"], ["experiment", "1"], ["status", "1"], ["metric", "1", "loss"], ["logs", "1"]):
            for form in (["--json"], ["-o", "table"]):
                done = bounded(*words, *form, "-u", f"http://127.0.0.1:{server.port}")
                assert done.code in (0, 3, 4), (words, form, done.err)
                assert done.sentence, (words, form, done.err[:400])
    finally:
        server.close()


def test_relay_of_a_relay_passes_no_more_than_an_answer(tmp_path: Path, served: tuple[int, Path]) -> None:
    relay = start("serve", "-q", "-p", "0", "-u", f"http://127.0.0.1:{served[0]}")
    assert relay.stderr is not None
    try:
        port = int(relay.stderr.readline().rsplit(b":", 1)[1])
        for path in TRICKS[:12]:
            answer = raw(port, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode("latin-1"))
            assert SECRET.encode() not in answer
        assert alive(port)
    finally:
        relay.send_signal(signal.SIGTERM)
        relay.communicate(timeout=PATIENCE_SECONDS)


def test_serving_a_made_up_database_stays_up(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    logdir.run().metric("loss", points(3))
    hostile.DATABASES["views"](logdir)
    logdir.close()
    server = start("serve", "-q", "-p", "0", "-l", logdir.path)
    assert server.stderr is not None
    try:
        port = int(server.stderr.readline().rsplit(b":", 1)[1])
        for _ in range(3):
            answer = raw(
                port, b"GET /api/v1/experiment/1/summary HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            )
            assert b" 500 " in answer.splitlines()[0]
            assert b'"code":3500' in answer
        assert b"200 OK" in raw(port, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=PATIENCE_SECONDS)
