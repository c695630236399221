"""What the whole screen looks like, at the sizes that people have."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from swancli.screen.drawing import Message
from swancli.screen.layout import layout
from swancli.screen.panes.frame import Look
from swancli.screen.view import PANES
from swancli.screen.view import View as Choices
from tests.support.screen import View, run

SIZES = [(80, 24), (120, 40), (200, 50)]
NAMES = [f"{width}x{height}" for width, height in SIZES]
NOW = 1774000000.0


class Pictures(SingleFileSnapshotExtension):
    """A file for each picture, which a browser shows."""

    file_extension = "svg"
    _write_mode = WriteMode.TEXT


@pytest.fixture
def pictures(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """The pictures that were taken before."""
    return snapshot.use_extension(Pictures)


def screen(sample: Path, size: tuple[int, int], *keys: str, look: Look | None = None) -> tuple[str, str]:
    """The screen after some keys, as text and as SVG."""
    found: list[tuple[str, str]] = []

    async def play(view: View) -> None:
        await view.settle()
        for key in keys:
            await view.press(key)
            await view.settle()
        view.app.message = Message()  # which goes after a while
        await view.settle()
        found.append((view.text, view.app.export_screenshot(title="swancli top")))

    run(sample, play, size=size, look=look, now=lambda: NOW)
    return found[0]


@pytest.mark.parametrize("size", SIZES, ids=NAMES)
def test_the_first_screen(
    sample: Path,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
    snapshot: SnapshotAssertion,
    pictures: SnapshotAssertion,
) -> None:
    monkeypatch.chdir(sample.parent)
    text, picture = screen(Path("swanlog"), size)
    assert text == snapshot
    assert picture == pictures


def test_a_small_screen_has_room_for_four_charts(
    sample: Path, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion, pictures: SnapshotAssertion
) -> None:
    monkeypatch.chdir(sample.parent)
    text, picture = screen(Path("swanlog"), SIZES[0], "end", "2")
    assert text == snapshot
    assert picture == pictures


@pytest.mark.parametrize("size", SIZES, ids=NAMES)
def test_a_chart_of_two_runs_in_full_screen(
    sample: Path,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
    snapshot: SnapshotAssertion,
    pictures: SnapshotAssertion,
) -> None:
    monkeypatch.chdir(sample.parent)
    text, picture = screen(Path("swanlog"), size, "down", "space", "space", "2", "enter", "t")
    assert text == snapshot
    assert picture == pictures


@pytest.mark.parametrize("size", SIZES, ids=NAMES)
def test_the_help(
    sample: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], snapshot: SnapshotAssertion
) -> None:
    monkeypatch.chdir(sample.parent)
    assert screen(Path("swanlog"), size, "question_mark")[0] == snapshot


def test_a_terminal_without_braille_gets_ascii(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sample.parent)
    text, _ = screen(Path("swanlog"), (120, 40), "end", look=Look(0, unicode=False))
    assert not [
        char
        for line in text.splitlines()
        for char in line
        if not char.isascii() and "中" not in line and char in "│─⠉…–●"
    ]
    assert "2 charts" in text
    assert "+-" in text


@pytest.mark.parametrize("width", [20, 79, 80, 99, 100, 120, 159, 160, 200, 400])
@pytest.mark.parametrize("height", [4, 10, 24, 28, 50])
def test_panes_fill_the_screen_and_never_overlap(width: int, height: int) -> None:
    for focus in PANES[:4]:
        for is_full in (False, True):
            boxes = layout(width, height, Choices(focus=focus, is_full=is_full))
            cells = [
                (x, y)
                for box in boxes.values()
                for x in range(box.x, box.x + box.width)
                for y in range(box.y, box.y + box.height)
            ]
            assert len(cells) == len(set(cells))
            assert set(cells) == {(x, y) for x in range(width) for y in range(2, max(height - 1, 3))}


def test_resizing_shows_what_there_is_room_for(sample: Path) -> None:
    async def play(view: View) -> None:
        await view.settle()
        assert {"runs", "charts", "console"} <= set(view.app.board.boxes)
        for width, height, panes in (
            (80, 24, {"runs"}),
            (200, 50, {"runs", "charts", "console", "overview"}),
            (120, 24, {"runs", "charts"}),
        ):
            await view.pilot.resize_terminal(width, height)
            await view.until(lambda w=width: view.app.size.width == w, "the new size")
            await view.settle()
            assert set(view.app.board.boxes) - {"top", "run", "foot"} == panes
            assert all(len(line) <= width for line in view.lines)

    run(sample, play)


@pytest.mark.parametrize("size", [(2, 2), (10, 4), (30, 6), (500, 12)])
def test_no_size_is_too_odd(sample: Path, size: tuple[int, int]) -> None:
    async def play(view: View) -> None:
        await view.until(lambda: len(view.facts.rows) == 3, "the runs")
        for key in (
            "2",
            "3",
            "o",
            "escape",
            "question_mark",
            "escape",
            "2",
            "enter",
            "plus",
            "minus",
            "t",
            "z",
            "d",
            "exclamation_mark",
        ):
            await view.press(key)

    run(sample, play, size=size)
