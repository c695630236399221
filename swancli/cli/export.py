"""The body of `swancli export`: which runs are meant, and what is said of them at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from swancli.cli.session import Session
from swancli.cli.startup import collect_garbage

if TYPE_CHECKING:
    from swancli.api.run import Run
    from swancli.api.runs import Runs


def export(session: Session, words: Sequence[str], conditions: Sequence[str], target: str, format: str | None) -> None:
    """Write the runs that `words` name and that meet the conditions; what was done is a note on stderr."""
    from swancli.api.runs import Runs
    from swancli.export.exporting import export as write
    from swancli.export.exporting import open_target

    collect_garbage(True)
    runs = Runs(session.source)
    chosen = selected(session, runs, words, conditions)
    done = write(chosen, runs.project, open_target(target, format))
    for failure in done.failures:
        session.source.notes.failure(failure)
    texts = f" and {done.texts} texts" if done.texts else ""
    unchanged = f"; {done.unchanged} {'has' if done.unchanged == 1 else 'have'} not changed" if done.unchanged else ""
    session.note(f"{_runs(done.written)} with {done.points} points{texts} written to {target}{unchanged}")


def selected(session: Session, runs: Runs, words: Sequence[str], conditions: Sequence[str]) -> list[Run]:
    """The runs that are meant: all of them without words."""
    from swancli.queries import selector

    for text in conditions:
        runs = runs.where(text)
    found = list(runs)
    if not words:
        return found
    wanted = {id for word in words for id in selector.experiments(session.source, word)}
    known = {run.address for run in found}
    for id in wanted - known:
        if not conditions:
            raise selector.unknown(session.source, id)
    return [run for run in found if run.address in wanted]


def _runs(count: int) -> str:
    return f"{count} run{'' if count == 1 else 's'}"
