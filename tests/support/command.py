"""The real command in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from tests.support.waiting import PATIENCE_SECONDS

ARGV = [sys.executable, "-m", "swancli"]
ROOT = Path(__file__).parent.parent.parent


class Done(NamedTuple):
    """How a command ended."""

    code: int
    out: bytes
    err: str

    @property
    def lines(self) -> list[str]:
        """The lines on stdout."""
        return self.out.decode().splitlines()


def environment(**more: str) -> dict[str, str]:
    """The tests' environment in which the package can be imported, and `more`."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default", **more}


def swancli(*words: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None, **more: Any) -> Done:
    """Run a command line to its end."""
    done = subprocess.run(
        [*ARGV, *map(os.fspath, words)],
        capture_output=True,
        timeout=PATIENCE_SECONDS,
        cwd=cwd,
        env=environment(**env or {}),
        **more,
    )
    return Done(done.returncode, done.stdout, done.stderr.decode())


def start(*words: str | Path, env: dict[str, str] | None = None, **more: Any) -> subprocess.Popen[bytes]:
    """Start a command line whose streams are pipes."""
    return subprocess.Popen(
        [*ARGV, *map(os.fspath, words)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, env=environment(**env or {}), **more,
    )  # fmt: skip
