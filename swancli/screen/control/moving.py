"""Arrows, pages and ends: in the list of runs, the grid of charts, a text."""

from __future__ import annotations

from swancli.screen.control.state import State
from swancli.screen.view import CHARTS, NOTES, RUNS

NOTES_A_PAGE = 10


class Moving:
    """Moves what is under the cursor in the pane with the focus."""

    def __init__(self, state: State) -> None:
        self._state = state

    def move(self, across: int, down: int) -> None:
        """An arrow key."""
        state, view = self._state, self._state.view
        if view.focus == RUNS:
            if across > 0 and not view.is_full:
                self._leave_for(CHARTS)
            elif down:
                self.run(down)
        elif view.focus == CHARTS:
            is_leftmost = state.charts.grid.moved(view.chart, -1, 0) == view.chart
            if across < 0 and is_leftmost and not view.is_full:
                self._leave_for(RUNS)
            else:
                self._chart(across, down)
        elif view.focus == NOTES:
            self._note(state.note_at + down)
        else:
            state.texts[view.focus].scroll(down)
            state.touch(view.focus)

    def page(self, pages: int) -> None:
        """A page up or down."""
        state, focus = self._state, self._state.view.focus
        if focus == RUNS:
            self.run(pages * max(state.height - 5, 1))
        elif focus == CHARTS:
            for _ in range(state.charts.rows_in_view):
                self._chart(0, pages)
        elif focus == NOTES:
            self._note(state.note_at + pages * NOTES_A_PAGE)
        else:
            state.texts[focus].scroll(pages * max(state.height // 2, 1))
            state.touch(focus)

    def ends(self, is_start: bool) -> None:
        """To the first or the last."""
        state, view = self._state, self._state.view
        if view.focus == RUNS:
            self.run(-len(state.listed) if is_start else len(state.listed))
        elif view.focus == CHARTS:
            names = self._all_metrics()
            if names:
                view.chart = names[0 if is_start else -1]
                state.touch(CHARTS)
        elif view.focus == NOTES:
            self._note(0 if is_start else len(state.facts.notes))
        else:
            state.texts[view.focus].to_end(is_start)
            state.touch(view.focus)

    def run(self, down: int) -> None:
        """Put the cursor on the run `down` lines below."""
        state, cursor = self._state, self._state.view.cursor
        if state.listed:
            at = state.listed.index(cursor) if cursor is not None and cursor in state.listed else 0
            state.go_to(state.listed[max(0, min(at + down, len(state.listed) - 1))])

    def _leave_for(self, pane: str) -> None:
        view = self._state.view
        view.page, view.focus = "", pane
        self._state.touch()

    def _chart(self, across: int, down: int) -> None:
        view = self._state.view
        if view.is_full:
            names = self._all_metrics()
            if view.chart in names:
                at = names.index(view.chart) + (across or down)
                view.chart = names[max(0, min(at, len(names) - 1))]
        else:
            view.chart = self._state.charts.grid.moved(view.chart, across, down)
        self._state.touch(CHARTS)

    def _note(self, at: int) -> None:
        self._state.note_at = max(0, min(at, len(self._state.facts.notes) - 1))
        self._state.touch(NOTES)

    def _all_metrics(self) -> list[str]:
        return [metric for _, metrics in self._state.facts.metrics(self._state.view) for metric in metrics]
