"""The ASGI app of `serve`: a request goes to a Source, its Reply's bytes go back.

An answer whose files have not changed is sent from the cache at once. Any other is computed in a thread, so that a
slow one delays nobody else (see `computations`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote

from swancli import wire
from swancli.errors import SwancliError
from swancli.server import requests
from swancli.server.answers import (
    ALWAYS,
    GZIP,
    JSON,
    MAX_SENT_BYTES,
    VARY,
    Answer,
    AnswerCache,
    Headers,
    busy,
    etag_for,
    send_response,
)
from swancli.server.computations import Computations
from swancli.server.compute import Computer, NotModified, Question, Stream
from swancli.server.details import Details
from swancli.server.slots import Held, Overloaded
from swancli.server.streaming import disconnected, send_stream

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from swancli.server.index import Index
    from swancli.source import Source

QUERY_CHARACTERS = "".join(map(chr, range(0x21, 0x7F)))  # that need not be quoted in a query
MAX_CACHE_BYTES = 1 << 26
MAX_HELD_BYTES = 1 << 27  # of bodies that are being sent, each longer than MAX_SENT_BYTES
NO_ROOM = "too many large responses are being sent: try again later"
MAX_FILES_CHECKED_INLINE = 100  # whose state is looked up in the event loop, not in a thread


class App:
    """Serves what `open_source` gives, a source for each answer; at "/" the `index`, if there is one.

    `warn` is called with each of the sources' warnings, once. Without `quick`, looking up the state of a file may
    take long, or hang.
    """

    def __init__(
        self,
        open_source: Callable[[], Source],
        warn: Callable[[str], None] | None = None,
        max_cache_bytes: int = MAX_CACHE_BYTES,
        quick: bool = True,
        index: Index | None = None,
    ) -> None:
        self._max_files_checked_inline = MAX_FILES_CHECKED_INLINE if quick else 0
        self._index = index
        self._warn = warn or (lambda text: None)
        self._cache = AnswerCache(max_cache_bytes)
        self._held = Held(MAX_HELD_BYTES)
        self._computer = Computer(open_source, self._warn)
        self._details = Details(open_source, self._warn)
        self._computations = Computations(self._cache, self._held)
        self._checked: dict[str, Answer] = {}
        self._fallback: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        gzip = False
        if_none_match = host = b""
        for name, value in scope["headers"]:
            if name == b"accept-encoding":
                gzip = _accepts_gzip(value)
            elif name == b"if-none-match":
                if_none_match = value
            elif name == b"host":
                host = value
        method, path = scope["method"], scope["path"]
        reading = method in requests.METHODS
        if path == requests.HEALTH_PATH and reading:
            return await self._send_answer(send, method, Answer(200, b'{"status":"ok"}'), False, b"")
        if path == requests.INDEX_PATH and reading and self._index is not None:
            return await self._index.send(send, method, host)
        question: Question | None = None
        if path.startswith(wire.PREFIX) and reading:
            question = self._details.question(_raw_path(scope), scope["query_string"].decode("latin-1"))
        elif reading:
            question = self._computer.question(path)
        if question is None:
            return await self._fall_back(scope, receive, send)
        answer = self._cache.get(question.key)
        if answer is None or not self._is_current(question.key, answer):
            client_left = asyncio.ensure_future(disconnected(receive))
            try:
                result = await self._computations.result(question, if_none_match, client_left)
                if result is None:
                    return
                if isinstance(result, NotModified):
                    return await send_response(send, 304, _stream_headers(result.etag, gzip), b"")
                if isinstance(result, Stream):
                    return await self._send_stream(send, method, result, gzip, client_left.done)
            finally:
                client_left.cancel()
            answer = result
        if gzip and answer.compressible and answer.compressed is None:
            await self._compress(question.key, answer)
        await self._send_answer(send, method, answer, gzip and answer.compressible, if_none_match)

    def stop(self) -> None:
        """Give up what takes long, as the server is told to stop; what is answered soon is still answered."""
        self._computations.stop()

    def close(self, seconds: float = 0.0) -> None:
        """Give up everything, and wait at most `seconds` for the threads to end."""
        self._computations.end(seconds)

    def _is_current(self, key: str, answer: Answer) -> bool:
        """Whether the files that a cached answer was computed from are known to be as they were.

        All requests that have arrived in one turn of the event loop share one look at the files.
        """
        state = answer.fingerprint
        if state is None or len(state.paths) > self._max_files_checked_inline:
            return False
        if self._checked.get(key) is answer:
            return True
        if not state.holds():
            return False
        if not self._checked:
            asyncio.get_running_loop().call_soon(self._checked.clear)
        self._checked[key] = answer
        return True

    async def _compress(self, key: str, answer: Answer) -> None:
        """Compress an answer once, however many ask for that at the same time."""
        if answer.compressing is None:
            answer.compressing = self._computations.light.run(answer.compress)
        await asyncio.wait({answer.compressing})
        answer.compressing.result()
        if answer.fingerprint is not None and self._cache.get(key) is answer:
            self._cache.put(key, answer)  # it has grown

    async def _send_answer(
        self, send: Send, method: str, answer: Answer, compressed: bool, if_none_match: bytes
    ) -> None:
        if if_none_match and answer.matches(if_none_match):
            return await send_response(send, 304, [*ALWAYS, *answer.validators(compressed)], b"")
        body = (answer.compressed if compressed else answer.body) or b""
        if method == "HEAD" or len(body) <= MAX_SENT_BYTES:
            body = b"" if method == "HEAD" else body
            return await send_response(send, answer.status, answer.headers(compressed), body)
        try:
            self._held.hold(body)
        except Overloaded:
            return await self._send_answer(send, method, busy(NO_ROOM), False, b"")
        try:
            await send_response(send, answer.status, answer.headers(compressed), body)
        finally:
            self._held.release(body)

    async def _send_stream(
        self, send: Send, method: str, stream: Stream, gzip: bool, client_left: Callable[[], bool]
    ) -> None:
        headers = _stream_headers(stream.etag, gzip)
        if gzip:
            headers.append(GZIP)
        headers.append(JSON)
        computations = self._computations
        is_held = False
        try:
            if method == "HEAD":
                return await send_response(send, stream.status, headers, b"")
            self._held.hold(stream.start)
            is_held = True
            await send_stream(
                send, stream, headers, gzip, computations.streams, lambda: client_left() or computations.is_stopping
            )
        except Overloaded:
            await self._send_answer(send, method, busy(NO_ROOM), False, b"")
        except (OSError, SwancliError) as error:
            self._warn(f"response aborted: {error}")
        finally:
            if is_held:
                self._held.release(stream.start)
            computations.free(stream)

    async def _fall_back(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._fallback is None:
            from swancli.server.fallback import fallback

            self._fallback = fallback()
        query = quote(scope["query_string"], safe=QUERY_CHARACTERS)  # Starlette fails on bytes that are not UTF-8
        await self._fallback({**scope, "query_string": query.encode()}, receive, send)


def _raw_path(scope: Scope) -> str:
    """A request's path as it came, quoted."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogatepass")
    return raw.decode("latin-1")


def _stream_headers(etag: bytes | None, gzip: bool) -> Headers:
    """The headers of a stream, or of the 304 response in its place."""
    headers = [*ALWAYS, VARY]
    if etag is not None:
        headers.append((b"etag", etag_for(etag, gzip)))
    return headers


def _accepts_gzip(header: bytes) -> bool:
    """Whether an Accept-Encoding header allows gzip."""
    if b"gzip" not in header and b"*" not in header:
        return False
    for word in header.lower().split(b","):
        coding, _, weight = word.partition(b";")
        if coding.strip() == b"gzip":
            return weight.replace(b" ", b"") not in (b"q=0", b"q=0.0", b"q=0.00", b"q=0.000")
    return False
