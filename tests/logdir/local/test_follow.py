"""Following a log or a series: every line once, whatever the writer does."""

from __future__ import annotations

from pathlib import Path

import pytest

from swancli.logdir.local import console
from swancli.source import LocalSource
from tests.support.logdirs import Logdir, Run, point


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run without console files."""
    return Logdir(tmp_path).run()


def append(run: Run, name: str, text: str) -> None:
    with (run.folder / "console" / name).open("a", newline="") as file:
        file.write(text)


def test_lines_come_once_and_only_when_they_are_whole(run: Run) -> None:
    poll = LocalSource(str(run.logdir.path)).follow_logs(1, None)
    assert poll() == []
    append(run, "2025-03-21.log", "one\ntw")
    assert poll() == ["one"]
    assert poll() == []
    append(run, "2025-03-21.log", "o\n")
    assert poll() == ["two"]


def test_next_day_is_followed_after_the_rest_of_the_day_before(run: Run) -> None:
    append(run, "2025-03-21.log", "one\n")
    poll = LocalSource(str(run.logdir.path)).follow_logs(1, None)
    assert poll() == ["one"]
    append(run, "2025-03-21.log", "two\n")
    append(run, "2025-03-22.log", "three\n")
    append(run, "2025-03-23.log", "four\n")
    assert poll() == ["two", "three", "four"]


@pytest.mark.parametrize(
    ("tail", "lines"), [(0, []), (1, ["c"]), (2, ["b", "c"]), (9, ["a", "b", "c"]), (None, ["a", "b", "c"])]
)
def test_first_look_gives_the_tail(run: Run, tail: int | None, lines: list[str]) -> None:
    append(run, "2025-03-21.log", "a\nb\n")
    append(run, "2025-03-22.log", "c\nunfinished")
    poll = LocalSource(str(run.logdir.path)).follow_logs(1, tail)
    assert poll() == lines
    append(run, "2025-03-22.log", "!\n")
    assert poll() == ["unfinished!"]


def test_progress_bar_is_its_last_state(run: Run) -> None:
    poll = LocalSource(str(run.logdir.path)).follow_logs(1, None)
    append(run, "2025-03-21.log", " 1%\r 2%\r100%\nx\r\n")
    assert poll() == ["100%", "x"]


def test_log_larger_than_one_read_loses_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "MAX_POLL_BYTES", 50)
    append(run, "2025-03-21.log", "".join(f"line {n}\n" for n in range(40)))
    append(run, "2025-03-22.log", "next day\n")
    poll = LocalSource(str(run.logdir.path)).follow_logs(1, None)
    assert poll() == [*(f"line {n}" for n in range(40)), "next day"]


def test_line_longer_than_one_read_does_not_stop_the_rest(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "MAX_POLL_BYTES", 50)
    append(run, "2025-03-21.log", "x" * 120 + "\nend\n")
    poll = LocalSource(str(run.logdir.path)).follow_logs(1, None)
    found = poll() + poll()
    assert "".join(found) == "x" * 120 + "end"
    assert found[-1] == "end"


def test_points_come_once_slice_after_slice_and_damage_is_skipped(run: Run) -> None:
    folder = run.metric("loss", {"1000.log": point(1, 0.5) + b"\n{\n" + point(2, 1)[:-4]})
    poll = LocalSource(str(run.logdir.path)).follow_points(1, "loss")
    assert [found[:2] for found in poll()] == [(1, 0.5)]
    (folder / "1000.log").write_bytes(point(1, 0.5) + b"\n{\n" + point(2, 1) + b"\n")
    (folder / "2000.log").write_bytes(point(1001, float("inf")) + b"\n")
    assert [found[:2] for found in poll()] == [(2, 1), (1001, float("inf"))]
    assert poll() == []


def test_metric_whose_folder_comes_later_is_waited_for(run: Run) -> None:
    folder = run.metric("loss", [])
    folder.rmdir()
    poll = LocalSource(str(run.logdir.path)).follow_points(1, "loss")
    assert poll() == []
    folder.mkdir()
    (folder / "1000.log").write_bytes(point(1, 2) + b"\n")
    assert [found[:2] for found in poll()] == [(1, 2)]
