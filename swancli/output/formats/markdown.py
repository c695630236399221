"""Markdown tables as GitHub renders them: numbers are short, for people to read, but nothing is cut."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

from swancli.output.formats.cell_text import text_of
from swancli.output.table import RIGHT, TIMES, Best, Cell, Column, Gap, Table
from swancli.output.text.escape import printable
from swancli.output.text.numbers import human
from swancli.output.text.styled import plain
from swancli.times import iso

_MARKUP = re.compile(r"[\\|`*_\[\]<>&#~]")


def markdown(tables: list[Table], now: float | None = None) -> Iterator[str]:
    """`tables` as Markdown, in pieces; `now` (seconds since 1970) is what ages count from."""
    now = time.time() if now is None else now
    for n, table in enumerate(tables):
        if n:
            yield "\n"
        yield from _table(table, now)


def _table(table: Table, now: float) -> Iterator[str]:
    if table.title:
        yield f"### {_literal(printable(table.title))}\n\n"
    for line in table.head:
        yield f"{_literal(plain(line))}\n\n"
    columns = [(c, place) for c, place in zip(*table.pick("terminal"), strict=True) if c.kind != "shape"]
    yield _row([_literal(printable(column.title)) for column, _ in columns])
    yield "|" + "|".join(" ---: " if c.kind in RIGHT or c.kind == "value" else " --- " for c, _ in columns) + "|\n"
    for row in table.rows:
        if isinstance(row, Gap):
            yield f"| … {row.rows} more |" + " |" * (len(columns) - 1) + "\n"
        else:
            yield _row([_cell(column, row[place], now) for column, place in columns])
    for note in table.notes:
        yield f"\n{_literal(printable(note))}\n"


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |\n"


def _cell(column: Column, value: Cell, now: float) -> str:
    """The Markdown of a cell; the best value of a row is bold."""
    if isinstance(value, Best):
        return f"**{_literal(printable(human(value.value)))}**"
    return _literal(printable(_text(column, value, now)))


def _text(column: Column, value: Cell, now: float) -> str:
    """The text as on a terminal, but times in full: an age is soon wrong in a document."""
    return iso(value) if column.kind in TIMES and value is not None else text_of(column, value, now)


def _literal(text: str) -> str:
    """`text` with all markup escaped; an underscore inside a word is not markup."""

    def replace(match: re.Match[str]) -> str:
        char, start = match.group(), match.start()
        if char == "_" and text[start - 1 : start].isalnum() and text[start + 1 : start + 2].isalnum():
            return char
        return {"<": "&lt;", ">": "&gt;", "&": "&amp;"}.get(char, "\\" + char)

    return _MARKUP.sub(replace, text)
