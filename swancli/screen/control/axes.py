"""How charts are drawn: their size, smoothing, axes, the part that is shown, and the mark where values are shown."""

from __future__ import annotations

from swancli.screen.control.state import State
from swancli.screen.view import AXES, CHARTS, MAX_GRID, SMOOTHINGS

ZOOM = 0.6  # part of the range that one step leaves
MARK_STEPS = 60  # that the mark takes through the range
MIN_STEPS, MIN_SECONDS = 2.0, 1e-3  # that a chart shows


class Axes:
    """Changes how charts are drawn."""

    def __init__(self, state: State) -> None:
        self._state = state

    def smooth(self) -> None:
        """The next smoothing."""
        view = self._state.view
        view.smoothing = next((one for one in SMOOTHINGS if one > view.smoothing), SMOOTHINGS[0])
        self._state.outside.say(f"smoothing {view.smoothing:g}" if view.smoothing else "no smoothing")
        self._state.touch(CHARTS)

    def log(self) -> None:
        """A logarithmic y axis, or a linear one."""
        self._state.view.log_y = not self._state.view.log_y
        self._state.touch(CHARTS)

    def next_x(self) -> None:
        """The next quantity on the x axis."""
        view = self._state.view
        view.x = AXES[(AXES.index(view.x) + 1) % len(AXES)]
        view.zoom = view.mark = None
        self._state.touch(CHARTS)

    def resize(self, by: int) -> None:
        """Larger or smaller charts."""
        view = self._state.view
        view.grid = max(-MAX_GRID, min(MAX_GRID, view.grid + by))
        self._state.touch(CHARTS)

    def mark(self) -> None:
        """Show the values at a mark in all charts, at first in the middle of the current one; or remove the mark."""
        state, view = self._state, self._state.view
        span = state.charts.span(state.facts, view, view.chart)
        if view.mark is None and span is None:
            return state.outside.say("no points are shown")
        view.mark = None if view.mark is not None or span is None else (span[0] + span[1]) / 2
        if view.mark is not None:
            state.outside.say("values at the line: , and . move it, a click places it, t removes it")
        state.touch(CHARTS)

    def move_mark(self, by: int) -> None:
        """Move the mark; it appears if there was none."""
        state, view = self._state, self._state.view
        if view.mark is None:
            return self.mark()
        span = state.charts.span(state.facts, view, view.chart)
        if span is not None:
            step = (span[1] - span[0]) / MARK_STEPS
            if view.x == "step":
                step = max(step, 1.0)
            self.put_mark(max(span[0], min(span[1], view.mark + by * step)))

    def put_mark(self, place: float) -> None:
        """Put the mark at a place."""
        self._state.view.mark = place
        self._state.touch(CHARTS)

    def zoom(self, by: int, around: float | None = None) -> None:
        """Show less (1) or more (-1) of the x axis, around a place, else around the mark, else the middle."""
        state, view = self._state, self._state.view
        whole = state.charts.extent(state.facts, view, view.chart)
        if whole is None:
            return
        low, high = view.zoom or whole
        if around is None and view.mark is not None and low <= view.mark <= high:
            around = view.mark
        at = (low + high) / 2 if around is None else around
        factor = ZOOM if by > 0 else 1 / ZOOM
        low, high = at - (at - low) * factor, at + (high - at) * factor
        if high - low < (MIN_STEPS if view.x == "step" else MIN_SECONDS):
            return
        if low <= whole[0] and high >= whole[1]:
            self.unzoom()
        else:
            self.zoom_to(max(low, whole[0]), min(high, whole[1]))

    def zoom_to(self, low: float, high: float) -> None:
        """Show a part of the x axis."""
        if high > low:
            self._state.view.zoom = low, high
            self._state.touch(CHARTS)

    def unzoom(self) -> None:
        """Show all of the x axis."""
        self._state.view.zoom = None
        self._state.touch(CHARTS)
