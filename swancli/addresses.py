"""The address of a run in a request, and the order of runs by age.

Not in model.py: every command needs these two, and few need the model's types at run time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from swancli.model import Address, RowOfProject


def age_key(row: RowOfProject) -> tuple[str, int]:
    """The key that sorts runs from the oldest to the newest."""
    return str(row.get("create_time") or ""), row.get("id") or 0


def address(row: RowOfProject) -> Address:
    """The address of a run in a request: its id, or else its run id, after the name of its source if it has one."""
    id = row.get("id")
    word: Address = row["run_id"] if id is None else id
    return f"{row['source']}:{word}" if "source" in row else word
