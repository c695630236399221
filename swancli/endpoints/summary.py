"""GET /api/v1/experiment/<id>/summary: the latest value of every metric."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swancli.logdir import disk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swancli.logdir.fingerprint import Fingerprint
    from swancli.logdir.logdir import Logdir
    from swancli.logdir.rows import TagRow
    from swancli.model import Address, Data, MetricSummary, Summary

NO_FOLDER = "TypeError"  # the API's word for a metric without data
SLICES_READ = 2  # of a metric, at the most


def answer(logdir: Logdir, experiment: Address) -> Data:
    """The `data` of the last line written, metric by metric; null where there is none yet."""
    found = logdir.experiment(experiment)

    def last_of(tag: TagRow) -> Data:
        series = found.series(tag)
        if not series.exists():
            return {"key": tag["name"], "value": NO_FOLDER}
        last = series.last()
        return {"key": tag["name"], "value": None if last is None else last["data"]}

    return {"summaries": list(disk.each(last_of, found.tags()))}


def details(logdir: Logdir, experiment: Address, shapes: bool = False, names: Sequence[str] | None = None) -> Summary:
    """For each metric the latest value, the extremes and their steps, and with `shapes`, values for a sparkline.

    With `names`, only for these, in that order; MetricNotFound if the run lacks one.
    """
    from swancli.logdir.series import step_of
    from swancli.model import TREND_VALUES

    of = logdir.experiment(experiment)

    def summary_of(tag: TagRow) -> MetricSummary:
        series = of.series(tag)
        found: MetricSummary = {"key": tag["name"], "type": tag.get("type"), "points": 0}
        if series.exists() and (last := series.last()) is not None:
            found = {**found, "value": last["data"], "step": step_of(last), "points": series.count(), **series.ends()}
            if shapes:
                found["shape"] = series.shape(TREND_VALUES)
        return found

    tags = of.tags() if names is None else [logdir.tag(of, name) for name in names]
    return {"summaries": list(disk.each(summary_of, tags))}


def depends(found: Fingerprint, logdir: Logdir, experiment: Address) -> None:
    """The last slices of every metric."""
    of = logdir.experiment(experiment)
    found.add(of.run.path("logs"))
    for tag in of.tags():
        found.add_series(of, tag, SLICES_READ)
