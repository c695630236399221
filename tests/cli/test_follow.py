"""`logs -f` up to the crash, and the excerpts of `metric -f`, from a logdir and from a dashboard."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from swancli.endpoints import LOGS
from swancli.errors import AccessDenied
from swancli.source import LocalSource
from tests.support.command import start, swancli
from tests.support.logdirs import Logdir, Run, point, points
from tests.support.stub_server import serving

pytestmark = pytest.mark.slow

ERROR = 'Traceback (most recent call last):\n  File "train.py", line 3\n\traise ValueError("boom")\nValueError: boom\n'
SHOWN = ["==> error.log <==", *ERROR.splitlines()]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run that is running."""
    run = Logdir(tmp_path / "swanlog").run("base", status=0, finish_time=None)
    run.metric("loss", points(10))
    run.console("2025-03-21.log", "one\ntwo\n")
    return run


@pytest.fixture(params=["-l", "-u"])
def where(run: Run, request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """The options for the logdir, and for a dashboard that shows it."""
    if request.param == "-l":
        yield ["-l", str(run.logdir.path)]
        return
    with serving(LocalSource(str(run.logdir.path))) as served:
        yield ["-u", served.url]


def line(process: subprocess.Popen[bytes]) -> str:
    """The next line that it prints."""
    assert process.stdout
    return process.stdout.readline().decode().rstrip("\n")


def step(process: subprocess.Popen[bytes]) -> int:
    """The step of the next point that it prints."""
    found: int = json.loads(line(process))["step"]
    return found


def crash(run: Run) -> None:
    """End the run as SwanLab does after an exception."""
    run.console("error.log", ERROR)
    run.logdir.sql("update experiment set status = -1, finish_time = '2025-03-21T05:08:06+00:00'")


def add(run: Run, first: int, count: int) -> None:
    """Log more points."""
    with (run.folder / "logs/loss/1000.log").open("ab") as file:
        file.write(b"".join(one + b"\n" for one in points(count, first)))


@pytest.mark.parametrize(("more", "code"), [([], 0), (["--until-finished"], 5)])
def test_followed_log_ends_with_the_crash(run: Run, where: list[str], more: list[str], code: int) -> None:
    process = start("logs", "1", "-f", "-i", "0.05", *more, *where)
    assert [line(process), line(process)] == ["one", "two"]
    with (run.folder / "console/2025-03-21.log").open("a") as file:
        file.write("three\nwithout an end")
    crash(run)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (code, b"")
    assert out.decode().splitlines() == ["three", "without an end", *SHOWN]


@pytest.mark.parametrize("more", [[], ["-f"]])
@pytest.mark.parametrize("tail", [[], ["-n", "1"], ["-n", "0"]])
def test_log_of_a_crashed_run_is_the_same_with_and_without_following(
    run: Run, where: list[str], more: list[str], tail: list[str]
) -> None:
    crash(run)
    done = swancli("logs", "1", *more, *tail, *where)
    lines = ["one", "two"] if not tail else ["two"][: int(tail[1])]
    assert (done.code, done.err, done.lines) == (0, "", [*lines, *SHOWN])


@pytest.mark.parametrize(("status", "code"), [(1, 0), (-1, 5)])
def test_log_of_a_run_that_has_ended_tells_how_if_asked(run: Run, where: list[str], status: int, code: int) -> None:
    run.logdir.sql(f"update experiment set status = {status}, finish_time = '2025-03-21T05:08:06+00:00'")
    assert swancli("logs", "1", "-f", *where) == (0, b"one\ntwo\n", "")
    assert swancli("logs", "1", "-f", "--until-finished", *where) == (code, b"one\ntwo\n", "")


def test_ended_run_that_printed_nothing_ends_quietly(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    logdir.run()
    assert swancli("logs", "1", "-f", "--until-finished", "-l", logdir.path) == (0, b"", "")


def test_log_that_may_not_be_read_is_not_asked_for_again(run: Run) -> None:
    class Forbidden(LocalSource):
        def details(self, route: Any, *args: Any, **parameters: Any) -> Any:
            if route is LOGS:
                raise AccessDenied("permission denied: there")
            return super().details(route, *args, **parameters)

        def snapshot(self) -> Forbidden:
            return Forbidden(self.path)

    with serving(Forbidden(str(run.logdir.path))) as served:
        done = swancli("logs", "1", "-f", "-i", "3600", "-u", served.url)
    assert (done.code, done.err) == (1, "swancli: error: permission denied: there\n")


def test_other_formats_mark_the_lines_of_the_error(run: Run) -> None:
    crash(run)
    found = [json.loads(one) for one in swancli("logs", "1", "--jsonl", "-l", run.logdir.path).lines]
    assert [one["line"] for one in found] == ["one", "two", *ERROR.splitlines()]
    assert [one["error"] for one in found] == [False] * 2 + [True] * 4


@pytest.mark.parametrize(
    ("words", "first", "later"),
    [
        ("--tail 2", [9, 10], [11, 12, 13, 14]),
        ("--tail 99 --steps 8:12", [8, 9, 10], [11, 12]),
        ("--steps 9:", [9, 10], [11, 12, 13, 14]),
        ("--steps 10:13 --tail 1", [10], [11, 12, 13]),
        ("--head 13 --tail 1", [10], [11, 12, 13]),
    ],
)
def test_followed_metric_begins_with_the_excerpt(
    run: Run, where: list[str], words: str, first: list[int], later: list[int]
) -> None:
    process = start("metric", "1", "loss", "-f", "-i", "0.05", "--until-finished", *words.split(), *where)
    assert [step(process) for _ in first] == first
    add(run, 11, 4)
    run.logdir.sql("update experiment set status = 1, finish_time = '2025-03-21T05:08:06+00:00'")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    assert [json.loads(one)["step"] for one in out.splitlines()] == later


@pytest.mark.parametrize(
    ("words", "steps"),
    [("--head 3", [1, 2, 3]), ("--head 0", []), ("--steps 4: --head 2", [4, 5]), ("--head 5 --tail 2", [4, 5])],
)
def test_head_ends_it_though_the_run_goes_on(run: Run, where: list[str], words: str, steps: list[int]) -> None:
    done = swancli("metric", "1", "loss", "-f", *words.split(), *where)
    assert (done.code, done.err) == (0, "")
    assert [json.loads(one)["step"] for one in done.lines] == steps


def test_head_is_that_of_each_series(run: Run) -> None:
    run.metric("acc", [point(7, 0.5)])
    process = start("metric", "1", "loss", "acc", "-f", "-i", "0.05", "--head", "2", "-l", str(run.logdir.path))
    assert [line(process) for _ in range(3)]
    with (run.folder / "logs/acc/1000.log").open("ab") as file:
        file.write(point(8, 0.6) + b"\n" + point(9, 0.7) + b"\n")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    assert [(one["metric"], one["step"]) for one in map(json.loads, out.splitlines())] == [("acc", 8)]


def test_tail_of_nothing_prints_only_what_is_added(run: Run) -> None:
    run.logdir.sql("update experiment set status = 1")
    done = swancli("metric", "1", "loss", "-f", "--tail", "0", "--until-finished", "-l", run.logdir.path)
    assert done == (0, b"", "")


def test_watched_project_begins_with_what_it_is_and_the_newest_run(run: Run, where: list[str]) -> None:
    run.logdir.run("newer", create_time="2025-03-22T04:58:06.387383+00:00", status=1)
    process = start("project", "-w", "0.1", *where)
    assert line(process).startswith("llm  2 runs: 1 running, 1 finished  ")
    assert line(process).split()[0] == "id"
    assert [line(process).split()[:2] for _ in range(2)] == [["2", "newer"], ["1", "base"]]
    process.kill()
    process.communicate()


@pytest.mark.parametrize("words", ["status 1", "summary 1", "metric 1 loss", "charts 1", "experiment 1"])
def test_watched_run_begins_with_what_it_is(run: Run, words: str) -> None:
    process = start(*words.split(), "-w", "0.1", "-l", str(run.logdir.path))
    shown = line(process)
    assert shown.startswith("base  running  step 10  last write ")
    assert len(shown) == 80
    process.kill()
    process.communicate()
