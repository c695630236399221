"""From a question to its answer, computed from a source; runs in a thread.

Each answer has a source of its own, so that it sees what is on disk now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from swancli.errors import SwancliError
from swancli.logdir.checkpoint import checkpoint
from swancli.logdir.fingerprint import Fingerprint
from swancli.reply import dumps, failure
from swancli.server import requests
from swancli.server.answers import Answer, etag_matches

if TYPE_CHECKING:
    from swancli.endpoints.route import AnyRoute
    from swancli.source import Source

MAX_LIGHT_BYTES = 1 << 22  # an answer for which more must be read is heavy
MAX_WHOLE_BYTES = 1 << 22  # an answer up to this size is sent whole and cached; a larger one is streamed
MAX_WARNINGS = 1000  # that are remembered so as not to repeat them


class Question(NamedTuple):
    """What is asked for: `key` is the same for all spellings of it; `answer` computes the answer in a thread.

    `answer` takes an If-None-Match header, and how many bytes may be read for an answer that is not heavy, or None. It
    never raises an Exception, but GivenUp if the client has left.
    """

    key: str
    answer: Callable[[bytes, int | None], Result | Postponed]


class Stream(NamedTuple):
    """An answer too large to be cached; `close` frees its source."""

    status: int
    start: bytes
    rest: Iterator[bytes]
    etag: bytes | None
    close: Callable[[], None]


class NotModified(NamedTuple):
    """The client has the answer already."""

    etag: bytes


class Postponed(Enum):
    """Stands in place of an answer that takes long."""

    HEAVY = "to be computed when a slot for heavy computations is free"


Result: TypeAlias = "Answer | Stream | NotModified"


class Computer:
    """Computes answers from the sources that `open_source` gives; passes each warning on to `warn` once."""

    def __init__(self, open_source: Callable[[], Source], warn: Callable[[str], None]) -> None:
        self._open_source, self._warn = open_source, warn
        self._warned: set[str] = set()

    def question(self, path: str) -> Question | None:
        """What a decoded path asks for; None if there is no such endpoint."""
        found = requests.endpoint(path)
        if found is None:
            return None
        key = requests.key(*found)
        return Question(key, partial(self._compute, key, *found))

    def _compute(
        self, key: str, route: AnyRoute, words: dict[str, str], if_none_match: bytes, max_bytes: int | None
    ) -> Result | Postponed:
        source: Source | None = None
        state: Fingerprint | None = None
        etag: bytes | None = None
        keep_open = False
        try:
            parameters = requests.parameters(words)
            source = self._open_source()
            state = source.fingerprint(route, parameters)
            heavy = max_bytes is not None and source.reads_more_than(max_bytes, state)
            if state is not None and state.fresh():
                state = None
            if state is not None:
                etag = b'"%s"' % state.digest(key.encode("utf-8", "surrogatepass")).encode()
                if if_none_match.strip() != b"*" and etag_matches(if_none_match, etag):
                    return NotModified(etag)
            if heavy:
                return Postponed.HEAVY
            reply = source.get(route, **parameters)
            pieces = iter(reply.pieces())
            start, more = read_up_to(pieces, MAX_WHOLE_BYTES)
            self._pass_on(source.notes)
            if more:
                keep_open = True
                return Stream(reply.status, start, pieces, etag if reply.status == 200 else None, source.close)
            return Answer(reply.status, start, state if reply.status < 500 else None)
        except Exception as error:
            if source is not None:
                self._pass_on(source.notes)
            if isinstance(error, SwancliError):
                reply = failure(error)
                return Answer(reply.status, reply.read(), state if error.status < 500 else None)
            self._warn(f"unexpected error in {route.name}: {type(error).__name__}: {error}")
            return Answer(500, dumps({"code": 3555, "message": f"unexpected {type(error).__name__}"}))
        finally:
            if source is not None and not keep_open:
                source.close()

    def _pass_on(self, notes: Iterable[str]) -> None:
        for note in notes:
            if note not in self._warned and len(self._warned) < MAX_WARNINGS:
                self._warned.add(note)
                self._warn(note)


def read_up_to(pieces: Iterator[bytes], max_bytes: int) -> tuple[bytes, bool]:
    """The next pieces joined, until they exceed `max_bytes`; and whether there may be more."""
    held, size = [], 0
    for piece in pieces:
        checkpoint()
        held.append(piece)
        size += len(piece)
        if size > max_bytes:
            return b"".join(held), True
    return b"".join(held), False
