"""GET /api/v1/experiment/<id>/summary: the latest value of every metric."""

from __future__ import annotations

from typing import Any

from swancli.logdir.logdir import Logdir

NO_FOLDER = "TypeError"  # the API's word for a metric without data


def summary(logdir: Logdir, experiment: Any) -> dict[str, Any]:
    """The `data` of the last line written, metric by metric; null where there is none yet."""
    found = logdir.experiment(experiment)
    summaries = []
    for tag in found.tags():
        series = found.series(tag)
        if series.exists():
            last = series.last()
            value = None if last is None else last["data"]
        else:
            value = NO_FOLDER
        summaries.append({"key": tag["name"], "value": value})
    return {"summaries": summaries}
