"""GET /api/v1/experiment/<id>/recent_log: the console of an experiment."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from swancli.errors import ConsoleEmpty, ConsoleNotFound, NotFound
from swancli.reply import Stream, dumps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from swancli.logdir.console import Console
    from swancli.logdir.fingerprint import Fingerprint
    from swancli.logdir.logdir import Logdir
    from swancli.model import Address, Data, Window
    from swancli.model import Console as Details

LONG = 16  # pieces; from this many on, importing orjson is worth it


def answer(logdir: Logdir, experiment: Address) -> Data:
    """recent [first words of the first and the last line], logs [lines], [error [lines]]."""
    console = _console(logdir, experiment)
    data: Data = {}
    if console.files():
        last, before = console.last_lines()
        data["recent"] = [console.first_line().split(" ")[0], (last or before).split(" ")[0]]
        data["logs"] = Stream(_encoded(console))
    if console.has_error():
        data["error"] = console.error_lines()
    return data


def details(logdir: Logdir, experiment: Address, tail: int | None = None, after: int | None = None) -> Details:
    """The lines, or the last `tail` of them, read as they are asked for; the lines of error.log.

    With `after`, which is 0 or the `next` of an earlier answer, only complete lines that were added since.
    """
    console = _console(logdir, experiment)
    error = console.error_lines() if console.has_error() else []
    found: Details = {"lines": [], "error": error[:-1] if error and not error[-1] else error}
    if after is not None:
        found["lines"], found["next"] = console.after(after, tail)
    else:
        found["lines"] = _lines(console) if tail is None else console.tail_of(console.files(), tail)
    return found


def window(logdir: Logdir, experiment: Address, at: int | None, before: bool, find: str | None) -> Window:
    """Some lines from a position on, or before it, or from the next line that has the text `find`; NotFound if none."""
    console = _console(logdir, experiment)
    size = console.size()
    at = size if at is None else min(max(at, 0), size)
    if find:
        match = console.find(find, at)
        if match is None:
            raise NotFound(f"no line of the console log of experiment {experiment} contains {find!r}")
        at = match
    lines, start, end = console.window(at, before)
    return {"lines": lines, "start": start, "end": end, "size": size}


def depends(found: Fingerprint, logdir: Logdir, experiment: Address) -> None:
    """The files of the console."""
    of = logdir.experiment(experiment)
    console = of.run.console()
    found.add(console.folder)
    names = console.files()
    for name in (*names, "error.log"):
        found.add(os.path.join(console.folder, name))
    if not names:
        found.add_record(of)


def _console(logdir: Logdir, experiment: Address) -> Console:
    """The console of an experiment; ConsoleNotFound if there is none, ConsoleEmpty if it holds nothing."""
    console = logdir.experiment(experiment).console()
    if not console.exists():
        raise ConsoleNotFound(f"experiment {experiment} has no console log")
    if not console.files() and not console.has_error():
        raise ConsoleEmpty(f"the console log of experiment {experiment} is empty")
    return console


def _lines(console: Console) -> Iterator[str]:
    """All lines, without the empty one that a day's final newline leaves."""
    for last, lines in console.days():
        if last and lines and not lines[-1]:
            lines = lines[:-1]
        yield from lines


def _encoded(console: Console) -> Iterator[bytes]:
    """All lines as a JSON array, in pieces."""
    encode: Callable[[list[str]], bytes] = dumps
    lead = b"["
    for n, (_, lines) in enumerate(console.days()):
        if n == LONG:
            encode = _dumps_fast
        yield lead + encode(lines)[1:-1]
        lead = b","
    yield b"]"


def _dumps_fast(lines: list[str]) -> bytes:
    """`dumps` for text, which orjson writes in the same way."""
    import orjson

    try:
        return orjson.dumps(lines)
    except TypeError:  # half of a surrogate pair, as a record file can hold
        return dumps(lines)
