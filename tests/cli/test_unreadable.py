"""Runs that may not be read: "permission denied", exit code 1, once, whatever is asked; the other runs are answered."""

from __future__ import annotations

import ctypes
import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from swancli.demo import write_demo
from tests.support.command import ARGV, environment, start, swancli

PR_CAPBSET_DROP = 24
OVERRIDES = (1, 2)  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, by which root reads everything
LIBC = ctypes.CDLL(None)
Asked = Callable[..., "subprocess.CompletedProcess[bytes]"]


def obey_permissions() -> None:
    """Let this process, even of root, read only what it may."""
    if os.geteuid() == 0:
        for capability in OVERRIDES:
            LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    """A logdir whose second run may not be read."""
    path = tmp_path / "swanlog"
    write_demo(str(path))
    next(path.glob("run-20250322*")).chmod(0)
    return path


@pytest.fixture
def asked(logdir: Path) -> Asked:
    """Runs a command on the logdir as somebody who obeys permissions."""

    def run(*words: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*ARGV, *words, "-l", str(logdir)],
            capture_output=True, timeout=60, env=environment(), preexec_fn=obey_permissions, cwd=logdir.parent,
        )  # fmt: skip

    return run


@pytest.mark.parametrize(
    "words",
    ["experiment 2", "charts 2", "metric 2 train/loss", "logs 2", "status 2", "summary 2", "summary 2 --json",
     "metric 2 train/loss -o csv", "logs 2 --json", "metric 2 train/loss -f --jsonl", "logs 2 -f", "status 2 -w",
     "compare 1,2", "report 1,2 -o -", "export --format csv -o exported", "check 2 train/loss<9",
     "check 2 config.learning_rate<9"],
)  # fmt: skip
def test_command_about_an_unreadable_run_says_so_once(asked: Asked, words: str) -> None:
    done = asked(*words.split())
    error = done.stderr.decode()
    assert done.returncode == 1
    assert error.startswith("swancli: error: permission denied: ")
    assert "run-20250322" in error
    assert error.count("\n") == 1
    if "--json" in words.split():
        assert json.loads(done.stdout)["code"] == 3500
    else:
        assert done.stdout == b""


def test_project_shows_every_run_and_says_which_may_not_be_read(asked: Asked) -> None:
    for words in ("project", "project --json"):
        done = asked(*words.split())
        assert done.returncode == 1
        assert done.stderr.decode().count("permission denied: ") == 1
        assert done.stderr.count(b"\n") == 1
    assert len(json.loads(done.stdout)["data"]["experiments"]) == 3


def test_check_of_what_is_known_of_an_unreadable_run_does_not_decide(asked: Asked) -> None:
    done = asked("check", "2", "state=finished")
    assert done.returncode == 1
    assert done.stderr.startswith(b"swancli: warning: permission denied: ")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize(
    "words", ["summary 1", "metric 1 train/loss", "compare 1,3", "check 1 train/loss<9", "wait 1,3", "report 1 -o -"]
)
def test_other_runs_are_answered_as_ever(asked: Asked, words: str) -> None:
    done = asked(*words.split())
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("words", [["--columns", "id,train/loss,config.seed"], ["-F", "id < 3", "--columns", "id"]])
def test_chosen_columns_of_the_other_runs_are_shown(asked: Asked, words: list[str]) -> None:
    done = asked("project", *words)
    assert len(done.stdout.decode().splitlines()) == (4 if "-F" not in words else 3)
    if "-F" not in words:  # else nothing was read of any run
        assert done.returncode == 1
        assert done.stderr.decode().count("permission denied") == 1


def test_project_over_a_url_says_so_too_and_ends_with_the_same_code(logdir: Path, asked: Asked) -> None:
    server = start("serve", "-l", logdir, "--port", "0", "--quiet", preexec_fn=obey_permissions)
    try:
        assert server.stderr is not None
        done = swancli("project", "-u", re.findall(r"http://[^\s/]+", server.stderr.readline().decode())[0])
    finally:
        server.kill()
        server.communicate()
    local = asked("project")
    assert (done.code, done.err) == (local.returncode, local.stderr.decode()) == (1, done.err)
    assert done.err.count("permission denied: ") == 1


@pytest.mark.parametrize("words", ["metric 1 train/loss", "summary 1", "logs 1"])
def test_folder_of_metrics_that_may_not_be_read_is_named(logdir: Path, asked: Asked, words: str) -> None:
    folder = next(logdir.glob("run-20250321*")) / "logs"
    folder.chmod(0)
    assert asked(*words.split()).stderr.decode().startswith(f"swancli: warning: permission denied: {folder}\n")
