"""GET /api/v1/experiment/<id>/status: whether the experiment runs, and its charts."""

from __future__ import annotations

from typing import Any

from swancli.endpoints.charts import charts
from swancli.logdir.logdir import Logdir


def status(logdir: Logdir, experiment: Any) -> dict[str, Any]:
    """What the database says: 0 running, 1 finished, -1 crashed or stopped."""
    row = logdir.experiment(experiment).row
    return {
        "status": row.get("status"),
        "update_time": row.get("update_time"),
        "finish_time": row.get("finish_time"),
        "charts": charts(logdir, experiment),
    }
