"""Answers that are ready to be sent, and the cache that keeps them while their files do not change."""

from __future__ import annotations

from collections import OrderedDict
from hashlib import blake2b
from typing import TYPE_CHECKING

from swancli.logdir.fingerprint import Fingerprint
from swancli.reply import dumps

if TYPE_CHECKING:
    import asyncio

    from starlette.types import Send

Headers = list[tuple[bytes, bytes]]

JSON = (b"content-type", b"application/json")
ALWAYS: Headers = [(b"cache-control", b"no-cache"), (b"x-content-type-options", b"nosniff")]
VARY = (b"vary", b"accept-encoding")
GZIP = (b"content-encoding", b"gzip")
PACKED = (b"image/", b"audio/", b"application/octet-stream")  # types that gzip does not make smaller
GZIP_LEVEL = 4  # level 5 takes twice the time for a result 1 % smaller
MIN_GZIP_BYTES = 1024  # a shorter body is not worth compressing
MAX_SENT_BYTES = 1 << 16  # of a body that are handed to a connection at once
RETRY_AFTER_SECONDS = 5  # after which a client may ask again if the server had too much to do
ANSWER_OVERHEAD_BYTES = 600  # memory that an answer takes beside its body, estimated
PATH_OVERHEAD_BYTES = 300  # memory that a path of its fingerprint takes, estimated


class Answer:
    """A status and a whole body, with ETag and headers; `compressed` is the body in gzip once it was needed."""

    __slots__ = (
        "_headers", "body", "compressed", "compressing", "content_type", "etag", "fingerprint", "more_headers",
        "status",
    )  # fmt: skip

    def __init__(
        self,
        status: int,
        body: bytes,
        fingerprint: Fingerprint | None = None,
        more_headers: Headers | None = None,
        content_type: bytes = JSON[1],
    ) -> None:
        self.status, self.body, self.fingerprint = status, body, fingerprint
        self.content_type = content_type
        self.more_headers = more_headers or []
        self.compressing: asyncio.Future[None] | None = None
        self.compressed: bytes | None = None
        self.etag = b'"%s"' % blake2b(body, digest_size=12).hexdigest().encode() if status == 200 else None
        self._headers: dict[bool, Headers] = {}

    @property
    def compressible(self) -> bool:
        """Whether the body is worth compressing, by its size and type."""
        return len(self.body) > MIN_GZIP_BYTES and not self.content_type.startswith(PACKED)

    @property
    def size(self) -> int:
        """The memory it takes in bytes, estimated."""
        paths = len(self.fingerprint.paths) + len(self.fingerprint.links) if self.fingerprint is not None else 0
        return len(self.body) + len(self.compressed or b"") + ANSWER_OVERHEAD_BYTES + PATH_OVERHEAD_BYTES * paths

    def compress(self) -> None:
        """Fill in `compressed`."""
        import gzip

        self.compressed = gzip.compress(self.body, GZIP_LEVEL, mtime=0)

    def headers(self, compressed: bool) -> Headers:
        """The headers of a full response."""
        found = self._headers.get(compressed)
        if found is None:
            body = self.compressed if compressed else self.body
            found = [
                (JSON[0], self.content_type),
                (b"content-length", b"%d" % len(body or b"")),
                *ALWAYS,
                *self.more_headers,
            ]
            if compressed:
                found.append(GZIP)
            found += self.validators(compressed)
            self._headers[compressed] = found
        return list(found)

    def validators(self, compressed: bool) -> Headers:
        """Those headers that a 304 response has, too."""
        found: Headers = [VARY] if self.compressible else []
        if self.etag is not None:
            found.append((b"etag", etag_for(self.etag, compressed)))
        return found

    def matches(self, if_none_match: bytes) -> bool:
        """Whether an If-None-Match header names this answer."""
        return self.etag is not None and etag_matches(if_none_match, self.etag)


def etag_for(etag: bytes, compressed: bool) -> bytes:
    """The ETag of a body, which differs when the body is compressed."""
    return etag[:-1] + b'-gzip"' if compressed else etag


def etag_matches(if_none_match: bytes, etag: bytes) -> bool:
    """Whether an If-None-Match header holds `etag`, of the plain or the compressed body."""
    if if_none_match.strip() == b"*":
        return True
    given = {word.strip().removeprefix(b"W/") for word in if_none_match.split(b",")}
    return etag in given or etag_for(etag, True) in given


def busy(message: str) -> Answer:
    """The answer to a request for which there is no room now."""
    retry_after = (b"retry-after", b"%d" % RETRY_AFTER_SECONDS)
    return Answer(503, dumps({"code": 3503, "message": message}), more_headers=[retry_after])


async def send_response(send: Send, status: int, headers: Headers, body: bytes) -> None:
    """Send a complete response."""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send_body(send, body, False)


async def send_body(send: Send, body: bytes, more: bool) -> None:
    """Send a body, or a part of one with `more` to follow, as fast as the client takes it.

    A connection buffers whatever it is given, so it is given little at a time.
    """
    for at in range(0, max(len(body), 1), MAX_SENT_BYTES):
        piece = body[at : at + MAX_SENT_BYTES]
        await send({"type": "http.response.body", "body": piece, "more_body": more or at + len(piece) < len(body)})


class AnswerCache:
    """The most recently used answers, at most `max_bytes` in all, by the key of their question."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes, self._size = max_bytes, 0
        self._held: OrderedDict[str, tuple[Answer, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: str) -> Answer | None:
        """A cached answer, which may be out of date."""
        found = self._held.get(key)
        if found is None:
            return None
        self._held.move_to_end(key)
        return found[0]

    def put(self, key: str, answer: Answer) -> None:
        """Keep an answer, unless it is so large that it would evict most others."""
        self.drop(key)
        size = answer.size + len(key)
        if size > self._max_bytes // 4:
            return
        self._held[key] = answer, size
        self._size += size
        while self._size > self._max_bytes:
            _, (_, evicted) = self._held.popitem(last=False)
            self._size -= evicted

    def drop(self, key: str) -> None:
        """Forget an answer."""
        found = self._held.pop(key, None)
        if found is not None:
            self._size -= found[1]
