"""Where the panes are on a screen of a given size."""

from __future__ import annotations

from typing import NamedTuple

from swancli.screen.view import CHARTS, CONSOLE, OVERVIEW, PAGES, RUNS, View

NARROW, WIDE = 100, 160  # columns: below NARROW one pane at a time, from WIDE on the sidebar at the right
MIN_CONSOLE_LINES = 28  # of the screen
HEAD_LINES, FOOT_LINES = 2, 1


class Box(NamedTuple):
    """A rectangle of cells."""

    x: int
    y: int
    width: int
    height: int

    def has(self, x: int, y: int) -> bool:
        """Whether a cell lies within."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


def layout(width: int, height: int, view: View) -> dict[str, Box]:
    """The boxes of the panes that are shown; together with head and foot they fill the screen without overlap."""
    body = Box(0, HEAD_LINES, width, max(height - HEAD_LINES - FOOT_LINES, 1))
    middle = view.page or CHARTS
    if width < NARROW or view.is_full:
        return {view.page if view.page and view.focus in PAGES else view.focus: body}
    found: dict[str, Box] = {}
    left = min(max(width * 2 // 7, 30), 50) if view.left else 0
    is_wide = width >= WIDE if view.right is None else view.right
    right = min(max(width // 4, 34), 48) if is_wide and width - left >= 80 else 0
    bottom = 0
    if view.bottom and height >= MIN_CONSOLE_LINES:
        bottom = min(max(body.height // 4, 6), 14)
    elif view.focus == CONSOLE:
        bottom = body.height // 2
    if left:
        found[RUNS] = Box(0, body.y, left, body.height)
    centre = width - left - right
    found[middle] = Box(left, body.y, centre, body.height - bottom)
    if bottom:
        found[CONSOLE] = Box(left, body.y + body.height - bottom, centre, bottom)
    if right:
        found[OVERVIEW] = Box(width - right, body.y, right, body.height)
    return found
