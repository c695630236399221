"""`-w` and `-f` wait for a logdir, an experiment and a metric that are not there yet, and say so once."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from swancli.source import LocalSource
from tests.support import record_files
from tests.support.command import start, swancli
from tests.support.logdirs import Logdir, Run, point, points
from tests.support.stub_server import serving

pytestmark = pytest.mark.slow


def said(process: subprocess.Popen[bytes]) -> str:
    """The next line on stderr."""
    assert process.stderr
    return process.stderr.readline().decode().rstrip("\n")


def printed(process: subprocess.Popen[bytes]) -> str:
    """The next line on stdout; the process is killed if there is none for a minute."""
    timer = threading.Timer(60, process.kill)
    timer.start()
    try:
        assert process.stdout
        return process.stdout.readline().decode().rstrip("\n")
    finally:
        timer.cancel()


def end(process: subprocess.Popen[bytes]) -> str:
    """Interrupt it; gives what it said on stderr since."""
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    return err.decode()


def running(logdir: Logdir, name: str = "base") -> Run:
    """A new run that is running."""
    return logdir.run(name, status=0, finish_time=None)


@pytest.mark.parametrize("named", [[], ["-l", "runs/here"]])
def test_logdir_experiment_and_metric_are_awaited_one_after_the_other(tmp_path: Path, named: list[str]) -> None:
    process = start("metric", "latest", "val/loss", "-f", "-i", "0.05", *named, cwd=tmp_path)
    place = named[1] if named else "./swanlog"
    assert said(process) == f"swancli: note: waiting for a logdir at {place}"
    (tmp_path / place).mkdir(parents=True)  # an empty folder is no logdir yet
    logdir = Logdir(tmp_path / place)
    assert said(process) == f"swancli: note: waiting for an experiment in {place.removeprefix('./')}"
    run = running(logdir)
    run.metric("loss", points(3))
    assert said(process) == "swancli: note: waiting for metric 'val/loss' of experiment 1"
    run.metric("val/loss", [point(5, 0.25)])
    assert '"step":5,"value":0.25' in printed(process)
    assert end(process) == ""


@pytest.mark.parametrize("word", ["3", "third", "run-20250321_125802-abc2def"])
@pytest.mark.parametrize("words", [["logs", "-f", "-i"], ["status", "-w"]])
@pytest.mark.parametrize("remote", [False, True])
def test_experiment_is_awaited(tmp_path: Path, word: str, words: list[str], remote: bool) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    for name in ("first", "second"):
        running(logdir, name)
    with contextlib.ExitStack() as stack:
        where = ["-l", str(logdir.path)]
        if remote:
            where = ["-u", stack.enter_context(serving(LocalSource(str(logdir.path)))).url]
        process = start(words[0], word, *words[1:], "0.05", *where)
        assert said(process) == f"swancli: note: waiting for experiment {word} in {where[1]}"
        run = running(logdir, "third")
        run.console("2025-03-21.log", "hello\n")
        assert printed(process).startswith("hello" if words[0] == "logs" else "third  running  step –")
        assert end(process) == ""


@pytest.mark.parametrize("remote", [False, True])
@pytest.mark.parametrize("words", [["-w", "0.05"], ["-f", "-i", "0.05"]])
@pytest.mark.parametrize("comes", [True, False])
def test_metric_is_awaited_until_its_run_ends(tmp_path: Path, words: list[str], comes: bool, remote: bool) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    run = running(logdir)
    run.metric("loss", points(3))
    with contextlib.ExitStack() as stack:
        where = ["-l", str(logdir.path)]
        if remote:
            where = ["-u", stack.enter_context(serving(LocalSource(str(logdir.path)))).url]
        process = start("metric", "1", "val/loss", *words, "--until-finished", *where)
        assert said(process) == "swancli: note: waiting for metric 'val/loss' of experiment 1"
        if comes:
            run.metric("val/loss", [point(5, 0.25)])
        logdir.sql("update experiment set status = 1, finish_time = '2025-03-21T05:08:06+00:00'")
        out, err = process.communicate(timeout=60)
        if comes:
            assert (process.returncode, err) == (0, b"")
            assert b"0.25" in out
        else:
            assert (process.returncode, out) == (3, b"")
            assert err == b"swancli: error: no metric 'val/loss' in experiment 1; nearest: loss\n"


def test_metric_that_no_run_has_yet_is_awaited(tmp_path: Path) -> None:
    run = running(Logdir(tmp_path / "swanlog"))
    run.metric("loss", points(1))
    process = start("project", "-w", "0.05", "-m", "val/loss", "-l", str(run.logdir.path))
    assert said(process) == f"swancli: note: waiting for a metric 'val/loss' in {run.logdir.path}"
    run.metric("val/loss", [point(5, 0.25)])
    assert "1 run: 1 running" in printed(process)
    assert end(process) == ""


def test_metric_that_is_there_is_followed_while_another_is_awaited(tmp_path: Path) -> None:
    run = running(Logdir(tmp_path / "swanlog"))
    run.metric("loss", points(1))
    process = start("metric", "1", "val/loss", "loss", "-f", "-i", "0.05", "-l", str(run.logdir.path))
    assert '"metric":"loss","step":1' in printed(process)
    assert said(process) == "swancli: note: waiting for metric 'val/loss' of experiment 1"
    run.metric("val/loss", [point(5, 0.25)])
    assert '"metric":"val/loss","step":5' in printed(process)
    assert end(process) == ""


def test_run_of_a_moment_ago_gets_the_id_of_its_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SwanLab makes folder and record file first: until the row is written, it looks like a run of offline mode."""
    monkeypatch.setattr(record_files, "STAMP", record_files.number(1, int(time.time())))
    logdir = Logdir(tmp_path / "swanlog")
    folder = logdir.path / "run-20250321_125800-abcdefgh"
    folder.mkdir()
    (folder / "run-abcdefgh.swanlab").write_bytes(record_files.framed([record_files.proto_start()]))
    process = start("logs", "latest", "-f", "-i", "0.05", "-l", str(logdir.path))
    time.sleep(1)  # it may well have found the folder by now
    run = logdir.run("base", folder.name, status=0, finish_time=None)
    run.console("2025-03-21.log", "hello\n")
    assert printed(process) == "hello"
    assert end(process) == ""


def test_interrupt_ends_the_wait(tmp_path: Path) -> None:
    process = start("-w", cwd=tmp_path)
    assert said(process) == "swancli: note: waiting for a logdir at ./swanlog"
    assert end(process) == ""


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("project", 2), ("logs 1", 2), ("logs 9 -l swanlog", 3), ("metric 1 nope -l swanlog", 3),
        ("project -w --best min", 2), ("metric 1 loss -w --steps x", 2), ("project -w -l file", 2),
        ("project -w -u http://127.0.0.1:9", 4), ("logs 1 -f -u http://127.0.0.1:9", 4),
        ("metric 1 loss -f -u http://127.0.0.1:9", 4),
    ],
)  # fmt: skip
def test_nothing_is_awaited_without_need(tmp_path: Path, words: str, code: int) -> None:
    Logdir(tmp_path / "elsewhere/swanlog").run().metric("loss", points(3))
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty/file").touch()
    cwd = tmp_path / ("elsewhere" if "-l swanlog" in words else "empty")
    done = swancli(*words.split(), cwd=cwd)
    assert done.code == code
    assert "waiting" not in done.err
