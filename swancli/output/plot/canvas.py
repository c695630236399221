"""The area between the axes of a plot: a grid of characters, in which dots and lines are drawn."""

from __future__ import annotations

from typing import NamedTuple

from swancli.output.plot.curves import Column, Scale
from swancli.output.plot.options import Glyphs
from swancli.output.text.styled import SERIES_STYLES, Line, Span

BRAILLE_BLANK = 0x2800
BRAILLE_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))  # bits of the left and the right column
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LETTERS_PER_CURVE = 3


class Pen(NamedTuple):
    """How dots are drawn: a higher layer hides the layers below it."""

    layer: int
    style: str
    char: str  # where a character is not made of dots


class Canvas:
    """A grid of characters; each shows the dots (or the one character) of the highest layer, or a label."""

    __slots__ = ("_cells", "glyphs", "labels", "width")

    def __init__(self, width: int, glyphs: Glyphs) -> None:
        self.width = width
        self.glyphs = glyphs
        # (layer, style, dots or character), by (row, column)
        self._cells: dict[tuple[int, int], tuple[int, str, int]] = {}
        self.labels: dict[tuple[int, int], Span] = {}

    def dot(self, x: int, y: int, pen: Pen) -> None:
        """Set the dot at x from the left and y from the top."""
        row, down = divmod(y, self.glyphs.dots_down)
        column, across = divmod(x, self.glyphs.dots_across)
        braille = self.glyphs.dots_across == 2
        bits = BRAILLE_DOTS[across][down] if braille else ord(pen.char)
        old = self._cells.get((row, column))
        if old is None or old[0] < pen.layer:
            self._cells[row, column] = (pen.layer, pen.style, bits)
        elif old[0] == pen.layer:
            self._cells[row, column] = (pen.layer, pen.style, old[2] | bits if braille else bits)

    def line_to(self, start: tuple[int, int], end: tuple[int, int], pen: Pen) -> None:
        """Draw a straight line of dots from `start`, which is not drawn, to `end`."""
        (x0, y0), (x1, y1) = start, end
        length = max(abs(x1 - x0), abs(y1 - y0))
        for n in range(1, length + 1):
            self.dot(x0 + round((x1 - x0) * n / length), y0 + round((y1 - y0) * n / length), pen)

    def curve(self, columns: dict[int, Column], scale: Scale, pen: Pen, connect: bool = True) -> None:
        """Draw each column from its lowest to its highest value, with lines between them; or only those two dots."""
        before: tuple[int, int] | None = None
        for x, column in columns.items():
            top, bottom = _from_top(scale, column.high), _from_top(scale, column.low)
            if connect and column.connected and before is not None:
                self.line_to(before, (x, _from_top(scale, column.first)), pen)
            for y in range(top, bottom + 1) if connect else (top, bottom):
                self.dot(x, y, pen)
            before = (x, _from_top(scale, column.last))

    def letters(self, columns: dict[int, Column], scale: Scale, n: int, count: int) -> None:
        """Write the letter of curve `n` of `count` on it, away from the letters of other curves."""
        places = sorted(columns)
        if not places:
            return
        for part in range(LETTERS_PER_CURVE):
            share = (part + (n + 0.7) / (count + 0.4)) / LETTERS_PER_CURVE
            x = places[min(len(places) - 1, int(len(places) * share))]
            y = _from_top(scale, columns[x].last)
            self.labels.setdefault((y // self.glyphs.dots_down, x // self.glyphs.dots_across), letter(n))

    def write(self, row: int, column: int, text: str, style: str) -> None:
        """Write a label over the dots."""
        for n, char in enumerate(text):
            self.labels[row, column + n] = (char, style)

    def line(self, row: int) -> Line:
        """A row of characters."""
        line: Line = []
        for column in range(self.width):
            append_char(line, *self._cell(row, column))
        return line

    def _cell(self, row: int, column: int) -> Span:
        label = self.labels.get((row, column))
        if label:
            return label
        cell = self._cells.get((row, column))
        if cell is None:
            return " ", ""
        _, style, bits = cell
        return chr(BRAILLE_BLANK + bits) if self.glyphs.dots_across == 2 else chr(bits), style


def _from_top(scale: Scale, value: float) -> int:
    return scale.places - 1 - scale.place_of(value)


def letter(n: int) -> Span:
    """The letter of curve `n`, in its style."""
    return LETTERS[n % len(LETTERS)], series_style(n)


def series_style(n: int) -> str:
    """The style of curve `n`."""
    return f"series{n % SERIES_STYLES}"


def append_char(line: Line, char: str, style: str) -> None:
    """Add a character to a line, as part of its last span if that has the same style."""
    if line and line[-1][1] == style:
        line[-1] = (line[-1][0] + char, style)
    else:
        line.append((char, style))
