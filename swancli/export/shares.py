"""Many logdirs in shares of about the same size, which processes on several machines can read independently."""

from __future__ import annotations

import glob
import os
import threading
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, cast

from swancli.api.chunks import Chunk, chunks
from swancli.api.run import Run
from swancli.errors import NoLogdir, SwancliError
from swancli.export.contents import Contents
from swancli.logdir.local.series import LocalSeries
from swancli.logdir.points import Points
from swancli.logdir.records.series import RecordedSeries
from swancli.source import LocalSource, is_object_store, open_source

if TYPE_CHECKING:
    from swancli.logdir.experiment import Experiment
    from swancli.logdir.series import Series, Slice
    from swancli.model import Address, RowOfProject

SHARE_BYTES = 32 << 20
MAX_MEASURED_RUNS = 5000  # whose slices' sizes are all looked up; if there are more, runs are counted instead
RUNS_OF_A_SHARE = 16  # then
RECORDED_BYTES = 1 << 16  # the size that a metric in a record file is assumed to have
MAGIC = "*?["


class Wanted(NamedTuple):
    """What is asked for: names, None for all; steps from the first to the last, None for an open end."""

    projects: frozenset[str] | None = None
    run_ids: frozenset[str] | None = None
    metrics: frozenset[str] | None = None
    first_step: int | None = None
    last_step: int | None = None


class Cut(NamedTuple):
    """The bytes of a slice from `start` to `end`, -1 for the end of the slice."""

    name: str
    start: int = 0
    end: int = -1


class Share(NamedTuple):
    """A part of a run: all metrics that are wanted, or some slices of one, or some of its rows in a record file."""

    logdir: str
    run: Address
    metric: str | None = None
    cuts: tuple[Cut, ...] | None = None
    rows: tuple[int, int] | None = None


class Opened:
    """A logdir that is being read; each process opens its own."""

    def __init__(self, path: str) -> None:
        source = open_source(logdir=path)
        assert isinstance(source, LocalSource)
        self.source, self.path = source, path
        self.project = str(source.logdir.project().get("name") or "")

    def experiments(self, wanted: Wanted) -> Iterator[Experiment]:
        """The runs that are wanted."""
        if wanted.projects is not None and self.project not in wanted.projects:
            return
        for found in self.source.logdir.experiments(all=True):
            if wanted.run_ids is None or found.row["run_id"] in wanted.run_ids:
                yield found

    def contents(self, run: Address) -> Contents:
        """What an export writes of a run."""
        row = cast("RowOfProject", dict(self.source.logdir.experiment(run).row))
        return Contents(Run(self.source, threading.RLock(), row), self.project)

    def chunks(self, share: Share, wanted: Wanted) -> Iterator[tuple[str, Iterator[Chunk]]]:
        """The points of a share by metric; read each before the next."""
        experiment = self.source.logdir.experiment(share.run)
        names = [tag["name"] for tag in experiment.tags()] if share.metric is None else [share.metric]
        for name in names:
            if wanted.metrics is None or name in wanted.metrics:
                series = series_of(experiment, name)
                if series is not None:
                    yield name, _within(_read(series, share), wanted)

    def close(self) -> None:
        """Close it."""
        self.source.close()


class _Part(LocalSeries):
    """Some slices of a series, or parts of these."""

    def __init__(self, whole: LocalSeries, cuts: Sequence[Cut]) -> None:
        super().__init__(whole.root, whole.folder, lambda _: None)
        self._cuts = {cut.name: cut for cut in cuts}

    def slices(self, fresh: bool = False) -> list[Slice]:
        """The slices in the order of their numbers."""
        return [part for part in super().slices(fresh) if part.name in self._cuts]

    def read(self, path: str) -> bytes:
        """The bytes of a slice that belong to this part."""
        cut = self._cuts[path.rpartition("/")[2]]
        return super().read(path)[cut.start : None if cut.end < 0 else cut.end]


def logdirs(patterns: Sequence[str], timeout: float | None = None) -> list[str]:
    """The logdirs that paths and patterns name, without repeats; NoLogdir if one of these names none."""
    return list(dict.fromkeys(path for pattern in patterns for path in _named(pattern, timeout)))


def _named(pattern: str, timeout: float | None) -> list[str]:
    from swancli.logdir import disk
    from swancli.logdir.locate import is_logdir, locate

    if is_object_store(pattern):
        from swancli import objects

        objects.attach(timeout)
    if not any(sign in pattern for sign in MAGIC):
        return [locate(pattern, lambda _: None)]
    if is_object_store(pattern):
        scheme, _, rest = pattern.partition("://")
        bucket, *parts = rest.strip("/").split("/")
        found = list(_matching(f"{scheme}://{bucket}", parts))
    else:
        found = glob.glob(os.path.expanduser(pattern))
    found = sorted(path for path in found if disk.isdir(path) and is_logdir(path))
    if not found:
        raise NoLogdir(f"no logdir matches {pattern!r}")
    return found


def shares(opened: Opened, wanted: Wanted, size: int = SHARE_BYTES) -> Iterator[list[Share]]:
    """What is wanted of a logdir in groups of about `size` bytes."""
    experiments = list(opened.experiments(wanted))
    if len(experiments) > MAX_MEASURED_RUNS:
        for start in range(0, len(experiments), RUNS_OF_A_SHARE):
            yield [Share(opened.path, one.address) for one in experiments[start : start + RUNS_OF_A_SHARE]]
        return
    group: list[Share] = []
    held = 0
    for experiment in experiments:
        for share, weight in _measured(opened.path, experiment, wanted, size):
            if group and held + weight > size:
                yield group
                group, held = [], 0
            group.append(share)
            held += weight
    if group:
        yield group


def runs(opened: Opened, wanted: Wanted) -> Iterator[list[Share]]:
    """All runs that are wanted, some at a time."""
    found = [Share(opened.path, one.address) for one in opened.experiments(wanted)]
    return (found[start : start + RUNS_OF_A_SHARE] for start in range(0, len(found), RUNS_OF_A_SHARE))


def series_of(experiment: Experiment, metric: str) -> Series | None:
    """The points of a metric; None if it has none on disk."""
    tag = experiment.tag(metric)
    series = experiment.series(tag) if tag is not None else None
    return series if series is not None and series.exists() else None


def problems(opened: Opened, share: Share) -> Iterator[str]:
    """What is wrong with a run: what can't be read, and what was left out."""
    source, before = opened.source, set(opened.source.notes)
    try:
        contents = opened.contents(share.run)
        contents.config()
        contents.count_points()
        for _ in contents.run.lines():
            pass
        contents.row()
        recorded = source.logdir.experiment(share.run).recorded()
        if recorded is not None and recorded.problem:
            yield recorded.problem
    except SwancliError as error:
        yield str(error)
    yield from (note for note in source.notes if note not in before)


def _measured(path: str, experiment: Experiment, wanted: Wanted, size: int) -> Iterator[tuple[Share, int]]:
    """The parts of one run with their sizes in bytes; only the folders of the metrics that are wanted are listed."""
    for tag in experiment.tags():
        name = tag["name"]
        if wanted.metrics is not None and name not in wanted.metrics:
            continue
        series = series_of(experiment, name)
        if not isinstance(series, LocalSeries):
            if series is not None:
                yield Share(path, experiment.address, name), RECORDED_BYTES
            continue
        part: list[Cut] = []
        held = 0
        for slice_, bytes_ in _sizes(series):
            if part and held + bytes_ > size:
                yield Share(path, experiment.address, name, tuple(part)), held
                part, held = [], 0
            part.append(Cut(slice_.name))
            held += bytes_
        if part:
            yield Share(path, experiment.address, name, tuple(part)), held


def _sizes(series: LocalSeries) -> Iterator[tuple[Slice, int]]:
    from swancli.logdir.file_state import file_state

    for part in series.slices():
        state = file_state(part.path)
        yield part, 0 if state is None else state[2]


def _read(series: Series, share: Share) -> Iterator[Chunk]:
    if share.rows is not None and isinstance(series, RecordedSeries):
        first, last = share.rows
        return chunks(islice(series.after(first), last - first))
    if share.cuts is not None and isinstance(series, LocalSeries):
        series = _Part(series, share.cuts)
    return chunks(Points(series, whole=True))


def _within(parts: Iterator[Chunk], wanted: Wanted) -> Iterator[Chunk]:
    """The parts that may contain steps that are wanted."""
    low, high = wanted.first_step, wanted.last_step
    for part in parts:
        if part.steps and (low is None or max(part.steps) >= low) and (high is None or min(part.steps) <= high):
            yield part


def _matching(folder: str, parts: Sequence[str]) -> Iterator[str]:
    """The paths below a folder of an object store whose parts match patterns."""
    from fnmatch import fnmatchcase

    from swancli.logdir import disk

    if not parts:
        yield folder
        return
    if not any(sign in parts[0] for sign in MAGIC):
        yield from _matching(f"{folder}/{parts[0]}", parts[1:])
        return
    with disk.scandir(folder) as entries:
        names = [entry.name for entry in entries if entry.is_dir() and fnmatchcase(entry.name, parts[0])]
    for name in names:
        yield from _matching(f"{folder}/{name}", parts[1:])
