"""The details below /swancli/v1: what `Source.details` gives, as lines of JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import unquote

from swancli import __version__, wire
from swancli.errors import SwancliError
from swancli.reply import dumps
from swancli.server.answers import Answer
from swancli.server.compute import MAX_WHOLE_BYTES, Postponed, Question, Stream, read_up_to

if TYPE_CHECKING:
    from swancli.endpoints.route import AnyRoute
    from swancli.source import Source

CAPABILITIES = ("project", "experiments", "charts", "status", "summary", "logs", "metrics", "names", "values")
EXCERPTS = ("head", "tail")  # parameters with which so many points or lines are read
MAX_LIGHT_ITEMS = 10_000  # points or lines


class Details:
    """Answers requests below wire.PREFIX from the sources that `open_source` gives."""

    def __init__(self, open_source: Callable[[], Source], warn: Callable[[str], None]) -> None:
        self._open_source, self._warn = open_source, warn

    def question(self, path: str, query: str) -> Question | None:
        """What a path as it came, and its query, ask for; None if there is no such path."""
        asked: tuple[AnyRoute, dict[str, object]] | None = None
        key = f"{path}?{query}"
        if path.rstrip("/") != wire.PREFIX and not _is_list(_words(path)):
            try:
                asked = wire.question(path, query)
            except Exception as error:
                failed = self._failed(error, path, [])
                return Question(key, lambda if_none_match, max_bytes: failed)
            if asked is None:
                return None
            route, parameters = asked
            key = f"{wire.PREFIX}/{route.name} {sorted(parameters.items())!r}"
        return Question(key, lambda if_none_match, max_bytes: self._compute(path, asked, max_bytes))

    def _compute(
        self, path: str, asked: tuple[AnyRoute, dict[str, object]] | None, max_bytes: int | None
    ) -> Answer | Stream | Postponed:
        source: Source | None = None
        keep_open = False
        try:
            if path.rstrip("/") == wire.PREFIX:
                return _answer(200, {"name": "swancli", "version": __version__, "capabilities": CAPABILITIES})
            source = self._open_source()
            if asked is None:
                found = _list(source, _words(path))
                return _answer(200, {"details": found, "notes": list(source.notes)})
            if max_bytes is not None and _is_heavy(source, *asked, max_bytes):
                return Postponed.HEAVY
            route, parameters = asked
            details = source.details(route, **parameters)
            pieces = wire.encoded(route, details, source.notes)
            start, keep_open = read_up_to(pieces, MAX_WHOLE_BYTES)
            return Stream(200, start, pieces, None, source.close) if keep_open else Answer(200, start)
        except Exception as error:
            return self._failed(error, path, list(source.notes) if source is not None else [])
        finally:
            if source is not None and not keep_open:
                source.close()

    def _failed(self, error: Exception, path: str, notes: list[str]) -> Answer:
        if isinstance(error, SwancliError):
            return Answer(error.status, wire.failed(error, notes))
        self._warn(f"unexpected error in {path[:200]}: {type(error).__name__}: {error}")
        return Answer(500, dumps({"error": {"kind": "", "message": f"unexpected {type(error).__name__}"}}))


def _words(path: str) -> list[str]:
    return path.removeprefix(wire.PREFIX).strip("/").split("/")


def _is_list(words: list[str]) -> bool:
    """Whether a path asks for the runs of a source, or the names of a run's metrics."""
    return words == ["experiments"] or (len(words) == 3 and words[0] == "experiments" and words[2] == "names")


def _list(source: Source, words: list[str]) -> list[object]:
    """The runs of a source, or the names of a run's metrics."""
    if len(words) == 1:
        return [{**row, "state": source.state(row)} for row in source.experiments()]
    return list(source.metrics(wire.address(unquote(words[1], errors="surrogatepass"))))


def _is_heavy(source: Source, route: AnyRoute, parameters: dict[str, object], max_bytes: int) -> bool:
    """Whether more than about `max_bytes` must be read; of an excerpt of points or lines, less is."""
    counts = [count for name in EXCERPTS if isinstance(count := parameters.get(name), int)]
    if counts and max(counts) <= MAX_LIGHT_ITEMS:
        return False
    if parameters.get("best") or parameters.get("values"):  # which read something of every run
        return True
    state = source.fingerprint(route, {name: parameters[name] for name in route.parameters})
    return source.reads_more_than(max_bytes, state)


def _answer(status: int, value: object) -> Answer:
    return Answer(status, dumps(value) + b"\n")
