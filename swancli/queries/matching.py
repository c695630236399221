"""What is typed to find runs and metrics: a regular expression, or for runs conditions joined by "and"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from swancli.errors import UsageError
from swancli.queries.filters import Condition, parse_condition

AND = re.compile(r"\s+and\s+", re.IGNORECASE)


def pattern(text: str) -> re.Pattern[str]:
    """The regular expression; without an upper-case letter, case does not matter. UsageError if it is invalid."""
    try:
        return re.compile(text, 0 if any(char.isupper() for char in text) else re.IGNORECASE)
    except (re.error, RecursionError, OverflowError) as error:
        raise UsageError(f"{text!r} is not a regular expression: {error}") from None


def conditions(text: str) -> Sequence[Condition] | None:
    """The conditions that a text spells, which all must hold; None if it spells none.

    One word such as "a=b" may well be a part of a name: it is a condition only about a fact, config.KEY or a function.
    """
    found = []
    for part in AND.split(text.strip()):
        try:
            condition = parse_condition(part)
        except UsageError:
            return None
        if condition.column.kind == "metric" and " " not in part.strip():
            return None
        found.append(condition)
    return found
