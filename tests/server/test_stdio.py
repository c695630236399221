"""`serve --stdio`: HTTP over stdin and stdout, from the base install alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from swancli.demo import write_demo
from swancli.endpoints import ROUTES
from swancli.source import LocalSource
from swancli.wire import GREETING, PREFIX
from tests.support.command import ARGV, environment
from tests.support.logdirs import Logdir, points
from tests.support.waiting import PATIENCE_SECONDS


class Pipe:
    """A process of `serve --stdio`, and its answers."""

    def __init__(self, path: Path) -> None:
        self.process = subprocess.Popen(
            [*ARGV, "serve", "--stdio", "-l", path],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(),
        )  # fmt: skip
        assert self.process.stdin
        assert self.process.stdout
        self.stdin, self.stdout = self.process.stdin, self.process.stdout
        self.greeting = self.stdout.readline()

    def ask(self, path: str, *headers: str) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers of the answer to GET."""
        lines = [f"GET {path} HTTP/1.1", "host: x", *headers, "", ""]
        self.stdin.write("\r\n".join(lines).encode())
        self.stdin.flush()
        status = int(self.stdout.readline().split()[1])
        found: dict[str, str] = {}
        while line := self.stdout.readline().strip().decode():
            name, _, value = line.partition(": ")
            found[name.lower()] = value
        if found.get("transfer-encoding") != "chunked":
            return status, self.stdout.read(int(found.get("content-length", 0))) if status != 304 else b"", found
        body = b""
        while size := int(self.stdout.readline(), 16):
            body += self.stdout.read(size)
            self.stdout.readline()
        self.stdout.readline()
        return status, body, found

    def close(self) -> tuple[int, bytes]:
        """Close stdin; the exit code, and what stands on stderr."""
        _, err = self.process.communicate(timeout=PATIENCE_SECONDS)
        return self.process.returncode, err


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    write_demo(str(tmp_path / "swanlog"))
    return tmp_path / "swanlog"


def test_endpoints_and_details_are_answered_over_one_connection(sample: Path) -> None:
    pipe = Pipe(sample)
    assert pipe.greeting.startswith(GREETING)
    local = LocalSource(str(sample))
    for route in ROUTES.values():
        parameters = {"experiment": 1, "metric": "train/loss"}
        expected = local.get(route, **{name: parameters[name] for name in route.parameters}).read()
        status, body, headers = pipe.ask(route.path.format(**parameters))
        assert (status, body) == (200, expected)
        assert pipe.ask(route.path.format(**parameters), f"if-none-match: {headers['etag']}")[0] == 304
    assert json.loads(pipe.ask(PREFIX)[1])["name"] == "swancli"
    assert json.loads(pipe.ask(f"{PREFIX}/experiments/2/status")[1])["details"]["state"] == "crashed"
    assert pipe.ask("/api/v1/experiment/9")[0] == 404
    assert pipe.ask("/nothing")[0] == 404
    assert pipe.close() == (0, b"")
    local.close()


def test_long_series_comes_in_chunks_and_others_after_it(tmp_path: Path) -> None:
    made = Logdir(tmp_path / "swanlog")
    made.run().metric("loss", points(200_000))
    pipe = Pipe(made.close())
    status, body, headers = pipe.ask(f"{PREFIX}/experiments/1/metrics?name=loss&all=1")
    assert (status, headers["transfer-encoding"]) == (200, "chunked")
    lines = [json.loads(line) for line in body.splitlines()]
    assert sum(len(line.get("steps", ())) for line in lines) == 200_000
    assert lines[-1]["end"] is True
    assert pipe.ask(f"{PREFIX}/experiments/1/status")[0] == 200
    pipe.close()


@pytest.mark.parametrize(
    "request_", [b"nonsense\r\n\r\n", b"POST / HTTP/1.1\r\n\r\n", b"GET /" + b"x" * 70000 + b" HTTP/1.1\r\n\r\n"]
)
def test_what_is_no_request_is_refused_and_ends_the_connection(sample: Path, request_: bytes) -> None:
    pipe = Pipe(sample)
    out, err = pipe.process.communicate(request_, timeout=PATIENCE_SECONDS)
    assert out.split()[1][:1] in (b"4", b"5")
    assert b"Traceback" not in err
    assert pipe.process.returncode == 0


def test_client_that_leaves_ends_it(sample: Path) -> None:
    pipe = Pipe(sample)
    pipe.stdout.close()
    pipe.stdin.write(b"GET /api/v1/project HTTP/1.1\r\n\r\n")
    pipe.stdin.close()
    assert pipe.process.wait(PATIENCE_SECONDS) == 0
    assert pipe.process.stderr
    assert pipe.process.stderr.read() == b""
    pipe.process.stderr.close()


def test_it_needs_the_base_install_only(sample: Path) -> None:
    code = (
        "import sys; sys.modules.update(starlette=None, uvicorn=None, httptools=None)\n"
        "import os; os._exit = sys.exit\n"
        "from swancli.__main__ import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "serve", "--stdio", "-l", sample],
        input=b"GET /swancli/v1/project HTTP/1.1\r\n\r\n", capture_output=True, timeout=PATIENCE_SECONDS,
        env=environment(),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert b"200 OK" in done.stdout
