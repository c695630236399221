"""The cells of a screen line, and the few bytes that change them on a terminal.

Textual sends a line of a widget from its left edge to the last change in it, and the style again for each piece of
text. That is ten times as much as has changed, too much for a slow connection.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from swancli.output.text.width import cells, clusters, one_cell_each

# A character with its marks, "" in the cell behind a wide one; and the parameters of its style, as in SGR.
Cell: TypeAlias = "tuple[str, str]"
BLANK: Cell = (" ", "")
MIN_ERASED = 10  # blank cells, from which on erasing takes fewer bytes than spaces
VISIBLE_ON_BLANKS = frozenset(("4", "7"))  # underlined and reversed


def cells_of(text: str, style: str) -> list[Cell]:
    """The cells of a text in one style."""
    blank = BLANK if _hides_on_blanks(style) else (" ", style)
    if text.isascii() or one_cell_each(text):
        return [blank if char == " " else (char, style) for char in text]
    found: list[Cell] = []
    for piece in clusters(text):
        width = cells(piece)
        if width:
            found.append((piece, style) if piece != " " else blank)
            found += [("", style)] * (width - 1)
    return found


def fitted_cells(found: list[Cell], width: int) -> list[Cell]:
    """Cells filled or cut to exactly `width`; a wide character that is cut becomes blank."""
    if len(found) > width:
        cut = found[:width]
        at = width
        while at and found[at][0] == "":
            at -= 1
            cut[at] = BLANK
        return cut
    return found + [BLANK] * (width - len(found))


def changes(row: int, column: int, before: Sequence[Cell], after: Sequence[Cell]) -> str:
    """The text that makes a terminal show `after` in place of `before`, as many cells, at a row and column (from 0).

    The style of the terminal is the default one before and afterwards.
    """
    out: list[str] = []
    style = ""
    at = -1  # the cell that the terminal's cursor is on, once it is in this line
    x, end = 0, len(after)
    while x < end:
        if before[x] == after[x]:
            x += 1
            continue
        start = x
        while not after[start][0] and start:  # the first cell of a wide character
            start -= 1
        stop = _end_of_run(before, after, x)
        if at < 0:
            out.append(f"\x1b[{row + 1};{column + start + 1}H")
        elif start > at:
            jump = f"\x1b[{start - at}C"
            between, behind = _written(after[at:start], style)
            if len(between.encode()) <= len(jump):
                out.append(between)
                style = behind
            else:
                out.append(jump)
        text, style = _written(after[start:stop], style)
        out.append(text)
        # terminals do not agree on how wide joined characters are
        at = stop if len(after[stop - 1][0]) == 1 or (not after[stop - 1][0] and len(after[stop - 2][0]) == 1) else -1
        x = stop
    if style:
        out.append("\x1b[m")
    return "".join(out)


def _end_of_run(before: Sequence[Cell], after: Sequence[Cell], x: int) -> int:
    """The index after the cells from `x` on that differ, or after the first joined character among them."""
    while x < len(after):
        is_joined = len(after[x][0]) > 1
        x += 1
        while x < len(after) and not after[x][0]:
            x += 1
        if is_joined or x == len(after) or before[x] == after[x]:
            break
    return x


def _written(found: Sequence[Cell], style: str) -> tuple[str, str]:
    """The characters and codes of cells on a terminal whose style is `style`, and its style afterwards."""
    out: list[str] = []
    x = 0
    while x < len(found):
        char, wanted = found[x]
        if found[x] == BLANK:
            count = 1
            while x + count < len(found) and found[x + count] == BLANK:
                count += 1
            if not _hides_on_blanks(style) or (count >= MIN_ERASED and style):
                out.append("\x1b[m")
                style = ""
            out.append(f"\x1b[{count}X\x1b[{count}C" if count >= MIN_ERASED else " " * count)
            x += count
            continue
        if char and wanted != style:
            out.append(_switch(style, wanted))
            style = wanted
        out.append(char)
        x += 1
    return "".join(out), style


def _switch(style: str, wanted: str) -> str:
    """The code that changes the style of a terminal."""
    if not wanted:
        return "\x1b[m"
    if not style or (_is_color(style) and _is_color(wanted)):
        return f"\x1b[{wanted}m"
    return f"\x1b[0;{wanted}m"


def _is_color(style: str) -> bool:
    """Whether a style sets the colour of characters and nothing else."""
    return (style.startswith("38;5;") and style.count(";") == 2) or (len(style) == 2 and style.startswith("3"))


def _hides_on_blanks(style: str) -> bool:
    """Whether a blank in this style looks like any other."""
    return not style or VISIBLE_ON_BLANKS.isdisjoint(style.split(";"))
