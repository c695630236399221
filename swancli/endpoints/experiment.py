"""GET /api/v1/experiment/<id>: one experiment, its config and the system it ran on."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, cast

from swancli.reply import picked

if TYPE_CHECKING:
    from swancli.logdir.experiment import Experiment
    from swancli.logdir.fingerprint import Fingerprint
    from swancli.logdir.logdir import Logdir
    from swancli.model import Address, Data, Run

KEYS = (
    "id", "run_id", "name", "description", "sort", "status", "show", "more", "version", "create_time",
    "update_time", "finish_time",
)  # fmt: skip


def answer(logdir: Logdir, experiment: Address) -> Data:
    """The experiment's row, [config], system."""
    return _answer(logdir.experiment(experiment))


def details(logdir: Logdir, experiment: Address, requirements: bool = False) -> Run:
    """The answer, what the files say about the run's state, and what only its record file holds.

    With `requirements`, also the lines of requirements.txt.
    """
    from swancli.logdir.state import run_state

    found = logdir.experiment(experiment)
    more: Run = {"requirements": found.run.requirements()} if requirements else {}
    return cast("Run", {**_answer(found), **run_state(found), **_recorded(found), **more})


def depends(found: Fingerprint, logdir: Logdir, experiment: Address) -> None:
    """The side files."""
    folder = logdir.experiment(experiment).run.path("files")
    for name in ("config.yaml", "swanlab-metadata.json"):
        found.add(os.path.join(folder, name))


def _answer(experiment: Experiment) -> Data:
    return {**picked(experiment.row, KEYS), **experiment.run.config(), "system": experiment.run.metadata()}


def _recorded(experiment: Experiment) -> Run:
    recorded = experiment.recorded()
    if recorded is None:
        return {}
    start = recorded.start
    run: Run = {}
    if start.workspace:
        run["workspace"] = start.workspace
    if start.public is not None:
        run["public"] = start.public
    if start.tags:
        run["tags"] = start.tags
    if start.group:
        run["group"] = start.group
    if start.job_type:
        run["job_type"] = start.job_type
    if recorded.status < 0 and (crash := recorded.error):
        run["crash"] = crash
    return run
