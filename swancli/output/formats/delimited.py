"""TSV and CSV as the csv module writes them: a header, numbers in full precision, nothing cut."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Callable, Iterator

from swancli.output.table import TIMES, As, Cell, Gap, Table, in_lines, value_of
from swancli.output.text.escape import cell
from swancli.output.text.numbers import exact
from swancli.times import iso

FIRST_ROWS, BATCH_ROWS = 16, 512  # in a piece; the first is small, as a reader like `head` may stop early
MAX_PLAIN_BITS = 4096  # longer integers may have more digits than Python writes in decimal


def _time(value: Cell) -> str:
    return "" if value is None else cell(iso(value))


def _any(value: Cell) -> str | float:
    # plain numbers are left to csv, which writes them as repr does
    if (type(value) is float and value - value == 0.0) or (type(value) is int and value.bit_length() < MAX_PLAIN_BITS):
        return value
    if isinstance(value, As):
        return _converter(value.kind)(value.value)
    if (bare := value_of(value)) is not value:
        return _any(bare)
    return cell(exact(value))


def _converter(kind: str) -> Callable[[Cell], str | float]:
    """The function that turns a cell of this kind into what csv writes."""
    return _time if kind in TIMES else _any


def delimited(table: Table, dialect: str) -> Iterator[str]:
    """`table` as text in pieces; `dialect` is "excel" (CSV) or "excel-tab" (TSV)."""
    columns, places = table.pick("pipe")
    converters = [(_converter(column.kind), place) for column, place in zip(columns, places, strict=True)]
    text = io.StringIO()
    writer = csv.writer(text, dialect, lineterminator="\n")
    writer.writerow([cell(column.key) for column in columns])
    size = FIRST_ROWS
    comma = "\t" if dialect == "excel-tab" else ","
    for rows in in_lines(table, ("", comma, comma, "\n")):
        if isinstance(rows, str):
            yield _taken(text) + rows
            continue
        cells = ([convert(row[place]) for convert, place in converters] for row in rows if not isinstance(row, Gap))
        while True:
            before = text.tell()
            writer.writerows(itertools.islice(cells, size))
            if text.tell() == before:
                break
            yield _taken(text)
            size = BATCH_ROWS
    if text.tell():
        yield text.getvalue()


def _taken(text: io.StringIO) -> str:
    """Remove and return what has been written."""
    found = text.getvalue()
    text.seek(0)
    text.truncate()
    return found
