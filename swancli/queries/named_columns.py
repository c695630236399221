"""Sets of columns that have a name of their own, in the table `columns` of the configuration file."""

from __future__ import annotations

from swancli import config
from swancli.errors import UsageError


def named_columns(name: str) -> str | None:
    """The list of columns that a name stands for, None if it is no such name."""
    found = config.table("columns").get(name)
    if found is not None and not isinstance(found, str):
        raise UsageError(f"{config.path()}: columns.{name} must be a string")
    return found
