"""`swancli wait`: how the wait for each run ended, in a line, as an object, in a table."""

from __future__ import annotations

from collections.abc import Sequence

from swancli.model import TIMEOUT, Ended, Value
from swancli.output.table import Column, Row, State, Table
from swancli.output.text.numbers import human
from swancli.output.text.styled import Line, state_style
from swancli.output.text.times import duration

COLUMNS = (
    Column("id", "id", "name"),
    Column("name", "name", "name"),
    Column("state", "state", "state"),
    Column("reason", "reason", "text"),
    Column("value", "value", "value", 2),
    Column("exit_code", "exit code", "step", 3),
    Column("duration", "duration", "duration", 1),
    Column("waited", "waited", "duration", 4),
)


def line(ended: Ended) -> Line:
    """Which run, how its wait ended, its state, and how long it has taken."""
    found: Line = [(f"run {ended.address} ({ended.name}): ", "")]
    if ended.reason != ended.state:
        found.append((ended.reason, "bad" if ended.exit_code else "good"))
        found.append((", " if ended.reason == TIMEOUT else f" ({human(ended.value)}), ", ""))
    found.append((ended.state, state_style(ended.state)))
    if ended.duration is not None:
        found.append((f" after {duration(ended.duration)}", ""))
    return found


def json_object(ended: Ended) -> dict[str, Value]:
    """The keys and values of a line of JSON."""
    return dict(zip((column.key for column in COLUMNS), _row(ended), strict=True))  # type: ignore[arg-type]


def table(ended: Sequence[Ended]) -> Table:
    """A row for each run."""
    return Table(COLUMNS, [_row(one) for one in ended])


def _row(ended: Ended) -> Row:
    return (
        ended.address, ended.name, State(ended.state), ended.reason, ended.value, ended.exit_code, ended.duration,
        ended.waited,
    )  # fmt: skip
