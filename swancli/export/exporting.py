"""The course of an export: each run that has changed is read and written, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from swancli import progress
from swancli.errors import SwancliError, UsageError
from swancli.export.contents import Contents, Tick
from swancli.export.formats import check_outside, format_of, is_file

if TYPE_CHECKING:
    from swancli.api.run import Run


class Target(Protocol):
    """What runs are written to."""

    def holds(self, contents: Contents, fingerprint: str | None) -> bool:
        """Whether the run is there unchanged."""

    def write(self, contents: Contents, fingerprint: str | None) -> None:
        """Write a run, replacing what is there of it."""

    def close(self, failed: bool) -> None:
        """Finish, or, after an error, leave what is there."""


class Result(NamedTuple):
    """What was done: how many runs were written and how many were there already, points, texts, and what failed."""

    written: int
    unchanged: int
    points: int
    texts: int
    failures: list[str]


def open_target(path: str, format: str | None) -> Target:
    """The target at a path; UsageError if nothing may be written there."""
    kind = format_of(path, format)
    check_outside(path)
    if kind == "parquet":
        if is_file(path):
            raise UsageError(f"{path} has the name of a file, but a Parquet data set is a directory")
        from swancli.export.parquet import ParquetTarget

        return ParquetTarget(path)
    if kind in ("csv", "jsonl"):
        from swancli.export.delimited import FileTarget, TextTarget

        return FileTarget(path, kind) if is_file(path) else TextTarget(path, kind)
    if kind == "sqlite":
        from swancli.export.sqlite import SqliteTarget

        return SqliteTarget(path)
    from swancli.export.duckdb import DuckdbTarget

    return DuckdbTarget(path)


def contents_of(runs: Sequence[Run], project: str, tick: Tick = lambda _: None) -> Iterator[Contents]:
    """What is exported of each run; of runs with the same run id, those after the first are twins."""
    known: set[tuple[str, str]] = set()
    for run in runs:
        yield Contents(run, project, tick, is_twin=(run.source, run.run_id) in known)
        known.add((run.source, run.run_id))


def failure(run: Run, problem: object) -> str:
    """The sentence for a run that could not be exported."""
    return f"{run.run_id} was not exported: {problem}"


def export(runs: Sequence[Run], project: str, target: Target) -> Result:
    """Write the runs that have changed; if one can't be read, the others are still written."""
    written = unchanged = points = texts = 0
    failures: list[str] = []
    counts = [len(run.metrics) for run in runs]
    total, done = sum(counts), 0
    failed = True

    def tick(metrics: int) -> None:
        nonlocal done
        done += metrics
        progress.report(done, total + 1, "metrics")

    try:
        for contents, count in zip(contents_of(runs, project, tick), counts):
            before = done
            try:
                # before anything is read, so that what is written later is noticed next time
                fingerprint = contents.run.fingerprint()
                if target.holds(contents, fingerprint):
                    unchanged += 1
                else:
                    target.write(contents, fingerprint)
                    written += 1
                    points, texts = points + contents.points, texts + contents.texts
            except UsageError:
                raise
            except SwancliError as error:
                failures.append(failure(contents.run, error))
            done = before + count
        failed = False
    finally:
        target.close(failed)
        progress.report(1, 1)
    return Result(written, unchanged, points, texts, failures)
