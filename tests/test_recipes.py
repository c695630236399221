"""The README's recipes for a training that is not there yet: run in a real tmux, through a crash and through SIGKILL."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

from tests.support.logdirs import Logdir, Run, points
from tests.support.tmux import Tmux, running
from tests.support.waiting import PATIENCE_SECONDS, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.programs]

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
ERROR = 'Traceback (most recent call last):\n  File "train.py", line 3, in <module>\nValueError: boom\n'


def recipe(start: str) -> str:
    """The line of the README that begins so."""
    return next(line for line in README.splitlines() if line.startswith(start))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder without a logdir, in which `mail` and `sbatch` note how they were called."""
    programs = {name: f'echo "{name} $*" >> {tmp_path}/called' for name in ("mail", "sbatch")}
    programs["swancli"] = f'exec {sys.executable} -m swancli "$@"'
    (tmp_path / "bin").mkdir()
    for name, text in programs.items():
        path = tmp_path / "bin" / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
    return tmp_path


@pytest.fixture
def tmux(folder: Path) -> Iterator[Tmux]:
    with running(folder, PATH=f"{folder / 'bin'}:{os.environ['PATH']}") as made:
        yield made


@pytest.fixture
def training(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that stands for a training."""
    made = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield made
    made.kill()
    made.wait()


def begin(folder: Path, training: subprocess.Popen[bytes]) -> Run:
    """Let the run of a training appear, all at once."""
    now = datetime.now(timezone.utc).isoformat()
    made = Logdir(folder / "elsewhere")
    run = made.run(status=0, create_time=now, finish_time=None)
    run.metric("train/loss", points(3))
    run.console("2025-03-21.log", "one\n")
    facts = {"hostname": socket.gethostname(), "pid": training.pid, "python_executable": sys.executable}
    run.file("swanlab-metadata.json", json.dumps({"runtime": facts}))
    made.close().rename(folder / "swanlog")
    return run


def test_panes_that_wait_for_a_training_show_its_crash_and_stay_open(
    tmux: Tmux, folder: Path, training: subprocess.Popen[bytes]
) -> None:
    tmux.start(f"{recipe('tmux split-window')}; cat")
    tmux.sees("waiting for a logdir at ./swanlog", pane=1)
    tmux.sees("waiting for a logdir at ./swanlog", pane=2)
    name = begin(folder, training).folder.name
    tmux.sees("running", pane=1)
    tmux.sees("one", pane=2)
    (folder / "swanlog" / name / "console" / "error.log").write_text(ERROR)
    with contextlib.closing(sqlite3.connect(folder / "swanlog" / "runs.swanlab", isolation_level=None)) as db:
        db.execute("update experiment set status = -1, finish_time = create_time")
    tmux.sees("==> error.log <==", pane=2)
    tmux.sees("ValueError: boom", pane=2)
    tmux.sees("crashed", pane=1)
    assert "one\n" in tmux.screen(2)
    tmux.press("Enter", pane=2)
    wait_until(lambda: tmux.panes == 2, "the pane to close")
    tmux.press("q", pane=1)
    wait_until(lambda: tmux.panes == 1, "the pane to close")


def test_training_that_is_killed_mails(tmux: Tmux, folder: Path, training: subprocess.Popen[bytes]) -> None:
    tmux.start(f"{recipe('swancli wait latest &&')}; echo ended; cat")
    tmux.sees("waiting for a logdir at ./swanlog")
    begin(folder, training)
    training.send_signal(signal.SIGKILL)
    training.wait(PATIENCE_SECONDS)
    tmux.sees("ended")
    assert "run 1 (base): killed" in tmux.screen()
    assert (folder / "called").read_text() == "mail -s training failed me@example.org\n"
