"""GET /api/v1/experiment/<id>/recent_log: the console of an experiment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from swancli.errors import NotFound
from swancli.logdir.logdir import Logdir
from swancli.reply import Stream, dumps

if TYPE_CHECKING:
    from swancli.logdir.recorded_console import AnyConsole

LONG = 16  # pieces from which on importing orjson is worth it


def logs(logdir: Logdir, experiment: Any) -> dict[str, Any]:
    """recent [first words of the first and the last line], logs [lines], [error [lines]]."""
    console = logdir.experiment(experiment).console()
    if not console.exists():
        raise NotFound(f"experiment {experiment} has no console log", "Log Folder not Found")
    data: dict[str, Any] = {}
    if console.files():
        last, before = console.last_lines()
        data["recent"] = [console.first_line().split(" ")[0], (last or before).split(" ")[0]]
        data["logs"] = Stream(_lines(console))
    if console.has_error():
        data["error"] = console.error_lines()
    if not data:
        raise NotFound(f"the console log of experiment {experiment} is empty", "No Logs Found")
    return data


def _lines(console: AnyConsole) -> Iterator[bytes]:
    encode: Callable[[list[str]], bytes] = dumps
    lead = b"["
    for n, lines in enumerate(console.pieces()):
        if n == LONG:
            encode = _dumps_fast
        yield lead + encode(lines)[1:-1]
        lead = b","
    yield b"]"


def _dumps_fast(lines: list[str]) -> bytes:
    """What `dumps` makes of text, which orjson writes just so."""
    import orjson

    try:
        return orjson.dumps(lines)
    except TypeError:  # half of a surrogate pair, as a record file can hold
        return dumps(lines)
