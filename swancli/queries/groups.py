"""Runs in groups that have the same values: `--group-by config.lr --columns 'count, mean(min(val/loss))'`."""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from swancli.errors import UsageError
from swancli.model import Column
from swancli.names import nearest_hint
from swancli.queries.columns import parse_column, parse_columns, split
from swancli.queries.goals import goal
from swancli.values import as_finite, as_float, encoded, mean

if TYPE_CHECKING:
    from swancli.model import RowOfProject, Value
    from swancli.queries.values import Runs

COUNT = "count"
AGGREGATES = ("mean", "std", "min", "max", "median", "best")
GRAMMAR = (
    f"with --group-by, a column is {COUNT} or AGGREGATE(COLUMN): {' '.join(AGGREGATES)}",
    "such as mean(min(val/loss)), or best(val/acc): the highest value of an accuracy, the lowest of a loss",
    "see 'swancli help columns'",
)

_CALL = re.compile(r"(\w+)\s*\((.*)\)", re.DOTALL)
_OUTER: dict[str, Callable[[Sequence[float]], float]] = {
    "min": min,
    "max": max,
    "mean": mean,
    "median": statistics.median,
}


class Aggregate(NamedTuple):
    """A number for a group: `column` is None for COUNT."""

    function: str
    column: Column | None = None

    @property
    def text(self) -> str:
        """The aggregate as it is spelled."""
        return self.function if self.column is None else f"{self.function}({self.column.text})"

    def of(self, values: Sequence[Value]) -> Value:
        """The number for the values of a group's runs; those that are missing or not finite do not count."""
        if self.column is None:
            return len(values)
        numbers = [number for value in values if (number := as_finite(value)) is not None]
        if not numbers:
            return None
        if self.function == "std":
            return _deviation(numbers) if len(numbers) > 1 else None
        outer = (goal(self.column) or "min") if self.function == "best" else self.function
        return encoded(_OUTER[outer](numbers))


class Grouped(NamedTuple):
    """A table of groups: the columns of their keys, the other columns, and the rows of values."""

    keys: Sequence[str]
    titles: Sequence[str]
    rows: Sequence[Sequence[Value]]


class Groups:
    """How runs are grouped, and what is worked out for each group."""

    def __init__(self, keys: str, aggregates: str | None, sort: str | None = None, pivot: bool = False) -> None:
        self._keys = parse_columns(keys)
        self._aggregates = [parse_aggregate(part) for part in split(aggregates or COUNT, ",")]
        self._is_pivot = pivot
        if pivot and len(self._keys) != 2:
            raise UsageError(f"--pivot requires two columns in --group-by, not {len(self._keys)}")
        if pivot and len(self._aggregates) != 1:
            raise UsageError(f"--pivot shows one column, not {len(self._aggregates)}")
        if pivot and sort:
            raise UsageError("--pivot sorts by the columns of --group-by: leave out --sort")
        self._sort, self._is_descending = None, False
        if sort:
            self._is_descending = sort.lstrip().startswith("-")
            wanted = sort.strip().removeprefix("-")
            texts = [*(key.text for key in self._keys), *(one.text for one in self._aggregates)]
            spelled = wanted if wanted in texts else _spelled(wanted)
            if spelled not in texts:
                raise UsageError(f"--sort must be a column of the table, not {wanted!r}: {', '.join(texts)}")
            self._sort = texts.index(spelled)

    @property
    def columns(self) -> list[Column]:
        """What must be known of the runs."""
        return [*self._keys, *(one.column for one in self._aggregates if one.column is not None)]

    def table(self, runs: Runs) -> Grouped:
        """A row for each group, by its keys or as --sort says; runs that lack a key make a group of their own."""
        groups: dict[tuple[str, ...], list[RowOfProject]] = {}
        for row in runs.rows:
            groups.setdefault(tuple(map(repr, self._key(runs, row))), []).append(row)
        rows = []
        for members in groups.values():
            found: list[Value] = self._key(runs, members[0])
            for one in self._aggregates:
                found.append(one.of([one.column and runs.value(row, one.column) for row in members]))
            rows.append(found)
        rows.sort(key=lambda row: [_order(value) for value in row[: len(self._keys)]])
        if self._is_pivot:
            return self._pivoted(rows)
        if (at := self._sort) is not None:
            known = [row for row in rows if row[at] is not None]
            known.sort(key=lambda row: _order(row[at]), reverse=self._is_descending)
            rows = known + [row for row in rows if row[at] is None]
        return Grouped([key.text for key in self._keys], [one.text for one in self._aggregates], rows)

    def _key(self, runs: Runs, row: RowOfProject) -> list[Value]:
        return [runs.value(row, key) for key in self._keys]

    def _pivoted(self, rows: list[list[Value]]) -> Grouped:
        """The first key's values down, the second's across."""
        across = sorted({_title(row[1]): _order(row[1]) for row in rows}.items(), key=lambda pair: pair[1])
        titles = [title for title, _ in across]
        found: dict[str, list[Value]] = {}
        for first, key, value in rows:
            cells = found.setdefault(repr(first), [first, *[None] * len(titles)])
            cells[1 + titles.index(_title(key))] = value
        return Grouped(
            [self._keys[0].text], [f"{self._keys[1].text}={title}" for title in titles], list(found.values())
        )


def parse_aggregate(text: str) -> Aggregate:
    """COUNT, or a function of a column's values in a group; UsageError, with the grammar, for anything else."""
    text = text.strip()
    if text == COUNT:
        return Aggregate(COUNT)
    call = _CALL.fullmatch(text)
    if call is None:
        raise _wrong(f"{text!r} has one value for each run, not for each group")
    if call[1] not in AGGREGATES:
        raise _wrong(f"no aggregate {call[1]!r} in {text!r}{nearest_hint(call[1], AGGREGATES)}")
    return Aggregate(call[1], parse_column(call[2]))


def _deviation(numbers: Sequence[float]) -> Value:
    """The standard deviation of a sample; INF if it is larger than any number."""
    middle = mean(numbers)
    return encoded(math.hypot(*(number - middle for number in numbers)) / math.sqrt(len(numbers) - 1))


def _spelled(text: str) -> str:
    """The text of an aggregate or a column, however it was spaced."""
    try:
        return parse_aggregate(text).text
    except UsageError:
        return parse_column(text).text


def _order(value: Value) -> tuple[int, float, str]:
    """What values are sorted by: numbers, text, nothing."""
    if value is None:
        return 2, 0.0, ""
    number = None if isinstance(value, bool) else as_float(value)
    return (1, 0.0, str(value)) if number is None else (0, number if number == number else math.inf, "")


def _title(value: Value) -> str:
    from swancli.queries.filters import as_text

    return "–" if value is None else as_text(value)


def _wrong(problem: str) -> UsageError:
    error = UsageError(problem)
    error.more = GRAMMAR
    return error
