"""What an experiment's table shows."""

from __future__ import annotations

from typing import Any

from swancli.endpoints import experiment as answer
from swancli.logdir import state
from swancli.logdir.experiment import Experiment
from swancli.logdir.logdir import Logdir


def experiment(logdir: Logdir, experiment: Any) -> dict[str, Any]:
    """The API's data, the run's state (`state.facts`), and what only a record file holds: workspace, tags, group,
    job_type, public, and the text of a crash."""
    found = logdir.experiment(experiment)
    return {**answer.experiment(logdir, experiment), **state.facts(found), **_recorded(found)}


def _recorded(experiment: Experiment) -> dict[str, Any]:
    recorded = experiment.recorded()
    if recorded is None:
        return {}
    start = recorded.start
    facts = {key: getattr(start, key) for key in ("workspace", "public", "tags", "group", "job_type")}
    facts["crash"] = recorded.error if recorded.status == state.FAILED else None
    return {key: value for key, value in facts.items() if value not in (None, "", [])}
