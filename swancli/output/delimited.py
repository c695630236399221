"""TSV and CSV by the standard library's rules: a header, full precision, nothing cut, row by row."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from typing import Any

from swancli.output.escape import cell
from swancli.output.numbers import exact
from swancli.output.table import TIMES, As, Gap, Table
from swancli.output.times import iso

BATCH = 512


class _Sink:
    """What csv.writer writes into: the pieces, to be taken away in batches."""

    __slots__ = ("parts",)

    def __init__(self) -> None:
        self.parts: list[str] = []

    def write(self, text: str) -> None:
        self.parts.append(text)

    def take(self) -> str:
        text = "".join(self.parts)
        self.parts.clear()
        return text


def _time(value: Any) -> str:
    return "" if value is None else cell(iso(value))


def _any(value: Any) -> str:
    if isinstance(value, float) and value - value == 0:
        return repr(value)
    if isinstance(value, As):
        return field(value.kind)(value.value)
    return cell(exact(value))


def field(kind: str) -> Callable[[Any], str]:
    """The function that writes a value of this kind for programs."""
    return _time if kind in TIMES else _any


def delimited(table: Table, dialect: str) -> Iterator[str]:
    """`table` as text in pieces; `dialect` is "excel" (CSV) or "excel-tab" (TSV)."""
    columns, places = table.pick("pipe")
    makers = list(zip((field(column.kind) for column in columns), places, strict=True))
    sink = _Sink()
    writer = csv.writer(sink, dialect, lineterminator="\n")
    writer.writerow([cell(column.key) for column in columns])
    for n, row in enumerate(table.rows, 1):
        if not isinstance(row, Gap):
            writer.writerow([make(row[place]) for make, place in makers])
        # the first rows go out at once: a reader like `head` then ends it all early
        if n % BATCH == 0 or n <= 16:
            yield sink.take()
    yield sink.take()
