"""The full-screen view without a terminal: keys are pressed, and what it shows is read."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from swancli.screen.app import Top
from swancli.screen.panes.frame import Look
from swancli.screen.settings import Settings
from swancli.source import LocalSource, Source
from tests.support.waiting import PATIENCE_SECONDS

NOW = 1763650000.0  # by the clock of the view, where it matters


class View:
    """A view that runs; `text` is its screen."""

    def __init__(self, app: Top, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot
        self.controller, self.facts = app.controller, app.facts
        self.view = app.controller.view

    @property
    def lines(self) -> list[str]:
        """The lines on the screen, without spaces at their ends."""
        board = self.app.board
        rows: list[list[str]] = [[] for _ in range(self.app.size.height)]
        for name, box in sorted(board.boxes.items(), key=lambda item: item[1].x):
            for n in range(box.height):
                rows[box.y + n].append(board.strip(name, n).text)
        assert all(len(row) for row in rows), "a line of the screen belongs to no pane"
        return ["".join(row).rstrip() for row in rows]

    @property
    def text(self) -> str:
        """The screen."""
        return "\n".join(self.lines)

    async def press(self, *keys: str) -> None:
        """Press keys."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def until(self, holds: Callable[[], object], what: str = "") -> None:
        """Let the view work until something holds."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            assert self.app.is_running, "the view has ended"
            assert time.monotonic() < end, f"still waiting for {what}; on the screen:\n{self.text}"
            await self.pilot.pause(0.02)

    async def settle(self) -> None:
        """Wait until all that is in view was read and drawn."""

        def is_settled() -> bool:
            facts, view, charts = self.facts, self.view, self.controller.charts
            drawn = facts.drawn(view)
            if not facts.order or view.cursor is None or len(facts.rows) < len(facts.order):
                return False
            if any(one not in facts.groups for one in drawn) or view.cursor not in facts.about:
                return False
            named = {one: {name for _, names in facts.groups[one] for name in names} for one in drawn}
            if any((one, m) not in facts.curves for m in charts.in_view() for one in drawn if m in named[one]):
                return False
            if facts.console is None or facts.console[0] != view.cursor:
                return "console" not in self.app.board.boxes and not self.controller.touched
            return not charts.is_late and not self.controller.touched

        await self.until(is_settled, "all to be read")
        self.app.controller.touch()
        while self.app.controller.touched:
            self.app.paint()
        await self.pilot.pause()


def run(
    source: Source | Path,
    play: Callable[[View], Awaitable[None]],
    size: tuple[int, int] = (120, 40),
    look: Look | None = None,
    settings: Settings | None = None,
    **more: Any,
) -> None:
    """Open the view of a source, play with it, and leave it."""

    async def playing() -> None:
        opened: Source = LocalSource(str(source)) if isinstance(source, Path) else source
        app = Top(opened, settings or Settings(interval=0.2), look or Look(), **more)
        async with app.run_test(size=size) as pilot:
            try:
                await play(View(app, pilot))
            finally:
                app.worker.end()
                await asyncio.to_thread(app.worker.join)
                opened.close()

    asyncio.run(playing())
