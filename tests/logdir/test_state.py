"""What became of a run: the database's number, and what the files say against it."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from swancli.logdir import forks, state
from swancli.times import seconds
from tests.support.logdirs import TIME, Logdir, Run, details, point
from tests.support.record_files import framed, record

CRASH = 'Traceback (most recent call last):\n  File "a.py", line 1\nValueError: boom\n'
INTERRUPT = 'Traceback (most recent call last):\n  File "a.py", line 1\nKeyboardInterrupt\n'
BARE = 'Traceback (most recent call last):\n  File "a.py", line 1, in <module>\n    time.sleep(1)\n'


@pytest.mark.parametrize(
    ("version", "status", "error", "word"),
    [
        # what the database says is true before 0.5.0 and from 0.6.4 on
        ("0.4.12", 1, None, "finished"),
        ("0.4.12", 1, CRASH, "finished"),
        ("0.4.12", -1, CRASH, "crashed"),
        ("0.6.4", 1, None, "finished"),
        ("0.6.4", 1, CRASH, "finished"),
        ("0.10.3", -1, CRASH, "crashed"),
        ("0.10.3", -1, INTERRUPT, "stopped"),
        ("0.10.3", -1, BARE, "stopped"),
        ("0.10.3", -1, "", "crashed"),
        # a crash stored as finished
        ("0.5.0", 1, CRASH, "crashed"),
        ("0.5.2", 1, INTERRUPT, "stopped"),
        ("0.6.1", 1, CRASH, "crashed"),
        ("0.5.2", 1, None, "finished"),
        # the stop button writes -1, and no error
        ("0.7.20", -1, None, "stopped"),
        # what no version writes
        ("0.7.20", 7, None, "unknown"),
        ("", 1, None, "finished"),
        ("9" * 5000, 1, CRASH, "finished"),
    ],
)
def test_state_of_an_ended_run(tmp_path: Path, version: str, status: int, error: str | None, word: str) -> None:
    run = Logdir(tmp_path).run(version=version, status=status)
    if error is not None:
        run.console("error.log", error)
    found = details(run.logdir, "status", experiment=1)
    assert (found["state"], found["stale_for"], found["duration"]) == (word, None, 600.0)


def footer(success: bool) -> bytes:
    """The record that ends a run."""
    return record("Footer", success=success, create_time="2025-03-21T04:58:06+00:00")


@pytest.mark.parametrize("version", ["0.6.2", "0.6.3"])
@pytest.mark.parametrize(
    ("records", "error", "word"),
    [
        (framed([footer(True)], 0), None, "finished"),
        (framed([footer(False)], 0), CRASH, "crashed"),
        (framed([footer(False)], 0), INTERRUPT, "stopped"),
        (framed([footer(False)], 0), None, "crashed"),
        (framed([record("Log", message="x" * 9000), footer(True)], 0), None, "finished"),
        (framed([record("Log", message="x")], 0), None, "running"),
        (None, None, "running"),
    ],
)
def test_versions_that_never_store_an_end_are_read_from_the_record_file(
    tmp_path: Path, version: str, records: bytes | None, error: str | None, word: str
) -> None:
    run = Logdir(tmp_path).run(version=version, status=0, finish_time=None)
    run.console("2025-03-21.log", "hello")
    if records is not None:
        (run.folder / "backup.swanlab").write_bytes(records)
    if error is not None:
        run.console("error.log", error)
    assert details(run.logdir, "experiment", experiment=1)["state"] == word


def test_footer_counts_only_in_versions_that_need_it(tmp_path: Path) -> None:
    run = Logdir(tmp_path).run(version="0.7.20", status=0, finish_time=None)
    (run.folder / "backup.swanlab").write_bytes(framed([footer(True)], 1))
    assert details(run.logdir, "experiment", experiment=1)["state"] == "running"


def running(path: Path) -> Run:
    """A run that the database calls running."""
    run = Logdir(path).run(status=0, finish_time=None)
    run.metric("loss", [point(1, 1)])
    run.console("2025-03-21.log", "hello")
    run.file("config.yaml", "")
    return run


def test_running_run_that_wrote_lately_runs(tmp_path: Path) -> None:
    run = running(tmp_path)
    run.age(state.STALE_AFTER_SECONDS - 60)
    found = details(run.logdir, "project")["experiments"][0]
    assert (found["state"], found["stale_for"]) == ("running", None)
    assert found["duration"] == pytest.approx(time.time() - (seconds(TIME) or 0), abs=state.STALE_AFTER_SECONDS)


def test_killed_run_is_stale_and_says_for_how_long(tmp_path: Path) -> None:
    run = running(tmp_path)
    run.age(7200)
    found = details(run.logdir, "status", experiment=1)
    assert found["state"] == "stale"
    assert 7200 <= found["stale_for"] < 7260
    assert found["last_write"] == pytest.approx(time.time() - 7200, abs=60)


@pytest.mark.parametrize("file", ["logs/loss/1000.log", "console/2025-03-21.log", "files/config.yaml"])
def test_any_file_that_was_written_lately_keeps_a_run_running(tmp_path: Path, file: str) -> None:
    run = running(tmp_path)
    run.age(7200)
    os.utime(run.folder / file)
    assert details(run.logdir, "status", experiment=1)["state"] == "running"


def test_running_run_without_any_file_is_stale_since_nobody_knows_when(tmp_path: Path) -> None:
    run = running(tmp_path)
    shutil.rmtree(run.folder)
    found = details(run.logdir, "status", experiment=1)
    assert (found["state"], found["stale_for"], found["last_write"], found["duration"]) == ("stale", None, None, None)


def test_pipes_in_the_place_of_files_are_not_waited_for(tmp_path: Path) -> None:
    run = Logdir(tmp_path).run(version="0.6.2", status=0, finish_time=None)
    os.mkfifo(run.folder / "backup.swanlab")
    os.mkfifo(run.folder / "console/error.log")
    assert details(run.logdir, "status", experiment=1)["state"] == "running"


@pytest.mark.parametrize("dies", [False, True])
def test_many_killed_runs_looked_at_in_several_processes_give_the_same_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies: bool
) -> None:
    logdir = Logdir(tmp_path)
    for n in range(6):
        run = logdir.run(f"run {n}", status=0 if n else 1, finish_time=None)
        for key in range(3):
            run.metric(f"m{key}", [point(1, n)])
        run.age(7200 + 60 * n)
    alone = details(logdir, "project")
    started, parent = [], os.getpid()
    fork, last_write = os.fork, state.last_write

    def counted() -> int:
        started.append(1)
        return fork()

    def mortal(run: object, quick: bool = False) -> float | None:
        if dies and os.getpid() != parent:
            os._exit(9)
        return last_write(run, quick)  # type: ignore[arg-type]

    monkeypatch.setattr(state, "MIN_METRICS", 15)
    monkeypatch.setattr(state, "last_write", mortal)
    monkeypatch.setattr(forks, "_processors", lambda: 3)
    monkeypatch.setattr(forks, "_may_fork", lambda: True)
    monkeypatch.setattr(os, "fork", counted)
    together = details(logdir, "project")
    assert len(started) == 3
    for one, other in zip(alone["experiments"], together["experiments"], strict=True):
        assert other.pop("stale_for", None) == pytest.approx(one.pop("stale_for", None), abs=50)
        assert other == one
    monkeypatch.setattr(state, "MIN_METRICS", 16)
    details(logdir, "project")
    assert len(started) == 3


def test_missing_status_of_an_old_database_is_unknown(tmp_path: Path) -> None:
    run = running(tmp_path)
    run.logdir.sql("alter table experiment drop column status")
    assert details(run.logdir, "status", experiment=1)["state"] == "unknown"
