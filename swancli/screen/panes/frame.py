"""What the panes have in common: titles, rules, lines of an exact width."""

from __future__ import annotations

from typing import NamedTuple

from swancli.output.text.styled import Line, cut_line, line_cells
from swancli.output.text.width import cells, cut_end


class Glyphs(NamedTuple):
    """The characters that panes are made of."""

    rule: str
    bar: str  # between panes side by side
    tick: str
    pin: str
    full: str  # of a meter
    empty: str
    ellipsis: str
    dash: str
    best: str


UNICODE = Glyphs("─", "│", "●", "▲", "█", "░", "…", "–", "★")
ASCII = Glyphs("-", "|", "*", "^", "#", ".", "~", "-", "*")


class Look(NamedTuple):
    """What the terminal can show."""

    colors: int = 256
    unicode: bool = True

    @property
    def glyphs(self) -> Glyphs:
        """The characters to use."""
        return UNICODE if self.unicode else ASCII


def fitted(line: Line, width: int, mark: str = "…") -> Line:
    """A line cut or filled to exactly `width` cells."""
    cut = cut_line(line, width, mark)
    used = line_cells(cut)
    return [*cut, (" " * (width - used), "")] if used < width else cut


def title(words: str, width: int, look: Look, has_focus: bool, right: str = "") -> Line:
    """The first line of a pane: its name in a rule."""
    glyphs = look.glyphs
    words = cut_end(f" {words} ", max(width - 2, 0), glyphs.ellipsis)
    right = f" {right} " if right and cells(words) + cells(right) + 6 < width else ""
    rule = glyphs.rule * max(width - cells(words) - cells(right) - 2, 0)
    line: Line = [
        (glyphs.rule, "dim"),
        (words, "title+cursor" if has_focus else "title"),
        (rule, "dim"),
        (right, "dim"),
    ]
    return fitted([*line, (glyphs.rule, "dim")], width, glyphs.ellipsis)


def framed(head: Line, body: list[Line], width: int, height: int, look: Look) -> list[Line]:
    """A title and as many lines as fit below it, the rest empty."""
    lines = [head, *(fitted(line, width, look.glyphs.ellipsis) for line in body[: max(height - 1, 0)])]
    return [*lines, *([(" " * width, "")] for _ in range(height - len(lines)))][:height]
