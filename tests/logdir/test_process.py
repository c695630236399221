"""Runs whose process is gone: told as killed where this machine can know it, and only there."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from swancli.logdir import process, state
from swancli.source import LocalSource
from tests.support.command import swancli
from tests.support.logdirs import Logdir, Run, details


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    """A process that waits."""
    made = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield made
    made.kill()
    made.wait()


def now() -> str:
    """This moment as SwanLab writes it."""
    return datetime.now(timezone.utc).isoformat()


def running(path: Path, number: int, second_generation: bool = True, **other: Any) -> Run:
    """A run that began just now and is marked running, with the metadata of a process, last written a minute ago."""
    run = Logdir(path).run(status=0, create_time=now(), finish_time=None)
    facts = {"hostname": socket.gethostname(), "pid": number, "python_executable": sys.executable, **other}
    if not second_generation:
        facts["executable"] = facts.pop("python_executable")
    files = run.folder / "files"
    files.mkdir(exist_ok=True)
    metadata = files / "swanlab-metadata.json"
    metadata.write_text(json.dumps({"runtime": facts} if second_generation else facts))
    run.logdir.close()
    settle(path, time.time() - 60)
    # within the slack that clocks have, and long enough ago for a run that ends in order to be marked so
    written = time.time() - 1.5
    os.utime(metadata, (written, written))
    return run


def settle(path: Path, when: float) -> None:
    """Let all files of a logdir be last written then, but for the metadata, which are as old as the process."""
    for file in [*path.rglob("*"), path]:
        if file.name != "swanlab-metadata.json":
            os.utime(file, (when, when))


def state_of(run: Run) -> str:
    """The word for the state of the run."""
    return str(details(run.logdir, "status", experiment=1)["state"])


@pytest.mark.parametrize("second_generation", [True, False])
def test_run_whose_process_is_killed_is_told_as_killed(
    tmp_path: Path, child: subprocess.Popen[bytes], second_generation: bool
) -> None:
    run = running(tmp_path / "swanlog", child.pid, second_generation)
    assert state_of(run) == "running"
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert state_of(run) == "killed"


def test_process_that_is_dead_and_not_yet_reaped_is_gone(tmp_path: Path, child: subprocess.Popen[bytes]) -> None:
    run = running(tmp_path / "swanlog", child.pid)
    child.send_signal(signal.SIGKILL)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert state_of(run) == "killed"


def test_process_that_took_over_the_number_later_is_another(tmp_path: Path, child: subprocess.Popen[bytes]) -> None:
    run = running(tmp_path / "swanlog", child.pid)
    begun = process.start_of(child.pid)
    assert begun is not None
    earlier = begun - 3600
    os.utime(run.folder / "files/swanlab-metadata.json", (earlier, earlier))
    assert state_of(run) == "killed"


@pytest.mark.parametrize(
    "other",
    [
        {"hostname": "another-machine"},
        {"python_executable": "/opt/container/bin/python"},
        {"pid": None},
        {"pid": "12"},
        {"pid": -1},
        {"pid": True},
    ],
    ids=str,
)
def test_what_this_machine_cannot_know_stays_running_until_it_is_stale(tmp_path: Path, other: dict[str, Any]) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    run = running(tmp_path / "swanlog", gone.pid, **other)
    assert state_of(run) == "running"
    settle(tmp_path / "swanlog", time.time() - 16 * 60)
    os.utime(run.folder / "files/swanlab-metadata.json", (0, 0))
    assert state_of(run) == "stale"


def test_run_that_began_before_this_machine_started_is_none_of_its_processes(
    tmp_path: Path, child: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = running(tmp_path / "swanlog", child.pid)
    child.kill()
    child.wait()
    started = process.start_of
    monkeypatch.setattr(process, "start_of", lambda pid: time.time() + 5 if pid == 1 else started(pid))
    assert state_of(run) == "running"


def test_run_that_wrote_a_moment_ago_may_be_ending_in_order(tmp_path: Path, child: subprocess.Popen[bytes]) -> None:
    run = running(tmp_path / "swanlog", child.pid)
    child.kill()
    child.wait()
    with LocalSourceOf(run) as source:
        found = source.logdir.experiment(1)
        written = state.last_write(found.run)
        assert written is not None
        os.utime(run.logdir.path / "runs.swanlab", (written + 50, written + 50))
        assert state.state(found, now=written + 50.5).word == "running"
        assert state.state(found, now=written + 52.5).word == "killed"


class LocalSourceOf:
    """The source of a run's logdir, closed at the end."""

    def __init__(self, run: Run) -> None:
        self._source = LocalSource(str(run.logdir.path))

    def __enter__(self) -> LocalSource:
        return self._source

    def __exit__(self, *_: object) -> None:
        self._source.close()


def test_waiting_for_a_killed_or_stale_run_ends_with_five(tmp_path: Path, child: subprocess.Popen[bytes]) -> None:
    run = running(tmp_path / "swanlog", child.pid)
    child.kill()
    child.wait()
    for words in (["status", "1", "-w", "--until-finished"], ["logs", "1", "-f", "--until-finished"]):
        (run.folder / "console").mkdir(exist_ok=True)
        (run.folder / "console/2025-03-21.log").write_text("hello\n")
        settle(tmp_path / "swanlog", time.time() - 60)
        done = swancli(*words, "-l", tmp_path / "swanlog")
        assert done.code == 5
    assert b"killed" in swancli("project", "-l", tmp_path / "swanlog").out
    assert b"killed" in swancli("experiment", "1", "-l", tmp_path / "swanlog").out
    (run.folder / "files/swanlab-metadata.json").unlink()
    settle(tmp_path / "swanlog", time.time() - 16 * 60)
    assert swancli("status", "1", "-w", "--until-finished", "-l", tmp_path / "swanlog").code == 5


def test_killed_run_is_still_running_by_the_api(tmp_path: Path, child: subprocess.Popen[bytes]) -> None:
    run = running(tmp_path / "swanlog", child.pid)
    child.kill()
    child.wait()
    assert state_of(run) == "killed"
    assert json.loads(swancli("status", "1", "--json", "-l", tmp_path / "swanlog").out)["data"]["status"] == 0
