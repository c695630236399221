"""Which columns of a table fit a width, and how wide each of them is.

What does not fit is given up in this order: long names and texts shrink to a readable size, numbers lose digits, names
that are longer than most of their column shrink further, and then whole columns are left out by `Column.drop`, the
highest first. Steps, counts and ids are never cut.
"""

from __future__ import annotations

from collections.abc import Sequence

from swancli.output.table import CUT, Cell, Column, Gap, Row, Table
from swancli.output.text.escape import printable
from swancli.output.text.numbers import SHORT_DIGITS, shortened
from swancli.output.text.width import cells, cut_middle
from swancli.values import is_number

SEPARATOR = "  "  # between columns
# by kind, in cells: the least width that is worth a column, and the width that is wide enough at first
MIN_CELLS = {"name": 20, "text": 10, "note": 12, "long": 16, "value": 8, "shape": 6}
COMFORTABLE_CELLS = {"name": 36, "value": 20, "shape": 16, "text": 24, "note": 32, "long": 48}
MIN_TITLE_CELLS, MIN_TEXT_TITLE_CELLS = 10, 12
TIGHT_NAME_CELLS = 12  # before a column is left out
MAX_TREND_CELLS = 64
LAST_RESORT_CELLS = 4  # of a column that must not be left out, where not even MIN_CELLS fit
SHORTENED = frozenset(("number", "value"))  # kinds of columns whose numbers may lose digits


class Slot:
    """A column and its width in cells, between the width that `narrow` sets and `want`."""

    __slots__ = ("_cells", "_content", "_has_header", "_numbers", "column", "place", "title", "want", "width")

    def __init__(self, column: Column, place: int, values: list[Cell], texts: list[str], has_header: bool) -> None:
        self.column = column
        self.place = place  # index of the column in a row
        self.title = printable(column.title)
        self._has_header = has_header
        # the columns that can be narrower than they are at first
        self._cells = list(zip(values, texts, strict=True)) if column.kind in (*SHORTENED, "name") else []
        self._numbers: dict[int, int] = {}  # width of the widest number, by digits
        self._content = _content(column, values, texts)
        self.want = max(self._content, cells(self.title)) if has_header else self._content
        self.width = self.want

    def narrow(self, digits: int, tight: bool) -> None:
        """Make the column as narrow as it may be.

        Numbers get at most `digits` digits, 0 means all; `tight` is for when a column has to be left out otherwise.
        """
        kind, content = self.column.kind, self._content
        if kind in SHORTENED:
            content = self._number_cells(digits)
        elif kind in CUT:
            content = min(self.want, self._name_cells() if tight and kind == "name" else MIN_CELLS[kind])
        title = min(cells(self.title), MIN_TEXT_TITLE_CELLS if kind in CUT else MIN_TITLE_CELLS)
        self.width = max(content, title) if self._has_header else content

    def _number_cells(self, digits: int) -> int:
        """The width of the widest value, with numbers shortened to `digits` digits."""
        if digits not in self._numbers:
            most = MIN_CELLS["value"] if self.column.kind == "value" else self._content
            self._numbers[digits] = max(
                (
                    cells(shortened(value, digits) if digits else text) if is_number(value) else min(cells(text), most)
                    for value, text in self._cells
                ),
                default=0,
            )
        return self._numbers[digits]

    def _name_cells(self) -> int:
        """A width at which most names are readable and no more of them look the same than at MIN_CELLS."""
        least = MIN_CELLS["name"]
        names = {text for _, text in self._cells}
        widths = sorted(map(cells, names))
        # a few long names do not widen the column, but many do
        typical = widths[(len(widths) - 1) // 2] if len(widths) > 1 else 0
        narrow = min(max(typical, TIGHT_NAME_CELLS), least)
        differ = [len({cut_middle(name, width) for name in names}) for width in (narrow, least)]
        return narrow if differ[0] == differ[1] else least


def slots_of(
    table: Table, rows: Sequence[Row | Gap], texts: list[list[str]], columns: list[Column], places: list[int]
) -> list[Slot]:
    """A slot for each column, except the one to group by and empty ones that may be left out."""
    slots = []
    for n, (column, place) in enumerate(zip(columns, places, strict=True)):
        if column.key == table.group:
            continue
        values = [row[place] for row in rows if not isinstance(row, Gap)]
        may_be_empty = column.drop and column.kind in ("text", "note", "flag", "shape")
        if may_be_empty and all(value in (None, "", False, []) for value in values):
            continue
        slots.append(Slot(column, place, values, [text[n] for text in texts], table.header))
    return slots


def _content(column: Column, values: list[Cell], texts: list[str]) -> int:
    """The width of the widest cell of a column."""
    if column.kind == "shape":
        return min(max((len(value) for value in values if isinstance(value, list)), default=0), MAX_TREND_CELLS)
    return max((cells(line) for text in texts for line in text.split("\n")), default=0)


def fit(slots: list[Slot], width: int) -> list[Column]:
    """Set the width of every slot, remove the slots that do not fit, and return the columns that were removed."""
    dropped: list[Column] = []
    while not _narrowed(slots, width) and len(slots) > 1:
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


def _narrowed(slots: Sequence[Slot], width: int) -> bool:
    """Whether the slots fit, each as narrow as it has to be for that."""
    for digits, tight in ((0, False), *((digits, False) for digits in SHORT_DIGITS), (SHORT_DIGITS[-1], True)):
        for slot in slots:
            slot.narrow(digits, tight)
        if _total(slots) <= width:
            return True
    return False


def _total(slots: Sequence[Slot]) -> int:
    return sum(slot.width for slot in slots) + len(SEPARATOR) * (len(slots) - 1)


def _squeeze(slots: list[Slot], width: int) -> None:
    """Make texts narrower than is readable."""
    for slot in slots:
        if slot.column.kind in CUT and slot.column.kind != "value":
            slot.width = max(min(slot.width, LAST_RESORT_CELLS), slot.width - max(_total(slots) - width, 0))


def _spread(slots: list[Slot], width: int) -> None:
    """Give the room that is left to the columns: first what is comfortable, then what they want."""
    numbers = [slot for slot in slots if slot.column.kind in SHORTENED]
    for limits in (COMFORTABLE_CELLS, {}):
        for kind in COMFORTABLE_CELLS:
            if kind == "value":
                _widen_evenly(numbers, limits.get(kind), width - _total(slots))
                continue
            if kind == "long":  # several of them are compared with each other
                longs = [slot for slot in slots if slot.column.kind == kind]
                _widen_evenly(longs, limits.get(kind), width - _total(slots))
                continue
            for slot in slots:
                if slot.column.kind == kind:
                    _widen(slot, min(slot.want, limits.get(kind, slot.want)), width - _total(slots))
    for slot in slots:
        if slot.column.kind not in CUT:
            _widen(slot, slot.want, width - _total(slots))


def _widen_evenly(slots: Sequence[Slot], limit: int | None, room: int) -> None:
    """Widen columns by a cell each in turn, so that all of them show about as much."""
    growing = list(slots)
    while room > 0 and growing:
        growing = [slot for slot in growing if slot.width < min(slot.want, limit or slot.want)]
        for slot in growing[:room]:
            slot.width += 1
        room -= len(growing)


def _widen(slot: Slot, goal: int, room: int) -> None:
    slot.width += max(0, min(goal - slot.width, room))
