"""Reading leaves no trace: not in the logdir, not anywhere, whoever owns it and whatever is writing it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.command import ARGV, environment, swancli
from tests.support.corpus_cases import fingerprint
from tests.support.logdirs import Logdir, points
from tests.support.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.slow

COMMANDS = ["project", "experiment 1", "charts 1", "metric 1 loss", "logs 1", "status 1", "summary 1"]


def written(path: Path, wal: bool) -> Logdir:
    """A logdir with a run, its rows in the WAL alone if asked for."""
    logdir = Logdir(path, wal=wal)
    run = logdir.run("in the wal")
    run.metric("loss", points(3))
    run.chart("loss")
    run.console("2025-03-21.log", "hello\n")
    run.file("config.yaml", "a: 1")
    return logdir


@pytest.fixture(params=["plain", "wal"])
def left(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A logdir that its writer has left: closed in order, or killed."""
    logdir = written(tmp_path / "live", request.param == "wal")
    target = tmp_path / "place" / "swanlog"
    if request.param == "plain":
        logdir.close()
    shutil.copytree(logdir.path, target)
    (target / "runs.swanlab-shm").unlink(missing_ok=True)
    assert (target / "runs.swanlab-wal").exists() == (request.param == "wal")
    return target


def run(words: str, *more: str, prefix: list[str] | None = None, **env: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command, maybe as somebody else."""
    return subprocess.run(
        [*(prefix or []), *ARGV, *words.split(), *more],
        capture_output=True,
        timeout=PATIENCE_SECONDS,
        env=environment(**env),
        cwd="/",
    )


@pytest.mark.parametrize("words", COMMANDS)
def test_command_changes_nothing_in_the_logdir(left: Path, words: str) -> None:
    before = fingerprint(left.parent)
    for more in ([], ["--json"], ["-o", "table"]):
        done = run(words, *more, "-l", str(left))
        assert (done.returncode, done.stderr) == (0, b"")
        assert fingerprint(left.parent) == before


def test_private_copy_is_gone_when_the_command_ends(left: Path, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    assert json.loads(run("project", "--json", "-l", str(left), TMPDIR=str(scratch)).stdout)["data"]["experiments"]
    assert list(scratch.iterdir()) == []


def test_folder_that_may_not_be_written_is_read(left: Path) -> None:
    for folder in (left.parent, left):
        folder.chmod(0o555)
    for path in left.iterdir():
        path.chmod(path.stat().st_mode & ~0o222)
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    for folder in (left.parent, *left.parents):
        if str(folder).startswith("/tmp/") and os.access(folder, os.W_OK):
            folder.chmod(folder.stat().st_mode | 0o055)
    before = fingerprint(left)
    try:
        for words in COMMANDS:
            done = run(words, "--json", "-l", str(left), prefix=nobody, TMPDIR="/nowhere")
            assert (done.returncode, json.loads(done.stdout)["code"]) == (0, 0), done.stderr
        assert fingerprint(left) == before
    finally:
        for folder in (left, left.parent):
            folder.chmod(0o755)


def test_temporary_folder_that_may_not_be_written_is_passed_over(left: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in ("/nowhere", "/proc", str(tmp_path / "file"), ""):
        done = run("project", "--json", "-l", str(left), TMPDIR=folder)
        assert done.returncode == 0, done.stderr
        assert b"in the wal" in done.stdout


def test_live_writer_is_neither_waited_for_nor_disturbed(tmp_path: Path) -> None:
    logdir = written(tmp_path / "swanlog", wal=True)
    logdir.sql("begin exclusive", "update experiment set name = 'not yet'")
    names = sorted(path.name for path in logdir.path.iterdir())
    done = swancli("project", "--json", "-l", logdir.path)
    assert json.loads(done.out)["data"]["experiments"][0]["name"] == "in the wal"
    logdir.sql("commit")
    done = swancli("project", "--json", "-l", logdir.path)
    assert json.loads(done.out)["data"]["experiments"][0]["name"] == "not yet"
    assert sorted(path.name for path in logdir.path.iterdir()) == names
    assert logdir.db.execute("pragma wal_checkpoint(truncate)").fetchone()[0] == 0
