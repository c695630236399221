"""A logdir: its database, and the runs in it."""

from __future__ import annotations

import os
from typing import Any

from swancli.errors import NotFound
from swancli.logdir.board import Board, Row
from swancli.logdir.run import Run


class Logdir:
    """The logdir at `path`; what is odd in it is told in `notes`."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.root = os.path.realpath(path)
        self.notes: list[str] = []
        self._board: Board | None = None

    def note(self, text: str) -> None:
        """Remember a warning, once."""
        if text not in self.notes:
            self.notes.append(text)

    @property
    def board(self) -> Board:
        """The database; NotFound if there is none."""
        if self._board is None:
            try:
                self._board = Board(self.root)
            except FileNotFoundError:
                raise NotFound(f"no runs in {self.path}: it has no runs.swanlab", "project not found") from None
        return self._board

    def project(self) -> Row:
        """The project's row, or NotFound."""
        row = self.board.project()
        if row is None:
            raise NotFound(f"no project in {self.path}", "project not found")
        return row

    def experiment(self, id: Any) -> Row:
        """An experiment's row, or NotFound."""
        row = self.board.experiment(id)
        if row is None:
            raise NotFound(f"no experiment {id} in {self.path}", "experiment not found")
        return row

    def tag(self, experiment: Row, name: str) -> Row:
        """A metric's row, or NotFound."""
        row = self.board.tag(experiment["id"], name)
        if row is None:
            raise NotFound(f"no metric {name!r} in experiment {experiment['id']}", "tag not found")
        return row

    def run(self, experiment: Row) -> Run:
        """The folder of an experiment's run."""
        return Run(self.root, experiment["run_id"], self.note)

    def close(self) -> None:
        """Let go of open files."""
        if self._board is not None:
            self._board.close()
            self._board = None
