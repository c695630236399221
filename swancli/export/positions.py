"""How far series have been read: positions that stay valid while runs continue, and what lies between two of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

from swancli.export.shares import Cut, Opened, Share, Wanted
from swancli.logdir import disk
from swancli.logdir.experiment import LocalExperiment
from swancli.logdir.local.series import LocalSeries
from swancli.logdir.paths import end_of_lines, open_below
from swancli.logdir.records.series import RecordedSeries

if TYPE_CHECKING:
    from swancli.logdir.experiment import Experiment
    from swancli.logdir.series import Series

# For a series in slices: the name of the last slice, and how many bytes of it are complete lines. For one in a record
# file: how many points there are.
Position: TypeAlias = "list[str | int]"
Positions: TypeAlias = "dict[str, dict[str, Position]]"  # by run id and metric


class Ends:
    """Looks up where series end; what has not grown is not read again."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, int]] = {}  # by the path of a slice: its size, and where its lines end

    def of(self, opened: Opened, wanted: Wanted) -> Positions:
        """The ends of all series that are wanted."""
        found: Positions = {}
        for experiment in opened.experiments(wanted):
            ends = found.setdefault(str(experiment.row["run_id"]), {})
            for tag in experiment.tags():
                if wanted.metrics is None or tag["name"] in wanted.metrics:
                    end = self._end(_series(experiment, tag["name"]))
                    if end is not None:
                        ends[tag["name"]] = end
        return found

    def _end(self, series: Series | None) -> Position | None:
        if isinstance(series, RecordedSeries):
            return [series.count()]
        if not isinstance(series, LocalSeries) or not series.slices():
            return None
        last = series.slices()[-1]
        from swancli.logdir.file_state import file_state

        state = file_state(last.path)
        size = 0 if state is None else state[2]
        if self._known.get(last.path, (-1, 0))[0] != size:
            self._known[last.path] = size, _end_of_lines(series.root, last.path, size)
        return [last.name, self._known[last.path][1]]


def between(opened: Opened, wanted: Wanted, start: Positions, end: Positions) -> Iterator[Share]:
    """What is to be read to get from one set of positions to another."""
    for experiment in opened.experiments(wanted):
        run_id = str(experiment.row["run_id"])
        for metric, last in end.get(run_id, {}).items():
            first = start.get(run_id, {}).get(metric)
            if first == last:
                continue
            if len(last) == 1:
                rows = int(first[0]) if first is not None and len(first) == 1 else 0, int(last[0])
                yield Share(opened.path, experiment.address, metric, rows=rows)
                continue
            series = _series(experiment, metric)
            if isinstance(series, LocalSeries):
                cuts = tuple(_cuts([part.name for part in series.slices()], first, last))
                yield Share(opened.path, experiment.address, metric, cuts)


def _cuts(names: list[str], first: Position | None, last: Position) -> Iterator[Cut]:
    """The parts of slices from one position to another."""
    began = first is None or len(first) == 1
    for name in names:
        start = 0
        if not began:
            assert first is not None
            if name != first[0]:
                continue
            began, start = True, int(first[1])
        if name == last[0]:
            yield Cut(name, start, int(last[1]))
            return
        yield Cut(name, start)


def _series(experiment: Experiment, metric: str) -> Series | None:
    """The points of a metric, None if there are none; for a run marked running, only those in its folder count."""
    tag = experiment.tag(metric)
    if tag is None:
        return None
    if isinstance(experiment, LocalExperiment):
        local = experiment.run.series(tag)
        if local.exists() or experiment.row.get("status") == 0:
            return local if local.exists() else None
    series = experiment.series(tag)
    return series if series.exists() else None


def _end_of_lines(root: str, path: str, size: int) -> int:
    """Where the last complete line within the first `size` bytes of a slice ends; 0 if it can't be read."""
    try:
        fd = open_below(root, path)
    except OSError:
        return 0
    try:
        return end_of_lines(fd, size)
    finally:
        disk.close(fd)
