"""What is written while the view is open."""

from __future__ import annotations

import json
import os
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from swancli.screen.reading.changes import Points, Rows, Wanted
from swancli.screen.reading.reader import Reader
from swancli.source import LocalSource
from tests.support.logdirs import Logdir, Run, point, points
from tests.support.screen import View, run
from tests.support.waiting import wait_until


def now() -> str:
    """This moment, as SwanLab writes it."""
    return datetime.now(timezone.utc).isoformat()


def running(logdir: Logdir, name: str = "base", **row: Any) -> Run:
    """A run that has just begun, with a metric of ten points and a config that tells how long it will be."""
    found = logdir.run(name, **{"status": 0, "finish_time": None, "create_time": now(), "update_time": now(), **row})
    found.metric(
        "train/loss", [point(step, 1 / step, create_time=f"2026-01-01T00:00:{step:02}+00:00") for step in range(1, 11)]
    )
    found.chart("train/loss", namespace="train")
    found.file("config.yaml", "max_steps:\n  value: 40\n  desc: ''\n  sort: 0\n")
    found.console("2025-03-21.log", "begun\n")
    return found


def append(run: Run, metric: str, lines: list[bytes]) -> None:
    """Add points to a metric."""
    with open(run.folder / "logs" / metric.replace("/", "%2F") / "1000.log", "ab") as file:
        file.write(b"".join(line + b"\n" for line in lines))


def test_pace_and_remaining_time_are_told_as_an_estimate(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    running(logdir)

    async def play(view: View) -> None:
        await view.settle()
        await view.until(lambda: "25% done" in view.text, "the estimate")
        line = view.lines[1]
        assert "1 steps/s" in line
        assert "left ~30s est., 25% done" in line

    run(logdir.path, play)


def test_the_pace_is_told_where_no_chart_is_in_view(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    running(logdir)

    async def play(view: View) -> None:
        await view.until(lambda: "1 steps/s" in view.text, "the pace")
        assert set(view.app.board.boxes) == {"top", "run", "runs", "foot"}
        assert "left ~30s est., 25% done" in view.lines[1]

    run(logdir.path, play, size=(80, 24))


def test_new_points_and_lines_appear(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    one = running(logdir)

    async def play(view: View) -> None:
        await view.settle()
        append(one, "train/loss", [point(step, 7.25) for step in range(11, 21)])
        with open(one.folder / "console" / "2025-03-21.log", "a") as file:
            file.write("a new line\n")
        await view.until(lambda: "7.25" in view.text and "a new line" in view.text, "what is new")
        assert "step 20" in view.lines[1]

    run(logdir.path, play)


def test_new_runs_appear_and_the_cursor_stays_at_the_newest_until_it_is_moved(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    running(logdir, "first")

    async def play(view: View) -> None:
        await view.settle()
        running(logdir, "second", create_time="2090-01-01T00:00:00+00:00")
        await view.until(lambda: view.view.cursor == 2, "the new run")
        assert [note.what for note in view.facts.notes] == ["appeared"]
        await view.press("down")
        running(logdir, "third", create_time="2091-01-01T00:00:00+00:00")
        await view.until(lambda: len(view.controller.listed) == 3, "the new run")
        assert view.view.cursor == 1

    run(logdir.path, play)


def test_a_crash_is_noted_and_brings_its_traceback(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    one = running(logdir)

    async def play(view: View) -> None:
        await view.settle()
        one.console("error.log", "Traceback (most recent call last):\n  File x\nRuntimeError: out of memory\n")
        logdir.sql(f"update experiment set status = -1, finish_time = '{now()}'")
        await view.until(lambda: "crashed: base" in view.text, "the crash")
        await view.until(lambda: "Traceback" in view.text, "the traceback")
        assert "1 crashed" in view.lines[0]
        await view.press("exclamation_mark")
        await view.settle()
        assert any("crashed" in line and "RuntimeError: out of memory" in line for line in view.lines)
        await view.press("enter")
        await view.settle()
        assert view.view.focus == "console"

    run(logdir.path, play)


def test_a_new_metric_gets_its_chart(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    one = running(logdir)

    async def play(view: View) -> None:
        await view.settle()
        one.metric("val/acc", points(3))
        one.chart("val/acc", namespace="val")
        await view.until(lambda: "val/acc" in view.text, "the new chart")

    run(logdir.path, play)


def test_an_empty_logdir_waits_for_runs(tmp_path: Path) -> None:
    empty = Logdir(tmp_path / "swanlog").close()
    filled = Logdir(tmp_path / "filled")
    running(filled)
    path = filled.close()

    async def play(view: View) -> None:
        await view.until(lambda: "llm" in view.text or "no runs" in view.text or "looking" in view.text, "a word")
        for one in sorted(path.iterdir()):  # the database, which names the run with all its metrics, comes last
            os.replace(one, empty / one.name)
        await view.settle()
        assert "train/loss" in view.text

    run(empty, play)


def test_a_logdir_that_goes_away_is_told_and_comes_back(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    running(logdir)
    path = logdir.close()

    async def play(view: View) -> None:
        await view.settle()
        os.rename(path, path.with_name("gone"))
        await view.until(lambda: view.facts.trouble, "the trouble")
        os.rename(path.with_name("gone"), path)
        await view.until(lambda: not view.facts.trouble, "the end of the trouble")
        assert view.app.is_running

    run(path, play)


class Counted(LocalSource):
    """A logdir that counts what is asked of it."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.asked: list[str] = []

    def details(self, route: Any, *args: Any, **parameters: Any) -> Any:
        self.asked.append(route.name)
        return super().details(route, *args, **parameters)

    def refresh(self) -> None:
        self.asked.append("refresh")
        super().refresh()


def look(reader: Reader, wanted: Wanted) -> list[Any]:
    """One look to its end."""
    return [change for changes in reader.look(wanted) for change in changes]


def test_nothing_is_read_again_of_runs_that_have_ended(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    for n in range(3):
        one = logdir.run(f"run {n}")
        one.metric("loss", points(5))
        one.chart("loss")
        one.console("2025-03-21.log", "x\n")
    logdir.close()
    source = Counted(logdir.path)
    reader = Reader(source)
    wanted = Wanted(1, (1, 2), ("loss",), console=True)
    assert look(reader, wanted)

    def asks_nothing() -> bool:
        source.asked.clear()
        assert look(reader, wanted) == []
        return not source.asked

    wait_until(asks_nothing, "the files to be older than a moment", pause=0.2)
    source.close()


def test_of_a_running_run_only_what_is_new_is_read(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    one = running(logdir)
    logdir.run("ended").metric("train/loss", points(5))
    source = Counted(logdir.path)
    reader = Reader(source)
    wanted = Wanted(1, (1, 2), ("train/loss",))
    look(reader, wanted)
    append(one, "train/loss", [point(11, 0.5)])
    source.asked.clear()
    changes = look(reader, wanted)
    (new,) = [change for change in changes if isinstance(change, Points)]
    assert (new.address, new.total, new.points[-1][:2]) == (1, 11, (11, 0.5))
    assert [row["name"] for change in changes if isinstance(change, Rows) for row in change.rows] == ["base"]
    assert source.asked.count("metric") == 1
    assert json.dumps(source.asked).count("charts") == 0
    source.close()
