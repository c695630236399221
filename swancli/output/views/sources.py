"""`swancli sources`: a row for each source: whether it answers, how fast, and what it holds."""

from __future__ import annotations

from collections.abc import Sequence

from swancli.model import SourceState
from swancli.output.table import Column, Table

COLUMNS = (
    Column("name", "source", "name"),
    Column("where", "address", "name"),
    Column("answers", "answers", "flag", 0, "pipe"),
    Column("version", "swancli", "text", 4),
    Column("runs", "runs", "step", 2),
    Column("running", "running", "step", 3),
    Column("seconds", "seconds", "number", 5),
    Column("error", "error", "long"),
)


def sources(states: Sequence[SourceState]) -> list[Table]:
    """A table of the states."""
    rows = [
        (
            one["name"], one["where"], one["answers"], one["version"], one["runs"], one["running"],
            round(one["seconds"], 3) if one["answers"] else None, one["error"],
        )
        for one in states
    ]  # fmt: skip
    return [Table(COLUMNS, rows)]
