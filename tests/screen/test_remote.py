"""Runs on other machines: over SSH, also when the connection is lost, and of several sources at once."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from tests.support.command import ARGV, environment
from tests.support.ssh import Sshd, StandIn, remote_command, sshd
from tests.support.terminal import Terminal, view
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow
REMOTE = ("--remote-command", remote_command())


@pytest.fixture
def far(sample: Path) -> StandIn:
    """The sample in the home of another machine."""
    return StandIn(sample.parent)


def rename_a_run(logdir: Path) -> None:
    """Change something meanwhile."""
    with contextlib.closing(sqlite3.connect(logdir / "runs.swanlab", isolation_level=None)) as database:
        database.execute("update experiment set name = 'renamed' where id = 1")


def servers(below: int) -> list[int]:
    """The processes below one that serve a logdir over their streams."""
    found = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(below)], capture_output=True, text=True).stdout
    pids = []
    for line in found.splitlines():
        pid, _, words = line.strip().partition(" ")
        pids += [int(pid)] if "--stdio" in words else []
        pids += servers(int(pid))
    return pids


@contextlib.contextmanager
def disconnected(far: StandIn, terminal: Terminal) -> Iterator[None]:
    """The connection of the view is killed, and no other can be made."""
    works = far.client.with_name("works")
    far.client.rename(works)
    far.client.write_text("#!/bin/sh\necho 'ssh: connect to host node7 port 22: Connection refused' >&2\nexit 255\n")
    far.client.chmod(0o755)
    for pid in servers(terminal.child.pid):
        os.kill(pid, signal.SIGKILL)
    yield
    works.replace(far.client)


def test_runs_of_another_machine_are_shown(far: StandIn, tmp_path: Path) -> None:
    with view(tmp_path, "-l", "node7:swanlog", *REMOTE, **far.env) as terminal:
        terminal.sees("eval/checkpoints", "eval/loss", "3 runs: 2 finished, 1 crashed", "node7:swanlog")
        terminal.press("j")
        terminal.sees("for the second time at step 46", "charts 3 of Qwen2.5-7B/20250322-0903-lr1e-3")
        terminal.press("a5")
        terminal.sees("5 differences", "learning_rate")


def test_a_lost_connection_is_told_and_found_again(far: StandIn, sample: Path, tmp_path: Path) -> None:
    with view(tmp_path, "-l", "node7:swanlog", *REMOTE, **far.env) as terminal:
        terminal.sees("eval/checkpoints", "eval/loss")
        with disconnected(far, terminal):
            terminal.sees("no connection to node7:swanlog: trying again in", "eval/loss")
            terminal.press("j")
            terminal.sees("crashed  step 46")
            rename_a_run(sample)
        terminal.sees("F renamed")
        wait_until(lambda: "no connection" not in terminal.text, "the end of the trouble")


def test_a_machine_that_is_not_there_is_told_before_the_view_begins(far: StandIn, tmp_path: Path) -> None:
    env = {**environment(), **far.env, "TERM": "xterm-256color"}
    out, status = pexpect.run(
        " ".join([*ARGV, "top", "-l", "down:swanlog"]), env=env, withexitstatus=True, timeout=60, encoding="utf-8"
    )
    assert status == 4
    assert "cannot connect to down:swanlog: ssh: connect to host down port 22: Connection refused" in out
    assert "\x1b[?1049h" not in out


def test_several_sources_are_one_list_and_one_that_is_lost_leaves_the_others(
    far: StandIn, sample: Path, tmp_path: Path
) -> None:
    here = shutil.copytree(sample, tmp_path / "here")
    with view(tmp_path, "-l", str(here), "-l", "node7:swanlog", *REMOTE, **far.env) as terminal:
        terminal.sees("6 runs: 4 finished, 2 crashed", "here:eval", "node7:eval")
        with disconnected(far, terminal):
            rename_a_run(here)
            terminal.sees("no connection to node7:swanlog", "here:renamed", "node7:eval")
        wait_until(lambda: "no connection" not in terminal.text, "the end of the trouble")


@pytest.mark.programs
def test_a_killed_sshd_is_told_and_found_again(far_sshd: tuple[Sshd, Path], tmp_path: Path) -> None:
    server, path = far_sshd
    with view(tmp_path, "-l", f"node7:{path}", *REMOTE, **server.env) as terminal:
        terminal.sees("eval/checkpoints", "eval/loss")
        server.kill()
        terminal.sees("cannot connect to node7", "refused", "eval/loss")
        rename_a_run(path)
        server.start()
        terminal.sees("renamed")


@pytest.fixture
def far_sshd(sample: Path) -> Iterator[tuple[Sshd, Path]]:
    """A real sshd, and the path of the sample for it."""
    with sshd(sample.parent) as made:
        yield made, sample
