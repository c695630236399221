"""Lines of text that can be scrolled: the console of a run, and the pages."""

from __future__ import annotations

from collections.abc import Sequence

from swancli.output.text.escape import log_line
from swancli.output.text.styled import Line
from swancli.output.text.width import wrap
from swancli.screen.facts import Facts
from swancli.screen.layout import Box
from swancli.screen.panes.frame import Look, framed, title
from swancli.screen.view import CONSOLE, View

TAB = 8
MAX_LINE_CHARACTERS = 4000


class TextPane:
    """Lines, and how far they are scrolled; with `from_end`, 0 is the end, which stays in view as lines are added."""

    def __init__(self, from_end: bool = False) -> None:
        self.offset = 0
        self._from_end = from_end
        self._most = 0

    def scroll(self, lines: int) -> None:
        """Scroll down, or up if negative."""
        self.offset = max(0, min(self.offset + (-lines if self._from_end else lines), self._most))

    def to_end(self, is_start: bool) -> None:
        """Scroll to the first or the last line."""
        self.offset = self._most if is_start == self._from_end else 0

    def show_line(self, at: int, room: int) -> None:
        """Scroll so that a line is in view."""
        self.offset = max(min(self.offset, at), at - room + 1)

    def lines(self, words: str, body: Sequence[Line], box: Box, look: Look, has_focus: bool) -> list[Line]:
        """The pane with the part of `body` that is in view."""
        room = max(box.height - 1, 1)
        self._most = max(len(body) - room, 0)
        self.offset = min(self.offset, self._most)
        start = self._most - self.offset if self._from_end else self.offset
        shown = list(body[start : start + room])
        right = f"{start + len(shown)}/{len(body)}" if len(body) > room else ""
        return framed(title(words, box.width, look, has_focus, right), shown, box.width, box.height, look)


def console(pane: TextPane, facts: Facts, view: View, box: Box, look: Look) -> list[Line]:
    """The pane of the console: what the run under the cursor printed, and its crash."""
    words, body = "3 console", list[Line]()
    if view.cursor is not None:
        words += f" of {facts.name(view.cursor)}"
    known = facts.console
    if known is not None and known[0] == view.cursor:
        for text in known[1]:
            body += _lines(text, box.width if view.is_full else 0, "")
        if known[2]:
            for text in known[2]:
                body += _lines(text, box.width, "bad")
        if not body:
            body = [[("nothing printed yet", "dim")]]
    elif view.cursor is not None:
        body = [[("reading the console", "dim")]]
    return pane.lines(words, body, box, look, view.focus == CONSOLE)


def _lines(text: str, width: int, style: str) -> list[Line]:
    """A line of a log, wrapped if `width` is not 0."""
    safe = log_line(text[:MAX_LINE_CHARACTERS], keep_sgr=False).expandtabs(TAB)
    return [[(part, style)] for part in (wrap(safe, width) if width else [safe])]
