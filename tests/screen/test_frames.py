"""What is sent to the terminal: few bytes at once, and in the end all that is on the screen."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pyte
import pytest

from swancli.screen.board import MAX_FRAME_BYTES
from swancli.screen.panes.frame import Look
from tests.screen.test_live import append, now
from tests.support.logdirs import Logdir, Run, point
from tests.support.screen import View, run

SIZE = 200, 50
LIMIT = 8192 - len("\x1b[?2026h\x1b[?2026l")  # bytes; each frame is put between these
METRICS = [f"{space}/m{n}" for space in ("train", "val") for n in range(10)]


def training(logdir: Logdir, name: str) -> Run:
    """A run that is written, with 20 metrics."""
    found = logdir.run(name, status=0, finish_time=None, create_time=now(), update_time=now())
    for metric in METRICS:
        found.metric(metric, values(1, 200))
        found.chart(metric, namespace=metric.partition("/")[0])
    found.console("2025-03-21.log", "begun\n")
    return found


def values(start: int, stop: int) -> list[bytes]:
    """Points of a curve that is not smooth."""
    return [point(step, math.exp(-step / 200) + 0.3 * math.sin(step * 1.7)) for step in range(start, stop)]


def is_told(view: View, text: str) -> bool:
    """Whether the line about the run has a text."""
    return text in view.lines[1]


class Terminal:
    """Gets what the view sends, and knows how much that was at once."""

    def __init__(self, view: View) -> None:
        self.screen = pyte.Screen(*SIZE)
        self._stream = pyte.Stream(self.screen)
        self.frames: list[int] = []
        board = view.app.board
        made: Callable[..., str] = board.changes
        self._stream.feed("\r\n".join(view.lines))
        made(limit=1 << 20)

        def changes(first: Sequence[str] = (), limit: int = MAX_FRAME_BYTES) -> str:
            text = made(first, limit)
            if text:
                self.frames.append(len(text.encode()))
                self._stream.feed(text)
            return text

        board.changes = changes  # type: ignore[method-assign]

    @property
    def lines(self) -> list[str]:
        """What it shows, without spaces at the ends of lines."""
        return [line.rstrip() for line in self.screen.display]


@pytest.mark.parametrize("colors", [0, 16, 256])
def test_a_frame_of_a_training_with_20_charts_is_small(tmp_path: Path, colors: int) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    runs = [training(logdir, f"run {n}") for n in range(2)]

    async def play(view: View) -> None:
        await view.settle()
        await view.press("a", "2")
        await view.settle()
        terminal = Terminal(view)
        for start in range(200, 500, 60):
            for one in runs:
                for metric in METRICS:
                    append(one, metric, values(start, start + 60))
            step = f"step {start + 59}"
            await view.until(partial(is_told, view, step), step)
        await view.settle()
        assert terminal.frames
        assert max(terminal.frames) <= LIMIT
        assert terminal.lines == view.lines

    run(logdir.path, play, size=SIZE, look=Look(colors))


def test_what_a_key_changes_is_sent_in_parts_that_are_small(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    for name in ("one", "two"):
        training(logdir, name)

    async def play(view: View) -> None:
        await view.settle()
        terminal = Terminal(view)
        for key in ("question_mark", "escape", "j", "a", "s", "y", "plus", "minus", "d", "escape", "enter", "escape"):
            await view.press(key)
            await view.settle()
        assert max(terminal.frames) <= LIMIT
        assert sum(terminal.frames) > LIMIT
        assert terminal.lines == view.lines

    run(logdir.path, play, size=SIZE)
