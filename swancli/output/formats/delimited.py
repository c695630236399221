"""TSV and CSV by the standard library's rules: a header, full precision, nothing cut, row by row."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Callable, Iterator
from typing import Any

from swancli.output.table import TIMES, As, Gap, Table
from swancli.output.text.escape import cell
from swancli.output.text.numbers import exact
from swancli.times import iso

BATCH = 512


def _time(value: Any) -> str:
    return "" if value is None else cell(iso(value))


def _any(value: Any) -> Any:
    # plain numbers are left to csv, which writes them as repr does
    kind = type(value)
    if (kind is float and value - value == 0.0) or (kind is int and value.bit_length() < 4096):
        return value
    if kind is As:
        return field(value.kind)(value.value)
    return cell(exact(value))


def field(kind: str) -> Callable[[Any], Any]:
    """The function that turns a value of this kind into what csv writes."""
    return _time if kind in TIMES else _any


def delimited(table: Table, dialect: str) -> Iterator[str]:
    """`table` as text in pieces; `dialect` is "excel" (CSV) or "excel-tab" (TSV)."""
    columns, places = table.pick("pipe")
    makers = [(field(column.kind), place) for column, place in zip(columns, places, strict=True)]
    rows = ([make(row[place]) for make, place in makers] for row in table.rows if not isinstance(row, Gap))
    text = io.StringIO()
    writer = csv.writer(text, dialect, lineterminator="\n")
    writer.writerow([cell(column.key) for column in columns])
    # the first rows go out soon: a reader like `head` then ends it all early
    size = 16
    while True:
        writer.writerows(itertools.islice(rows, size))
        if not text.tell():
            return
        yield text.getvalue()
        text.seek(0)
        text.truncate()
        size = BATCH
