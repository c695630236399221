"""The server as a process: how it starts, what it prints, how it ends."""

from __future__ import annotations

import contextlib
import http.client
import importlib.util
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from swancli.demo import write_demo
from swancli.errors import UsageError
from swancli.server import run
from swancli.source import LocalSource
from tests.support.stub_server import PROJECT, answer, stub
from tests.support.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.slow

PROGRAM = """
import sys
from swancli.errors import SwancliError
from swancli.server.run import serve
from swancli.source import open_source
options = eval(sys.argv[2])
try:
    serve(open_source(**eval(sys.argv[1])), **options)
except SwancliError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_code)
"""


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = str(tmp_path_factory.mktemp("run") / "swanlog")
    write_demo(folder)
    return folder


class Process:
    """A `serve` of its own; `url` is what it printed."""

    def __init__(self, source: dict[str, str], environment: dict[str, str], **options: Any) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, repr(source), repr({"port": 0, **options})],
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )
        assert self.process.stderr is not None
        self.first = self.process.stderr.readline()
        found = re.search(r" at (http://\S+)$", self.first)
        self.url = found[1] if found else ""
        self.port = int(self.url.rpartition(":")[2]) if found else 0

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        """One answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Exit code and what else stood on stderr."""
        self.process.send_signal(number)
        _, heard = self.process.communicate(timeout=PATIENCE_SECONDS)
        return self.process.returncode, heard


@contextlib.contextmanager
def process(source: dict[str, str], environment: dict[str, str] | None = None, **options: Any) -> Iterator[Process]:
    """A running server."""
    made = Process(source, environment or {}, **options)
    try:
        yield made
    finally:
        made.process.kill()
        made.process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_serves_and_ends_cleanly(number: int, logdir: str) -> None:
    with process({"logdir": logdir}) as server:
        assert server.first == f"Serving {logdir} at http://127.0.0.1:{server.port}\n"
        assert server.get("/healthz")[0] == 200
        code, heard = server.end(number)
    assert code == 0
    assert re.fullmatch(r"GET /healthz 200 \d+\.\d ms\n", heard)


def test_quiet_prints_no_line_a_request(logdir: str) -> None:
    with process({"logdir": logdir}, quiet=True) as server:
        assert server.get("/api/v1/project")[0] == 200
        assert server.end() == (0, "")


def test_a_generated_token_is_printed_as_a_link_that_works(logdir: str) -> None:
    with process({"logdir": logdir}, host="0.0.0.0", generate_token=True) as server:
        assert server.process.stderr is not None
        link = server.process.stderr.readline().strip()
        path = link.partition(str(server.port))[2]
        assert re.fullmatch(r"/\?token=[\w-]{32}", path)
        assert server.get("/api/v1/project")[0] == 401
        assert server.get("/api/v1/project" + path[1:])[0] == 200
        assert server.end()[0] == 0


def test_no_auth_warns(logdir: str) -> None:
    with process({"logdir": logdir}, host="0.0.0.0", no_auth=True) as server:
        assert server.process.stderr is not None
        assert "warning" in server.process.stderr.readline()
        assert server.get("/api/v1/project", Host="any.example")[0] == 200


def test_the_environments_token_is_required(logdir: str) -> None:
    with process({"logdir": logdir}, {"SWANCLI_TOKEN": "s3cret"}) as server:
        assert server.get("/api/v1/project")[0] == 401
        assert server.get("/api/v1/project", Authorization="Bearer s3cret")[0] == 200


def test_a_relay_asks_the_dashboard_behind_it(logdir: str) -> None:
    with stub(answer(PROJECT)) as behind, process({"url": behind.url}) as server:
        assert server.get("/api/v1/project") == (200, PROJECT)
        assert server.get("/healthz")[0] == 200
        assert len(behind.requests) == 1
        behind.close()
        status, body = server.get("/api/v1/project")
        assert status == 502
        assert b"cannot connect to" in body


def test_a_request_in_flight_is_finished(logdir: str) -> None:
    asked, go = threading.Event(), threading.Event()

    def slowly(connection: socket.socket, request: bytes) -> None:
        asked.set()
        go.wait(PATIENCE_SECONDS)
        answer(PROJECT)(connection, request)

    with stub(slowly) as behind, process({"url": behind.url}, quiet=True) as server:
        found: list[Any] = []
        client = threading.Thread(target=lambda: found.append(server.get("/api/v1/project")))
        client.start()
        assert asked.wait(PATIENCE_SECONDS)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        assert server.process.poll() is None
        go.set()
        client.join(PATIENCE_SECONDS)
        assert found == [(200, PROJECT)]
        assert server.process.wait(PATIENCE_SECONDS) == 0


ENDLESS = """
import sys, threading, time
from swancli.server import computations, uvicorn_server
from swancli.server.run import serve
from swancli.source import LocalSource

def forever(self, *args, **parameters):
    sys.stderr.write("begun\\n")
    while True:
        time.sleep(0.01)

LocalSource.get = forever
computations.MAX_LIGHT_BYTES = {max_light_bytes}
uvicorn_server.SHUTDOWN_TIMEOUT_SECONDS = {timeout}
uvicorn_server.EXIT_TIMEOUT_SECONDS = {timeout}
serve(LocalSource({logdir!r}), port=0, quiet=True)
"""


@pytest.mark.parametrize("max_light_bytes", [-1, 1 << 40], ids=["heavy", "light"])
@pytest.mark.parametrize(("signals", "timeout"), [(1, 2.0), (2, 10_000.0)], ids=["one signal", "two signals"])
def test_it_ends_whatever_it_is_computing(signals: int, timeout: float, max_light_bytes: int, logdir: str) -> None:
    program = ENDLESS.format(logdir=logdir, timeout=timeout, max_light_bytes=max_light_bytes)
    server = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        port = int(server.stderr.readline().rpartition(":")[2])
        with contextlib.ExitStack() as stack:
            for n in (1, 2):
                sock = stack.enter_context(socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS))
                sock.sendall(b"GET /api/v1/experiment/%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % n)
                assert server.stderr.readline() == "begun\n"
            for _ in range(signals):
                server.send_signal(signal.SIGTERM)
                time.sleep(0.3)  # two at once would be one
            assert server.wait(PATIENCE_SECONDS) == 0
    finally:
        server.kill()
        server.communicate()


def test_a_port_in_use_is_named(logdir: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port = sock.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} on 127.0.0.1 is already in use.*--port"):
            run.serve(LocalSource(logdir), port=port)


@pytest.mark.parametrize("port", [-1, 65536, 10**9])
def test_what_is_no_port_is_a_usage_error(port: int, logdir: str) -> None:
    with pytest.raises(UsageError, match="port"):
        run.serve(LocalSource(logdir), port=port)


@pytest.mark.parametrize("host", ["203.0.113.7", "a b", "\u2603" * 70])
def test_what_is_no_address_of_this_machine_is_a_usage_error(host: str, logdir: str) -> None:
    with pytest.raises(UsageError):
        run.serve(LocalSource(logdir), host=host, port=0, no_auth=True)


@pytest.mark.parametrize("missing", ["uvicorn", "starlette"])
def test_without_the_extra_it_says_how_to_install_it(
    missing: str, logdir: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = importlib.util.find_spec
    monkeypatch.setattr(run, "find_spec", lambda name: None if name == missing else there(name))
    with pytest.raises(UsageError, match=re.escape("pip install 'swancli[serve]'")):
        run.serve(LocalSource(logdir), port=0)


def test_starlette_is_not_loaded_before_it_is_needed(logdir: str) -> None:
    program = f"""
import asyncio, sys
from swancli.server.access import Guard
from swancli.server.app import App
from swancli.server.middleware import stack
import swancli.server.run, swancli.server.uvicorn_server
from swancli.source import LocalSource
from tests.server.test_app import asked
app = stack(App(lambda: LocalSource({logdir!r})), Guard(True, None), None)
for path in ("/api/v1/project", "/api/v1/experiment/1/chart", "/healthz"):
    assert asyncio.run(asked(app, path)).status == 200
loaded = {{name.partition(".")[0] for name in sys.modules}}
assert not loaded & {{"starlette", "anyio", "httpx", "rich", "typer", "websockets"}}, loaded
assert asyncio.run(asked(app, "/nope")).status == 404
"""
    program = program.replace("from tests.server.test_app import asked", ASKED)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


ASKED = """
class Got: pass
async def asked(app, path):
    got, never = Got(), asyncio.Event()
    async def receive():
        await never.wait()
    async def send(message):
        got.status = message.get("status", getattr(got, "status", 0))
    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"",
             "headers": [(b"host", b"localhost")], "scheme": "http", "root_path": "",
             "server": ("localhost", 1)}
    await app(scope, receive, send)
    return got
"""


def test_a_folder_that_is_gone_is_404_not_an_end(tmp_path: Path) -> None:
    with process({"logdir": str(tmp_path / "gone")}) as server:
        assert server.get("/api/v1/project")[0] == 404
        assert server.get("/healthz")[0] == 200
