"""A progress bar on stderr while something takes long, if stderr is a terminal."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from swancli import progress

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

AFTER_SECONDS = 1.0  # what is done by then needs no bar
REFRESH_SECONDS = 0.1


class Bar:
    """Shows what is reported to `swancli.progress` until it is closed; nothing without a terminal."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._drawn = 0.0
        self._bar: tuple[Progress, TaskID] | None = None
        if sys.stderr is not None and sys.stderr.isatty():
            progress.show_with(self._show)

    def close(self) -> None:
        """Erase the bar, and show nothing from now on."""
        progress.show_with(None)
        self._erase()

    def _show(self, done: int, total: int, what: str) -> None:
        now = time.monotonic()
        if done >= total:
            return self._erase()
        if now - self._begun < AFTER_SECONDS or now - self._drawn < REFRESH_SECONDS:
            return
        self._drawn = now
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            columns = (TextColumn(f"reading {what}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            shown = Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False)
            self._bar = shown, shown.add_task("", total=total)
            shown.start()
        shown, task = self._bar
        shown.update(task, completed=done, total=total)
        shown.refresh()

    def _erase(self) -> None:
        if self._bar is not None:
            self._bar[0].stop()
            self._bar = None
