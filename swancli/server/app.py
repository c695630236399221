"""The ASGI app of `serve`: a request goes to a Source, its Reply's bytes go back.

An answer whose files have not changed is sent from the cache at once. Any other is computed in a thread, so that a
slow one delays nobody else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import quote

from swancli import wire
from swancli.errors import SwancliError
from swancli.server import requests
from swancli.server.answers import (
    ALWAYS,
    GZIP,
    JSON,
    VARY,
    Answer,
    AnswerCache,
    Headers,
    etag_for,
    send_response,
)
from swancli.server.compute import Computer, NotModified, Stream
from swancli.server.details import Details
from swancli.server.streaming import send_stream

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from swancli.endpoints.route import AnyRoute
    from swancli.server.index import Index
    from swancli.source import Source

QUERY_CHARACTERS = "".join(map(chr, range(0x21, 0x7F)))  # that may stand in a query as they are
MAX_THREADS = 8
MAX_CACHE_BYTES = 1 << 26
MAX_FILES_CHECKED_INLINE = 100  # whose state is looked up without handing that to a thread


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
        self._computer = Computer(open_source, self._warn)
        self._details = Details(open_source, self._warn)
        self._cache = AnswerCache(max_cache_bytes)
        self._threads = ThreadPoolExecutor(MAX_THREADS, "answer")
        self._computing: dict[bytes, tuple[asyncio.Lock, list[None]]] = {}
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
            return await _send_answer(send, method, Answer(200, b'{"status":"ok"}'), False, b"")
        if path == requests.INDEX_PATH and reading and self._index is not None:
            return await self._index.send(send, method, host)
        if path.startswith(wire.PREFIX) and reading:
            return await self._tell_details(scope, receive, send, gzip, if_none_match)
        key = scope.get("raw_path") or path.encode("utf-8", "surrogatepass")
        answer = self._cache.get(key) if reading else None
        if answer is None or not await self._is_current(answer):
            found = requests.endpoint(path) if reading else None
            if found is None:
                return await self._fall_back(scope, receive, send)
            computed = await self._compute(key, *found, if_none_match, answer)
            if isinstance(computed, NotModified):
                return await send_response(send, 304, _stream_headers(computed.etag, gzip), b"")
            if isinstance(computed, Stream):
                return await self._send_stream(receive, send, method, computed, gzip)
            answer = computed
        if gzip and answer.compressible and answer.compressed is None:
            await asyncio.get_running_loop().run_in_executor(self._threads, answer.compress)
            if answer.fingerprint is not None and self._cache.get(key) is answer:
                self._cache.put(key, answer)  # it has grown
        await _send_answer(send, method, answer, gzip and answer.compressible, if_none_match)

    async def _tell_details(self, scope: Scope, receive: Receive, send: Send, gzip: bool, if_none_match: bytes) -> None:
        """Answer a request below wire.PREFIX."""
        path = (scope.get("raw_path") or scope["path"].encode("utf-8", "surrogatepass")).decode("latin-1")
        query = scope["query_string"].decode("latin-1")
        loop = asyncio.get_running_loop()
        computed = await loop.run_in_executor(self._threads, self._details.compute, path, query)
        if computed is None:
            return await self._fall_back(scope, receive, send)
        if isinstance(computed, Stream):
            return await self._send_stream(receive, send, scope["method"], computed, gzip)
        if gzip and computed.compressible:
            await loop.run_in_executor(self._threads, computed.compress)
        await _send_answer(send, scope["method"], computed, gzip and computed.compressible, if_none_match)

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _compute(
        self, key: bytes, route: AnyRoute, words: dict[str, str], if_none_match: bytes, stale: Answer | None
    ) -> Answer | Stream | NotModified:
        """An answer computed now; concurrent requests for it wait, and share it if it is still current then."""
        lock, waiting = self._computing.setdefault(key, (asyncio.Lock(), []))
        waiting.append(None)
        try:
            async with lock:
                answer = self._cache.get(key)
                if answer is not None and answer is not stale and await self._is_current(answer):
                    return answer
                computed = await asyncio.get_running_loop().run_in_executor(
                    self._threads, self._computer.compute, key, route, words, if_none_match
                )
                if isinstance(computed, Answer) and computed.fingerprint is not None:
                    self._cache.put(key, computed)
                return computed
        finally:
            waiting.pop()
            if not waiting:
                self._computing.pop(key, None)

    async def _is_current(self, answer: Answer) -> bool:
        """Whether the files that a cached answer was computed from are as they were."""
        if answer.fingerprint is None:
            return False
        if len(answer.fingerprint.paths) <= self._max_files_checked_inline:
            return answer.fingerprint.holds()
        return await asyncio.get_running_loop().run_in_executor(self._threads, answer.fingerprint.holds)

    async def _send_stream(self, receive: Receive, send: Send, method: str, stream: Stream, gzip: bool) -> None:
        headers = _stream_headers(stream.etag, gzip)
        if gzip:
            headers.append(GZIP)
        headers.append(JSON)
        try:
            if method == "HEAD":
                await send_response(send, stream.status, headers, b"")
            else:
                await send_stream(receive, send, stream, headers, gzip, self._threads)
        except (OSError, SwancliError) as error:
            self._warn(f"response aborted: {error}")
        finally:
            await asyncio.get_running_loop().run_in_executor(self._threads, stream.close)

    async def _fall_back(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._fallback is None:
            from swancli.server.fallback import fallback

            self._fallback = fallback()
        query = quote(scope["query_string"], safe=QUERY_CHARACTERS)  # Starlette fails on bytes that are not UTF-8
        await self._fallback({**scope, "query_string": query.encode()}, receive, send)


async def _send_answer(send: Send, method: str, answer: Answer, compressed: bool, if_none_match: bytes) -> None:
    if if_none_match and answer.matches(if_none_match):
        return await send_response(send, 304, [*ALWAYS, *answer.validators(compressed)], b"")
    body = answer.compressed if compressed else answer.body
    await send_response(send, answer.status, answer.headers(compressed), b"" if method == "HEAD" else body or b"")


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
