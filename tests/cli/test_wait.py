"""`swancli wait`: when it ends, what it prints, its exit code, the command of --exec, and what a look costs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from swancli.queries.conditions import look
from swancli.queries.filters import parse_condition
from swancli.source import LocalSource
from tests.cli.test_follow_waiting import end, said
from tests.cli.test_imports import cost
from tests.logdir.test_process import running as with_process
from tests.logdir.test_process import settle
from tests.support.command import start, swancli
from tests.support.logdirs import Logdir, Run, point, points
from tests.support.stub_server import serving
from tests.support.waiting import PATIENCE_SECONDS

QUICKLY = ("-i", "0.05")
FINISH = "update experiment set status = 1, finish_time = '2025-03-21T05:08:06+00:00'"
CRASH = "update experiment set status = -1, finish_time = '2025-03-21T05:08:06+00:00'"


def running(logdir: Logdir, name: str = "base") -> Run:
    """A run that is running, with a metric."""
    run = logdir.run(name, status=0, finish_time=None)
    run.metric("loss", [point(1, 3.0)])
    return run


@contextmanager
def waiting(logdir: Logdir, *words: str, remote: bool = False) -> Iterator[subprocess.Popen[bytes]]:
    """A wait that has begun: it said that it waits for `nope`, which is not there."""
    source = LocalSource(str(logdir.path))
    server = serving(source)
    where = ["-u", server.__enter__().url] if remote else ["-l", str(logdir.path)]
    process = start("wait", *words, *QUICKLY, "--fail-if", "nope is nan", *where)
    try:
        assert said(process).startswith("swancli: note: waiting for nope of experiment ")
        yield process
    finally:
        process.kill()
        process.communicate()
        if remote:
            server.__exit__(None, None, None)


def done(process: subprocess.Popen[bytes]) -> tuple[int, list[str]]:
    """The exit code of a wait, and the lines that it printed."""
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert err == b""
    return process.returncode, out.decode().splitlines()


@pytest.mark.parametrize("remote", [False, True])
@pytest.mark.parametrize(
    ("sql", "error", "code", "word"),
    [(FINISH, "", 0, "finished"), (CRASH, "ValueError: x\n", 5, "crashed"), (CRASH, "", 5, "stopped")],
)
def test_wait_ends_with_the_run(tmp_path: Path, sql: str, error: str, code: int, word: str, remote: bool) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    run = running(logdir)
    with waiting(logdir, "latest", remote=remote) as process:
        if error:
            run.console("error.log", error)
        logdir.sql(sql)
        assert done(process) == (code, [f"run 1 (base): {word} after 9m 59s"])


def test_killed_run_is_told(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    run = with_process(tmp_path / "swanlog", child.pid)
    process = start("wait", "1", *QUICKLY, "--fail-if", "nope is nan", "-l", str(run.logdir.path))
    assert said(process) == "swancli: note: waiting for nope of experiment 1"
    child.send_signal(signal.SIGKILL)
    child.wait()
    code, (line,) = done(process)
    assert (code, line.partition(" after ")[0]) == (5, "run 1 (base): killed")


def test_stale_run_is_given_up(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    running(logdir).age(3600)
    settle(logdir.path, 1.7e9)
    found = swancli("wait", "1", "-l", logdir.path)
    assert (found.code, found.err) == (5, "")
    assert found.lines[0].startswith("run 1 (base): stale after ")


def test_condition_that_holds_ends_the_wait(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    path = running(logdir).metric("val", [point(1, 3.0)])
    with waiting(logdir, "1", "--for", "loss > 1", "--for", "val < 0.5", "--jsonl") as process:
        with (path / "1000.log").open("ab") as file:
            file.write(point(2, 0.25) + b"\n")
        code, (line,) = done(process)
    found = json.loads(line)
    assert code == 0
    assert found.pop("duration") > 0
    assert 0 < found.pop("waited") < PATIENCE_SECONDS
    assert found == {
        "id": 1, "name": "base", "state": "running", "reason": "loss > 1 and val < 0.5", "value": 3.0, "exit_code": 0,
    }  # fmt: skip


def test_condition_of_fail_if_ends_the_wait_with_six(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    path = running(logdir).metric("val", [point(1, 3.0)])
    running(logdir, "other")
    with waiting(logdir, "1,2", "--fail-if", "val is nan") as process:
        assert said(process).startswith("swancli: note: waiting for")
        assert said(process).startswith("swancli: note: waiting for")
        with (path / "1000.log").open("ab") as file:
            file.write(point(2, float("nan")) + b"\n")
        code, (line,) = done(process)
    assert (code, line.partition(" after ")[0]) == (6, "run 1 (base): val is nan (NaN), running")


@pytest.mark.parametrize(
    ("more", "code", "line"),
    [
        ("loss < 5", 0, "run 1 (base): loss < 5 (3), finished after 10m 00s"),
        ("loss < 1", 6, "run 1 (base): not loss < 1 (3), finished after 10m 00s"),
        ("los < 1", 6, "run 1 (base): not los < 1 (–), finished after 10m 00s"),
    ],
)
def test_run_that_has_ended_is_looked_at_once(tmp_path: Path, more: str, code: int, line: str) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    logdir.run().metric("loss", [point(1, 3.0)])
    found = swancli("wait", "1", "--for", more, "-l", logdir.path)
    assert (found.code, found.lines, found.err) == (code, [line], "")


@pytest.mark.parametrize(
    ("words", "code", "names"),
    [
        ("1,2,3", 5, ["good", "bad", "good2"]), ("1 3 --all", 0, ["good", "good2"]), ("2,1 --any", 5, ["bad"]),
        ("1,2 --any", 0, ["good"]), ("2,3 --any --for 1", 0, ["bad", "good2"]), ("1,2 --for 2", 6, ["good", "bad"]),
    ],
)  # fmt: skip
def test_several_runs(tmp_path: Path, words: str, code: int, names: list[str]) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    for name in ("good", "bad", "good2"):
        logdir.run(name, status=-1 if name == "bad" else 1)
    words, _, limit = words.partition(" --for ")
    condition = ["--for", "name ~ good*" if limit == "1" else "name = nobody"] if limit else []
    found = swancli("wait", *words.split(), *condition, "-o", "csv", "-l", logdir.path)
    assert (found.code, [line.split(",")[1] for line in found.lines[1:]]) == (code, names)


def test_any_waits_for_the_others_where_one_can_not_meet_the_condition_any_more(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    logdir.run("crashed", status=-1)
    running(logdir)
    found = swancli("wait", "1,2", "--any", "--for", "loss > 1", "-l", logdir.path)
    assert (found.code, len(found.lines)) == (0, 2)


def test_time_limit_ends_the_wait_with_124(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    running(logdir)
    found = swancli("wait", "1", "--timeout", "300ms", *QUICKLY, "-l", logdir.path)
    assert (found.code, found.err) == (124, "")
    assert found.lines[0].startswith("run 1 (base): timeout, running after ")


@pytest.mark.parametrize("place", ["swanlog", "elsewhere"])
def test_time_limit_holds_for_what_is_not_there_yet_too(tmp_path: Path, place: str) -> None:
    Logdir(tmp_path / "swanlog")
    found = swancli(
        "wait", "1", "--timeout", "0.2s", *QUICKLY, "-l", place, "--exec", 'echo "$SWANCLI_RUN_REASON"', cwd=tmp_path
    )
    what = "experiment 1 in swanlog" if place == "swanlog" else "a logdir at elsewhere"
    assert (found.code, found.out) == (124, b"timeout\n" if place == "swanlog" else b"")
    assert found.err.splitlines() == [
        f"swancli: note: waiting for {what}", f"swancli: error: timed out waiting for {what}",
    ]  # fmt: skip


def test_timeout_in_front_of_the_command_is_that_of_requests(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    running(logdir)
    found = swancli("--timeout", "7", "wait", "1", "--timeout", "100ms", *QUICKLY, "-l", logdir.path)
    assert found.code == 124
    assert swancli("--timeout", "2h", "wait", "1", "-l", logdir.path).code == 2
    assert "'abc'" in swancli("wait", "1", "--timeout", "abc", "-l", logdir.path).err


def test_run_that_is_not_there_yet_is_awaited(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    process = start("wait", "third", *QUICKLY, "-l", str(logdir.path))
    assert said(process) == f"swancli: note: waiting for experiment third in {logdir.path}"
    logdir.run("third")
    assert done(process) == (0, ["run 1 (third): finished after 10m 00s"])


def test_interrupt_exits_130_and_runs_no_command(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    running(logdir)
    with waiting(logdir, "1", "--exec", "echo done >&2") as process:
        assert end(process) == ""


def test_command_finds_the_run_in_its_environment_and_nothing_is_pasted_into_it(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    name = "$(touch pwned) `touch pwned`; touch pwned \n'\" 中"
    logdir.run(name, status=-1)
    printed = 'printf "%s|" "$SWANCLI_RUN_ID" "$SWANCLI_RUN_NAME" "$SWANCLI_RUN_STATE" "$SWANCLI_RUN_REASON"; exit 7'
    found = swancli("wait", "1", "-l", logdir.path, "--exec", printed, cwd=tmp_path)
    assert found.code == 5
    assert found.out.decode().split("\n", 1)[1] == f"1|{name}|stopped|stopped|"
    assert found.err == "swancli: note: the command of --exec exited with code 7\n"
    assert not (tmp_path / "pwned").exists()


def test_command_is_told_of_the_run_that_decided(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    for name, status in (("good", 1), ("bad", -1), ("good2", 1)):
        logdir.run(name, status=status)
    echo = ("--exec", 'echo "$SWANCLI_RUN_NAME"')
    assert swancli("wait", "1,2,3", *echo, "-l", logdir.path).lines[-1] == "bad"
    found = swancli("wait", "2,3", "--fail-if", "name = good2", *echo, "-l", logdir.path)
    assert (found.code, found.lines[-1]) == (6, "good2")
    assert swancli("wait", "1,3", *echo, "-l", logdir.path).lines[-1] == "good2"
    assert swancli("wait", "3,1", "--any", *echo, "-l", logdir.path).lines[-1] == "good2"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["1", "--any", "--all"], "mutually exclusive"), (["1", "--for", "loss"], "is not a condition"),
        (["1", "--fail-if", "loss < x"], "is not a number"), (["1", "--timeout", "soon"], "must be a length of time"),
        (["1", "-o", "json"], "use --jsonl"), (["1", "--watch"], "No such option"),
    ],
)  # fmt: skip
def test_wrong_command_lines(tmp_path: Path, words: list[str], message: str) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    logdir.run()
    found = swancli("wait", *words, "-l", logdir.path)
    assert found.code == 2
    assert message in found.err


def test_a_look_reads_the_database_and_the_metric_of_a_condition_however_much_there_is(tmp_path: Path) -> None:
    costs = []
    for count, metrics, runs in ((1000, 2, 1), (20_000, 40, 30)):
        logdir = Logdir(tmp_path / str(count))
        logdir.sql("begin")
        for n in range(runs):
            run = logdir.run(f"run{n}")
            for m in range(metrics):
                ends = {"max": 1.0, "max_step": 1, "min": 0.0, "min_step": 2}
                run.metric(f"m{m}", points(count if m == n == 0 else 10), summary=ends)
        logdir.sql("commit")
        costs.append(cost(logdir.close(), "wait", "1", "--for", "m0 > -1"))
    few, many = costs
    assert len(many["opened"]) == len(few["opened"]) <= 6
    assert many["read"] < few["read"] + 10_000
    logs = {Path(name).parent.name for name in many["opened"] if "/logs/" in name}
    assert logs == {"m0"}


def test_looking_again_reads_no_more(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    running(logdir).metric("val", points(5000))
    source = LocalSource(str(logdir.path))
    opened: list[str] = []
    root = os.fspath(logdir.path)
    is_on = True
    sys.addaudithook(
        lambda event, arguments: (
            opened.append(arguments[0])
            if is_on and event == "open" and isinstance(arguments[0], str) and arguments[0].startswith(root)
            else None
        )
    )
    counts = []
    for _ in range(5):
        opened.clear()
        look(source, [1], [parse_condition("val > 1"), parse_condition("min(loss) > 1")])
        counts.append(len(opened))
        source.refresh()
    is_on = False
    source.close()
    assert len(set(counts)) == 1
    assert counts[0] <= 8
