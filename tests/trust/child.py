"""The real command with bounds: so much memory and processor time and no more, on a pipe or on a terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import resource
import select
import struct
import subprocess
import sys
import time
from collections.abc import Sequence
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ
from typing import Any, NamedTuple

import pyte

from tests.support.command import ROOT, environment

MEMORY = 1 << 30  # bytes of address space that a command may take, whatever it reads
SECONDS = 30  # of processor time
# On a terminal: text, colours, line ends. No other control, and none of those that turn text around.
HARMLESS = re.compile(rb"(?:[^\x00-\x1f\x7f]|\x1b\[[0-9;:]*m|[\r\n\t])*")
TURNING = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


class Ended(NamedTuple):
    """How a command ended: exit code, both outputs, what it did that it should not have."""

    code: int
    out: bytes
    err: str
    crimes: str = ""

    @property
    def sentence(self) -> bool:
        """Whether stderr holds nothing but lines of ours, none of them endless."""
        lines = self.err.splitlines()
        return all(line.startswith("swancli: ") and len(line) < 5000 for line in lines) and "Traceback" not in self.err


def _limit(memory: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def bounded(
    *words: str | Path,
    memory: int = MEMORY,
    seconds: int = SECONDS,
    report: Path | None = None,
    outside: Path | None = None,
    env: dict[str, str] | None = None,
    prefix: Sequence[str] = (),
) -> Ended:
    """Run a command line; with `report` under the eye of `guard`, `outside` being a folder it must not touch."""
    argv = [*prefix, sys.executable, "-m", "swancli"]
    if report is not None:
        report.write_bytes(b"")
        argv = [*argv[:-1], "tests.trust.guard", str(report), str(outside or "/nonexistent")]
    done = subprocess.run(
        [*argv, *map(os.fspath, words)],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=8 * SECONDS, cwd=ROOT, env=environment(**env or {}),
        preexec_fn=lambda: _limit(memory, seconds),
    )  # fmt: skip
    crimes = report.read_text(errors="replace") if report is not None else ""
    return Ended(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"), crimes)


def batch(lines: Sequence[Sequence[str | Path]], folder: Path, **more: Any) -> Ended:
    """Run many command lines one after the other in one process, under the eye of `guard`: quicker than one process each."""
    script = folder / "lines"
    script.write_text("\n".join(json.dumps([os.fspath(word) for word in line]) for line in lines), encoding="utf-8")
    return bounded(f"@{script}", report=folder / "report", **more)


class Shown(NamedTuple):
    """What came to a terminal, and the terminal behind it."""

    code: int
    raw: bytes
    screen: pyte.Screen

    @property
    def unharmed(self) -> bool:
        """Whether only text, colours and line ends came, and the terminal is as it was."""
        fresh = pyte.Screen(self.screen.columns, self.screen.lines)
        same = (self.screen.title, self.screen.icon_name, self.screen.mode, self.screen.margins, self.screen.charset) == (
            fresh.title, fresh.icon_name, fresh.mode, fresh.margins, fresh.charset
        )  # fmt: skip
        plain = self.screen.cursor.attrs == fresh.cursor.attrs and not self.screen.cursor.hidden
        text = self.raw.decode("utf-8", "replace")
        return same and plain and HARMLESS.fullmatch(self.raw) is not None and TURNING.search(text) is None


def on_terminal(
    *words: str | Path, width: int = 100, height: int = 50, seconds: float = 60, keys: bytes = b""
) -> Shown:
    """Run a command line on a pseudo-terminal; `keys` are typed once something is shown."""
    controller, terminal = pty.openpty()
    ioctl(terminal, TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "swancli", *map(os.fspath, words)],
        stdin=terminal, stdout=terminal, stderr=terminal, env=environment(PAGER="cat"), cwd=ROOT,
        start_new_session=True, preexec_fn=lambda: _limit(MEMORY, SECONDS),
    )  # fmt: skip
    os.close(terminal)
    screen = pyte.Screen(width, height)
    stream = pyte.ByteStream(screen)
    raw = b""
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            if select.select([controller], [], [], 0.2)[0]:
                try:
                    piece = os.read(controller, 1 << 16)
                except OSError:  # the other end is closed
                    break
                if not piece:
                    break
                raw += piece
                if keys:
                    time.sleep(0.3)
                    os.write(controller, keys)
                    keys = b""
    finally:
        os.close(controller)
        process.kill() if time.monotonic() >= end else None
        code = process.wait()
    stream.feed(raw[:2_000_000])
    return Shown(code, raw, screen)
