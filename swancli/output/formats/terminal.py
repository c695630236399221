"""A Table as screen lines that fit the pane.

What does not fit is given up in this order: long names and texts shrink to a readable size (names lose their
middle, texts their end), then whole columns leave by `Column.drop`, highest first, and are named below the
table; numbers are never cut. rich measures the characters (see `width`); its tables can do none of the three.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from swancli.output.plot.spark import sparkline
from swancli.output.table import CUT, RIGHT, As, Column, Gap, Table, shown
from swancli.output.text.escape import printable
from swancli.output.text.numbers import UNKNOWN, exact, human
from swancli.output.text.styled import Line, Span, cut_line, state_style, wrap_line
from swancli.output.text.times import age, coarse, duration, local
from swancli.output.text.width import cells, cut_end, cut_middle, pad, wrap
from swancli.values import is_number

SPACE = "  "
# the smallest width that is still worth a column, and the one that is comfortable, by kind
SMALL = {"name": 20, "text": 10, "note": 12, "long": 16, "value": 8, "shape": 6}
COMFORT = {"name": 36, "value": 20, "shape": 16, "text": 24, "note": 32, "long": 48}
TITLE, TEXT_TITLE = 10, 12
WIDEST_SHAPE = 64


class _Slot:
    """A column while its width is being found."""

    __slots__ = ("column", "least", "place", "title", "want", "width")

    def __init__(self, column: Column, place: int, content: int, rigid: int) -> None:
        self.column = column
        self.place = place
        self.title = printable(column.title)
        title = cells(self.title)
        self.want = max(content, title)
        if column.kind in CUT:
            self.least = max(min(self.want, SMALL[column.kind]), rigid, min(title, TEXT_TITLE))
        else:
            self.least = max(content, min(title, TITLE))
        self.width = self.least


def text_of(column: Column, value: Any, now: float) -> str:
    """The text of a cell for people, uncut; a shape has none."""
    kind = column.kind
    if isinstance(value, As):
        kind, value = value
    if value is None:
        return {"exact": "null", "note": ""}.get(kind, UNKNOWN)
    if kind == "moment":
        return printable(f"{local(value)}, {age(value, now)}")
    if kind == "exact":
        return exact(value) if isinstance(value, str) else printable(exact(value))
    if kind in ("time", "age"):
        return printable(local(value) if kind == "time" else age(value, now))
    if kind == "duration":
        return printable(duration(value))
    if kind == "flag":
        return printable(column.title) if value else ""
    if kind == "state" and getattr(value, "for_", None):
        return f"{printable(value)} {coarse(value.for_)}"
    if kind == "long" and isinstance(value, str):
        return value
    return printable(human(value))


def _dash(unicode: bool) -> str:
    """What stands for the unknown."""
    return UNKNOWN if unicode else "-"


def _style(column: Column, value: Any) -> str:
    kind = column.kind
    if isinstance(value, As):
        kind, value = value
    if value is None:
        return "dim"
    if kind == "state":
        return state_style(str(value))
    if isinstance(value, str) and value in ("NaN", "INF", "-INF"):
        return "bad"
    if isinstance(value, float) and value - value != 0:
        return "bad"
    return "series0" if kind == "shape" else "dim" if kind == "age" else ""


def _slots(
    table: Table, rows: list[Any], texts: list[list[str]], columns: list[Column], places: list[int]
) -> list[_Slot]:
    slots = []
    for n, (column, place) in enumerate(zip(columns, places, strict=True)):
        if column.key == table.group:
            continue
        values = [row[place] for row in rows if not isinstance(row, Gap)]
        if (
            column.kind in ("text", "note", "flag", "shape")
            and column.drop
            and all(v in (None, "", False, []) for v in values)
        ):
            continue
        rigid = 0
        if column.kind == "shape":
            content = max((min(len(v), WIDEST_SHAPE) for v in values if v), default=0)
        else:
            content = max((cells(line) for text in texts for line in text[n].split("\n")), default=0)
        if column.kind == "value":
            rigid = max((cells(t[n]) for t, v in zip(texts, values, strict=True) if is_number(v)), default=0)
        slots.append(_Slot(column, place, content, rigid))
        if not table.header:
            slots[-1].want = content
            slots[-1].least = slots[-1].width = min(slots[-1].least, content)
    return slots


def _total(slots: Sequence[_Slot]) -> int:
    return sum(slot.width for slot in slots) + len(SPACE) * (len(slots) - 1)


def _fit(slots: list[_Slot], width: int) -> list[Column]:
    """Give every slot its width, drop those that don't fit; returns what was dropped."""
    dropped: list[Column] = []
    while _total(slots) > width and len(slots) > 1:
        victim = max(slots, key=lambda slot: slot.column.drop)
        if not victim.column.drop:
            for slot in slots:
                if slot.column.kind in CUT and slot.column.kind != "value":
                    slot.width = max(min(slot.width, 4), slot.width - max(_total(slots) - width, 0))
            if _total(slots) <= width:
                break
            victim = slots[-1]
        # columns of one rank belong together, such as the steps of minimum and maximum
        rank = victim.column.drop
        leaving = [slot for slot in slots if slot is victim or (rank and slot.column.drop == rank)]
        dropped.extend(slot.column for slot in leaving[::-1])
        slots[:] = [slot for slot in slots if slot not in leaving]
    for limits in (COMFORT, {}):
        for kind in COMFORT:
            for slot in slots:
                if slot.column.kind == kind:
                    goal = min(slot.want, limits.get(kind, slot.want))
                    slot.width += max(0, min(goal - slot.width, width - _total(slots)))
    for slot in slots:
        if slot.column.kind not in CUT:
            slot.width += max(0, min(slot.want - slot.width, width - _total(slots)))
    return dropped


def _cell(slot: _Slot, value: Any, text: str, unicode: bool, last: bool) -> list[Span]:
    """One cell in its width; a long text gives a span for every line of it."""
    kind, style = slot.column.kind, _style(slot.column, value)
    mark = "…" if unicode else "~"
    if kind == "shape":
        text = sparkline(value, slot.width, unicode) if value else _dash(unicode) if value is None else ""
    elif kind == "name":
        text = cut_middle(text, slot.width, mark)
    elif kind == "long":
        parts = [part for line in text.split("\n") for part in wrap(printable(line), slot.width)]
        return [(part if last else pad(part, slot.width), style) for part in parts]
    elif kind in ("text", "note", "value") and not is_number(value):
        text = cut_end(text, slot.width, mark)
    right = kind in RIGHT or (kind == "value" and (value is None or is_number(value)))
    return [(pad(text, slot.width, right), style)]


def _heading(slot: _Slot, mark: str) -> Span:
    right = slot.column.kind in RIGHT or slot.column.kind == "value"
    return pad(cut_middle(slot.title, slot.width, mark), slot.width, right), "head"


def render(table: Table, width: int, unicode: bool = True, now: float | None = None) -> list[Line]:
    """`table` in lines of at most `width` cells; `now` (epoch seconds) is what ages count from."""
    now = time.time() if now is None else now
    mark = "…" if unicode else "~"
    lines: list[Line] = [part for line in table.head for part in wrap_line(line, width)]
    if table.title:
        lines.append([(cut_middle(printable(table.title), width, mark), "title")])
    columns, places = table.pick("terminal")
    rows = list(table.rows)
    texts = [
        [text_of(c, row[p], now) if c.kind != "shape" else "" for c, p in zip(columns, places, strict=True)]
        for row in rows
        if not isinstance(row, Gap)
    ]
    if not unicode:
        texts = [[_dash(False) if text == UNKNOWN else text for text in row] for row in texts]
    slots = _slots(table, rows, texts, columns, places)
    dropped = _fit(slots, width)
    index = {place: n for n, place in enumerate(places)}
    group_place = next((p for c, p in zip(columns, places, strict=True) if c.key == table.group), None)
    if slots and texts and table.header:
        lines.append(_joined([[_heading(slot, mark)] for slot in slots], slots)[0])
    group: Any = Gap
    texts_left = iter(texts)
    for row in rows:
        if isinstance(row, Gap):
            lines.append([(f"{'…' if unicode else '...'} {row.rows} more", "dim")])
            continue
        text = next(texts_left)
        if group_place is not None and row[group_place] != group:
            group = row[group_place]
            lines.append([(cut_middle(printable(human(group)), width, mark), "title")])
        parts = [
            _cell(slot, row[slot.place], text[index[slot.place]], unicode, n == len(slots) - 1)
            for n, slot in enumerate(slots)
        ]
        lines.extend(_joined(parts, slots))
    if not texts and table.columns:
        lines.append([("(none)", "dim")])
    notes = [*table.notes]
    if dropped and texts:
        # "@step" tells what it belongs to only by its place
        words = [column.key if column.title.startswith("@") else column.title for column in dropped[::-1]]
        names = printable(", ".join(words))
        notes.append(f"+{len(dropped)} column{'s' if len(dropped) > 1 else ''}: {names}")
    lines.extend([(cut_end(printable(note), width, mark), "dim")] for note in notes)
    return [cut_line(line, width, mark) for line in lines]


def _joined(parts: list[list[Span]], slots: Sequence[_Slot]) -> list[Line]:
    """The cells of a row side by side; as many lines as its highest cell."""
    lines: list[Line] = []
    for n in range(max(map(len, parts), default=0)):
        line: Line = []
        for part, slot in zip(parts, slots, strict=True):
            if line:
                line.append((SPACE, ""))
            line.append(part[n] if n < len(part) else (" " * slot.width, ""))
        lines.append(line)
    return lines


def render_all(tables: Sequence[Table], width: int, unicode: bool = True, now: float | None = None) -> list[Line]:
    """The tables for a terminal below each other, an empty line between them."""
    lines: list[Line] = []
    for table in shown(tables, "terminal"):
        if lines:
            lines.append([])
        lines.extend(render(table, width, unicode, now))
    return lines
