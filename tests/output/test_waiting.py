"""A pipe that another process made non-blocking gets every byte, as a blocking one does."""

from __future__ import annotations

import fcntl
import io
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from swancli.output.waiting import WaitingFile
from tests.support.command import ARGV, environment, swancli
from tests.support.logdirs import Logdir, point, points

pytestmark = pytest.mark.slow

PIPE_BYTES = 4096
FILLER = b"\0"
DEADLINE_SECONDS = 60


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Logdir(tmp_path_factory.mktemp("waiting") / "swanlog")
    for name in ("base", "tuned"):
        run = made.run(name)
        run.metric("loss", points(4000))
        for n in range(100):
            run.metric(f"metric/{n}", [point(1, n / 7)])
    return made.path


class Reader:
    """A command whose stdout or stderr is a small, full, non-blocking pipe."""

    def __init__(self, words: list[str | Path], stderr: bool = False) -> None:
        self.end, end = os.pipe()
        fcntl.fcntl(end, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        os.set_blocking(end, False)
        self.filler = os.write(end, FILLER * PIPE_BYTES)
        streams = (
            {"stdout": subprocess.DEVNULL, "stderr": end} if stderr else {"stdout": end, "stderr": subprocess.PIPE}
        )
        self.process = subprocess.Popen(
            [*ARGV, *map(os.fspath, words)], stdin=subprocess.DEVNULL, env=environment(), **streams
        )
        os.close(end)

    def wait_until_it_waits(self) -> None:
        """Return once the process sleeps without using the CPU, or is over."""
        end, before, same = time.monotonic() + DEADLINE_SECONDS, "", 0
        while self.process.poll() is None and same < 10 and time.monotonic() < end:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
            state, used = fields[0], f"{fields[11]} {fields[12]}"
            same = same + 1 if state == "S" and used == before and used != "0 0" else 0
            before = used
            time.sleep(0.02)

    def read(self) -> bytes:
        """Everything that is written, read in small pieces."""
        pieces = []
        while piece := os.read(self.end, 1000):
            pieces.append(piece)
        os.close(self.end)
        return b"".join(pieces)[self.filler :]

    def finish(self) -> tuple[int, bytes]:
        """The exit code and stderr, if that is not the pipe."""
        _, err = self.process.communicate(timeout=DEADLINE_SECONDS)
        return self.process.returncode, err or b""


@pytest.mark.parametrize(
    "words",
    [
        "metric 1 loss -o csv",
        "metric 1 loss -o tsv",
        "metric 1 loss --jsonl",
        "metric 1 loss --json",
        "metric 1,2 loss --json",
        "summary 1 -o table",
        "summary 1 -o md",
        "project",
        "help",
        "help metric",
        "--help",
        "metric --help",
        "--version",
        "completion bash",
    ],
)
def test_stdout_gets_every_byte(logdir: Path, words: str) -> None:
    reads = words.split()[0] in ("metric", "summary", "project") and not words.endswith("--help")
    argv = [*(("-l", logdir) if reads else ()), *words.split()]
    expected = swancli(*argv)
    assert expected.code == 0
    assert expected.out
    reader = Reader(argv)
    reader.wait_until_it_waits()
    assert reader.read() == expected.out
    assert reader.finish() == (0, expected.err.encode())


def test_demo_gets_its_lines_out(tmp_path: Path) -> None:
    reader = Reader(["demo", tmp_path / "swanlog"])
    reader.wait_until_it_waits()
    assert reader.read().count(b"\n") == 4
    assert reader.finish() == (0, b"")


@pytest.mark.parametrize("words", ["metric 1 nothing", "metric 1 loss --no-such-option", "status 99", "nonsense"])
def test_stderr_gets_every_byte(logdir: Path, words: str) -> None:
    argv = ["-l", logdir, *words.split()]
    expected = swancli(*argv)
    assert expected.err
    reader = Reader(argv, stderr=True)
    reader.wait_until_it_waits()
    assert reader.read().decode() == expected.err
    assert reader.finish()[0] == expected.code


def test_the_first_steps_get_every_byte_on_stderr(tmp_path: Path) -> None:
    argv: list[str | Path] = ["-l", tmp_path / "none"]
    expected = swancli(*argv)
    assert "swancli demo" in expected.err
    reader = Reader(argv, stderr=True)
    reader.wait_until_it_waits()
    assert reader.read().decode() == expected.err
    assert reader.finish()[0] == expected.code


def test_a_pager_that_makes_its_stdin_non_blocking_gets_every_byte(logdir: Path, tmp_path: Path) -> None:
    pager = tmp_path / "pager.py"
    pager.write_text(
        "import os, select, sys\n"
        "os.set_blocking(0, False)\n"
        "with open(sys.argv[1], 'wb') as file:\n"
        "    while select.select([0], [], []) and (piece := os.read(0, 1000)):\n"
        "        file.write(piece)\n"
    )
    paged = tmp_path / "paged"
    # a terminal, for a pager is used on one only
    command = " ".join([*ARGV, "-l", str(logdir), "summary", "1"])
    subprocess.run(
        ["script", "-qec", command, "/dev/null"],
        env=environment(SWANCLI_PAGER=f"{ARGV[0]} {pager} {paged}", TERM="xterm", NO_COLOR="1", COLUMNS="80"),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True, timeout=DEADLINE_SECONDS,
    )  # fmt: skip
    assert len(paged.read_text().splitlines()) == 102


@pytest.mark.parametrize("stderr", [False, True])
def test_ctrl_c_ends_the_wait_for_a_reader_that_never_reads(logdir: Path, stderr: bool) -> None:
    reader = Reader(["-l", logdir, "metric", "1", "nothing" if stderr else "loss", "-o", "csv"], stderr)
    reader.wait_until_it_waits()
    assert reader.process.poll() is None
    reader.process.send_signal(signal.SIGINT)
    code, err = reader.finish()
    assert (code, err.strip()) == (130, b"")
    os.close(reader.end)


def test_a_reader_that_leaves_ends_the_wait_quietly(logdir: Path) -> None:
    reader = Reader(["-l", logdir, "metric", "1", "loss", "-o", "csv"])
    reader.wait_until_it_waits()
    os.close(reader.end)
    assert reader.finish() == (0, b"")


def test_a_full_disk_is_an_error_still(logdir: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*ARGV, "-l", str(logdir), "metric", "1", "loss", "-o", "csv"],
            stdout=full, stderr=subprocess.PIPE, env=environment(), timeout=DEADLINE_SECONDS,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == b"swancli: error: writing: No space left on device\n"


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_stdout_gets_every_byte_with_and_without_pythons_buffer(
    logdir: Path, monkeypatch: pytest.MonkeyPatch, unbuffered: str
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    argv: list[str | Path] = ["-l", logdir, "metric", "1", "loss", "--jsonl"]
    expected = swancli(*argv)
    reader = Reader(argv)
    reader.wait_until_it_waits()
    assert reader.read() == expected.out
    assert reader.finish() == (0, b"")


def test_a_write_goes_on_where_it_stopped() -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    data = os.urandom(1 << 20)
    got: list[bytes] = []

    def read() -> None:
        while piece := os.read(reading, 777):
            got.append(piece)

    thread = threading.Thread(target=read)
    thread.start()
    with io.BufferedWriter(WaitingFile(writing, "w")) as file:
        file.write(data)
    thread.join(DEADLINE_SECONDS)
    os.close(reading)
    assert b"".join(got) == data
