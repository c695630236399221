"""Runs: those of a source, or of them the ones that conditions select."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from swancli.api.run import Run
from swancli.errors import SwancliError
from swancli.notes import Notes
from swancli.queries import selector

if TYPE_CHECKING:
    from types import TracebackType

    from swancli.model import RowOfProject
    from swancli.source import Source


class Runs:
    """The runs of a source, by id; read-only, and safe to use from several threads.

    Each look at them, by `runs[…]`, `len` or a loop, is a new one at what is there by then.
    """

    def __init__(self, source: Source, *, notes: Notes | None = None) -> None:
        self._source = source
        self._lock = threading.RLock()
        self._notes = Notes() if notes is None else notes

    @property
    def where(self) -> str:
        """The path or the URL that is read."""
        return self._source.where

    @property
    def notes(self) -> tuple[str, ...]:
        """Warnings about the data, so far: the command line prints these on stderr."""
        with self._lock:
            return (*self._notes, *self._source.notes)

    def __getitem__(self, word: int | str) -> Run:
        """The run that an id, a name, a run id, the start of one, or "latest" names; ExperimentNotFound if none is."""
        with self._lock:
            self._source.refresh()
            address = selector.experiment(self._source, str(word))
            for row in self._source.experiments():
                if selector.address(row) == address:
                    return Run(self._source, self._lock, row)
            raise selector.unknown(self._source, address)

    def __contains__(self, word: object) -> bool:
        """Whether `runs[word]` is a run."""
        if isinstance(word, Run):
            word = word.run_id
        if not isinstance(word, (int, str)):
            return False
        try:
            self[word]
        except SwancliError:
            return False
        return True

    def __iter__(self) -> Iterator[Run]:
        with self._lock:
            rows = self._rows()
        return (Run(self._source, self._lock, row) for row in rows)

    def __len__(self) -> int:
        with self._lock:
            return len(self._rows())

    def close(self) -> None:
        """Let go of files and connections."""
        with self._lock:
            self._source.close()

    def __enter__(self) -> Runs:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Runs of {self.where}>"

    def _rows(self) -> Sequence[RowOfProject]:
        self._source.refresh()
        return self._source.experiments()
