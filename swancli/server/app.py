"""The ASGI app of `serve`: a request goes to a Source, its Reply's bytes go back.

An answer whose files are as they were is sent at once. Any other is computed in a thread, so that a slow one
holds up nobody, from a source of its own, so that it sees what is on disk now.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, ParamSpec, TypeVar

from swancli.errors import SwancliError
from swancli.logdir.fingerprint import Fingerprint
from swancli.reply import dumps, failure
from swancli.server import requests
from swancli.server.access import Guard
from swancli.server.answers import ALWAYS, JSON, VARY, Answer, Answers, Headers, names, tagged
from swancli.source import Source

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from swancli.endpoints.route import AnyRoute

THREADS = 8
HELD = 1 << 26  # bytes of answers kept ready
WHOLE = 1 << 22  # bytes of an answer up to which it is sent whole and kept; a larger one is streamed
PIECE = 1 << 19  # bytes of a stream that are made at once
AT_ONCE = 100  # files whose state is looked up without leaving it to a thread
DENIED = {401: 3401, 403: 3403}


P = ParamSpec("P")
Result = TypeVar("Result")


class Stream(NamedTuple):
    """An answer too large to be kept."""

    status: int
    start: bytes
    rest: Iterator[bytes]
    etag: bytes | None
    close: Callable[[], None]


class NotModified(NamedTuple):
    """The client has the answer already."""

    etag: bytes


class App:
    """Serves what `opened` gives, a source for each answer.

    `log` is called with method, path, status and seconds; `warn` with each of the source's warnings, once. Without
    `quick`, looking up the state of a file may take long, or hang.
    """

    def __init__(
        self,
        opened: Callable[[], Source],
        guard: Guard,
        log: Callable[[str, bytes, int, float], None] | None = None,
        warn: Callable[[str], None] | None = None,
        held: int = HELD,
        quick: bool = True,
    ) -> None:
        self._at_once = AT_ONCE if quick else 0
        self._opened, self._guard, self._log, self._warn = opened, guard, log, warn
        self._answers = Answers(held)
        self._threads = ThreadPoolExecutor(THREADS, "answer")
        self._computing: dict[bytes, tuple[asyncio.Lock, list[None]]] = {}
        self._warned: set[str] = set()
        self._fallback: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        begun = time.perf_counter()
        status = 500

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._respond(scope, receive, sent)
        finally:
            if self._log is not None:
                path = scope.get("raw_path") or scope["path"].encode("utf-8", "replace")
                self._log(scope["method"], path, status, time.perf_counter() - begun)

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        hosts: list[bytes] = []
        authorization = wanted = b""
        packed = False
        for name, value in scope["headers"]:
            if name == b"host":
                hosts.append(value)
            elif name == b"accept-encoding":
                packed = _takes_gzip(value)
            elif name == b"if-none-match":
                wanted = value
            elif name == b"authorization":
                authorization = value
        method, path = scope["method"], scope["path"]
        reading = method in ("GET", "HEAD")
        if path == "/healthz" and reading:
            return await self._send_whole(send, method, Answer(200, b'{"status":"ok"}'), False, b"")
        refusal = self._guard.refuses(hosts, authorization, scope["query_string"])
        if refusal is not None:
            return await self._refuse(send, method, *refusal)
        key = scope.get("raw_path") or path.encode("utf-8", "surrogatepass")
        answer = self._answers.get(key) if reading else None
        if answer is None or not await self._holds(answer):
            found = requests.endpoint(path) if reading else None
            if found is None:
                return await self._others(scope, receive, send)
            made = await self._made(key, *found, wanted, answer)
            if not isinstance(made, Answer):
                return await self._send_other(receive, send, method, made, packed)
            answer = made
        if packed and answer.worth_packing and answer.packed is None:
            await self._in_thread(answer.pack)
            if answer.fingerprint is not None and self._answers.get(key) is answer:
                self._answers.put(key, answer)  # it has grown
        await self._send_whole(send, method, answer, packed and answer.worth_packing, wanted)

    async def _made(
        self, key: bytes, route: AnyRoute, words: dict[str, str], wanted: bytes, stale: Answer | None
    ) -> Answer | Stream | NotModified:
        """An answer computed now; who asks for it meanwhile waits, and takes it if it is still true then."""
        lock, waiting = self._computing.setdefault(key, (asyncio.Lock(), []))
        waiting.append(None)
        try:
            async with lock:
                answer = self._answers.get(key)
                if answer is not None and answer is not stale and await self._holds(answer):
                    return answer
                made: Answer | Stream | NotModified = await self._in_thread(self._compute, key, route, words, wanted)
                if isinstance(made, Answer) and made.fingerprint is not None:
                    self._answers.put(key, made)
                return made
        finally:
            waiting.pop()
            if not waiting:
                self._computing.pop(key, None)

    def _compute(
        self, key: bytes, route: AnyRoute, words: dict[str, str], wanted: bytes
    ) -> Answer | Stream | NotModified:
        source: Source | None = None
        keep: Fingerprint | None = None
        etag: bytes | None = None
        try:
            parameters = requests.parameters(words)
            source = self._opened()
            keep = source.fingerprint(route, parameters)
            if keep is not None and keep.fresh():
                keep = None
            if keep is not None:
                etag = b'"%s"' % keep.digest(key).encode()
                if wanted.strip() != b"*" and names(wanted, etag):
                    source.close()
                    return NotModified(etag)
            reply = source.get(route, **parameters)
            pieces = iter(reply.pieces())
            start, more = _gathered(pieces, WHOLE)
        except Exception as error:
            if source is not None:
                self._pass_on(source.notes)
                source.close()
            if isinstance(error, SwancliError):
                reply = failure(error)
                return Answer(reply.status, reply.read(), keep if error.status < 500 else None)
            self._say(f"{route.name}: unexpected {type(error).__name__}: {error}")
            return Answer(500, dumps({"code": 3555, "message": f"unexpected {type(error).__name__}"}))
        self._pass_on(source.notes)
        if more:
            held = source
            return Stream(reply.status, start, pieces, etag if reply.status == 200 else None, lambda: held.close())
        source.close()
        return Answer(reply.status, start, keep if reply.status < 500 else None)

    async def _holds(self, answer: Answer) -> bool:
        if answer.fingerprint is None:
            return False
        if len(answer.fingerprint.paths) <= self._at_once:
            return answer.fingerprint.holds()
        return await self._in_thread(answer.fingerprint.holds)

    async def _in_thread(self, function: Callable[P, Result], *arguments: P.args, **more: P.kwargs) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(function, *arguments, **more))

    async def _send_whole(self, send: Send, method: str, answer: Answer, packed: bool, wanted: bytes) -> None:
        if wanted and answer.matches(wanted):
            await _send(send, 304, [*ALWAYS, *answer.validators(packed)], b"")
            return
        body = answer.packed if packed else answer.body
        await _send(send, answer.status, answer.headers(packed), b"" if method == "HEAD" else body or b"")

    async def _send_other(
        self, receive: Receive, send: Send, method: str, made: Stream | NotModified, packed: bool
    ) -> None:
        headers: Headers = [*ALWAYS, VARY]
        if made.etag is not None:
            headers.append((b"etag", tagged(made.etag, packed)))
        if isinstance(made, NotModified):
            return await _send(send, 304, headers, b"")
        if packed:
            headers.append((b"content-encoding", b"gzip"))
        headers.append(JSON)
        try:
            if method == "HEAD":
                return await _send(send, made.status, headers, b"")
            await self._stream(receive, send, made, headers, packed)
        finally:
            await self._in_thread(made.close)

    async def _stream(self, receive: Receive, send: Send, made: Stream, headers: Headers, packed: bool) -> None:
        """Send piece by piece; after an error, or when the client has gone, the body stays incomplete."""
        gone = asyncio.ensure_future(_gone(receive))
        pack = _packer() if packed else None
        try:
            await send({"type": "http.response.start", "status": made.status, "headers": headers})
            piece, more = made.start, True
            while not gone.done():
                if pack is not None:
                    piece = await self._in_thread(pack, piece, more)
                await send({"type": "http.response.body", "body": piece, "more_body": more})
                if not more:
                    return
                piece, more = await self._in_thread(_gathered, made.rest, PIECE)
        except (OSError, SwancliError) as error:
            self._say(f"an answer was broken off: {error}")
        finally:
            gone.cancel()

    async def _refuse(self, send: Send, method: str, status: int, message: str) -> None:
        body = dumps({"code": DENIED[status], "message": message})
        headers = [JSON, (b"content-length", b"%d" % len(body)), *ALWAYS]
        if status == 401:
            headers.append((b"www-authenticate", b"Bearer"))
        await _send(send, status, headers, b"" if method == "HEAD" else body)

    async def _others(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._fallback is None:
            from swancli.server.fallback import fallback

            self._fallback = fallback()
        await self._fallback(scope, receive, send)

    def _pass_on(self, notes: Iterable[str]) -> None:
        """Warn of what is not known yet."""
        for note in notes:
            if note not in self._warned and len(self._warned) < 1000:
                self._warned.add(note)
                self._say(note)

    def _say(self, text: str) -> None:
        if self._warn is not None:
            self._warn(text)


async def _send(send: Send, status: int, headers: Headers, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _gone(receive: Receive) -> None:
    """Wait until the client goes away."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _gathered(pieces: Iterator[bytes], most: int) -> tuple[bytes, bool]:
    """The next pieces in one, and whether there may be more; stops when `most` bytes are exceeded."""
    held, size = [], 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size > most:
            return b"".join(held), True
    return b"".join(held), False


def _packer() -> Callable[[bytes, bool], bytes]:
    """A function that packs a body piece by piece."""
    import zlib

    made = zlib.compressobj(5, zlib.DEFLATED, 31)
    return lambda piece, more: made.compress(piece) + (b"" if more else made.flush())


def _takes_gzip(header: bytes) -> bool:
    """Whether an Accept-Encoding header allows gzip."""
    if b"gzip" not in header and b"*" not in header:
        return False
    for word in header.lower().split(b","):
        coding, _, weight = word.partition(b";")
        if coding.strip() == b"gzip":
            return weight.replace(b" ", b"") not in (b"q=0", b"q=0.0", b"q=0.00", b"q=0.000")
    return False
