"""Conditions on columns: 'config.lr < 1e-3', 'state = running', 'min(val/loss) is not missing'.

A value that is missing meets no condition but "is missing".
"""

from __future__ import annotations

import re
from datetime import datetime
from fnmatch import fnmatchcase
from typing import NamedTuple

from swancli.errors import UsageError
from swancli.model import STATES, Column, Value
from swancli.names import nearest_hint
from swancli.queries.columns import QUOTES, SPANS, TIMES, bare, parse_column
from swancli.times import SECONDS_OF_DAY, UNITS, seconds, span
from swancli.values import as_float

OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "~", "is")
IN = "in"  # for the list of states of --state
NAN, MISSING = "nan", "missing"
GRAMMAR = (
    "a condition is COLUMN OPERATOR VALUE: 'config.lr < 1e-3', 'state = running', 'age < 2h', 'name ~ resnet*'",
    "operators: = != < <= > >=, and ~ for a glob",
    "or COLUMN is nan, is not nan, is missing, is not missing; see 'swancli help columns'",
)

_IS = re.compile(r"(.*\S)\s+is\s+(not\s+)?(nan|missing)", re.DOTALL | re.IGNORECASE)
_OPERATOR = re.compile(r"!=|<=|>=|==|[=<>~]")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class Condition(NamedTuple):
    """A column, an operator (one of OPERATORS, or "is not") and the value it is compared with.

    `value` is as it was typed, without quotes; for "is" and "is not", it is NAN or MISSING. `number` is the value as a
    number, if it is one: a length of time in seconds, a moment in seconds since 1970.
    """

    column: Column
    operator: str
    value: str
    number: float | None = None

    @property
    def text(self) -> str:
        """The condition as it is spelled."""
        return f"{self.column.text} {self.wanted}"

    @property
    def wanted(self) -> str:
        """What is wanted of a value: "<= 0.5"."""
        return f"{self.operator} {self.value}"

    def holds(self, value: Value) -> bool:
        """Whether a value of the column, None if it is missing, meets the condition."""
        if self.operator in ("is", "is not"):
            if self.value == MISSING:
                return (value is None) == (self.operator == "is")
            number = as_float(value)
            is_nan = number is not None and number != number
            return value is not None and is_nan == (self.operator == "is")
        if value is None:
            return False
        if self.operator == "~":
            return fnmatchcase(as_text(value), self.value)
        if self.operator == IN:
            return as_text(value) in self.value.split(",")
        if self.operator in ("=", "!="):
            return self._equals(value) == (self.operator == "=")
        return self._compares(value)

    def _equals(self, value: Value) -> bool:
        if self.column in _MOMENTS and (found := seconds(value)) is not None and self.number is not None:
            size = SECONDS_OF_DAY if _DAY.fullmatch(self.value) else 1.0
            return self.number <= found < self.number + size
        found = None if isinstance(value, bool) else as_float(value)
        if found is not None and self.number is not None:
            return found == self.number
        return as_text(value) == self.value or (isinstance(value, bool) and as_text(value) == self.value.lower())

    def _compares(self, value: Value) -> bool:
        """Whether the value is below or above; without an order, as between text and a number, it is neither."""
        if self.column == _SWANLAB:
            mine, other = _version(as_text(value)), _version(self.value)
            order = (mine > other) - (mine < other)
        else:
            found = seconds(value) if self.column in _MOMENTS else as_float(value)
            if isinstance(value, bool) or found is None or found != found or self.number is None:
                return False
            order = (found > self.number) - (found < self.number)
        return {"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[self.operator]


_MOMENTS = frozenset(Column("fact", name) for name in TIMES)
_SPANS = frozenset(Column("fact", name) for name in SPANS)
_SWANLAB, _STATE = Column("fact", "swanlab"), Column("fact", "state")


def parse_condition(text: str) -> Condition:
    """The condition that a text spells; UsageError, with the grammar, if it spells none."""
    operator = next((found for at, _ in bare(text) if (found := _OPERATOR.match(text, at))), None)
    if operator is None:
        if found := _IS.fullmatch(text.strip()):
            return Condition(parse_column(found[1]), "is not" if found[2] else "is", found[3].lower())
        raise _wrong(f"{text!r} is not a condition: it has no operator")
    sign = "=" if operator[0] == "==" else operator[0]
    value = text[operator.end() :].strip()
    left = text[: operator.start()]
    behind = text[operator.end() : operator.end() + 1]
    if not left.strip():
        raise _wrong(f"no column in {text!r}")
    if left.rstrip().endswith("!") or (behind and behind in "=<>~!"):
        raise _wrong(f"no operator {operator[0] + behind!r} in {text!r}")
    column = parse_column(left)
    is_quoted = len(value) > 1 and value[0] in QUOTES and value[-1] == value[0]
    if is_quoted:
        value = value[1:-1]
    elif not value:
        raise _wrong(f"{text!r} has no value after {sign}")
    elif sign in ("=", "!=") and value.lower() in (NAN, MISSING):
        return Condition(column, "is" if sign == "=" else "is not", value.lower())
    if column == _STATE and sign in ("=", "!="):
        check_state(value)
    return Condition(column, sign, value, None if is_quoted and sign == "=" else _number(column, sign, value))


def state_is_one_of(words: str) -> Condition:
    """The condition that a run is in one of the states of a list with commas."""
    states = [word.strip() for word in words.split(",")]
    for word in states:
        check_state(word)
    return Condition(_STATE, "=" if len(states) == 1 else IN, ",".join(states))


def check_state(word: str) -> None:
    """UsageError, which says what is near, if there is no such state."""
    if word not in STATES:
        raise UsageError(f"no state {word!r}{nearest_hint(word, STATES)} (states: {', '.join(STATES)})")


def as_text(value: Value) -> str:
    """A value as it is compared with text; true, false and null as in YAML, lists as JSON."""
    if isinstance(value, str):
        return value
    from swancli.reply import dumps

    return dumps(value).decode("utf-8", "replace")


def _number(column: Column, operator: str, value: str) -> float | None:
    """The value as a number where the column holds numbers; UsageError if it must be one and is not."""
    found: float | None
    if column in _SPANS:
        found = span(value)
        if found is None and operator != "~":
            raise UsageError(
                f"{value!r} is not a length of time for {column.name}: use 90, 30m, 2h or 1d"
                f" (units: {', '.join(UNITS)})"
            )
        return found
    if column in _MOMENTS:
        found = _moment(value)
        if found is None and operator != "~":
            raise UsageError(f"{value!r} is not a time for {column.name}: use 2026-11-23 or '2026-11-23 14:30'")
        return found
    try:
        found = float(value)
    except ValueError:
        found = None
    if found is None and operator in ("<", "<=", ">", ">=") and column != _SWANLAB:
        raise UsageError(f"{value!r} is not a number: {column.text} {operator} compares numbers")
    return found


def _moment(text: str) -> float | None:
    """A date, or date and time, in seconds since 1970; local time if it names no zone."""
    try:
        return datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", text)).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d{1,9}", text)[:4])


def _wrong(problem: str) -> UsageError:
    error = UsageError(problem)
    error.more = GRAMMAR
    return error
