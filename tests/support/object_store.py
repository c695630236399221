"""An S3 on loopback: moto, in an environment of its own that is made on first use."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".venv-s3"
BUCKET = "runs"
COLOUR = re.compile(r"\x1b\[[\d;]*m")
REQUEST = re.compile(r'"([A-Z]+) (\S+) HTTP/[\d.]+" (\d+)')


def server_program() -> Path:
    """The path of moto's server, which `make objects` installs."""
    program = FOLDER / "bin" / "moto_server"
    if not program.exists():
        pytest.fail(f"there is no {program}: make objects")
    return program


class ObjectStore:
    """A running server; `environment` is what a client needs to reach it."""

    def __init__(self, port: int, log: Path) -> None:
        self.url, self._log = f"http://127.0.0.1:{port}", log
        self.environment = {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
        }
        self._store: Any = None

    @property
    def store(self) -> Any:
        """A client of the bucket, for writing."""
        if self._store is None:
            from obstore.store import S3Store

            self._store = S3Store(
                BUCKET,
                endpoint=self.url,
                access_key_id="test",
                secret_access_key="test",
                region="us-east-1",
                client_options={"allow_http": True},
            )
        return self._store

    def upload(self, folder: Path, prefix: str) -> str:
        """Put all files below a folder into the bucket; gives the URL of what is a logdir now."""
        from concurrent.futures import ThreadPoolExecutor

        def put(path: Path) -> None:
            self.store.put(f"{prefix}/{path.relative_to(folder)}", path.read_bytes())

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(put, [path for path in sorted(folder.rglob("*")) if path.is_file()]))
        return f"s3://{BUCKET}/{prefix}"

    def times(self, prefix: str) -> dict[str, float]:
        """When each object below a prefix was written, in seconds since 1970, by the rest of its key."""
        found = [meta for page in self.store.list(f"{prefix}/") for meta in page]
        return {meta["path"].removeprefix(f"{prefix}/"): meta["last_modified"].timestamp() for meta in found}

    def requests(self) -> list[str]:
        """The requests so far: method, path and status."""
        return [" ".join(found) for found in REQUEST.findall(COLOUR.sub("", self._log.read_text()))]

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        """The requests that are made meanwhile, once it is over."""
        before = len(self.requests())
        found: list[str] = []
        yield found
        time.sleep(0.05)  # the server writes its log after it has answered
        found += self.requests()[before:]


@contextmanager
def object_store(folder: Path) -> Iterator[ObjectStore]:
    """A server with one empty bucket, for as long as the block lasts."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    log = folder / "requests"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    with open(log, "wb") as output:
        process = subprocess.Popen(
            [server_program(), "-H", "127.0.0.1", "-p", str(port)], stdout=output, stderr=output, env=environment
        )
    try:
        found = ObjectStore(port, log)
        for _ in range(600):
            try:
                httpx.put(f"{found.url}/{BUCKET}", timeout=5).raise_for_status()
                break
            except httpx.TransportError:
                assert process.poll() is None, log.read_text()
                time.sleep(0.05)
        yield found
    finally:
        process.terminate()
        process.wait()
