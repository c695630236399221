"""Lines of spans as what Textual shows: text is escaped, names of styles become colours of the terminal's own palette.

Several names are joined by a plus sign: "good+cursor".
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from swancli.output.text.escape import printable
from swancli.output.text.styled import Line, sgr
from swancli.screen.cells import Cell, cells_of, fitted_cells

CURSOR = "cursor"  # the line or chart under the cursor
SHADE = "shade"  # the same in a pane without the focus
_OWN = {CURSOR: "7", SHADE: "4"}


class Palette:
    """The styles of a terminal with 0, 16 or 256 colours, whose text is UTF-8 or, if not `utf8`, ASCII."""

    def __init__(self, colors: int, utf8: bool = True) -> None:
        self._codes = sgr(colors) | _OWN
        if not colors:
            self._codes |= {"title": "1", "strong": "1", "bad": "1", "head": "1"}
        self._utf8 = utf8
        self._known: dict[str, str] = {}

    def code(self, name: str) -> str:
        """The parameters of SGR for a name, or several."""
        found = self._known.get(name)
        if found is None:
            codes = (code for part in name.split("+") if (code := self._codes.get(part)))
            found = self._known[name] = ";".join(codes)
        return found

    def cells(self, line: Line, width: int) -> list[Cell]:
        """A line in exactly `width` cells."""
        found: list[Cell] = []
        for text, style in line:
            safe = printable(text)
            if not self._utf8 and not safe.isascii():
                safe = safe.encode("ascii", "replace").decode()
            found += cells_of(safe, self.code(style))
        return fitted_cells(found, width)

    def strip_of(self, cells: Sequence[Cell]) -> Strip:
        """Cells as Textual has them."""
        parts = ((code, "".join(char for char, _ in part)) for code, part in groupby(cells, itemgetter(1)))
        return Strip([Segment(text, style_of(code)) for code, text in parts], len(cells))


@lru_cache(maxsize=256)
def style_of(codes: str) -> Style:
    """The Rich style for the parameters of SGR."""
    color: Color | None = None
    numbers = [int(code) for code in codes.split(";") if code]
    if 38 in numbers:
        at = numbers.index(38)
        color = Color.from_ansi(numbers[at + 2])
        del numbers[at : at + 3]
    for code in numbers:
        if 30 <= code <= 37:
            color = Color.from_ansi(code - 30)
    has = frozenset(numbers).__contains__
    return Style(color=color, bold=has(1) or None, dim=has(2) or None, underline=has(4) or None, reverse=has(7) or None)
