"""GET /api/v1/project: the project and all its experiments."""

from __future__ import annotations

from typing import Any

from swancli.logdir.logdir import Logdir

KEYS = (
    "id", "name", "description", "sum", "charts", "more", "pinned_opened", "hidden_opened", "version",
    "create_time", "update_time",
)  # fmt: skip
EXPERIMENT_KEYS = (
    "id", "run_id", "name", "description", "sort", "status", "show", "light", "dark", "pinned_opened",
    "hidden_opened", "more", "version", "create_time", "finish_time", "update_time",
)  # fmt: skip
PALETTE = [
    "#528d59",
    "#587ad2",
    "#c24d46",
    "#9cbe5d",
    "#6ebad3",
    "#dfb142",
    "#6d4ba4",
    "#8cc5b7",
    "#892d58",
    "#40877c",
    "#d0703c",
    "#d47694",
    "#e3b292",
    "#b15fbb",
    "#905f4a",
    "#989fa3",
]


def project(logdir: Logdir, all: bool = False) -> dict[str, Any]:
    """The project's row, the logdir's real path, the experiments by id with their configs, the palette.

    With `all`, runs that lie beside the database without a row in it follow the others; their id is null.
    """
    row = logdir.project()
    experiments = []
    for experiment in logdir.experiments(all):
        data = {key: experiment.row.get(key) for key in EXPERIMENT_KEYS}
        data["experiment_id"] = experiment.row["id"]
        data.update(experiment.run.config())
        experiments.append(data)
    return {
        **{key: row.get(key) for key in KEYS},
        "logdir": logdir.root,
        "experiments": experiments,
        "colors": {"light": PALETTE, "dark": PALETTE},
    }
