"""Ticks and pins."""

from __future__ import annotations

from swancli.screen.control.moving import Moving
from swancli.screen.control.state import State
from swancli.screen.facts import MAX_DRAWN
from swancli.screen.view import CHARTS, RUNS


class Choosing:
    """Chooses runs and charts."""

    def __init__(self, state: State, moving: Moving) -> None:
        self._state, self._moving = state, moving

    def tick(self) -> None:
        """Tick or untick the run under the cursor, and go to the next."""
        view, one = self._state.view, self._state.view.cursor
        if one is None:
            return
        self._state.has_moved = True
        view.ticked ^= {one}
        self._tell()
        if view.focus == RUNS:
            self._moving.run(1)
        self._state.touch()

    def tick_all(self) -> None:
        """Tick all runs that are listed, or untick them if all are ticked."""
        view, listed = self._state.view, set(self._state.listed)
        if listed <= view.ticked:
            view.ticked -= listed
        else:
            view.ticked |= listed
        self._tell()
        self._state.touch()

    def _tell(self) -> None:
        """Say so if not all of the ticked runs are drawn."""
        ticked = len(self._state.facts.ticked(self._state.view))
        if ticked > MAX_DRAWN:
            self._state.outside.say(f"{ticked} runs are ticked: the newest {MAX_DRAWN} are drawn")

    def pin(self) -> None:
        """Pin or unpin the run, or in the charts the chart."""
        view = self._state.view
        if view.focus == CHARTS and view.chart:
            if view.chart in view.pinned_metrics:
                view.pinned_metrics.remove(view.chart)
            else:
                view.pinned_metrics.append(view.chart)
        elif view.cursor is not None:
            if view.cursor in view.pinned:
                view.pinned.remove(view.cursor)
            else:
                view.pinned.append(view.cursor)
            self._state.relist()
        self._state.touch()
