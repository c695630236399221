"""`serve` under load: many clients that ask for a small answer, while long metrics are written and asked for.

Every answer about a long metric is compared with what was written before and after it was asked for.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.logdirs import SLICE, slices
from benchmarks.probes import START_WITHIN, Failed, Probe, Sample, Server, serve
from tests.oracle.swanboard import clean_environ

CLIENTS = 200
SPELLINGS = 100
TAG = "/api/v1/experiment/1/tag/"
WRITER = Path(__file__).with_name("append_points.py")
UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}
P99 = re.compile(r"^\s*99%\s+([\d.]+)(us|ms|s|m)\s*$", re.MULTILINE)


def p99(server: Server, path: str, seconds: int) -> Sample:
    """The seconds within which 99 of 100 requests of CLIENTS connections are answered."""
    url = f"http://127.0.0.1:{server.port}{path}"
    argv = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds}s", "--latency", "--timeout", "30s", url]
    said = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    found = P99.search(said)
    if found is None or "Non-2xx" in said or "Socket errors" in said:
        raise Failed(f"wrk {path}: {said.strip()}")
    return Sample(float(found[1]) * UNITS[found[2]], _peak(server))


def while_busy(logdir: Path, metrics: list[str], path: str, seconds: int) -> Probe:
    """`p99` of a server whose `metrics` are written and asked for, each by a client of its own, at the same time."""

    def measure() -> Sample:
        askers: list[_Asker] = []
        with ExitStack() as stack:
            copy = stack.enter_context(_copied(logdir, metrics))
            folders = [next(slices(copy, metric)).parent for metric in metrics]
            stack.enter_context(_writing(folders))
            server = stack.enter_context(serve(copy))
            askers += [_Asker(server.port, *asked) for asked in zip(metrics, folders, strict=True)]
            for asker in askers:
                asker.start()
            found = p99(server, path, seconds)
            deadline = time.monotonic() + START_WITHIN
            while not any(asker.answers for asker in askers) and time.monotonic() < deadline:
                time.sleep(0.05)  # on a slow machine the first answer takes longer than that
            for asker in askers:
                asker.is_over = True
        for asker in askers:
            asker.join()
            if asker.problem is not None:
                raise Failed(asker.problem)
        if not any(asker.answers for asker in askers):
            raise Failed("no metric was answered")
        return found

    return measure


def while_idle(logdir: Path, path: str, seconds: int) -> Probe:
    """`p99` of a server that has nothing else to do."""

    def measure() -> Sample:
        with serve(logdir) as server:
            return p99(server, path, seconds)

    return measure


def after_abandoned(logdir: Path, metric: str, path: str) -> Probe:
    """The first answer after requests for one metric, each spelled in its own way, whose clients have left."""

    def measure() -> Sample:
        with serve(logdir) as server:
            for n in range(SPELLINGS):
                name = "".join(f"%{ord(letter):02x}" if n >> at & 1 else letter for at, letter in enumerate(metric))
                with socket.create_connection(("127.0.0.1", server.port)) as sock:
                    sock.sendall(b"GET %s%s HTTP/1.1\r\nHost: localhost\r\n\r\n" % (TAG.encode(), name.encode()))
                    time.sleep(0.005)  # so that the request is read before the connection is closed
            return Sample(server.request(path)().value, _peak(server))

    return measure


def end_while_busy(logdir: Path, metrics: list[str]) -> Probe:
    """The seconds from SIGTERM to the end of a server that has been asked for `metrics` at the same time."""

    def measure() -> Sample:
        with serve(logdir) as server, ExitStack() as stack:
            for metric in metrics:
                sock = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
                sock.sendall(b"GET %s%s HTTP/1.1\r\nHost: localhost\r\n\r\n" % (TAG.encode(), metric.encode()))
            server.ask("/api/v1/experiment/1/status")
            begun = time.perf_counter()
            server.stop()
            return Sample(time.perf_counter() - begun)

    return measure


class _Asker(threading.Thread):
    """Asks for a metric again and again, and says what was wrong with an answer."""

    def __init__(self, port: int, metric: str, folder: Path) -> None:
        super().__init__(daemon=True)
        self._port, self._folder = port, folder
        self._path = TAG + metric
        self._first = _count(folder)
        self.is_over = False
        self.answers = 0
        self.problem: str | None = None

    def run(self) -> None:
        """Ask until it is over."""
        while not self.is_over and self.problem is None:
            before = _count(self._folder)
            try:
                status, body = self._answer()
            except (OSError, http.client.HTTPException) as error:
                status, body = 0, repr(error).encode()
            if self.is_over:  # the server is being ended
                return
            if status != 200:
                self.problem = f"{self._path}: status {status}: {body[:200]!r}"
                return
            self.problem = self._wrong(json.loads(body)["data"], before, _count(self._folder))
            self.answers += 1

    def _answer(self) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=300)
        try:
            connection.request("GET", self._path)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def _wrong(self, data: dict[str, object], before: int, after: int) -> str | None:
        points = data["list"]
        assert isinstance(points, list)
        if not before <= int(str(data["sum"])) <= after:
            return f"{self._path}: {data['sum']} points, where there were {before}, then {after}"
        if points[-1]["index"] != data["sum"]:
            return f"{self._path}: the last point is {points[-1]}"
        wrong = [p for p in points if p["index"] > self._first and p["data"] != p["index"] % 1000 / 8]
        return f"{self._path}: wrong points {wrong[:3]}" if wrong else None


def _count(folder: Path) -> int:
    """How many points a metric has."""
    last = max(folder.glob("*.log"), key=lambda path: int(path.stem))
    return int(last.stem) - SLICE + last.read_bytes().count(b"\n")


@contextmanager
def _copied(logdir: Path, metrics: list[str]) -> Iterator[Path]:
    """A copy to be written to; files that are not written are shared with the original."""
    with tempfile.TemporaryDirectory(prefix="swancli-bench-", dir=logdir.parent.parent) as folder:
        copy = Path(folder) / "swanlog"
        shutil.copytree(logdir, copy, copy_function=os.link)
        for metric in metrics:
            *_, last = slices(copy, metric)
            for path in (last, last.parent / "_summary.json"):
                content = path.read_bytes()
                path.unlink()
                path.write_bytes(content)
        yield copy


@contextmanager
def _writing(folders: list[Path]) -> Iterator[None]:
    """A process that appends to metrics."""
    process = subprocess.Popen([sys.executable, "-I", WRITER, *folders], env=clean_environ())
    try:
        yield
    finally:
        process.kill()
        process.wait()


def _peak(server: Server) -> float:
    """The peak memory of a server's process, in MiB; 0 where that can't be told."""
    try:
        status = Path(f"/proc/{server.pid}/status").read_text()
    except OSError:
        return 0.0
    return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1024
