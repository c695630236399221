"""What `logs` prints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from swancli.errors import NotFound
from swancli.logdir.logdir import Logdir

if TYPE_CHECKING:
    from swancli.logdir.recorded_console import AnyConsole


def logs(logdir: Logdir, experiment: Any, tail: int | None = None) -> dict[str, Any]:
    """lines (an iterable), error [lines]; the last `tail` lines only, if given."""
    console = logdir.experiment(experiment).console()
    if not console.exists():
        raise NotFound(f"experiment {experiment} has no console log", "Log Folder not Found")
    if not console.files() and not console.has_error():
        raise NotFound(f"the console log of experiment {experiment} is empty", "No Logs Found")
    error = console.error_lines() if console.has_error() else []
    return {
        "lines": _all(console) if tail is None else console.tail_of(console.files(), tail),
        "error": error[:-1] if error and not error[-1] else error,
    }


def _all(console: AnyConsole) -> Iterator[str]:
    """All lines, without the empty one that a day's final newline leaves."""
    for last, lines in console.days():
        if last and lines and not lines[-1]:
            lines = lines[:-1]
        yield from lines
