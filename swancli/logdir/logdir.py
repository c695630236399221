"""A logdir: its database, and the runs in it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from swancli.errors import NotFound
from swancli.logdir.board import Board, Damaged, Row
from swancli.logdir.experiment import Boarded, Experiment
from swancli.logdir.run import Run

if TYPE_CHECKING:
    from swancli.logdir.recorded import RecordedRun
    from swancli.logdir.shelf import Shelf


class Logdir:
    """The logdir at `path`; what is odd in it is told in `notes`."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.root = os.path.realpath(path)
        self.notes: list[str] = []
        self._board: Board | None = None
        self._shelf: Shelf | None = None
        self._damaged: Damaged | None = None
        self._records: dict[str, RecordedRun] = {}
        self._fresh: set[str] = set()

    def note(self, text: str) -> None:
        """Remember a warning, once."""
        if text not in self.notes:
            self.notes.append(text)

    def project(self) -> Row:
        """The project's row, or NotFound."""
        board = self._database()
        row = board.project() if board is not None else self._shelved().project()
        if row is None and board is not None:
            raise NotFound(f"no project in {self.path}", "project not found")
        if row is None:
            raise self._nothing()
        return row

    def experiments(self, all: bool = False) -> list[Experiment]:
        """The experiments by id; with `all` also, behind them, the runs beside a database that have no row in it."""
        board = self._database()
        found: list[Experiment] = []
        if board is not None:
            found += [self._boarded(board, row) for row in board.experiments()]
            if not all:
                return found
        return found + list(self._shelved().runs)

    def experiment(self, address: Any) -> Experiment:
        """The experiment with this id, or the run with this run id; NotFound if there is none."""
        board = self._database()
        if isinstance(address, int) and board is not None:
            row = board.experiment(address)
            found: Experiment | None = self._boarded(board, row) if row is not None else None
        else:
            found = self._shelved().find(address)
            if found is None and board is None and not self._shelved().runs:
                raise self._nothing()
        if found is None:
            raise NotFound(f"no experiment {address} in {self.path}", "experiment not found")
        return found

    def tag(self, experiment: Experiment, name: str) -> Row:
        """A metric's row, or NotFound."""
        row = experiment.tag(name)
        if row is None:
            raise NotFound(f"no metric {name!r} in experiment {experiment.address}", "tag not found")
        return row

    def main_tags(self, name: str | None) -> dict[int, Row]:
        """By experiment id, the metric `name` of each experiment of the database, or the one that says most."""
        board = self._database()
        return {row["experiment_id"]: row for row in board.main_tags(name)} if board is not None else {}

    def metric_counts(self) -> dict[int, int]:
        """By experiment id, how many metrics each experiment of the database has."""
        board = self._database()
        return board.metric_counts() if board is not None else {}

    def give_up_database(self, error: Damaged) -> bool:
        """Go on without a damaged database; False if there are no record files to go on with."""
        self.close()
        self._damaged = error
        if self._shelved().runs:
            self.note(f"{error}; showing what the record files of the runs tell")
            return True
        return False

    def refresh(self) -> None:
        """Read anew from now on; of record files only what is new."""
        self.close()
        self._fresh.clear()
        self._damaged = None

    def close(self) -> None:
        """Let go of the database."""
        if self._board is not None:
            self._board.close()
        self._board = self._shelf = None

    def record(self, folder: str) -> RecordedRun:
        """The record file of a run's folder, if it has one."""
        if folder not in self._records:
            from swancli.logdir.recorded import RecordedRun

            self._records[folder] = RecordedRun(folder)
        elif folder not in self._fresh:
            self._records[folder].refresh()
        self._fresh.add(folder)
        return self._records[folder]

    def _database(self) -> Board | None:
        """The database, None if there is none; Damaged if it makes no sense."""
        if self._board is None and self._damaged is None:
            try:
                self._board = Board(self.root)
            except FileNotFoundError:
                return None
        return self._board

    def _shelved(self) -> Shelf:
        """The runs that only record files tell of."""
        if self._shelf is None:
            from swancli.logdir.shelf import Shelf

            board = self._database()
            known = frozenset(str(row["run_id"]) for row in board.experiments()) if board is not None else frozenset()
            self._shelf = Shelf(self.root, known, board is None, self.note, self.record)
        return self._shelf

    def _boarded(self, board: Board, row: Row) -> Boarded:
        return Boarded(board, row, Run(self.root, row["run_id"], self.note), self.note, self.record)

    def _nothing(self) -> NotFound:
        return NotFound(f"no runs in {self.path}: it has neither runs.swanlab nor record files", "project not found")
