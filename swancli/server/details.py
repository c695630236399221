"""The details below /swancli/v1: what `Source.details` gives, as lines of JSON."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import parse_qsl, unquote

from swancli import wire
from swancli.addresses import address
from swancli.endpoints import METRIC
from swancli.errors import SwancliError
from swancli.media_types import type_of
from swancli.notes import Notes
from swancli.queries import selector
from swancli.reply import dumps
from swancli.server import many_runs, media
from swancli.server.answers import Answer, etag_matches
from swancli.server.compute import MAX_WHOLE_BYTES, NotModified, Postponed, Question, Result, Stream, read_up_to
from swancli.version import __version__

if TYPE_CHECKING:
    from swancli.endpoints.route import AnyRoute
    from swancli.model import Address
    from swancli.source import Source

CAPABILITIES = (
    "project", "experiments", "charts", "status", "summary", "logs", "metrics", "names",
    "values", "find", "series", "after", "runs", "compare", "window",
)  # fmt: skip
MAX_NAMES = 1000  # of metrics that are sent along if a word names one run
EXCERPTS = ("head", "tail")  # parameters that say how many points or lines are read
MAX_LIGHT_ITEMS = 10_000  # points or lines
MAX_LIGHT_RUNS = 20
Make: TypeAlias = "Callable[[Source, bytes, int | None], Result | Postponed]"  # makes an answer


class Details:
    """Answers requests below wire.PREFIX from the sources that `open_source` gives."""

    def __init__(self, open_source: Callable[[], Source], warn: Callable[[str], None]) -> None:
        self._open_source, self._warn = open_source, warn

    def question(self, path: str, query: str) -> Question | None:
        """What a path, still quoted, and its query ask for; None if there is no such path."""
        path = path.rstrip("/")
        key = f"{path}?{query}"
        try:
            make = self._lists(path, query)
            if make is None:
                asked = _asked(path, query)
                if asked is None:
                    return None
                route, several = asked
                key = f"{path if path == wire.SERIES else route.name} {[sorted(one.items()) for one in several]!r}"
                times = wire.wants_times(query)
                key = f"{wire.PREFIX}/{key}{'' if times else ' without times'}"

                def make(source: Source, if_none_match: bytes, max_bytes: int | None) -> Result | Postponed:
                    return _details(source, key, route, several, times, if_none_match, max_bytes)

        except Exception as error:
            failed = self._failed(error, path, Notes())
            return Question(key, lambda if_none_match, max_bytes: failed)
        return Question(key, lambda if_none_match, max_bytes: self._compute(path, make, if_none_match, max_bytes))

    def _lists(self, path: str, query: str) -> Make | None:
        """The function that makes the answer for a path that does not ask for details; None if it does."""
        words = path.removeprefix(wire.PREFIX).strip("/").split("/")
        if path == wire.PREFIX:
            about = {"name": "swancli", "version": __version__, "capabilities": CAPABILITIES}
            return lambda source, if_none_match, max_bytes: _answer(about)
        if path == wire.EXPERIMENTS:
            word = dict(parse_qsl(query, errors="surrogatepass")).get("word")
            return lambda source, if_none_match, max_bytes: _answer(_rows(source, word))
        if path in (many_runs.RUNS, many_runs.COLUMNS, many_runs.COMPARE):
            return lambda source, if_none_match, max_bytes: _of_many(source, path, query, max_bytes)
        if (file := media.asked(path, query)) is not None:
            return lambda source, if_none_match, max_bytes: _media(source, *file)
        if len(words) == 3 and words[0] == "experiments" and words[2] == wire.WINDOW:
            window = _window(words[1], query)
            return lambda source, if_none_match, max_bytes: _answer(
                wire.noted({"details": source.window(*window)}, source.notes)
            )
        if len(words) == 3 and words[0] == "experiments" and words[2] == "names":
            address = wire.address(unquote(words[1], errors="surrogatepass"))
            return lambda source, if_none_match, max_bytes: _answer(
                wire.noted({"details": list(source.metrics(address))}, source.notes)
            )
        return None

    def _compute(self, path: str, make: Make, if_none_match: bytes, max_bytes: int | None) -> Result | Postponed:
        source: Source | None = None
        result: Result | Postponed | None = None
        try:
            source = self._open_source()
            result = make(source, if_none_match, max_bytes)
            return result
        except Exception as error:
            return self._failed(error, path, source.notes if source is not None else Notes())
        finally:
            if source is not None and not isinstance(result, Stream):
                source.close()

    def _failed(self, error: Exception, path: str, notes: Notes) -> Answer:
        if isinstance(error, SwancliError):
            return Answer(error.status, wire.failed(error, notes))
        self._warn(f"unexpected error in {path[:200]}: {type(error).__name__}: {error}")
        unexpected = SwancliError(f"unexpected {type(error).__name__}")
        return Answer(unexpected.status, wire.failed(unexpected, notes))


def _asked(path: str, query: str) -> tuple[AnyRoute, list[dict[str, object]]] | None:
    """The route and the sets of parameters that a path and its query name; several sets only for series."""
    if path == wire.SERIES:
        return METRIC, wire.series_asked(query)
    found = wire.question(path, query)
    return None if found is None else (found[0], [found[1]])


def _rows(source: Source, word: str | None) -> dict[str, object]:
    """The runs of a source, or those that a word names; a single one comes with the names of its metrics."""
    rows = source.experiments() if word is None else selector.named(source.find(word), word)
    found: dict[str, object] = {"details": [{**row, "state": source.state(row)} for row in rows]}
    if len(rows) == 1:
        with contextlib.suppress(SwancliError):
            names = source.metrics(address(rows[0]))
            if len(names) <= MAX_NAMES:
                found["names"] = names
    return wire.noted(found, source.notes)


def _of_many(source: Source, path: str, query: str, max_bytes: int | None) -> Result | Postponed:
    """The answer about many runs, which is heavy unless they are few."""
    if max_bytes is not None and not 0 < query.count("run=") <= MAX_LIGHT_RUNS:
        return Postponed.HEAVY
    found = many_runs.lists(path, source, query) or {}
    return _answer({"notes": list(source.notes), **found})


def _window(experiment: str, query: str) -> tuple[Address, int | None, bool, str | None]:
    """The arguments of `Source.window`."""
    given = dict(parse_qsl(query, keep_blank_values=True, errors="surrogatepass"))
    at = wire.number("at", given["at"]) if "at" in given else None
    address = wire.address(unquote(experiment, errors="surrogatepass"))
    return address, at, given.get("before", "0") not in ("", "0"), given.get("find") or None


def _media(source: Source, experiment: str, metric: str, name: str) -> Answer:
    content = source.media(wire.address(experiment), metric, name)
    kind = type_of(name, content)
    return Answer(200, content, more_headers=media.headers(kind), content_type=kind)


def _details(
    source: Source,
    key: str,
    route: AnyRoute,
    asked: list[dict[str, object]],
    times: bool,
    if_none_match: bytes,
    max_bytes: int | None,
) -> Result | Postponed:
    """The details for each set of parameters, one after the other."""
    etag: bytes | None = None
    is_heavy = max_bytes is not None and any(_is_heavy(source, route, one, max_bytes) for one in asked)
    if len(asked) == 1 and route in wire.STREAMED:
        etag = _etag(source, key, route, asked[0])
        if etag is not None and if_none_match.strip() != b"*" and etag_matches(if_none_match, etag):
            return NotModified(etag)
    if is_heavy:
        return Postponed.HEAVY
    if len(asked) == 1:
        pieces = wire.encoded(route, source.details(route, **asked[0]), source.notes, times)
    else:
        pieces = _one_after_the_other(source, route, asked, times)
    start, is_more = read_up_to(pieces, MAX_WHOLE_BYTES)
    if is_more:
        return Stream(200, start, pieces, etag, source.close)
    answer = Answer(200, start)
    if etag is not None:
        answer.etag = etag
    return answer


def _one_after_the_other(
    source: Source, route: AnyRoute, asked: list[dict[str, object]], times: bool
) -> Iterator[bytes]:
    for parameters in asked:
        try:
            details = source.details(route, **parameters)
        except SwancliError as error:
            yield wire.failed(error, source.notes)
        else:
            yield from wire.encoded(route, details, source.notes, times)


def _etag(source: Source, key: str, route: AnyRoute, parameters: dict[str, object]) -> bytes | None:
    """The ETag of an answer made only from the files of its endpoint; None if these may be changing just now."""
    state = source.fingerprint(route, {name: parameters[name] for name in route.parameters})
    if state is None or state.fresh():
        return None
    return b'"%s"' % state.digest(key.encode("utf-8", "surrogatepass")).encode()


def _is_heavy(source: Source, route: AnyRoute, parameters: dict[str, object], max_bytes: int) -> bool:
    """Whether more than about `max_bytes` must be read; an excerpt of points or lines needs less."""
    counts = [count for name in EXCERPTS if isinstance(count := parameters.get(name), int)]
    if counts and max(counts) <= MAX_LIGHT_ITEMS:
        return False
    if parameters.get("best") or parameters.get("values"):  # which read something of every run
        return True
    state = source.fingerprint(route, {name: parameters[name] for name in route.parameters})
    return source.reads_more_than(max_bytes, state)


def _answer(value: object) -> Answer:
    return Answer(200, dumps(value) + b"\n")
