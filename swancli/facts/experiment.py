"""What an experiment's table shows."""

from __future__ import annotations

from typing import Any

from swancli.endpoints import experiment as answer
from swancli.logdir import state
from swancli.logdir.logdir import Logdir


def experiment(logdir: Logdir, experiment: Any) -> dict[str, Any]:
    """The API's data, state, stale_for, last_write, duration."""
    row = logdir.experiment(experiment)
    return {**answer.experiment(logdir, experiment), **state.facts(logdir.run(row), row)}
