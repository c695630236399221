"""The body of `swancli export`: which runs are meant, and what is said of them at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from swancli.cli.session import Session
from swancli.cli.startup import collect_garbage
from swancli.errors import UsageError
from swancli.queries import selector

if TYPE_CHECKING:
    from swancli.api.run import Run
    from swancli.api.runs import Runs


ENGINES = ("local", "spark")


def export(
    session: Session, words: Sequence[str], target: str, format: str | None, engine: str | None, master: str | None
) -> None:
    """Write the runs that are meant, and say what was done in a note on stderr."""
    from swancli.api.runs import Runs

    if engine not in (None, *ENGINES):
        raise UsageError(f"unknown engine {engine!r}; engines: {', '.join(ENGINES)}")
    if master is not None and engine != "spark":
        raise UsageError("--master is for --engine spark")
    collect_garbage(True)
    runs = Runs(session.source)
    chosen = selected(session, runs, words)
    if engine == "spark":
        from swancli.export.spark_engine import export as write_by_spark

        done = write_by_spark(chosen, runs.project, target, format, master)
    else:
        from swancli.export.exporting import export as write
        from swancli.export.exporting import open_target

        done = write(chosen, runs.project, open_target(target, format))
    for failure in done.failures:
        session.source.notes.failure(failure)
    texts = f" and {_counted(done.texts, 'text')}" if done.texts else ""
    unchanged = f"; {done.unchanged} {'has' if done.unchanged == 1 else 'have'} not changed" if done.unchanged else ""
    points = _counted(done.points, "point")
    session.note(f"{_counted(done.written, 'run')} with {points}{texts} written to {target}{unchanged}")


def selected(session: Session, runs: Runs, words: Sequence[str]) -> list[Run]:
    """The runs that the words and the options name, in their order: all of them without either."""
    if not words and not session.options.filter and not session.options.best_of:
        return list(runs)
    ids = session.experiments_of(words)
    found = {run.address: run for run in runs}
    missing = next((id for id in ids if id not in found), None)
    if missing is not None:
        raise selector.unknown(session.source, missing)
    return [found[id] for id in ids]


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
