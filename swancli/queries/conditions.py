"""Whether conditions hold for runs, and the states of the runs, for `check` and `wait`, in one request for all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from swancli.addresses import address
from swancli.endpoints import PROJECT
from swancli.errors import AccessDenied, SwancliError, UsageError
from swancli.model import GIVEN_UP, Column
from swancli.names import nearest
from swancli.queries.filters import MISSING
from swancli.queries.values import config_keys

if TYPE_CHECKING:
    from swancli.model import Address, Value
    from swancli.queries.filters import Condition
    from swancli.source import Source

STATE, DURATION, MODE = FACTS = tuple(Column("fact", name) for name in ("state", "duration", "mode"))

NOT_MET, RUN_FAILED = 6, 5  # exit codes


class Look(NamedTuple):
    """What one look at a run found: its identity and state, its duration in seconds, and the values of columns."""

    address: Address
    run_id: str
    name: str
    state: str
    duration: float | None
    mode: str  # local or offline; "" if the source does not tell
    values: dict[str, Value]  # by the text of a column; those that the source does not tell are absent

    def value(self, condition: Condition) -> Value:
        """The value that a condition is about; None if the run has none."""
        return self.values.get(condition.column.text)

    def meets(self, condition: Condition) -> bool:
        """Whether a condition holds."""
        return condition.holds(self.value(condition))

    def check_told(self, source: Source, conditions: Iterable[Condition]) -> None:
        """UsageError if the source can't tell what one of the conditions is about."""
        for condition in conditions:
            if condition.column.text not in self.values:
                raise UsageError(
                    f"{source.where} does not provide {condition.column.text} of experiment {self.address}"
                )


class Verdict(NamedTuple):
    """How the wait for a run ended: why, the condition that decided it, if one did, and the exit code."""

    reason: str  # a state, or the text of a condition, with "not" in front if it never held
    code: int
    condition: Condition | None = None


def look(source: Source, ids: Sequence[Address], conditions: Iterable[Condition]) -> list[Look]:
    """What one look finds of each run; those that do not exist are left out."""
    columns = list(dict.fromkeys([*FACTS, *(condition.column for condition in conditions)]))
    found = source.details(PROJECT, ids=ids, values=columns)
    by_address: dict[Address, Look] = {}
    for row in found.get("experiments") or []:
        values = row.get("values") or {}
        # a server of an earlier version does not know columns, and tells its usual rows
        state = values.get(STATE.text) or row.get("state")
        duration = values.get(DURATION.text, row.get("duration"))
        by_address[address(row)] = Look(
            address(row),
            str(row.get("run_id")),
            str(row.get("name")),
            str(state or "unknown"),
            duration if isinstance(duration, (int, float)) else None,
            str(values.get(MODE.text) or ""),
            values,
        )
    return [by_address[id] for id in ids if id in by_address]


def missing(source: Source, found: Look, conditions: Iterable[Condition]) -> Iterator[tuple[str, str]]:
    """The columns of conditions that the run does not have, each with the end of a sentence on similar ones.

    AccessDenied if the run may not be read, and so is not known to lack anything.
    """
    for condition in conditions:
        column = condition.column
        if found.value(condition) is not None or condition.value == MISSING:
            continue
        near: list[str] = []
        try:
            if column.kind == "config":
                near = nearest(column.text, config_keys(source, found.address))
            elif column.kind != "fact":
                near = nearest(column.name, source.metrics(found.address))
        except AccessDenied:
            raise
        except SwancliError:
            pass
        yield column.text, f"; nearest: {', '.join(near)}" if near else ""


def verdict(found: Look, wanted: Sequence[Condition], refused: Sequence[Condition]) -> Verdict | None:
    """Whether waiting for a run is over: one of `refused` holds, or all of `wanted` do, or it has ended; else None."""
    for condition in refused:
        if found.meets(condition):
            return Verdict(condition.text, NOT_MET, condition)
    if wanted and all(found.meets(condition) for condition in wanted):
        return Verdict(" and ".join(condition.text for condition in wanted), 0, wanted[0])
    if found.state not in GIVEN_UP:
        return None
    if found.state != "finished":
        return Verdict(found.state, RUN_FAILED)
    missed = next((condition for condition in wanted if not found.meets(condition)), None)
    return Verdict(found.state, 0) if missed is None else Verdict(f"not {missed.text}", NOT_MET, missed)
