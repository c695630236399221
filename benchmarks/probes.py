"""What is measured: a whole process, a request to a running server, a server's start, a server under load.

Each probe is called and gives a Sample. Children run without PYTHON* variables: PYTHONDONTWRITEBYTECODE above all would
make each of them compile what an installed command finds compiled.
"""

from __future__ import annotations

import http.client
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from tests.oracle.swanboard import clean_environ, environment

BIN = Path(sys.executable).parent
SWANCLI = str(BIN / "swancli")
PIECE = 1 << 18
START_WITHIN = 120.0  # seconds
RSS_UNIT = 1 if sys.platform == "darwin" else 1024
WRK = ("wrk", "-t1", "-c8")


class Sample(NamedTuple):
    """One measurement: seconds, or requests a second; peak memory in MiB; a digest of what was answered.

    `processor` is the time of processors in seconds, of a command and all that it has started.
    """

    value: float
    peak: float | None = None
    digest: bytes | None = None
    processor: float | None = None


Probe = Callable[[], Sample]


class Failed(Exception):
    """Something was not answered, or could not be started."""


def process(*argv: str | Path, before: Callable[[], None] | None = None, **variables: str) -> Probe:
    """A command from its start to its end, its output read through a pipe, with these variables in its environment.

    `before` is called before each start. The peak can't be told below that of this process, whose memory a
    child has for a moment.
    """
    words = [str(word) for word in argv]
    env = {**clean_environ(), "SWANCLI_CACHE": "off", **variables}

    def measure() -> Sample:
        if before is not None:
            before()
        read, write = os.pipe()
        actions = [(os.POSIX_SPAWN_DUP2, write, 1), (os.POSIX_SPAWN_CLOSE, read)]
        begun = time.perf_counter()
        pid = os.posix_spawn(words[0], words, env, file_actions=actions)
        os.close(write)
        digest = blake2b()
        while piece := os.read(read, PIECE):
            digest.update(piece)
        _, status, usage = os.wait4(pid, 0)
        taken = time.perf_counter() - begun
        os.close(read)
        if status:
            raise Failed(f"{' '.join(words)}: exit status {os.waitstatus_to_exitcode(status)}")
        peak, processor = usage.ru_maxrss * RSS_UNIT / 2**20, usage.ru_utime + usage.ru_stime
        return Sample(taken, peak, digest.digest(), processor)

    return measure


def swancli(*words: str | Path) -> Probe:
    """The console script of this environment."""
    return process(SWANCLI, *words)


def swancli_with_cache(cache: Path, *words: str | Path, first: bool) -> Probe:
    """The console script with a cache of its own, which is empty each time if `first`."""

    def empty() -> None:
        shutil.rmtree(cache, ignore_errors=True)

    return process(SWANCLI, *words, before=empty if first else None, SWANCLI_CACHE=str(cache))


def python(*words: str | Path) -> Probe:
    """The interpreter that swancli runs in, isolated from its surroundings."""
    return process(sys.executable, "-I", *words)


class Server:
    """A server on one logdir, as a context manager; it has answered `path` when it is entered."""

    def __init__(self, argv: list[str | Path], logdir: Path, path: str = "/api/v1/project") -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._argv = [*map(str, argv), "--port", str(self.port)]
        self._logdir, self._path = logdir, path

    def __enter__(self) -> Server:
        self._process = subprocess.Popen(
            self._argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=clean_environ(),
            cwd=self._logdir.parent,
        )
        deadline = time.monotonic() + START_WITHIN
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                self.ask(self._path)
            except ConnectionRefusedError:
                time.sleep(0.002)
            else:
                return self
        self.stop()
        raise Failed(f"{' '.join(self._argv)} did not start")

    @property
    def pid(self) -> int:
        """The id of its process."""
        return self._process.pid

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the server."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def ask(self, path: str) -> bytes:
        """The digest of an answer and a newline, read piece by piece."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            digest = blake2b()
            while piece := response.read(PIECE):
                digest.update(piece)
            digest.update(b"\n")
        finally:
            connection.close()
        if response.status != 200:
            raise Failed(f"{self._argv[0]}: {path}: status {response.status}")
        return digest.digest()

    def request(self, path: str) -> Probe:
        """One request on a connection of its own."""

        def measure() -> Sample:
            begun = time.perf_counter()
            digest = self.ask(path)
            return Sample(time.perf_counter() - begun, None, digest)

        return measure

    def load(self, path: str, seconds: int) -> Probe:
        """Requests a second that eight connections get answered."""

        def measure() -> Sample:
            argv = [*WRK, f"-d{seconds}s", "--timeout", "30s", f"http://127.0.0.1:{self.port}{path}"]
            said = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
            found = re.search(r"Requests/sec:\s*([\d.]+)", said)
            if found is None or "Non-2xx" in said or "Socket errors" in said:
                raise Failed(f"wrk {path}: {said.strip()}")
            if not float(found[1]):
                raise Failed(f"wrk {path}: no answer within {seconds} s")
            return Sample(float(found[1]))

        return measure


def swanboard(logdir: Path, path: str = "/api/v1/project") -> Server:
    """The real swanboard, started as its users do."""
    return Server([environment() / "bin" / "swanlab", "watch", logdir], logdir, path)


def serve(logdir: Path, path: str = "/api/v1/project") -> Server:
    """`swancli serve`."""
    return Server([SWANCLI, "serve", "--quiet", "-l", logdir], logdir, path)


def start(server: Callable[[], Server]) -> Probe:
    """A server from its start to its first answer, read to the end."""

    def measure() -> Sample:
        made = server()
        begun = time.perf_counter()
        with made:
            taken = time.perf_counter() - begun
        return Sample(taken)

    return measure


def own_peak() -> float:
    """The peak memory of this process, in MiB: the least that is told of a child's."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_UNIT / 2**20
