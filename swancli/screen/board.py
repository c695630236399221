"""The one widget: it shows the lines of all panes, and has Textual draw the cells that have changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from swancli.output.text.styled import Line
from swancli.output.text.width import cells
from swancli.screen.layout import Box
from swancli.screen.style import Palette

EMPTY = Strip([], 0)


class Board(Widget, can_focus=True):
    """Lines within boxes."""

    DEFAULT_CSS = "Board { width: 100%; height: 100%; }"

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._shown: dict[str, tuple[Box, list[Line]]] = {}
        self._rows: dict[int, list[tuple[int, str, int]]] = {}  # by line: the parts of panes, from left to right
        self._strips: dict[int, Strip] = {}

    def show(self, boxes: Mapping[str, Box], lines: Mapping[str, Sequence[Line]]) -> None:
        """Show panes: those in `lines` have new ones; only what differs is drawn."""
        if {name: box for name, (box, _) in self._shown.items()} != dict(boxes):
            self._shown = {name: (box, list(lines.get(name) or ())) for name, box in boxes.items()}
            self._rows = {}
            for name, box in sorted(boxes.items(), key=lambda item: item[1].x):
                for n in range(box.height):
                    self._rows.setdefault(box.y + n, []).append((box.x, name, n))
            self._strips = {}
            self.refresh()
            return
        for name, new in lines.items():
            box, old = self._shown[name]
            self._shown[name] = box, list(new)
            for n in range(box.height):
                before = old[n] if n < len(old) else []
                after = new[n] if n < len(new) else []
                if before != after:
                    start, end = changed_cells(before, after)
                    self._strips.pop(box.y + n, None)
                    self.refresh(Region(box.x + start, box.y + n, max(min(end, box.width) - start, 1), 1))

    def render_line(self, y: int) -> Strip:
        """A line of the screen."""
        found = self._strips.get(y)
        if found is None:
            parts, at = [], 0
            for x, name, n in self._rows.get(y, ()):
                box, lines = self._shown[name]
                if x > at:
                    parts.append(self._palette.strip([], x - at))
                parts.append(self._palette.strip(lines[n] if n < len(lines) else [], box.width))
                at = x + box.width
            found = self._strips[y] = Strip.join(parts) if parts else EMPTY
            width = self.size.width
            if found.cell_length < width:
                found = self._strips[y] = found.extend_cell_length(width)
        return found


def changed_cells(before: Line, after: Line) -> tuple[int, int]:
    """The cells from the first to behind the last in which two lines of the same width differ."""
    one = [(char, style) for text, style in before for char in text]
    other = [(char, style) for text, style in after for char in text]
    head = 0
    least = min(len(one), len(other))
    while head < least and one[head] == other[head]:
        head += 1
    tail = 0
    while tail < least - head and one[-1 - tail] == other[-1 - tail]:
        tail += 1
    start = cells("".join(char for char, _ in other[:head]))
    end = cells("".join(char for char, _ in other[: len(other) - tail]))
    total = cells("".join(char for char, _ in other))
    gone = cells("".join(char for char, _ in one))
    # combining marks and wide characters belong to the cell in front of them
    return max(start - 2, 0), max(end + 2, total if total != gone else 0)
