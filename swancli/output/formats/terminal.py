"""A Table as lines for a terminal of some width (see `layout` for what does not fit).

Numbers lose digits, names their middle, texts their end; columns that are left out are named below the table. rich
measures the characters (see `width`); its tables can do none of that.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from swancli.output.formats.cell_text import ASCII_UNKNOWN, style_of, text_of, unknown
from swancli.output.formats.layout import SEPARATOR, SHORTENED, Slot, fit, slots_of
from swancli.output.plot.spark import sparkline
from swancli.output.table import RIGHT, Cell, Changed, Column, Gap, Table, shown
from swancli.output.text.escape import printable
from swancli.output.text.numbers import UNKNOWN, fitted, human
from swancli.output.text.styled import CHANGED, HEAD, Line, Span, cut_line, wrap_line
from swancli.output.text.width import cells, cut_end, cut_middle, pad, wrap
from swancli.values import is_number


def render_all(tables: Sequence[Table], width: int, unicode: bool = True, now: float | None = None) -> list[Line]:
    """The tables that a terminal shows, with an empty line between them."""
    lines: list[Line] = []
    for table in shown(tables, "terminal"):
        if lines:
            lines.append([])
        lines.extend(render(table, width, unicode, now))
    return lines


def render(table: Table, width: int, unicode: bool = True, now: float | None = None) -> list[Line]:
    """`table` in lines of at most `width` cells; `now` (seconds since 1970) is what ages count from."""
    now = time.time() if now is None else now
    mark = _mark(unicode)
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
        texts = [[ASCII_UNKNOWN if text == UNKNOWN else text for text in row] for row in texts]
    slots = slots_of(table, rows, texts, columns, places)
    dropped = fit(slots, width)
    index = {place: n for n, place in enumerate(places)}
    group_place = next((p for c, p in zip(columns, places, strict=True) if c.key == table.group), None)
    if slots and texts and table.header:
        lines.append(_joined([[[_heading(slot, mark)]] for slot in slots], slots)[0])
    group: object = Gap  # none yet
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
    notes = [*table.notes, _dropped_note(dropped)] if dropped and texts else table.notes
    lines.extend([(cut_end(printable(note), width, mark), "dim")] for note in notes)
    return [cut_line(line, width, mark) for line in lines]


def _mark(unicode: bool) -> str:
    """The character in place of what is cut off."""
    return "…" if unicode else "~"


def _cell(slot: Slot, value: Cell, text: str, unicode: bool, last: bool) -> list[Line]:
    """A cell cut or filled to its width; a long text is wrapped."""
    kind, style = slot.column.kind, style_of(slot.column, value)
    if kind == "shape":
        text = sparkline(value, slot.width, unicode) if isinstance(value, list) else unknown(unicode)
    elif kind == "name":
        text = cut_middle(text, slot.width, _mark(unicode))
    elif kind == "long":
        parts = [part for line in text.split("\n") for part in wrap(printable(line), slot.width)]
        pieces = value.pieces if isinstance(value, Changed) else ()
        return [_highlighted(*found, slot.width * (not last), style, pieces) for found in _placed(parts, text)]
    elif kind in SHORTENED and is_number(value):
        text = fitted(value, slot.width)
    elif kind in ("text", "note", "value"):
        text = cut_end(text, slot.width, _mark(unicode))
    right = kind in RIGHT or (kind == "value" and (value is None or is_number(value)))
    return [[(pad(text, slot.width, right), style)]]


def _placed(parts: Sequence[str], text: str) -> Iterator[tuple[str, int]]:
    """The lines of a text that was wrapped, and where in the text each begins."""
    at = 0
    for part in parts:
        at = max(text.find(part, at), at)
        yield part, at
        at += len(part)


def _highlighted(part: str, at: int, width: int, style: str, pieces: Sequence[tuple[int, int]]) -> Line:
    """A line that begins at character `at` of a text, with the `pieces` in it highlighted."""
    line: Line = []
    done, end = at, at + len(part)
    for start, stop in pieces:
        first, last = max(start, done), min(stop, end)
        if first < last:
            line += [(part[done - at : first - at], style), (part[first - at : last - at], CHANGED)]
            done = last
    rest = part[done - at :]
    line.append((rest + " " * (width - cells(part)), style))
    return [span for span in line if span[0]] or [("", style)]


def _heading(slot: Slot, mark: str) -> Span:
    right = slot.column.kind in RIGHT or slot.column.kind == "value"
    return pad(cut_middle(slot.title, slot.width, mark), slot.width, right), HEAD


def _joined(parts: list[list[Line]], slots: Sequence[Slot]) -> list[Line]:
    """The cells of a row side by side, in as many lines as the highest cell has."""
    lines: list[Line] = []
    for n in range(max(map(len, parts), default=0)):
        line: Line = []
        for part, slot in zip(parts, slots, strict=True):
            if line:
                line.append((SEPARATOR, ""))
            line += part[n] if n < len(part) else [(" " * slot.width, "")]
        lines.append(line)
    return lines


def _dropped_note(dropped: list[Column]) -> str:
    # only the position of the title "@step" tells which column it belongs to
    names = [column.key if column.title.startswith("@") else column.title for column in dropped[::-1]]
    return f"+{len(dropped)} column{'s' if len(dropped) > 1 else ''}: {printable(', '.join(names))}"
