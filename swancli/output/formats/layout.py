"""Which columns of a table fit a width, and how wide each of them is.

What does not fit is given up in this order: long names and texts shrink to a readable size, then whole columns are
left out by `Column.drop`, the highest first. Numbers are never cut.
"""

from __future__ import annotations

from collections.abc import Sequence

from swancli.output.table import CUT, Cell, Column, Gap, Row, Table
from swancli.output.text.escape import printable
from swancli.output.text.width import cells
from swancli.values import is_number

SEPARATOR = "  "  # between columns
# by kind, in cells: the least width that is worth a column, and the width that is wide enough at first
MIN_CELLS = {"name": 20, "text": 10, "note": 12, "long": 16, "value": 8, "shape": 6}
COMFORTABLE_CELLS = {"name": 36, "value": 20, "shape": 16, "text": 24, "note": 32, "long": 48}
MIN_TITLE_CELLS, MIN_TEXT_TITLE_CELLS = 10, 12
MAX_TREND_CELLS = 64
LAST_RESORT_CELLS = 4  # of a column that must not be left out, where not even MIN_CELLS fit


class Slot:
    """A column and its width in cells, from `least` to `want`."""

    __slots__ = ("column", "least", "place", "title", "want", "width")

    def __init__(self, column: Column, place: int, content: int, uncut: int) -> None:
        self.column = column
        self.place = place  # index of the column in a row
        self.title = printable(column.title)
        title = cells(self.title)
        self.want = max(content, title)
        if column.kind in CUT:
            self.least = max(min(self.want, MIN_CELLS[column.kind]), uncut, min(title, MIN_TEXT_TITLE_CELLS))
        else:
            self.least = max(content, min(title, MIN_TITLE_CELLS))
        self.width = self.least


def slots_of(
    table: Table, rows: Sequence[Row | Gap], texts: list[list[str]], columns: list[Column], places: list[int]
) -> list[Slot]:
    """A slot for each column but that of the group and those that are empty and may be left out."""
    slots = []
    for n, (column, place) in enumerate(zip(columns, places, strict=True)):
        if column.key == table.group:
            continue
        values = [row[place] for row in rows if not isinstance(row, Gap)]
        may_be_empty = column.drop and column.kind in ("text", "note", "flag", "shape")
        if may_be_empty and all(value in (None, "", False, []) for value in values):
            continue
        content, uncut = _content(column, values, [text[n] for text in texts])
        slot = Slot(column, place, content, uncut)
        if not table.header:
            slot.want = content
            slot.least = slot.width = min(slot.least, content)
        slots.append(slot)
    return slots


def _content(column: Column, values: list[Cell], texts: list[str]) -> tuple[int, int]:
    """The width of the widest cell of a column, and of the widest that must not be cut."""
    if column.kind == "shape":
        shapes = [len(value) for value in values if isinstance(value, list)]
        return min(max(shapes, default=0), MAX_TREND_CELLS), 0
    content = max((cells(line) for text in texts for line in text.split("\n")), default=0)
    if column.kind != "value":
        return content, 0
    return content, max((cells(text) for text, value in zip(texts, values, strict=True) if is_number(value)), default=0)


def fit(slots: list[Slot], width: int) -> list[Column]:
    """Set the width of every slot, remove those that do not fit, and return the columns of these."""
    dropped: list[Column] = []
    while _total(slots) > width and len(slots) > 1:
        leaving = max(slots, key=lambda slot: slot.column.drop)
        if not leaving.column.drop:
            _squeeze(slots, width)
            if _total(slots) <= width:
                break
            leaving = slots[-1]
        # columns of one rank belong together, such as the steps of minimum and maximum
        rank = leaving.column.drop
        together = [slot for slot in slots if slot is leaving or (rank and slot.column.drop == rank)]
        dropped.extend(slot.column for slot in together[::-1])
        slots[:] = [slot for slot in slots if slot not in together]
    _spread(slots, width)
    return dropped


def _total(slots: Sequence[Slot]) -> int:
    return sum(slot.width for slot in slots) + len(SEPARATOR) * (len(slots) - 1)


def _squeeze(slots: list[Slot], width: int) -> None:
    """Make texts narrower than is readable."""
    for slot in slots:
        if slot.column.kind in CUT and slot.column.kind != "value":
            slot.width = max(min(slot.width, LAST_RESORT_CELLS), slot.width - max(_total(slots) - width, 0))


def _spread(slots: list[Slot], width: int) -> None:
    """Give the room that is left to the columns: first what is comfortable, then what they want."""
    for limits in (COMFORTABLE_CELLS, {}):
        for kind in COMFORTABLE_CELLS:
            for slot in slots:
                if slot.column.kind == kind:
                    _widen(slot, min(slot.want, limits.get(kind, slot.want)), width - _total(slots))
    for slot in slots:
        if slot.column.kind not in CUT:
            _widen(slot, slot.want, width - _total(slots))


def _widen(slot: Slot, goal: int, room: int) -> None:
    slot.width += max(0, min(goal - slot.width, room))
