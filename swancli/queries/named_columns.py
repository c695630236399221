"""Sets of columns that have a name of their own."""

from __future__ import annotations


def named_columns(name: str) -> str | None:
    """The list of columns that a name stands for, None if it is no such name."""
    return None
