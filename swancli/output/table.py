"""What the views make and the formats print: a Table of raw values, with columns that say what they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from swancli.model import RunState
from swancli.output.text.styled import Line

Row = Sequence[Any]

# What a column holds, and with it how it looks:
#   text      any text, cut at its end          name      cut in the middle, never dropped first
#   number    right-aligned, never cut          step      an integer, likewise
#   value     a number, or a text (cut)         long      any text, wrapped over several lines
#   time      ISO text or epoch: local time     age       likewise, as "3 min ago"
#   duration  seconds: "1h 06m 48s"             state     a State
#   shape     floats: a sparkline               flag      true or false: its title or nothing
#   note      text, None is nothing
#   moment    local time and age together       exact     a value in full precision, None is null
RIGHT = frozenset(("number", "step"))
TIMES = frozenset(("time", "age", "moment"))
CUT = frozenset(("text", "note", "name", "value", "shape", "long"))


class Column(NamedTuple):
    """One column: `key` for programs, `title` for people; of `drop` the highest leaves first, 0 never.

    `only` is "" or the one place where the column is shown: "terminal" (also Markdown) or "pipe".
    """

    key: str
    title: str
    kind: str = "text"
    drop: int = 0
    only: str = ""


class State(str):
    """The state of a run, a word; `for_` is for how many seconds a stale one has been silent."""

    for_: float | None = None

    @classmethod
    def of(cls, details: RunState) -> State:
        """The state that `details` tell, "unknown" if they don't."""
        state = cls(details.get("state") or "unknown")
        state.for_ = details.get("stale_for") if state == "stale" else None
        return state


class As(NamedTuple):
    """A value whose kind is its own, not its column's: in tables of names and values."""

    kind: str
    value: Any


class Gap(NamedTuple):
    """In place of a row: so many rows are not shown here (on a terminal only)."""

    rows: int


class Table:
    """Columns and rows of raw values; `rows` may be an iterator, which is read once.

    title   above it on a terminal              head    lines above it on a terminal
    group   key of the column whose values become headings on a terminal
    header  whether a terminal shows the column titles
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
        """The columns that `place` ("terminal" or "pipe") shows, and where they are in a row."""
        kept = [(n, column) for n, column in enumerate(self.columns) if column.only in ("", place)]
        return [column for _, column in kept], [n for n, _ in kept]


def shown(tables: Iterable[Table], place: str) -> list[Table]:
    """The tables that `place` ("terminal" or "pipe") shows."""
    return [table for table in tables if table.only in ("", place)]
