"""A logdir on another machine, through a stand-in for ssh: what is printed, what is started, what can go wrong."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

import pexpect
import pytest

from swancli.demo import write_demo
from swancli.endpoints import METRIC, STATUS, SUMMARY
from swancli.source import open_source
from tests.support.command import ARGV, Done, environment, start, swancli
from tests.support.logdirs import Logdir, points
from tests.support.ssh import StandIn, remote_command
from tests.support.waiting import PATIENCE_SECONDS, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def far(tmp_path_factory: pytest.TempPathFactory) -> StandIn:
    """The sample, and a folder whose name the shell would take apart, in the home of another machine."""
    folder = tmp_path_factory.mktemp("far")
    write_demo(str(folder / "swanlog"))
    odd = folder / "it's $(touch odd); a"
    odd.mkdir()
    shutil.copytree(folder / "swanlog", odd / "swanlog")
    return StandIn(folder)


def ask(far: StandIn, target: str, *words: str, command: str | None = None) -> Done:
    named = ["--remote-command", command or remote_command()]
    return swancli("-l", target, *named, *words, env=far.env)


@pytest.mark.parametrize(
    "words",
    ["project", "experiment 1", "charts 1", "status 2", "summary latest", "logs 1 -n 3", "metric 1 train/loss",
     "metric 3 eval/* -o csv", "metric 1 train/loss --json", "project --json", "summary 9"],
)  # fmt: skip
def test_command_prints_what_it_prints_there(far: StandIn, words: str) -> None:
    home = Path(far.env["SSH_HOME"])
    there = ask(far, "node7:swanlog", *words.split())
    here = swancli("-l", "swanlog", *words.split(), cwd=home)
    assert (there.code, there.out) == (here.code, here.out)


@pytest.mark.parametrize(
    "target", ["node7:swanlog", "user@node7:~/swanlog", "noisy:swanlog", "ssh://node7:2222/~/swanlog"]
)
def test_addresses_of_every_form_are_read(far: StandIn, target: str) -> None:
    done = swancli("status", "1", "-l", target, "--remote-command", remote_command(),
                   env={**far.env, "HOME": far.env["SSH_HOME"]})  # fmt: skip
    assert (done.code, done.err) == (0, "")


def test_path_reaches_the_other_shell_as_it_is(far: StandIn) -> None:
    done = ask(far, "node7:it's $(touch odd); a/swanlog", "project")
    assert (done.code, done.err) == (0, "")
    assert not (Path(far.env["SSH_HOME"]) / "odd").exists()


def test_port_and_host_are_given_to_the_client_apart(far: StandIn) -> None:
    before = len(far.calls)
    ask(far, "ssh://me@node7:2222/data", "project")
    assert far.calls[before:] == [f"-T -p 2222 me@node7 {remote_command()} serve --stdio -l /data"]


@pytest.mark.parametrize(
    ("target", "command", "code", "sentence"),
    [
        ("down:swanlog", None, 4, "cannot connect to down:swanlog: ssh: connect to host down port 22: Connection refused"),
        ("node7:nothing", None, 2, "no logdir at nothing"),
        ("bare:swanlog", "swancli", 4, "bare: swancli not found there: install it with pip install swancli"),
        ("old:swanlog", None, 4, "old: the version of swancli there does not support SSH: upgrade it"),
        ("node7:swanlog", "false", 4, "node7: false failed there: exit code 1"),
        ("node7:swanlog", "echo", 4, "node7: echo failed there: it printed no greeting"),
        ("endless:swanlog", None, 4, "endless: "),
        ("-x:swanlog", None, 2, "invalid host name '-x'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_in_one_sentence(
    far: StandIn, target: str, command: str | None, code: int, sentence: str
) -> None:
    done = ask(far, f"{target}", "project", command=command)
    assert (done.code, done.out) == (code, b"")
    assert done.err.startswith(f"swancli: error: {sentence}"), done.err
    assert done.err.count("\n") == 1


def test_timeout_bounds_connecting(far: StandIn) -> None:
    begin = time.monotonic()
    done = ask(far, "silent:swanlog", "project", "--timeout", "0.5")
    assert done.code == 4
    assert "cannot connect to silent:swanlog: timed out after 0.5 s (--timeout sets the limit)" in done.err
    assert time.monotonic() - begin < PATIENCE_SECONDS


def test_client_that_is_not_there_is_named(far: StandIn) -> None:
    done = swancli("-l", "node7:swanlog", "project", env={**far.env, "SWANCLI_SSH": "/nowhere/ssh -F x"})
    assert (done.code, done.err) == (4, "swancli: error: cannot run '/nowhere/ssh': No such file or directory\n")


def test_one_process_answers_all_requests_of_a_source(far: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in far.env.items():
        monkeypatch.setenv(name, value)
    before = len(far.calls)
    source = open_source(logdir="node7:swanlog", remote_command=remote_command())
    series = source.details(METRIC, experiment=1, metric="train/loss", all=True)
    # the points were not read yet: they wait while others use the connection
    assert source.details(STATUS, experiment=2)["state"] == "crashed"
    statuses = list(source.details_of_many(STATUS, [{"experiment": id} for id in (1, 2, 3)]))
    assert [one["id"] for one in statuses if isinstance(one, dict)] == [1, 2, 3]
    assert len(list(series["points"])) == 207
    source.close()
    assert len(far.calls) == before + 1


def test_connection_that_breaks_is_made_again(far: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in far.env.items():
        monkeypatch.setenv(name, value)
    before = len(far.calls)
    source = open_source(logdir="node7:swanlog", remote_command=remote_command())
    source.details(STATUS, experiment=1)
    stream = source._client._made._transport._pool.connections[0]._connection._network_stream  # type: ignore[attr-defined]
    os.kill(stream._stream._process._process.pid, signal.SIGKILL)
    assert source.details(SUMMARY, experiment=1)["summaries"]
    source.close()
    assert len(far.calls) == before + 2


def test_log_and_points_are_followed_to_the_end_of_a_run(far: StandIn, tmp_path: Path) -> None:
    made = Logdir(tmp_path / "live")
    run = made.run("live", status=0)
    run.metric("loss", points(3))
    (run.folder / "console").mkdir(exist_ok=True)
    log = run.folder / "console" / "2025-03-21.log"
    log.write_text("one\ntwo\n")
    process = start("logs", "1", "-f", "-i", "0.1", "-l", f"node7:{made.path}", "--remote-command", remote_command(),
                    env=far.env)  # fmt: skip
    assert process.stdout
    assert [process.stdout.readline() for _ in range(2)] == [b"one\n", b"two\n"]
    with log.open("a") as file:
        file.write("three\nno end yet")
    assert process.stdout.readline() == b"three\n"
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 130
    made.close()


@pytest.mark.parametrize(("word", "code"), [("secret", 0), ("wrong", 4)])
def test_password_is_asked_for_on_the_terminal(far: StandIn, word: str, code: int) -> None:
    argv = [*ARGV[1:], "status", "1", "-l", "asking:swanlog", "--remote-command", remote_command(), "--no-pager"]
    child = pexpect.spawn(ARGV[0], argv, env=environment(**far.env), timeout=PATIENCE_SECONDS, encoding="utf-8")
    child.expect("Password: ")
    child.sendline(word)
    child.expect("finished" if code == 0 else "cannot connect to asking:swanlog: Permission denied")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == code


def test_ssh_does_not_outlive_the_command(far: StandIn) -> None:
    process = start(
        "status", "1", "-w", "0.1", "-l", "node7:swanlog", "--remote-command", remote_command(), env=far.env
    )
    assert process.stdout
    assert process.stdout.readline()
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    assert children
    process.kill()
    process.communicate(timeout=PATIENCE_SECONDS)
    wait_until(lambda: not any(Path(f"/proc/{child}").exists() for child in children), "ssh to end")
