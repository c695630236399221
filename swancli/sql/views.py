"""The tables that a query may name, each an Arrow stream that begins when DuckDB asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from swancli.api import arrow, batches
from swancli.api.batches import Owner
from swancli.api.chunks import NO_TIME, Chunk, milliseconds
from swancli.endpoints import PROJECT
from swancli.run_config import flatten

if TYPE_CHECKING:
    from arro3.core import RecordBatch, Schema

    from swancli.api.run import Run
    from swancli.api.runs import Runs
    from swancli.model import Project, RowOfProject
    from swancli.source import Source
    from swancli.sql.wanted import Wanted

OWNER = (("project", "text"), ("run_id", "text"), ("experiment_id", "integer"))
RUNS = (
    *OWNER, ("name", "text"), ("state", "text"), ("description", "text"), ("created", "time"), ("finished", "time"),
    ("duration", "number"), ("metrics", "integer"), ("last_step", "integer"),
)  # fmt: skip
CONFIG = (*OWNER, ("key", "text"), ("value", "text"))
ROWS = 1 << 13


class View:
    """A table for DuckDB: `make` begins a new stream of batches each time one is asked for."""

    def __init__(self, form: Schema, make: Callable[[], Iterator[RecordBatch]], failures: list[BaseException]) -> None:
        self._form, self._make, self._failures = form, make, failures

    def __arrow_c_schema__(self) -> object:
        """The columns."""
        return self._form.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """A stream from the beginning; an error is kept, because DuckDB raises one of its own instead."""
        return arrow.reader(self._form, self._guarded()).__arrow_c_stream__(requested_schema)

    def _guarded(self) -> Iterator[RecordBatch]:
        try:
            yield from self._make()
        except BaseException as error:
            self._failures.append(error)
            raise


class Views:
    """The views of a source's runs; `asked` says what a query asks of each, `failures` are errors of reading."""

    def __init__(self, source: Source, runs: Runs, asked: dict[str, list[Wanted]] | None) -> None:
        self._source, self._runs, self._asked = source, runs, asked
        self.failures: list[BaseException] = []
        self.read: list[tuple[str, str]] = []  # the run ids and metrics whose points were read
        self._project: Project | None = None

    def all(self) -> dict[str, View]:
        """The views by their names."""
        made = {
            "runs": (_schema(RUNS), lambda: self._table(RUNS, [self._run(row) for row in self._rows])),
            "config": (_schema(CONFIG), lambda: self._table(CONFIG, list(self._config()))),
            "points": (batches.schema("points", wide=True), lambda: self._series("points")),
            "text": (batches.schema("text", wide=True), lambda: self._series("text")),
            "console": (batches.schema("console", wide=True), self._console),
        }  # fmt: skip
        return {name: View(form, make, self.failures) for name, (form, make) in made.items()}

    @property
    def _rows(self) -> list[RowOfProject]:
        return self._told.get("experiments") or []

    @property
    def _told(self) -> Project:
        if self._project is None:
            self._project = self._source.details(PROJECT)
        return self._project

    def _run(self, row: RowOfProject) -> list[Any]:
        times = [_time(row.get("create_time")), _time(row.get("finish_time"))]
        numbers = [row.get("duration"), row.get("metrics"), row.get("last_step")]
        return [*self._owner(row), row.get("name"), row.get("state"), row.get("description"), *times, *numbers]

    def _config(self) -> Iterator[list[Any]]:
        for row in self._rows:
            for key, value in flatten(row.get("config")):
                yield [*self._owner(row), key, _json(value)]

    def _owner(self, row: RowOfProject) -> list[Any]:
        return [row.get("source") or self._told.get("name"), row.get("run_id"), row.get("id")]

    def _table(self, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]]) -> Iterator[RecordBatch]:
        return iter(arrow.table_reader(columns, rows, ROWS))

    def _chosen(self, table: str) -> Iterator[tuple[Run, Owner]]:
        """The runs that are asked for."""
        project = self._runs.project
        for run in self._runs:
            if self._is_wanted(table, run):
                yield run, Owner(run.source or project, run.run_id, run.id)

    def _series(self, table: str) -> Iterator[RecordBatch]:
        make = batches.points if table == "points" else batches.texts
        for run, owner in self._chosen(table):
            names = [name for name in run.metrics if self._is_wanted(table, run, name)]
            yield from make(owner, ((name, self._chunks(run, name)) for name in names), wide=True)

    def _chunks(self, run: Run, name: str) -> Iterator[Chunk]:
        self.read.append((run.run_id, name))
        yield from run.metric(name).chunks()

    def _console(self) -> Iterator[RecordBatch]:
        for run, owner in self._chosen("console"):
            yield from batches.console(owner, run, wide=True)

    def _is_wanted(self, table: str, run: Run, metric: str | None = None) -> bool:
        if self._asked is None:
            return True
        return any(
            one.allows("run_id", run.run_id)
            and one.allows("experiment_id", run.id)
            and (metric is None or one.allows("metric", metric))
            for one in self._asked.get(table, ())
        )


def _schema(columns: Sequence[tuple[str, str]]) -> Schema:
    return arrow.table_reader(columns, [], 1).schema


def _time(time: object) -> int | None:
    found = milliseconds(time)
    return None if found == NO_TIME else found


def _json(value: object) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, default=str)
