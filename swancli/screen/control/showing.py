"""Which panes and pages are shown, and which of them has the focus."""

from __future__ import annotations

from swancli.screen.control.filters import Filters
from swancli.screen.control.ranking import Ranking
from swancli.screen.control.state import State
from swancli.screen.layout import NARROW
from swancli.screen.view import CHARTS, CONSOLE, DIFFERENCES, HELP, NOTES, OVERVIEW, PAGES, PANES, RUNS


class Showing:
    """Shows, hides and enlarges panes."""

    def __init__(self, state: State, filters: Filters, ranking: Ranking) -> None:
        self._state, self._filters, self._ranking = state, filters, ranking

    def next_pane(self, by: int) -> None:
        """To the next pane that is shown, or to the next of all where only one is shown."""
        state, view = self._state, self._state.view
        panes = [RUNS, view.page or CHARTS, CONSOLE, OVERVIEW]
        if state.width >= NARROW and not view.is_full:
            panes = [pane for pane in panes if pane != RUNS or view.left]
            if not state.has_sidebar:
                panes.remove(OVERVIEW)
        at = panes.index(view.focus) if view.focus in panes else 0
        view.focus = panes[(at + by) % len(panes)]
        state.touch()

    def pane(self, number: int) -> None:
        """Show a pane or page and give it the focus; a page that already has it is left."""
        state, view, name = self._state, self._state.view, PANES[number - 1]
        if name in PAGES:
            if view.page == name and view.focus == name:
                return self.back()
            view.page = view.focus = name
        elif name == OVERVIEW and view.focus == OVERVIEW and view.is_full:
            return self.back()
        elif name == OVERVIEW and view.focus != OVERVIEW and not state.has_sidebar:
            view.focus, view.is_full = OVERVIEW, True
        else:
            view.page = "" if name == CHARTS else view.page
            view.left = view.left or name == RUNS
            view.bottom = view.bottom or name == CONSOLE
            view.focus = name
        if name == DIFFERENCES:
            self._ranking.read_differences()
        if name == NOTES:
            state.note_at = 0
            state.seen_notes = len(state.facts.notes)
        state.touch()

    def help(self) -> None:
        """Show the keys, or leave that page."""
        view = self._state.view
        if view.page == HELP:
            return self.back()
        view.page = view.focus = HELP
        self._state.touch()

    def enter(self) -> None:
        """Show the pane in full screen; for a note, show its run."""
        state, view = self._state, self._state.view
        if view.focus == NOTES:
            return self._enter_note()
        if view.focus == RUNS and state.width < NARROW:
            view.page, view.focus = "", CHARTS
        else:
            view.is_full = not view.is_full
        state.touch()

    def _enter_note(self) -> None:
        state, view = self._state, self._state.view
        notes = state.facts.notes[::-1]
        if notes and (one := notes[min(state.note_at, len(notes) - 1)].address) in state.facts.rows:
            view.page, view.focus, view.is_full = "", CONSOLE, False
            state.go_to(one)
            state.touch()

    def back(self) -> None:
        """Leave the first there is of a page, full screen, a zoom, the mark, a filter; else go to the runs."""
        view = self._state.view
        if view.page:
            view.page = ""
            view.focus = CHARTS if view.focus in PAGES else view.focus
        elif view.is_full:
            view.is_full = False
            if view.focus == OVERVIEW and not self._state.has_sidebar:
                view.focus = RUNS
        elif view.zoom is not None:
            view.zoom = None
        elif view.mark is not None:
            view.mark = None
        elif view.metric_filter and (view.focus == CHARTS or not view.run_filter):
            view.metric_filter = ""
        elif view.run_filter:
            view.run_filter = ""
            self._filters.find_runs()
        else:
            view.focus = RUNS
        self._state.touch()

    def sidebar(self, side: str) -> None:
        """Show or hide the pane at a side."""
        state, view = self._state, self._state.view
        if side == "left":
            view.left = not view.left
            if not view.left and view.focus == RUNS:
                view.focus = CHARTS
        else:
            view.right = not state.has_sidebar
            if not view.right and view.focus == OVERVIEW:
                view.focus = CHARTS
            elif view.right and not state.has_sidebar:
                state.outside.say("no room for the overview beside the charts: o shows it in their place")
        state.touch()
