"""What the mouse does, given its position in cells of the screen."""

from __future__ import annotations

from swancli.screen.control.controller import Controller
from swancli.screen.layout import Box, layout
from swancli.screen.view import CHARTS, NOTES, RUNS

WHEEL_LINES = 3


class Mouse:
    """The wheel, clicks and drags."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._dragged: tuple[str, float] | None = None  # the metric, and where on its x axis a drag began

    def wheel(self, x: int, y: int, down: int) -> None:
        """Zoom into a chart (-1) or out of it (1), or scroll a list."""
        found = self._pane_at(x, y)
        if found is None:
            return
        name, box = found
        controller = self._controller
        if name == CHARTS:
            metric, place = self._place(box, x, y)
            if metric:
                controller.view.chart = metric
                controller.axes.zoom(-down, place)
        else:
            controller.view.focus = name
            for _ in range(1 if name in (RUNS, NOTES) else WHEEL_LINES):
                controller.moving.move(0, down)
        controller.touch()

    def press(self, x: int, y: int) -> None:
        """Choose what is clicked on; in a chart, a drag may begin."""
        found = self._pane_at(x, y)
        if found is None:
            return
        name, box = found
        controller = self._controller
        controller.view.focus = name
        if name == RUNS:
            at = controller.runs.at(y - box.y)
            if y > box.y and 0 <= at < len(controller.listed):
                controller.go_to(controller.listed[at])
        elif name == CHARTS:
            metric, place = self._place(box, x, y)
            if metric:
                controller.view.chart = metric
                self._dragged = None if place is None else (metric, place)
        controller.touch()

    def release(self, x: int, y: int) -> None:
        """Zoom to the range of a drag, which ends here; a click moves the mark, if there is one."""
        dragged, self._dragged = self._dragged, None
        found = self._pane_at(x, y)
        if dragged is None or found is None or found[0] != CHARTS:
            return
        metric, place = self._place(found[1], x, y)
        if metric != dragged[0] or place is None:
            return
        low, high = sorted((dragged[1], place))
        if high > low:
            self._controller.axes.zoom_to(low, high)
        elif self._controller.view.mark is not None:
            self._controller.axes.put_mark(place)

    def _pane_at(self, x: int, y: int) -> tuple[str, Box] | None:
        controller = self._controller
        boxes = layout(controller.width, controller.height, controller.view)
        return next(((name, box) for name, box in boxes.items() if box.has(x, y)), None)

    def _place(self, box: Box, x: int, y: int) -> tuple[str, float | None]:
        """The metric of the chart at a cell, "" if there is none, and the place on its x axis."""
        controller = self._controller
        metric, column, _ = controller.charts.metric_at(x - box.x, y - box.y)
        place = controller.charts.x_at(controller.facts, controller.view, metric, column) if metric else None
        return metric, place
