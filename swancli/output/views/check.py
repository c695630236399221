"""`swancli check`: a line for each condition: whether it holds, the value found, what was wanted."""

from __future__ import annotations

from collections.abc import Sequence

from swancli.model import Checked
from swancli.output.table import Column, State, Table


def check(results: Sequence[Checked]) -> list[Table]:
    """A table of the results; a terminal shows the runs only if there are several."""
    several = len({one.address for one in results}) > 1
    columns = (
        Column("result", "result", "state"),
        Column("id", "id", "name", 0, "" if several else "pipe"),
        Column("name", "name", "name", 1, "" if several else "pipe"),
        Column("condition", "condition", "name"),
        Column("value", "value", "value"),
        Column("wanted", "wanted", "text"),
    )
    rows = [
        (State("ok" if one.holds else "FAILED"), one.address, one.name, one.condition, one.value, one.wanted)
        for one in results
    ]
    return [Table(columns, rows)]
