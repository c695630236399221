"""What a status table shows."""

from __future__ import annotations

from typing import Any

from swancli.endpoints import status as answer
from swancli.logdir import state
from swancli.logdir.logdir import Logdir


def status(logdir: Logdir, experiment: Any) -> dict[str, Any]:
    """The API's data, name, create_time, state, stale_for, last_write, duration."""
    found = logdir.experiment(experiment)
    row = found.row
    return {
        **answer.status(logdir, experiment),
        "id": row["id"],
        "name": row["name"],
        "create_time": row.get("create_time"),
        **state.facts(found),
    }
