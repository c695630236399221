"""A logdir: its database, and the runs in it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from swancli.errors import DatabaseDamaged, ExperimentNotFound, MetricNotFound, ProjectNotFound
from swancli.logdir.experiment import Experiment, LocalExperiment
from swancli.logdir.local.database import Database
from swancli.logdir.run import Run
from swancli.notes import Notes

if TYPE_CHECKING:
    from swancli.logdir.offline import OfflineRuns
    from swancli.logdir.records.run import RecordedRun
    from swancli.logdir.rows import ExperimentRow, ProjectRow, TagRow
    from swancli.model import Address


class Logdir:
    """The logdir at `path`; what is odd in it is told in `notes`."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.root = os.path.realpath(path)
        self.notes = Notes()
        self.refused: list[str] = []  # symlinks out of the logdir, in place of folders of runs
        self._opened: Database | None = None
        self._offline: OfflineRuns | None = None
        self._damaged: DatabaseDamaged | None = None
        self._records: dict[str, RecordedRun] = {}
        self._fresh: set[str] = set()

    def project(self) -> ProjectRow:
        """The project's row, or ProjectNotFound."""
        database = self._database()
        row = database.project() if database is not None else self._offline_runs().project()
        if row is None and database is not None:
            raise ProjectNotFound(f"no project in {self.path}")
        if row is None:
            raise self._nothing()
        return row

    def experiments(self, all: bool = False) -> list[Experiment]:
        """The experiments by id; with `all` also, behind them, the runs beside a database that have no row in it."""
        database = self._database()
        found: list[Experiment] = []
        if database is not None:
            found += [self._local(database, row) for row in database.experiments()]
            if not all:
                return found
        return found + list(self._offline_runs().runs)

    def experiment(self, address: Address) -> Experiment:
        """The experiment with this id, or the run with this run id; ExperimentNotFound if there is none."""
        database = self._database()
        if isinstance(address, int) and database is not None:
            row = database.experiment(address)
            found: Experiment | None = self._local(database, row) if row is not None else None
        else:
            found = self._offline_runs().find(address)
            if found is None and database is None and not self._offline_runs().runs:
                raise self._nothing()
        if found is None:
            raise ExperimentNotFound(f"no experiment {address} in {self.path}")
        return found

    def tag(self, experiment: Experiment, name: str) -> TagRow:
        """A metric's row, or MetricNotFound."""
        row = experiment.tag(name)
        if row is None:
            raise MetricNotFound(f"no metric {name!r} in experiment {experiment.address}")
        return row

    def overview(self, metric: str | None) -> Iterator[tuple[Experiment, int, TagRow | None]]:
        """Every run on disk, how many metrics it has, and the one named `metric`, or else its main one."""
        from swancli.logdir.main_metric import main_metric

        database = self._database()
        counts = database.tag_counts() if database is not None else {}
        main = {tag["experiment_id"]: tag for tag in database.main_tags(metric)} if database is not None else {}
        for experiment in self.experiments(all=True):
            if isinstance(experiment, LocalExperiment):
                id = experiment.row["id"] or 0
                yield experiment, counts.get(id, 0), main.get(id)
            else:
                tags = experiment.tags()
                yield experiment, len(tags), main_metric(tags, metric)

    def give_up_database(self, error: DatabaseDamaged) -> bool:
        """Go on without a damaged database; False if there are no record files to go on with."""
        self.close()
        self._damaged = error
        if self._offline_runs().runs:
            self.notes(f"{error}; showing what the record files of the runs tell")
            return True
        return False

    def refresh(self) -> None:
        """Read anew from now on; of record files only what is new."""
        self.close()
        self._fresh.clear()
        self._damaged = None

    def close(self) -> None:
        """Let go of the database."""
        if self._opened is not None:
            self._opened.close()
        self._opened = self._offline = None

    def record(self, folder: str) -> RecordedRun:
        """The record file of a run's folder, if it has one."""
        if folder not in self._records:
            from swancli.logdir.records.run import RecordedRun

            self._records[folder] = RecordedRun(folder)
        elif folder not in self._fresh:
            self._records[folder].refresh()
        self._fresh.add(folder)
        return self._records[folder]

    def _database(self) -> Database | None:
        """The database, None if there is none; DatabaseDamaged if it makes no sense."""
        if self._opened is None and self._damaged is None:
            try:
                self._opened = Database(self.root)
            except FileNotFoundError:
                return None
        return self._opened

    def _offline_runs(self) -> OfflineRuns:
        """The runs that only record files tell of."""
        if self._offline is None:
            from swancli.logdir.offline import OfflineRuns

            database = self._database()
            known = (
                frozenset(str(row["run_id"]) for row in database.experiments()) if database is not None else frozenset()
            )
            self._offline = OfflineRuns(self.root, known, database is None, self.notes, self.record)
        return self._offline

    def _local(self, database: Database, row: ExperimentRow) -> LocalExperiment:
        run = Run(self.root, row["run_id"], self.notes, self.refused)
        return LocalExperiment(database, row, run, self.notes, self.record)

    def _nothing(self) -> ProjectNotFound:
        return ProjectNotFound(f"no runs in {self.path}: it has neither runs.swanlab nor record files")
