"""Start the real swanboard on a logdir and ask it, for the live tests and for scripts/record_case.py."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from tempfile import gettempdir
from types import TracebackType
from typing import Any, TextIO
from urllib.parse import quote

from swancli.endpoints import ROUTES

ROOT = Path(__file__).resolve().parents[2]
START_WITHIN = 300.0  # seconds, on a busy machine
UNKNOWN = 9999  # no experiment's id
Asked = list[tuple[str, dict[str, Any]]]  # an endpoint's word and its parameters


def environment() -> Path:
    """The folder of the environment with swanlab and swanboard: $SWANCLI_ORACLE, or .venv-oracle."""
    folder = Path(os.environ.get("SWANCLI_ORACLE") or ROOT / ".venv-oracle")
    if not (folder / "bin" / "swanlab").exists():
        raise FileNotFoundError(
            f"the real swanboard is not installed in {folder}: run `make oracle`, "
            "or set SWANCLI_ORACLE to an environment with swanlab[dashboard]==0.10.3"
        )
    return folder


def clean_environ() -> dict[str, str]:
    """This process's environment without what would lead SwanLab elsewhere."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SWAN", "PYTHON"))}
    return {**kept, "NO_PROXY": "127.0.0.1"}


def reserve_port() -> tuple[int, TextIO]:
    """A port for a server that cannot choose one itself, and the lock that keeps other tests from it until it is closed.

    Not one of those that the system gives to whoever asks for any: a test in parallel could get it before the server does.
    """
    for port in range(20_000, 30_000):
        lock = (Path(gettempdir()) / f"swancli-test-port-{port}.lock").open("w")
        with suppress(OSError), socket.socket() as sock:
            flock(lock, LOCK_EX | LOCK_NB)
            sock.bind(("127.0.0.1", port))
            return port, lock
        lock.close()
    raise RuntimeError("every port that was tried is in use")


class Swanboard:
    """`swanlab watch` on one logdir, as a context manager; it may write there, so give it a copy."""

    def __init__(self, logdir: Path) -> None:
        self.logdir = logdir

    def __enter__(self) -> Swanboard:
        program = environment() / "bin" / "swanlab"
        self.port, self._lock = reserve_port()
        self.output = self.logdir.parent / "swanboard.out"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [program, "watch", str(self.logdir), "--port", str(self.port)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=clean_environ(),
                cwd=self.logdir.parent,
            )
        deadline = time.monotonic() + START_WITHIN
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.3).close()
            except OSError:
                time.sleep(0.05)
            else:
                return self
        self.stop()
        said = self.output.read_text(encoding="utf-8", errors="replace")
        raise RuntimeError(f"swanboard did not start on {self.logdir}: {said[-800:]}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the server."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._lock.close()

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of GET `path`, sent as it stands: nothing is normalised on the way."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=START_WITHIN)
        try:
            connection.putrequest("GET", path)
            connection.endheaders()
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()


def write_runs(folder: Path) -> Path:
    """Let the oracle's SwanLab write a fresh logdir below `folder`; gives its real path."""
    folder.mkdir(parents=True, exist_ok=True)
    script = shutil.copy(Path(__file__).with_name("write_runs.py"), folder / "train.py")
    for run in re.findall(r"^def run_(\w+)", Path(script).read_text(encoding="utf-8"), re.M):
        subprocess.run(
            [environment() / "bin" / "python", script, run],
            cwd=folder,
            env=clean_environ(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL if run == "crashed" else sys.stderr,
            check=run != "crashed",
        )
    return (folder / "swanlog").resolve()


def everything(logdir: Path) -> Asked:
    """All endpoints of all experiments and metrics that the database names, and of one each that it doesn't."""
    ids, tags = [1], []
    try:
        with closing(sqlite3.connect(f"{(logdir / 'runs.swanlab').as_uri()}?mode=ro", uri=True)) as database:
            database.text_factory = lambda text: text.decode("utf-8", "replace")
            ids = [id for (id,) in database.execute("select id from experiment order by id")]
            tags = database.execute("select experiment_id, name from tag order by id").fetchall()
    except sqlite3.DatabaseError:  # damaged, or not there
        pass
    asked: Asked = [("project", {})]
    for id in [*ids, UNKNOWN]:
        asked += [(word, {"experiment": id}) for word in ROUTES if word not in ("project", "metric")]
        names = [name for owner, name in tags if owner == id and isinstance(name, str)]
        asked += [("metric", {"experiment": id, "metric": name}) for name in [*names, "no such metric"]]
    return asked


def path_of(word: str, parameters: dict[str, Any]) -> str:
    """The path of a request."""
    return ROUTES[word].path.format(**{name: quote(str(value), safe="") for name, value in parameters.items()})
