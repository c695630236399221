"""GET /api/v1/experiment/<id>: one experiment, its config and the system it ran on."""

from __future__ import annotations

from typing import Any

from swancli.logdir.logdir import Logdir

KEYS = (
    "id", "run_id", "name", "description", "sort", "status", "show", "more", "version", "create_time",
    "update_time", "finish_time",
)  # fmt: skip


def experiment(logdir: Logdir, experiment: Any) -> dict[str, Any]:
    """The experiment's row, [config], system."""
    found = logdir.experiment(experiment)
    return {**{key: found.row.get(key) for key in KEYS}, **found.run.config(), "system": found.run.metadata()}
