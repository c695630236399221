"""What the views make and the formats print: a Table of raw values, with columns that say what they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol, TypeAlias, runtime_checkable

from swancli.model import RunState, Value
from swancli.output.text.styled import Line

Cell: TypeAlias = "Value | As | Best | Changed"
Row: TypeAlias = Sequence[Cell]

# The kind of a column: what it holds, and so what it looks like
#   text      any text, cut at its end          name      a text that is cut in the middle
#   number    right-aligned, loses digits       step      an integer, right-aligned, never cut
#   value     a number, or a text (cut)         long      any text, wrapped over several lines
#   time      local time                        age       a time as "3 min ago"
#   duration  seconds: "1h 06m 48s"             state     a State
#   shape     a list of values: a sparkline     flag      true or false: the column's title or nothing
#   note      text, nothing for None
#   moment    local time and age together       exact     a value in full precision, null for None
# A time is an ISO text or seconds since 1970.
RIGHT = frozenset(("number", "step"))
TIMES = frozenset(("time", "age", "moment"))
CUT = frozenset(("text", "note", "name", "value", "shape", "long"))


class Column(NamedTuple):
    """One column: `key` is its name for programs, `title` for people.

    Where columns do not fit, those with the highest `drop` are left out first, those with 0 only if nothing else helps.
    `only` is the one place where the column is shown, "terminal" (and Markdown) or "pipe"; "" is both, "none" neither.
    """

    key: str
    title: str
    kind: str = "text"
    drop: int = 0
    only: str = ""


class State(str):
    """The state of a run, a word; `stale_seconds` is the time since the last write of a stale one."""

    stale_seconds: float | None = None

    @classmethod
    def of(cls, details: RunState) -> State:
        """The state in `details`, "unknown" if it is missing."""
        state = cls(details.get("state") or "unknown")
        state.stale_seconds = details.get("stale_for") if state == "stale" else None
        return state


class As(NamedTuple):
    """A value with a kind of its own instead of its column's, for tables of names and values."""

    kind: str
    value: Value


class Best(NamedTuple):
    """The best value of its row: people see a sign behind it, or bold text."""

    value: Value


class Changed(NamedTuple):
    """A text with the (start, end) of the pieces that differ from the text of another cell in its row."""

    value: str
    pieces: Sequence[tuple[int, int]]


def value_of(cell: Cell) -> Value:
    """The value of a cell, without what tells how to show it."""
    return cell.value if isinstance(cell, (As, Best, Changed)) else cell


class Gap(NamedTuple):
    """Stands in place of rows that are left out on a terminal, and counts them."""

    rows: int


@runtime_checkable
class LineRows(Protocol):
    """Rows of a step, a value and a time, most of which can be written as lines without looking at them."""

    def __iter__(self) -> Iterator[Row]: ...

    def lines(self, texts: tuple[str, str, str, str]) -> Iterator[str | Iterable[Row]]:
        """The rows in their order, as lines or as rows.

        `texts` come before a step, between step and value, between value and time, and after the time. Steps and
        values are written as Python does, times as ISO-8601 with a zone. If the last text begins with a quote, so do
        the words for numbers that are not finite.
        """


class Table:
    """Columns and rows of raw values; `rows` may be an iterator, which is read once.

    title   above it on a terminal              head    lines above it on a terminal
    group   key of the column whose values become headings on a terminal
    header  whether a terminal shows the titles of the columns
    notes   lines below it on a terminal        only    as in Column, for the whole table
    """

    __slots__ = ("columns", "group", "head", "header", "notes", "only", "rows", "title")

    def __init__(
        self,
        columns: Sequence[Column],
        rows: Iterable[Row | Gap],
        title: str = "",
        head: Sequence[Line] = (),
        notes: Sequence[str] = (),
        group: str = "",
        header: bool = True,
        only: str = "",
    ) -> None:
        self.columns = list(columns)
        self.rows = rows
        self.title = title
        self.head = list(head)
        self.notes = list(notes)
        self.group = group
        self.header = header
        self.only = only

    def pick(self, place: str) -> tuple[list[Column], list[int]]:
        """The columns shown in `place` ("terminal" or "pipe"), and their indexes in a row."""
        kept = [(n, column) for n, column in enumerate(self.columns) if column.only in ("", place)]
        return [column for _, column in kept], [n for n, _ in kept]


def in_lines(table: Table, texts: tuple[str, str, str, str]) -> Iterator[str | Iterable[Row | Gap]]:
    """The rows of `table`; those of `LineRows` as lines where possible."""
    rows = table.rows
    if isinstance(rows, LineRows) and [column.kind for column in table.columns] == ["step", "value", "time"]:
        return rows.lines(texts)
    return iter([rows])


def shown(tables: Iterable[Table], place: str) -> list[Table]:
    """The tables shown in `place` ("terminal" or "pipe")."""
    return [table for table in tables if table.only in ("", place)]
