"""What stands for a run in a request, and the order of runs by age.

Not in model.py: every command needs these two, and few need the model's types at run time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from swancli.model import Address, RowOfProject


def age_key(row: RowOfProject) -> tuple[str, int]:
    """What runs are sorted by from the oldest to the newest."""
    return str(row.get("create_time") or ""), row.get("id") or 0


def address(row: RowOfProject) -> Address:
    """What stands for a run in a request."""
    id = row.get("id")
    word: Address = row["run_id"] if id is None else id
    return f"{row['source']}:{word}" if "source" in row else word
