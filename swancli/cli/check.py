"""The body of `swancli check`: which words are runs and which are conditions, and whether these hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from swancli.cli.session import Session
from swancli.errors import NotFound, SwancliError, UsageError
from swancli.model import Checked
from swancli.queries import selector
from swancli.queries.conditions import NOT_MET, look, missing
from swancli.queries.filters import parse_condition

if TYPE_CHECKING:
    from swancli.model import Address
    from swancli.output.table import Table
    from swancli.queries.filters import Condition

USAGE = "usage: swancli check [EXPS] CONDITION..."


def check(session: Session, words: Sequence[str]) -> None:
    """Print whether each condition holds for each run; exit with NOT_MET if one does not."""
    if session.json:
        raise UsageError("check is not an endpoint of the API: use --jsonl")
    ids, conditions = _asked(session, words)
    results: list[Checked] = []

    def tables() -> list[Table]:
        from swancli.output.views.check import check as view

        looks = look(session.source, ids, conditions)
        if gone := set(ids).difference(one.address for one in looks):
            raise selector.unknown(session.source, gone.pop())
        for one in looks:
            one.check_told(session.source, conditions)
            for text, hint in missing(session.source, one, conditions):
                session.note(f"experiment {one.address} has no {text}{hint}")
            for condition in conditions:
                value, column = one.value(condition), condition.column
                results.append(
                    Checked(one.address, one.name, one.meets(condition), column.text, value, condition.wanted)
                )
        return view(results)

    session.show(tables)
    if not session.has_failed and not all(result.holds for result in results):
        raise typer.Exit(NOT_MET)


def _asked(session: Session, words: Sequence[str]) -> tuple[list[Address], list[Condition]]:
    """The runs and the conditions: the first word is a condition if it names no run and the logdir has only one."""
    if not words:
        raise UsageError(f"which condition? {USAGE}")
    first, *rest = words
    if not rest:
        try:
            conditions = [parse_condition(first)]
        except UsageError as error:
            error.more = (USAGE, *error.more)
            raise
        return session.experiments(None), conditions
    try:
        ids = session.experiments(first)
    except SwancliError as error:
        if not isinstance(error, (NotFound, UsageError)) or not _is_condition(first):
            raise
        return session.experiments(None), [*map(parse_condition, words)]
    return ids, [*map(parse_condition, rest)]


def _is_condition(word: str) -> bool:
    try:
        parse_condition(word)
    except UsageError:
        return False
    return True
