"""A logdir: its database, and the runs in it."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from swancli.errors import AccessDenied, DatabaseDamaged, ExperimentNotFound, MetricNotFound, ProjectNotFound
from swancli.logdir import disk
from swancli.logdir.experiment import RUNNING, Experiment, LocalExperiment
from swancli.logdir.local.database import Database
from swancli.logdir.run import Run
from swancli.logdir.series import HARDWARE_PREFIX
from swancli.notes import Notes

if TYPE_CHECKING:
    from swancli.cache import Cache
    from swancli.logdir.offline import OfflineRuns
    from swancli.logdir.records.kept_runs import KeptRuns
    from swancli.logdir.records.run import RecordedRun
    from swancli.logdir.rows import ExperimentRow, ProjectRow, TagRow
    from swancli.model import Address

FEW = 16  # runs that are looked up one by one, rather than among all


class Logdir:
    """The logdir at `path`; `notes` collects warnings about its data."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.root = disk.realpath(path)
        self.notes = Notes()
        self.refused: list[str] = []  # symlinks out of the logdir, in place of folders of runs
        self._opened: Database | None = None
        self._local_runs: list[LocalExperiment] | None = None  # those of the database, once all have been asked for
        self._offline: OfflineRuns | None = None
        self._damaged: DatabaseDamaged | None = None
        self._records: dict[str, RecordedRun] = {}
        self._opened_cache: Cache | None = None
        self._kept_runs: KeptRuns | None = None
        self._fresh: set[str] = set()

    def project(self) -> ProjectRow:
        """The project's row, or ProjectNotFound."""
        database = self._database()
        row = database.project() if database is not None else self._offline_runs().project()
        if row is None and database is not None:
            raise ProjectNotFound(f"no project in {self.path}")
        if row is None:
            raise self._no_runs()
        return row

    def experiments(self, all: bool = False) -> list[Experiment]:
        """The experiments by id; with `all`, followed by the runs on disk that are not in the database."""
        database = self._database()
        found: list[Experiment] = []
        if database is not None:
            if self._local_runs is None:
                self._local_runs = [self._local(database, row) for row in database.experiments()]
            found += self._local_runs
            if not all:
                return found
        self._offline_runs().look_up_versions()
        return found + list(self._offline_runs().runs)

    def heads(self, word: str | None = None, newest: bool = False) -> list[ExperimentRow]:
        """The rows of experiments(all=True), with the columns that identify them, read from as few files as possible.

        With a word, at least those with this name, or with a run id that contains it; with `newest`, also the newest.
        """
        database = self._database()
        found = database.heads(word, newest) if database is not None else []
        return found + self._offline_runs().heads(word, newest)

    def experiment(self, address: Address) -> Experiment:
        """The experiment with this id, or the run with this run id; ExperimentNotFound if there is none."""
        database = self._database()
        if isinstance(address, int) and database is not None:
            row = database.experiment(address)
            found: Experiment | None = self._local(database, row) if row is not None else None
        else:
            found = self._offline_runs().find(address)
            if found is None and database is None and not len(self._offline_runs()):
                raise self._no_runs()
        if found is None:
            for folder in self._offline_runs().denied if database is None or isinstance(address, str) else ():
                if os.path.basename(folder) == address:
                    raise AccessDenied(f"permission denied: {folder}")
            raise ExperimentNotFound(f"no experiment {address} in {self.path}")
        if not found.run.is_readable():
            raise AccessDenied(f"permission denied: {found.run.folder}")
        return found

    def denied(self, addresses: Collection[Address] | None = None) -> list[str]:
        """The folders that may not be read, of the runs with one of these addresses; of all runs if None."""
        found = self.experiments() if addresses is None else self.chosen(addresses)
        folders = [one.run.folder for one in found if not one.run.is_readable()]
        offline = self._offline_runs().denied if self._database() is None else []
        return folders + [one for one in offline if addresses is None or os.path.basename(one) in addresses]

    def tag(self, experiment: Experiment, name: str) -> TagRow:
        """A metric's row, or MetricNotFound."""
        row = experiment.tag(name)
        if row is None:
            raise MetricNotFound(f"no metric {name!r} in experiment {experiment.address}", name)
        return row

    def chosen(self, addresses: Collection[Address] | None) -> list[Experiment]:
        """Those of experiments(all=True) with one of these addresses; all if None."""
        database = self._database()
        if addresses is None or len(addresses) > FEW or database is None:
            found = self.experiments(all=True)
            known = set(addresses or ())
            return found if addresses is None else [one for one in found if one.address in known]
        rows = [database.experiment(id) for id in sorted({id for id in addresses if isinstance(id, int)})]
        local: list[Experiment] = [self._local(database, row) for row in rows if row is not None]
        names = {address for address in addresses if isinstance(address, str)}
        return local + ([run for run in self._offline_runs().runs if run.address in names] if names else [])

    def overview(
        self, metric: str | None, addresses: Collection[Address] | None = None, states: bool = False
    ) -> Iterator[tuple[Experiment, int, list[TagRow]]]:
        """Every run, how many metrics it has, and those of them that `metric`, a name or a glob, matches.

        Without a `metric`, this is the main one. With `addresses`, only these runs. `states` says that the states of
        all of them will be needed.
        """
        from swancli import progress
        from swancli.logdir.main_metric import chosen

        database = self._database()
        counts = database.tag_counts() if database is not None else {}
        shown: dict[int | None, list[TagRow]] = {}
        if database is not None:
            for tag in database.main_tags() if metric is None else database.matching_tags(metric):
                shown.setdefault(tag["experiment_id"], []).append(tag)
        experiments = self.chosen(addresses)
        self._scan(experiments)
        if states:
            _look_ahead(experiments, counts)
        for n, experiment in enumerate(experiments):
            progress.report(n, len(experiments))
            if isinstance(experiment, LocalExperiment):
                id = experiment.row["id"] or 0
                yield experiment, counts.get(id, 0), shown.get(id, [])
            else:
                tags = experiment.tags()
                yield experiment, len(tags), chosen(tags, metric)
        progress.report(len(experiments), len(experiments))

    def tags_named(
        self, names: Sequence[str], experiments: Sequence[Experiment]
    ) -> Callable[[Experiment, str], TagRow | None]:
        """A function that returns the row of one of these metrics in one of these experiments."""
        if len(experiments) <= FEW:
            return lambda experiment, name: experiment.tag(name)
        database = self._database()
        found: dict[tuple[Address | None, str], TagRow] = {}
        if database is not None and names:
            for tag in database.named_tags(names):
                found.setdefault((tag["experiment_id"], tag["name"]), tag)
        if names:
            self._scan(experiments)

        def tag_of(experiment: Experiment, name: str) -> TagRow | None:
            if isinstance(experiment, LocalExperiment) and not name.startswith(HARDWARE_PREFIX):
                return found.get((experiment.row["id"], name))
            return experiment.tag(name)

        return tag_of

    def _scan(self, experiments: Sequence[Experiment]) -> None:
        """Read the record files of the runs that have nothing else, in parallel."""
        recorded = [one.recorded() for one in experiments if not isinstance(one, LocalExperiment)]
        if recorded:
            from swancli.logdir.records import in_processes

            in_processes.scan([record for record in recorded if record is not None])

    def give_up_database(self, error: DatabaseDamaged) -> bool:
        """Continue without a damaged database; False if there are no record files either."""
        self._close_database()
        self._damaged = error
        if len(self._offline_runs()):
            self.notes(f"{error}; showing what the record files of the runs contain")
            return True
        return False

    def refresh(self) -> None:
        """Forget what was read; from record files, only what is new will be read."""
        self._close_database()
        disk.look_again(self.root)
        self._fresh.clear()
        self._damaged = None

    def close(self) -> None:
        """Close the database, and store in the cache what has been learned from record files."""
        if self._offline is not None:
            self._offline.keep()
        for recorded in self._records.values():
            recorded.keep()
        self._close_database()

    def _close_database(self) -> None:
        if self._opened is not None:
            self._opened.close()
        self._opened = self._offline = self._local_runs = None

    def record(self, folder: str) -> RecordedRun:
        """The record file of a run's folder, if it has one."""
        if folder not in self._records:
            self._records[folder] = self._new_record(folder)
        elif folder not in self._fresh:
            self._records[folder].look_again()
        self._fresh.add(folder)
        return self._records[folder]

    @cached_property
    def _new_record(self) -> Callable[[str], RecordedRun]:
        from swancli.logdir.records.memory import Memory
        from swancli.logdir.records.run import RecordedRun

        cache, memory = self._cache(), Memory()
        return lambda folder: RecordedRun(folder, cache, memory)

    def _database(self) -> Database | None:
        """The database; None if there is none, or it has been given up."""
        if self._opened is None and self._damaged is None:
            try:
                self._opened = Database(self.root)
            except FileNotFoundError:
                return None
        return self._opened

    def _offline_runs(self) -> OfflineRuns:
        """The runs that are not in the database."""
        if self._offline is None:
            from swancli.logdir.offline import OfflineRuns

            database = self._database()
            known: frozenset[str] = database.run_ids() if database is not None else frozenset()
            self._offline = OfflineRuns(self.root, known, database is None, self.notes, self.record, self._kept)
        return self._offline

    def _kept(self) -> KeptRuns:
        """What the cache knows about the runs."""
        if self._kept_runs is None:
            from swancli.logdir.records.kept_runs import KeptRuns

            self._kept_runs = KeptRuns(self._cache(), self.root)
        return self._kept_runs

    def _cache(self) -> Cache:
        """The cache, for what is learned from record files."""
        if self._opened_cache is None:
            from swancli.cache import Cache

            self._opened_cache = Cache(self.root)
        return self._opened_cache

    def _local(self, database: Database, row: ExperimentRow) -> LocalExperiment:
        run = Run(self.root, row["run_id"], self.notes, self.refused)
        return LocalExperiment(database, row, run, self.notes, self.record)

    def _no_runs(self) -> ProjectNotFound:
        return ProjectNotFound(f"no runs in {self.path}: it has neither runs.swanlab nor record files")


def _look_ahead(experiments: Sequence[Experiment], counts: Mapping[int, int]) -> None:
    """Look at the files of the runs marked running, if these have many metrics."""
    local = (one for one in experiments if isinstance(one, LocalExperiment))
    running = [one for one in local if one.row.get("status") == RUNNING]
    from swancli.logdir import state

    if sum(counts.get(one.row["id"] or 0, 0) for one in running) >= state.MIN_METRICS:
        state.look_ahead([one.run for one in running])
