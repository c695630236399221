"""Every exit code of the real command, and how it ends when a pipe closes or the user has enough."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from swancli.errors import EXIT_CODES
from tests.support.command import ARGV, environment, start, swancli
from tests.support.logdirs import Logdir, points
from tests.support.waiting import PATIENCE_SECONDS


@pytest.fixture
def logdir(tmp_path: Path) -> Logdir:
    """A logdir with one finished run."""
    logdir = Logdir(tmp_path / "swanlog")
    run = logdir.run()
    run.metric("train/loss", points(3))
    run.console("2025-03-21.log", "hello\n")
    return logdir


@pytest.mark.parametrize(
    "words", ["project", "experiment 1", "charts 1", "status 1", "summary 1", "logs 1", "metric 1 train/loss", ""]
)
def test_success_exits_zero_and_says_nothing_on_stderr(logdir: Logdir, words: str) -> None:
    done = swancli(*words.split(), *(["-l", str(logdir.path)] if words else []), cwd=logdir.path.parent)
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith(b"\n")


def test_damaged_database_exits_one(logdir: Logdir) -> None:
    path = logdir.close() / "runs.swanlab"
    path.write_bytes(b"no database at all, and long enough to be read as one" * 100)
    done = swancli("project", "-l", path.parent)
    assert (done.code, done.out) == (1, b"")
    assert str(path) in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    ["frobnicate", "project --frobnicate", "logs -n x", "metric", "experiment 1 2", "metric 1 --json",
     "project -o xml", "project --best max", "project --best most --metric x", "summary --sort size",
     "metric 1 train/loss --steps 1", "metric 1 train/loss --steps a:b", "metric 1 train/loss --json --head 2",
     "metric 1 train/loss --x hours", "metric , train/loss", "help frobnicate", "project --json --jsonl",
     "status 1 --until-finished", "logs 1 --until-finished", "status 1 --watch --json", "project -w --until-finished"],
)  # fmt: skip
def test_wrong_command_line_exits_two_with_one_sentence(logdir: Logdir, words: str) -> None:
    done = swancli(*words.split(), cwd=logdir.path.parent)
    assert done.code == 2, done
    assert done.err.startswith("swancli: error: ")
    assert done.err.count("\n") == 1


def test_no_logdir_exits_two(tmp_path: Path) -> None:
    assert swancli("project", cwd=tmp_path).code == 2


@pytest.mark.parametrize("words", ["experiment 9", "status nobody", "metric 1 none", "metric 1 none*", "logs 9"])
def test_what_is_not_there_exits_three(logdir: Logdir, words: str) -> None:
    done = swancli(*words.split(), "-l", logdir.path)
    assert (done.code, done.out) == (3, b"")


def test_dashboard_that_does_not_answer_exits_four() -> None:
    done = swancli("project", "-u", "http://127.0.0.1:9", "--timeout", "5")
    assert (done.code, done.out) == (4, b"")
    assert "127.0.0.1:9" in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(("status", "code"), [(1, 0), (-1, 5)])
def test_waiting_ends_with_the_run_and_tells_how(logdir: Logdir, status: int, code: int) -> None:
    logdir.sql(f"update experiment set status = {status}")
    done = swancli("status", "1", "-w", "0.1", "--until-finished", "-l", logdir.path)
    assert (done.code, done.err) == (code, "")
    assert done.out


@pytest.mark.parametrize(("status", "code"), [(1, 0), (-1, 5)])
@pytest.mark.parametrize("words", [["logs", "1", "-f"], ["metric", "1", "train/loss", "-f", "--jsonl"]])
def test_following_ends_with_the_run_and_prints_what_there_was(
    logdir: Logdir, words: list[str], status: int, code: int
) -> None:
    logdir.sql(f"update experiment set status = {status}")
    done = swancli(*words, "-i", "0.05", "--until-finished", "-l", logdir.path)
    assert (done.code, done.err) == (code, "")
    assert len(done.lines) == (1 if words[0] == "logs" else 3)


def test_waiting_for_a_running_run_ends_when_it_does(logdir: Logdir) -> None:
    logdir.sql("update experiment set status = 0, finish_time = null")
    process = start("logs", "1", "-f", "-i", "0.05", "--until-finished", "-l", logdir.path)
    assert process.stdout
    assert process.stdout.readline() == b"hello\n"
    assert process.poll() is None
    console = logdir.path / "run-20250321_125800-abc0def/console"
    with (console / "2025-03-21.log").open("a") as file:
        file.write("last words\n")
    logdir.sql("update experiment set status = -1")
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, out, err) == (5, b"last words\n", b"")


@pytest.mark.parametrize(
    "words", [["logs", "1", "-f"], ["status", "1", "-w", "0.1"], ["metric", "1", "train/loss", "-f", "--jsonl"]]
)
def test_interrupt_exits_130_without_a_word(logdir: Logdir, words: list[str]) -> None:
    logdir.sql("update experiment set status = 0, finish_time = null")
    process = start(*words, "-l", logdir.path)
    assert process.stdout
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, err.strip()) == (130, b"")


def test_interrupt_in_the_middle_of_a_table_exits_130(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path)
    logdir.run().metric("loss", points(40_000))
    process = start("metric", "1", "loss", "-l", logdir.path)
    time.sleep(0.05)
    assert process.stdout
    process.stdout.read(1)  # it prints, and nobody reads on: it waits for room in the pipe
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, err.strip()) == (130, b"")


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    ["metric 1 loss", "metric 1 loss --json --all", "metric 1 loss -o csv", "metric 1 loss -o jsonl",
     "metric 1 loss -o md", "logs 1", "logs 1 --json", "logs 1 -f", "metric 1 loss -f --jsonl"],
)  # fmt: skip
def test_closed_pipe_ends_quietly_with_zero(tmp_path: Path, words: str) -> None:
    logdir = Logdir(tmp_path)
    run = logdir.run()
    run.metric("loss", points(20_000))
    run.console("2025-03-21.log", "a line of some length\n" * 50_000)
    process = start(*words.split(), "-l", logdir.path)
    assert process.stdout
    assert process.stdout.read(10)
    process.stdout.close()
    if "-f" in words:  # it finds out when there is something new to print
        with (run.folder / "console/2025-03-21.log").open("a") as file:
            file.write("x\n" * 100_000)
    assert process.stderr
    with process.stderr:
        err = process.stderr.read()
    assert (process.wait(timeout=PATIENCE_SECONDS), err) == (0, b"")


def test_head_in_a_shell_sees_no_complaint(logdir: Logdir) -> None:
    command = f"{ARGV[0]} -m swancli project | head -0; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        timeout=PATIENCE_SECONDS,
        cwd=logdir.path.parent,
        env=environment(),
    )
    assert (done.stdout, done.stderr) == (b"0\n", b"")


def test_stdout_that_is_full_is_an_error_and_no_traceback(logdir: Logdir) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*ARGV, "project", "-l", logdir.path],
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=PATIENCE_SECONDS,
            env=environment(),
        )
    assert done.returncode == 1
    assert b"No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("closed", "code", "err"),
    [
        (">&-", 1, b"swancli: error: standard output is closed\n"),
        ("2>&-", 0, b""),
        ("<&-", 0, b""),
        (">&- 2>&-", 1, b""),
    ],
)
def test_streams_that_a_shell_closed(logdir: Logdir, closed: str, code: int, err: bytes) -> None:
    done = subprocess.run(
        ["bash", "-c", f"{ARGV[0]} -m swancli project {closed}"],
        capture_output=True,
        timeout=PATIENCE_SECONDS,
        cwd=logdir.path.parent,
        env=environment(),
    )
    assert (done.returncode, done.stderr) == (code, err)


def test_help_lists_every_exit_code() -> None:
    done = swancli("help", "exit-codes")
    assert done.code == 0
    assert [code for code, _ in EXIT_CODES] == [0, 1, 2, 3, 4, 5, 6, 124, 129, 130]
    assert {str(code) for code, _ in EXIT_CODES} <= {line.split()[0] for line in done.lines if line.strip()}


@pytest.mark.parametrize("words", ["-h", "--help", "help", "metric -h", "help metric", "help help"])
def test_help_exits_zero(words: str) -> None:
    done = swancli(*words.split())
    assert (done.code, done.err) == (0, "")
    assert b"swancli" in done.out


def test_version_is_printed_and_nothing_else() -> None:
    from swancli import __version__

    for words in (["--version"], ["--version", "project"]):
        done = swancli(*words, cwd=Path("/"))
        assert (done.code, done.out, done.err) == (0, f"swancli {__version__}\n".encode(), "")


def test_envelope_is_one_line_of_strict_json_however_the_command_ends(logdir: Logdir) -> None:
    for words, code in (("status 1", 0), ("status 9", 3404), ("status -o json -l /nowhere", 3404)):
        done = swancli(*words.split(), "--json", *([] if "-l" in words else ["-l", logdir.path]))
        assert json.loads(done.out)["code"] == code
        assert done.out.count(b"\n") == 1
    assert os.getcwd()
