"""The lines of all panes on a screen: those of panes that were touched are made again."""

from __future__ import annotations

from typing import NamedTuple

from swancli.output.text.styled import Line
from swancli.screen.control.controller import Controller
from swancli.screen.control.keys import HINTS, KEYS
from swancli.screen.layout import FOOT_LINES, Box, layout
from swancli.screen.panes import headline, pages
from swancli.screen.panes.console import console
from swancli.screen.panes.frame import Look
from swancli.screen.settings import Settings
from swancli.screen.view import CHARTS, CONSOLE, DIFFERENCES, HELP, NOTES, OVERVIEW, PAGES, RUNS

TOP, RUN, FOOT = "top", "run", "foot"


class Message(NamedTuple):
    """What the last line says for a while."""

    text: str = ""
    is_bad: bool = False
    until: float = 0.0  # by the monotonic clock


class Drawing:
    """Makes the lines that show the state of a controller."""

    def __init__(self, controller: Controller, look: Look, settings: Settings) -> None:
        self._controller, self._look, self._settings = controller, look, settings

    def place(self, width: int, height: int) -> dict[str, Box]:
        """The boxes of all panes and of the lines around them; the focus goes to a pane that is shown."""
        view = self._controller.view
        shown = layout(width, height, view)
        if view.focus not in shown and not (view.page and view.focus in PAGES):
            view.focus = next(iter(shown))
        return {
            TOP: Box(0, 0, width, 1),
            RUN: Box(0, 1, width, 1),
            **shown,
            FOOT: Box(0, height - FOOT_LINES, width, 1),
        }

    def lines(self, boxes: dict[str, Box], touched: set[str], is_new: bool, message: Message) -> dict[str, list[Line]]:
        """The lines of the panes that were touched, or of all if their places are new."""
        controller = self._controller
        facts, view, width = controller.facts, controller.view, boxes[TOP].width
        found = {
            TOP: [headline.top(facts, controller.seen_notes, width, self._look)],
            RUN: [headline.of_run(facts, view, width, self._look)],
            FOOT: [self._foot(width, message)],
        }
        for name, box in boxes.items():
            waits = name == OVERVIEW and view.cursor not in facts.about and not is_new  # the old one stays
            if name not in found and (name in touched or is_new) and not waits:
                found[name] = self._pane(name, box)
        return found

    def _foot(self, width: int, message: Message) -> Line:
        filters = self._controller.filters
        if filters.sign:
            return headline.prompt(filters.sign, filters.typed, filters.problem, width, self._look)
        return headline.keys(HINTS, message.text, message.is_bad, width, self._look)

    def _pane(self, name: str, box: Box) -> list[Line]:
        controller, look = self._controller, self._look
        facts, view = controller.facts, controller.view
        if name == RUNS:
            return controller.runs.lines(facts, view, controller.listed, box, look, self._settings.columns)
        if name == CHARTS:
            controller.charts.place(facts, view, box)
            return controller.charts.lines(facts, view, look)
        pane = controller.texts[name]
        if name == CONSOLE:
            return console(pane, facts, view, box, look)
        words, body = self._text(name, box)
        return pane.lines(words, [[(" ", ""), *line] for line in body], box, look, view.focus == name)

    def _text(self, name: str, box: Box) -> tuple[str, list[Line]]:
        """The title and the lines of a pane of text."""
        controller, look, inner = self._controller, self._look, box.width - 1
        facts, view = controller.facts, controller.view
        if name == OVERVIEW:
            return "4 overview", pages.overview(facts, view, inner, look)
        if name == DIFFERENCES:
            return "5 differences", pages.differences(controller.differences, inner, look)
        if name == NOTES:
            controller.seen_notes = len(facts.notes)
            controller.texts[NOTES].show_line(controller.note_at, box.height - 1)
            return "6 notes", pages.notes(facts, controller.note_at, inner)
        assert name == HELP
        return "keys", pages.help(KEYS, inner)
