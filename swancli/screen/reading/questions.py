"""What is asked of the source once, when a key is pressed: in the thread that reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from swancli.addresses import address
from swancli.endpoints import EXPERIMENT, SUMMARY
from swancli.errors import NotFound, SwancliError, UsageError
from swancli.model import Address, Column, Compared, Run, Summary, Value
from swancli.queries import compare
from swancli.queries.filters import Condition
from swancli.queries.goals import MAX, MIN, goal_of
from swancli.queries.values import Runs
from swancli.source import Source


class Differences(NamedTuple):
    """What differs between runs, and how much does not."""

    runs: Sequence[Run]
    rows: Sequence[Compared]
    same: int


def meeting(source: Source, conditions: Sequence[Condition]) -> set[Address]:
    """The runs that meet all conditions."""
    runs = Runs(source)
    runs.keep(conditions)
    return set(runs.addresses)


def ranked(source: Source, metric: str) -> list[tuple[Address, Value]]:
    """The runs that have a metric with its best value, the best first; the lowest is best unless the name says more."""
    goal = goal_of(metric) or MIN
    column = Column(goal, metric)
    runs = Runs(source)
    runs.sort([(column, goal == MAX)])
    found = [(address(row), runs.value(row, column)) for row in runs.rows]
    return [(one, value) for one, value in found if value is not None]


def values(source: Source, columns: Sequence[Column]) -> dict[Address, dict[str, Value]]:
    """The values of columns for all runs."""
    runs = Runs(source)
    try:
        runs.read(columns, columns)
    except (NotFound, UsageError):
        return {}
    return {address(row): {one.text: runs.value(row, one) for one in columns} for row in runs.rows}


def differences(source: Source, ids: Sequence[Address]) -> Differences:
    """What differs between runs: config, metrics, system."""
    asked = [{"experiment": id} for id in ids]
    runs = [one for one in source.details_of_many(EXPERIMENT, asked) if not isinstance(one, SwancliError)]
    summaries: list[Summary] = []
    for one in source.details_of_many(SUMMARY, asked):
        summaries.append({"summaries": []} if isinstance(one, SwancliError) else one)
    rows = [*compare.configs(runs), *compare.metrics(summaries), *compare.systems(runs)]
    shown = [row for row in rows if compare.differs(row)]
    return Differences(runs, shown, len(rows) - len(shown))
