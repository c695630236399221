"""The details below /swancli/v1: what `Source.details` gives, as lines of JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from swancli import __version__, wire
from swancli.errors import SwancliError
from swancli.reply import dumps
from swancli.server.answers import Answer
from swancli.server.compute import MAX_WHOLE_BYTES, Stream, read_up_to

if TYPE_CHECKING:
    from swancli.source import Source

CAPABILITIES = ("project", "experiments", "charts", "status", "summary", "logs", "metrics", "names")


class Details:
    """Answers requests below wire.PREFIX from the sources that `open_source` gives."""

    def __init__(self, open_source: Callable[[], Source], warn: Callable[[str], None]) -> None:
        self._open_source, self._warn = open_source, warn

    def compute(self, path: str, query: str) -> Answer | Stream | None:
        """The answer for a path as it came, and its query; None if there is no such path; never an exception."""
        source: Source | None = None
        try:
            if path.rstrip("/") == wire.PREFIX:
                return _answer(200, {"name": "swancli", "version": __version__, "capabilities": CAPABILITIES})
            source = self._open_source()
            found = _list(source, path)
            if found is not None:
                return _answer(200, {"details": found, "notes": list(source.notes)})
            asked = wire.question(path, query)
            if asked is None:
                source.close()
                return None
            route, parameters = asked
            details = source.details(route, **parameters)
            pieces = wire.encoded(route, details, source.notes)
            start, more = read_up_to(pieces, MAX_WHOLE_BYTES)
        except Exception as error:
            notes = list(source.notes) if source is not None else []
            if source is not None:
                source.close()
            if isinstance(error, SwancliError):
                return Answer(error.status, wire.failed(error, notes))
            self._warn(f"unexpected error in {path[:200]}: {type(error).__name__}: {error}")
            return Answer(500, dumps({"error": {"kind": "", "message": f"unexpected {type(error).__name__}"}}))
        if more:
            return Stream(200, start, _closing(pieces, source), None, source.close)
        source.close()
        return Answer(200, start)


def _list(source: Source, path: str) -> list[object] | None:
    """The runs of a source, or the names of a run's metrics, if a path asks for these."""
    words = path.removeprefix(wire.PREFIX).strip("/").split("/")
    if words == ["experiments"]:
        rows: list[object] = [{**row, "state": source.state(row)} for row in source.experiments()]
        return rows
    if len(words) == 3 and words[0] == "experiments" and words[2] == "names":
        from urllib.parse import unquote

        return list(source.metrics(wire.address(unquote(words[1], errors="surrogatepass"))))
    return None


def _closing(pieces: Iterator[bytes], source: Source) -> Iterator[bytes]:
    yield from pieces
    source.close()


def _answer(status: int, value: object) -> Answer:
    return Answer(status, dumps(value) + b"\n")
