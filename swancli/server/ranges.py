"""Parts of media files, by the header Range: browsers need them to seek in audio.

A single range of bytes is answered as RFC 9110, section 14, says. Several ranges, and invalid ones, give the whole
file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from swancli import wire

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MEDIA = f"/{wire.MEDIA}/"  # in the paths of media files
RANGE = re.compile(rb"bytes=(\d{0,18})-(\d{0,18})")
OK, PARTIAL, NOT_SATISFIABLE = 200, 206, 416


class Ranges:
    """Answers requests for a part of a media file with that part of what `app` answers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] != "GET" or MEDIA not in scope["path"]:
            return await self._app(scope, receive, send)
        headers = dict(scope["headers"])
        found = RANGE.fullmatch(headers.get(b"range", b"").strip())
        if found is not None and (found[1] or found[2]):
            send = _Part(send, found[1], found[2], headers.get(b"if-range")).send
        await self._app(scope, receive, send)


class _Part:
    """Sends the bytes from `first` to `last` of a response, both included; without `first`, the last `last` bytes."""

    def __init__(self, send: Send, first: bytes, last: bytes, if_range: bytes | None) -> None:
        self._send, self._first, self._last, self._if_range = send, first, last, if_range
        self._at, self._begin, self._end = 0, 0, 0
        self._is_part = False

    async def send(self, message: Message) -> None:
        """Send a message, or the part of it that was asked for."""
        if message["type"] == "http.response.start":
            message = self._start(message)
        elif self._is_part and message["type"] == "http.response.body":
            body = message.get("body", b"")
            at, self._at = self._at, self._at + len(body)
            message = {**message, "body": body[max(self._begin - at, 0) : max(self._end - at, 0)]}
        await self._send(message)

    def _start(self, message: Message) -> Message:
        headers = dict(message["headers"])
        is_whole = message["status"] == OK and b"content-encoding" not in headers and b"content-length" in headers
        if not is_whole or (self._if_range is not None and self._if_range != headers.get(b"etag")):
            return message
        self._is_part = True
        size = int(headers[b"content-length"])
        if self._first:
            self._begin = int(self._first)
            self._end = min(int(self._last) + 1, size) if self._last else size
        else:
            self._begin, self._end = max(size - int(self._last), 0), size
        status = PARTIAL
        headers[b"content-range"] = b"bytes %d-%d/%d" % (self._begin, self._end - 1, size)
        if self._begin >= self._end:
            status, self._begin, self._end = NOT_SATISFIABLE, 0, 0
            headers[b"content-range"] = b"bytes */%d" % size
        headers[b"content-length"] = b"%d" % (self._end - self._begin)
        return {**message, "status": status, "headers": list(headers.items())}
