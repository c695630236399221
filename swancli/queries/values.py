"""The values of columns for many runs of a source: read as they are needed, in one request for all runs."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from swancli.addresses import address, age_key
from swancli.endpoints import EXPERIMENT, PROJECT
from swancli.errors import NotFound, SwancliError, UsageError
from swancli.model import FACTS
from swancli.names import nearest_hint
from swancli.queries.columns import CONFIG, TIMES, parse_column, split
from swancli.queries.filters import MISSING
from swancli.times import seconds
from swancli.values import as_float

if TYPE_CHECKING:
    from swancli.model import Address, Column, RowOfProject, Value
    from swancli.queries.filters import Condition
    from swancli.source import Source

IN_ROW = {"id": "id", "name": "name", "source": "source", "created": "create_time"}  # facts that every row tells
RUNS_SEARCHED = 8  # for names like one that no run has
Sort = tuple["Column", bool]  # a column, and whether the highest value comes first


class Runs:
    """Some runs of a source, by default all of them; `keep` and `limit` remove some of `rows`.

    `notes` tell of names that none of the remaining runs has, though others may.
    """

    def __init__(self, source: Source, rows: Iterable[RowOfProject] | None = None) -> None:
        self._source = source
        self.rows = list(source.experiments() if rows is None else rows)
        self.notes: list[str] = []
        self.project: str | None = ""  # its name, once something was read
        self._are_all = rows is None
        self._now = time.time()
        self._values: dict[Address, dict[str, Value]] = {}
        self._known: set[str] = set()

    @property
    def addresses(self) -> list[Address]:
        """What stands for the runs in requests."""
        return [address(row) for row in self.rows]

    def read(self, columns: Iterable[Column], may_lack: Iterable[Column] = ()) -> None:
        """Read the columns of all runs that are left, in one request.

        NotFound if no run at all has one of them, unless it is among those that all `may_lack`.
        """
        asked = [
            column for column in dict.fromkeys(columns) if column.text not in self._known and not _is_in_row(column)
        ]
        if not asked or not self.rows:
            return
        ids = None if self._are_all else self.addresses
        found = self._source.details(PROJECT, ids=ids, values=asked)
        self.project = found.get("name", self.project)
        for row in found.get("experiments") or []:
            self._values.setdefault(address(row), {}).update(row.get("values") or {})
        self._known.update(column.text for column in asked)
        for column in set(asked).difference(may_lack):
            if column.kind != "fact" and all(
                self.tells(row, column) and self.value(row, column) is None for row in self.rows
            ):
                self._miss(column)

    def value(self, row: RowOfProject, column: Column) -> Value:
        """The value of a column that was read; None if the run has none, or the source can't tell it."""
        if column.kind == "fact" and column.name == "age":
            created = seconds(row.get("create_time"))
            return None if created is None else max(self._now - created, 0.0)
        if _is_in_row(column):
            return row.get(IN_ROW[column.name])  # type: ignore[return-value]
        return self._values.get(address(row), {}).get(column.text)

    def tells(self, row: RowOfProject, column: Column) -> bool:
        """Whether the source tells a column of a run, even if only that there is no value."""
        return _is_in_row(column) or column.text in self._values.get(address(row), {})

    def keep(self, conditions: Sequence[Condition]) -> None:
        """Keep the runs that meet all conditions; UsageError if the source can't tell a column that one needs.

        Those on facts and config come first: metrics are read only of the runs that are left.
        """
        for cost in sorted({_cost(condition.column) for condition in conditions}):
            now = [condition for condition in conditions if _cost(condition.column) == cost]
            may_lack = [one.column for one in now if (one.operator, one.value) == ("is", MISSING)]
            self.read((one.column for one in now), may_lack)
            for condition in now:
                untold = sum(not self.tells(row, condition.column) for row in self.rows)
                if untold:
                    of = "its runs" if untold == len(self.rows) else f"{untold} of {len(self.rows)} runs"
                    raise UsageError(f"{self._source.where} does not provide {condition.column.text} of {of}")
            kept = [row for row in self.rows if all(one.holds(self.value(row, one.column)) for one in now)]
            self._are_all = self._are_all and len(kept) == len(self.rows)
            self.rows = kept

    def sort(self, by: Sequence[Sort]) -> None:
        """Sort the runs; numbers come before text, and those without a value last in either direction."""
        self.read(column for column, _ in by)
        for column, is_descending in reversed(by):
            numbers: list[tuple[float, RowOfProject]] = []
            texts: list[tuple[str, RowOfProject]] = []
            nans, missing = [], []
            for row in self.rows:
                value, number = self.value(row, column), self._number(row, column)
                if value is None:
                    missing.append(row)
                elif number is None:
                    texts.append((str(value), row))
                elif number != number:
                    nans.append(row)
                else:
                    numbers.append((number, row))
            numbers.sort(key=lambda pair: pair[0], reverse=is_descending)
            texts.sort(key=lambda pair: pair[0], reverse=is_descending)
            self.rows = [*(row for _, row in numbers), *nans, *(row for _, row in texts), *missing]

    def newest_first(self) -> None:
        """Sort the runs by their age."""
        self.rows.sort(key=age_key, reverse=True)

    def in_their_order(self, rows: Iterable[RowOfProject]) -> list[RowOfProject]:
        """Rows of the same runs, as the source tells them, in the order of these."""
        at = {where: n for n, where in enumerate(self.addresses)}
        known = [(at[address(row)], row) for row in rows if address(row) in at]
        return [row for _, row in sorted(known, key=lambda pair: pair[0])]

    def limit(self, count: int, newest: bool) -> None:
        """Keep the first `count` runs, or the `newest` ones, in the order in which they are."""
        self._are_all = self._are_all and len(self.rows) <= count
        if newest:
            kept = {id(row) for row in sorted(self.rows, key=age_key, reverse=True)[:count]}
            self.rows = [row for row in self.rows if id(row) in kept]
        else:
            self.rows = self.rows[:count]

    def _number(self, row: RowOfProject, column: Column) -> float | None:
        value = self.value(row, column)
        if column.kind == "fact" and column.name in TIMES:
            return seconds(value)
        return as_float(value)

    def _miss(self, column: Column) -> None:
        """Report a name that no run has: an error if all runs were asked, else a note."""
        known = names_like(self._source, self.rows)
        if column.text in known or column.name in known:
            return
        what = column.text if column.kind == "config" else f"a metric {column.name!r}"
        hint = nearest_hint(column.text if column.kind == "config" else column.name, known)
        if self._are_all:
            raise NotFound(f"no run in {self._source.where} has {what}{hint}", what=what)
        self.notes.append(f"none of these runs has {what}{hint}")


def parse_sort(text: str) -> list[Sort]:
    """The columns of a list with commas; one with a minus sign in front is sorted from the highest value down."""
    found = []
    for part in split(text, ","):
        is_descending = part.lstrip().startswith("-")
        found.append((parse_column(part.strip().removeprefix("-")), is_descending))
    return found


def names_like(source: Source, rows: Sequence[RowOfProject]) -> list[str]:
    """Names of columns: facts, and the config keys and metrics of the newest runs."""
    found = list(FACTS)
    for row in sorted(rows, key=age_key, reverse=True)[:RUNS_SEARCHED]:
        try:
            found += source.metrics(address(row))
            found += config_keys(source, address(row))
        except SwancliError:
            continue
    return list(dict.fromkeys(found))


def config_keys(source: Source, experiment: Address) -> list[str]:
    """The columns that a run's config has: "config.lr"."""
    from swancli.run_config import flatten

    config = source.details(EXPERIMENT, experiment=experiment).get("config")
    return [f"{CONFIG}{key}" for key, _ in flatten(config)]


def _is_in_row(column: Column) -> bool:
    return column.kind == "fact" and (column.name in IN_ROW or column.name == "age")


def _cost(column: Column) -> int:
    """In which order conditions are checked: on what a row has, what is read of a run, what is read of a metric."""
    return 0 if _is_in_row(column) else 1 if column.kind in ("fact", "config") else 2
