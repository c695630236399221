"""What the keys act on: the view, what is known, the panes, and what the application does for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from swancli.model import Address
from swancli.screen.facts import HEAD, Facts
from swancli.screen.layout import layout
from swancli.screen.panes.charts import ChartsPane
from swancli.screen.panes.console import TextPane
from swancli.screen.panes.runs import RunsPane
from swancli.screen.view import CONSOLE, DIFFERENCES, HELP, NOTES, OVERVIEW, PANES, View
from swancli.source import Source

ALL_PANES = frozenset((*PANES, HELP, HEAD))


class Outside(Protocol):
    """What a controller needs of the application."""

    def ask(self, ask: Callable[[Source], object], tell: Callable[[object], None]) -> None:
        """Ask the source; `tell` is called with the answer, or with the error."""

    def say(self, text: str, is_bad: bool = False) -> None:
        """Show a message for a while."""

    def copy(self, text: str) -> None:
        """Put a text into the clipboard."""

    def redraw(self) -> None:
        """Redraw everything, whatever is on the screen."""

    def to_shell(self) -> None:
        """Stop the process, as the shell's job control does."""

    def leave(self) -> None:
        """End the view."""


class State:
    """The view, what is known, and the panes; `touched` are the panes to redraw."""

    def __init__(self, facts: Facts, view: View, outside: Outside) -> None:
        self.facts, self.view, self.outside = facts, view, outside
        self.runs, self.charts = RunsPane(), ChartsPane()
        self.texts = {name: TextPane(name == CONSOLE) for name in (CONSOLE, OVERVIEW, DIFFERENCES, NOTES, HELP)}
        self.listed: list[Address] = []
        self.width, self.height = 80, 24
        self.touched: set[str] = set(ALL_PANES)
        self.note_at = 0  # the note under the cursor, from the newest
        self.seen_notes = 0
        self.differences: object = None  # what was read for the page of differences
        self.has_moved = False  # whether the cursor was put on a run, or still follows the newest

    def touch(self, *panes: str) -> None:
        """Have panes redrawn; all of them if none is named."""
        self.touched |= set(panes) if panes else ALL_PANES

    def relist(self) -> None:
        """Make the list of runs, after runs or filters have changed.

        The cursor stays on its run; until it was moved, on the first one, which is the newest.
        """
        self.listed = self.facts.listed(self.view)
        if self.view.cursor not in self.listed or not self.has_moved:
            self.view.cursor = self.listed[0] if self.listed else None

    def go_to(self, one: Address) -> None:
        """Put the cursor on a run."""
        self.has_moved = True
        if one != self.view.cursor:
            self.view.cursor = one
            self.texts[CONSOLE].offset = self.texts[OVERVIEW].offset = 0
            self.touch()

    @property
    def has_sidebar(self) -> bool:
        """Whether the overview is shown at the right."""
        return OVERVIEW in layout(self.width, self.height, self.view)
