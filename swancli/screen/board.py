"""What Textual shows: tiles that fill the screen, and of these has drawn only the cells that have changed.

Textual draws a line of a widget from the widget's left edge on. So that a change at the right of a wide pane does not
have all drawn that is left of it, which takes long over a slow connection, a pane may be made of several tiles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from swancli.output.text.styled import Line
from swancli.output.text.width import cells
from swancli.screen.layout import Box
from swancli.screen.style import Palette

MAX_TILES = 24


class Tile(Widget):
    """A part of the screen; nothing until it is placed."""

    DEFAULT_CSS = """
    Tile { position: absolute; display: none; background: ansi_default; color: ansi_default; width: 1; height: 1; }
    """

    def __init__(self, board: Board) -> None:
        super().__init__()
        self._board = board
        self.pane, self.box = "", Box(0, 0, 0, 0)

    def place(self, pane: str, box: Box) -> None:
        """Show a part of a pane."""
        if box != self.box or pane != self.pane:
            self.pane, self.box = pane, box
            self.styles.offset = (box.x, box.y)
            self.styles.width, self.styles.height = box.width, box.height
            self.styles.display = "block" if box.width and box.height else "none"

    def render_line(self, y: int) -> Strip:
        """A line of the tile."""
        return self._board.strip(self.pane, y, self.box)


class Board(Widget):
    """The lines of panes, each in its box."""

    DEFAULT_CSS = "Board { width: 100%; height: 100%; background: ansi_default; color: ansi_default; }"

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self.boxes: dict[str, Box] = {}
        self._lines: dict[str, list[Line]] = {}
        self._strips: dict[tuple[str, int], Strip] = {}
        self._tiles = [Tile(self) for _ in range(MAX_TILES)]
        self._places: list[tuple[str, Box]] = []

    def compose(self) -> Sequence[Tile]:
        """The tiles."""
        return self._tiles

    def show(self, boxes: Mapping[str, Box], lines: Mapping[str, Sequence[Line]], across: Mapping[str, int]) -> None:
        """Show panes; those in `lines` have new ones. `across` is how wide the tiles of a pane are."""
        places = [
            (name, Box(x, box.y, min(across.get(name, box.width), box.x + box.width - x), box.height))
            for name, box in boxes.items()
            for x in range(box.x, box.x + box.width, max(across.get(name, box.width), 1))
        ]
        is_moved = places[:MAX_TILES] != self._places
        old = self._lines
        self._lines = {name: list(lines[name]) if name in lines else old.get(name, []) for name in boxes}
        if is_moved:
            self._places = places[:MAX_TILES]
            self.boxes = dict(boxes)
            self._strips = {}
            for n, tile in enumerate(self._tiles):
                tile.place(*(self._places[n] if n < len(self._places) else ("", Box(0, 0, 0, 0))))
                tile.refresh()
            return
        for name in lines:
            self._draw_changes(name, old.get(name, []), self._lines[name])

    def _draw_changes(self, name: str, old: list[Line], new: list[Line]) -> None:
        pane = self.boxes[name]
        for n in range(pane.height):
            before = old[n] if n < len(old) else []
            after = new[n] if n < len(new) else []
            if before == after:
                continue
            self._strips.pop((name, n), None)
            start, end = changed_cells(before, after)
            for tile in self._tiles[: len(self._places)]:
                left = tile.box.x - pane.x
                first, last = max(start - left, 0), min(end - left, tile.box.width)
                if tile.pane == name and first < last:
                    tile.refresh(Region(first, n, last - first, 1))

    def strip(self, name: str, y: int, part: Box) -> Strip:
        """A line of a pane, as far as it is in a part of it."""
        box = self.boxes.get(name)
        if box is None:
            return Strip.blank(part.width)
        found = self._strips.get((name, y))
        if found is None:
            lines = self._lines.get(name, [])
            found = self._strips[name, y] = self._palette.strip(lines[y] if y < len(lines) else [], box.width)
        left = part.x - box.x
        return found if part.width == box.width else found.crop(left, left + part.width)


def changed_cells(before: Line, after: Line) -> tuple[int, int]:
    """The cells from the first to behind the last in which two lines differ."""
    one = [(char, style) for text, style in before for char in text]
    other = [(char, style) for text, style in after for char in text]
    head = 0
    least = min(len(one), len(other))
    while head < least and one[head] == other[head]:
        head += 1
    tail = 0
    while tail < least - head and one[-1 - tail] == other[-1 - tail]:
        tail += 1
    total = cells("".join(char for char, _ in other))
    if total != cells("".join(char for char, _ in one)):
        tail = 0  # what is behind has moved
    # combining marks and wide characters belong to the cells in front of them
    start = cells("".join(char for char, _ in other[:head])) - 2
    end = cells("".join(char for char, _ in other[: len(other) - tail])) + 2
    return max(start, 0), max(end, 1)
