"""`top` in a pseudo-terminal: the processor time that it takes, and how long a key is not answered."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

from benchmarks.probes import SWANCLI, Failed, Probe, Sample
from tests.oracle.swanboard import clean_environ

SIZE = 120, 40
WARM_UP_SECONDS, MEASURED_SECONDS = 5.0, 10.0
QUIET_SECONDS = 0.15
KEYS = (b"j", b"j", b"\x1b[6~", b"\t", b"j", b"s", b"+", b"-", b"1", b"k")
WRITER = Path(__file__).with_name("append_points.py")


def idle(logdir: Path) -> Probe:
    """The processor seconds of a view in MEASURED_SECONDS in which nothing is written."""

    def measure() -> Sample:
        with _view(logdir) as (pid, terminal):
            return Sample(_used(pid, terminal))

    return measure


def busy(logdir: Path) -> Probe:
    """The same while all runs are written at full speed and all are ticked."""

    def measure() -> Sample:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "swanlog"
            shutil.copytree(logdir, copy)
            now = datetime.now(timezone.utc).isoformat()
            with sqlite3.connect(copy / "runs.swanlab") as database:
                database.execute("update experiment set status = 0, finish_time = null, create_time = ?", (now,))
            database.close()
            metrics = [
                path.parent for path in copy.glob("run-*/logs/*/_summary.json") if any(path.parent.glob("*.log"))
            ]
            writer = subprocess.Popen([sys.executable, WRITER, *metrics])
            try:
                with _view(copy) as (pid, terminal):
                    os.write(terminal, b"a")
                    _drain(terminal, WARM_UP_SECONDS)
                    return Sample(_used(pid, terminal))
            finally:
                writer.kill()
                writer.wait()

    return measure


def key(logdir: Path) -> Probe:
    """The longest time from a key to the first change on the screen."""

    def measure() -> Sample:
        with _view(logdir) as (_, terminal):
            return Sample(max(_answered(terminal, one) for one in KEYS))

    return measure


@contextmanager
def _view(logdir: Path) -> Iterator[tuple[int, int]]:
    """A view after it has read what there is: its process, and the terminal."""
    with tempfile.TemporaryDirectory() as state:
        env = {**clean_environ(), "TERM": "xterm-256color", "XDG_STATE_HOME": state, "XDG_CONFIG_HOME": state}
        pid, terminal = pty.fork()
        if not pid:
            os.execve(SWANCLI, [SWANCLI, "top", "-l", str(logdir)], env)
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", SIZE[1], SIZE[0], 0, 0))
        try:
            if not _drain(terminal, WARM_UP_SECONDS):
                raise Failed("top: nothing on the screen")
            yield pid, terminal
        finally:
            os.write(terminal, b"q")
            _drain(terminal, 1.0)
            os.close(terminal)
            os.waitpid(pid, 0)


def _used(pid: int, terminal: int) -> float:
    """Processor seconds in MEASURED_SECONDS."""
    before = _processor(pid)
    _drain(terminal, MEASURED_SECONDS)
    return _processor(pid) - before


def _processor(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _answered(terminal: int, pressed: bytes) -> float:
    while _read(terminal, QUIET_SECONDS):
        pass
    begun = time.perf_counter()
    os.write(terminal, pressed)
    if not _read(terminal, 5.0):
        raise Failed(f"top: no answer to {pressed!r}")
    return time.perf_counter() - begun


def _drain(terminal: int, seconds: float) -> int:
    """Read what is drawn for a time; how many bytes that was."""
    end, count = time.monotonic() + seconds, 0
    while (left := end - time.monotonic()) > 0:
        count += _read(terminal, left)
    return count


def _read(terminal: int, seconds: float) -> int:
    if not select.select([terminal], [], [], seconds)[0]:
        return 0
    try:
        return len(os.read(terminal, 1 << 16))
    except OSError:  # the view has ended
        time.sleep(min(seconds, 0.1))
        return 0
