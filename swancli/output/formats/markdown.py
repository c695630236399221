"""Markdown tables (GitHub's): for people, so numbers are short; for copying, so nothing is cut."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

from swancli.output.formats.terminal import text_of
from swancli.output.table import RIGHT, TIMES, Gap, Table
from swancli.output.text.escape import printable
from swancli.output.text.styled import plain
from swancli.times import iso

_MARKUP = re.compile(r"[\\|`*_\[\]<>&#~]")


def _literal(text: str) -> str:
    """`text` so that Markdown and HTML show it as it is; an underscore inside a word needs nothing."""

    def replace(match: re.Match[str]) -> str:
        char, start = match.group(), match.start()
        if char == "_" and text[start - 1 : start].isalnum() and text[start + 1 : start + 2].isalnum():
            return char
        return {"<": "&lt;", ">": "&gt;", "&": "&amp;"}.get(char, "\\" + char)

    return _MARKUP.sub(replace, text)


def markdown(tables: list[Table], now: float | None = None) -> Iterator[str]:
    """`tables` as Markdown in pieces, with titles and heads."""
    now = time.time() if now is None else now
    first = True
    for table in tables:
        if not first:
            yield "\n"
        first = False
        if table.title:
            yield f"### {_literal(printable(table.title))}\n\n"
        for line in table.head:
            yield f"{_literal(plain(line))}\n\n"
        kept = [(c, p) for c, p in zip(*table.pick("terminal"), strict=True) if c.kind != "shape"]
        columns, places = [column for column, _ in kept], [place for _, place in kept]
        yield "| " + " | ".join(_literal(printable(column.title)) for column in columns) + " |\n"
        yield ("|" + "|".join(" ---: " if c.kind in RIGHT or c.kind == "value" else " --- " for c in columns) + "|\n")
        for row in table.rows:
            if isinstance(row, Gap):
                yield f"| … {row.rows} more |" + " |" * (len(columns) - 1) + "\n"
                continue
            out: list[str] = []
            for column, place in zip(columns, places, strict=True):
                value: Any = row[place]
                if column.kind in TIMES and value is not None:
                    out.append(_literal(printable(iso(value))))
                else:
                    out.append(_literal(printable(text_of(column, value, now))))
            yield "| " + " | ".join(out) + " |\n"
        for note in table.notes:
            yield f"\n{_literal(printable(note))}\n"
