"""The text and the style of a table's cell for people, by the kind of its column."""

from __future__ import annotations

from swancli.output.table import As, Best, Cell, Changed, Column, State
from swancli.output.text.escape import printable
from swancli.output.text.numbers import UNKNOWN, exact, human
from swancli.output.text.styled import state_style
from swancli.output.text.times import age, coarse, duration, local
from swancli.values import is_marker

ASCII_UNKNOWN = "-"
BEST = "*"  # behind the best value of a row


def text_of(column: Column, value: Cell, now: float) -> str:
    """The text of a cell, not cut; `now` (seconds since 1970) is what ages count from. A shape has no text."""
    kind = column.kind
    if isinstance(value, Best):
        return f"{printable(human(value.value))} {BEST}"
    if isinstance(value, Changed):
        return value.value
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
    if isinstance(value, State):
        return state_text(value)
    if kind == "long" and isinstance(value, str):
        return value
    return printable(human(value))


def state_text(state: State) -> str:
    """The word for a state, and for how long a stale run has been silent."""
    return printable(f"{state} {coarse(state.stale_seconds)}" if state.stale_seconds else state)


def unknown(unicode: bool) -> str:
    """The dash that stands for a value that is not known."""
    return UNKNOWN if unicode else ASCII_UNKNOWN


def style_of(column: Column, value: Cell) -> str:
    """The name of the style of a cell."""
    kind = column.kind
    if isinstance(value, Best):
        return "good"
    if isinstance(value, Changed):
        return ""
    if isinstance(value, As):
        kind, value = value
    if value is None:
        return "dim" if kind != "exact" else ""
    if kind == "state":
        return state_style(str(value))
    if is_marker(value) or (isinstance(value, float) and value - value != 0):
        return "bad"
    return "series0" if kind == "shape" else "dim" if kind == "age" else ""
