"""What the screen shows: panes, each in its box; only the cells that have changed are sent to the terminal.

Textual draws the whole screen at first, after a change of its size, and when the view comes back from the background.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from swancli.output.text.styled import Line
from swancli.screen.cells import BLANK, Cell, changes
from swancli.screen.layout import Box
from swancli.screen.style import Palette

MAX_FRAME_BYTES = 8000


class Board(Widget):
    """The lines of panes, each in its box, and the cells that the terminal shows."""

    DEFAULT_CSS = "Board { width: 100%; height: 100%; background: ansi_default; color: ansi_default; }"

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self.boxes: dict[str, Box] = {}
        self.is_behind = False  # whether there was no room in the frame for all changes
        self._lines: dict[str, list[Line]] = {}
        self._cells: dict[tuple[str, int], list[Cell]] = {}  # by pane and line
        self._changed: dict[tuple[str, int], None] = {}  # lines that are to be sent, the oldest first
        self._shown: list[list[Cell]] = []  # by the terminal; empty until Textual has drawn all

    def show(self, boxes: Mapping[str, Box], lines: Mapping[str, Sequence[Line]]) -> None:
        """Show panes, which fill the screen; `lines` has the lines of those that have changed."""
        is_moved = dict(boxes) != self.boxes
        old, self._lines = self._lines, {name: list(lines.get(name, self._lines.get(name, ()))) for name in boxes}
        self.boxes = dict(boxes)
        if is_moved:
            self._cells, self._changed = {}, {}
        for name in boxes if is_moved else lines:
            new = self._lines[name]
            for n in range(boxes[name].height):
                if is_moved or _line(old.get(name, []), n) != _line(new, n):
                    self._cells.pop((name, n), None)
                    self._changed[name, n] = None

    def changes(self, first: Sequence[str] = (), limit: int = MAX_FRAME_BYTES) -> str:
        """The text that brings the terminal up to date, the panes of `first` first, in at most `limit` bytes.

        `is_behind` tells whether something is left for the next frame.
        """
        self.is_behind = False
        if self._has_other_size():
            self.refresh()
            return ""
        order = {name: n for n, name in enumerate(first)}
        out: list[str] = []
        used = 0
        for name, n in sorted(self._changed, key=lambda line: order.get(line[0], len(order))):
            box = self.boxes[name]
            shown, cells = self._shown[box.y + n], self._line_cells(name, n)
            text = changes(box.y + n, box.x, shown[box.x : box.x + box.width], cells)
            size = len(text.encode())
            if used + size > limit and used:
                self.is_behind = True
                break
            used += size
            out.append(text)
            shown[box.x : box.x + box.width] = cells
            del self._changed[name, n]
        return "".join(out)

    def _has_other_size(self) -> bool:
        """Whether the boxes do not fill what the terminal shows, as far as is known."""
        height = max((box.y + box.height for box in self.boxes.values()), default=0)
        width = max((box.x + box.width for box in self.boxes.values()), default=0)
        return len(self._shown) != height or any(len(row) != width for row in self._shown)

    def forget(self) -> None:
        """Have everything redrawn, whatever the terminal shows."""
        self._shown = []
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """What Textual draws; if that is the whole screen, it is kept as what the terminal shows."""
        rows = [[BLANK] * self.size.width for _ in range(self.size.height)]
        for name, box in self.boxes.items():
            for n in range(box.height):
                if box.y + n < len(rows):
                    rows[box.y + n][box.x : box.x + box.width] = self._line_cells(name, n)
        rows = [row[: self.size.width] for row in rows]
        if crop.size == self.size:
            self._shown, self._changed = rows, {}
        part = rows[crop.y : crop.y + crop.height]
        return [self._palette.strip_of(row).crop(crop.x, crop.x + crop.width) for row in part]

    def strip(self, name: str, y: int) -> Strip:
        """A line of a pane."""
        return self._palette.strip_of(self._line_cells(name, y))

    def _line_cells(self, name: str, n: int) -> list[Cell]:
        found = self._cells.get((name, n))
        if found is None:
            line = _line(self._lines[name], n)
            found = self._cells[name, n] = self._palette.cells(line, self.boxes[name].width)
        return found


def _line(lines: Sequence[Line], n: int) -> Line:
    return lines[n] if n < len(lines) else []
