"""Runs: those of a source, or the ones among them that conditions select."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from swancli.addresses import address
from swancli.api.run import Run
from swancli.api.table import Table
from swancli.endpoints import PROJECT
from swancli.errors import ExperimentNotFound, SwancliError, UsageError
from swancli.notes import Notes
from swancli.queries import selector
from swancli.values import as_float

if TYPE_CHECKING:
    from types import TracebackType

    from swancli.model import RowOfProject, Value
    from swancli.queries.filters import Condition
    from swancli.queries.values import Runs as Selected
    from swancli.source import Source

COLUMNS = ("id", "name", "state", "created", "duration", "metrics", "step")  # of a table that names none


class Runs:
    """The runs of a source, by id; read-only, and safe to use from several threads.

    Each use of them, by `runs[…]`, `len` or a loop, looks again at what is there.
    """

    def __init__(
        self,
        source: Source,
        *,
        notes: Notes | None = None,
        lock: threading.RLock | None = None,
        conditions: Sequence[Condition] = (),
    ) -> None:
        self._source = source
        self._lock = threading.RLock() if lock is None else lock
        self._notes = Notes() if notes is None else notes
        self._conditions = tuple(conditions)

    @property
    def source(self) -> str:
        """The path or the URL that is read."""
        return self._source.where

    def where(self, *conditions: str) -> Runs:
        """The runs that meet all conditions: "config.lr < 1e-3", "state = running"; UsageError if one is invalid."""
        from swancli.queries.filters import parse_condition

        more = [parse_condition(text) for text in conditions]
        return Runs(self._source, notes=self._notes, lock=self._lock, conditions=(*self._conditions, *more))

    def table(self, columns: Sequence[str] = COLUMNS) -> Table:
        """A row per run: "state", "config.lr", "val/loss" (its latest value), "min(val/loss)"; None if a run has none.

        NotFound if no run at all has a column.
        """
        from swancli.queries.columns import TIMES, parse_column

        asked = [parse_column(text) for text in columns]
        with self._lock:
            found = self._selected()
            found.read(asked)
            for note in found.notes:
                self._notes(note)
            rows = [[_plain(found.value(row, column)) for column in asked] for row in found.rows]
        times = [text for text, column in zip(columns, asked) if column.kind == "fact" and column.name in TIMES]
        return Table(columns, rows, times)

    @property
    def project(self) -> str:
        """The name of the project; "" if the source does not tell."""
        with self._lock:
            return str(self._source.details(PROJECT, ids=(), values=()).get("name") or "")

    @property
    def notes(self) -> tuple[str, ...]:
        """Warnings about the data, so far: the command line prints these on stderr."""
        with self._lock:
            return (*self._notes, *self._source.notes)

    def __getitem__(self, word: int | str) -> Run:
        """The run that an id, a name, a run id, the start of one, or "latest" names; ExperimentNotFound if none is."""
        with self._lock:
            rows = self._rows()
            if self._conditions and isinstance(word, str) and (meant := selector.named(list(rows), word)):
                word = str(address(meant[0])) if len(meant) == 1 else word
            wanted = selector.experiment(self._source, str(word))
            # runs of several sources may have the same id
            meant = [row for row in rows if wanted in (address(row), row.get("id"))]
            if len(meant) > 1:
                raise UsageError(f"{word} matches {len(meant)} experiments: {selector.listing(meant)}")
            if meant:
                return Run(self._source, self._lock, meant[0])
            if self._conditions:
                raise ExperimentNotFound(f"experiment {wanted} is not among {len(rows)} selected runs")
            raise selector.unknown(self._source, wanted)

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
        """Close files and connections."""
        with self._lock:
            self._source.close()

    def __enter__(self) -> Runs:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        conditions = "".join(f" where {condition.text}" for condition in self._conditions)
        return f"<Runs of {self.source}{conditions}>"

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()

    def _selected(self) -> Selected:
        """The runs that meet the conditions, read again."""
        from swancli.queries.values import Runs as Selected

        self._source.refresh()
        found = Selected(self._source)
        found.keep(self._conditions)
        return found

    def _rows(self) -> Sequence[RowOfProject]:
        if self._conditions:
            return self._selected().rows
        self._source.refresh()
        return self._source.experiments()


def _plain(value: Value) -> Value:
    """The value, where it is a word for a number that is not finite, as that number."""
    number = as_float(value)
    return value if number is None or isinstance(value, int) else number
