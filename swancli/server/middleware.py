"""The middleware around the app: ranges, the guard, the access log, CORS. `stack` determines the order."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from swancli.reply import dumps
from swancli.server.access import Guard
from swancli.server.answers import ALWAYS, JSON, Headers, send_response
from swancli.server.ranges import Ranges
from swancli.server.requests import HEALTH_PATH, METHODS

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from swancli.server.page import Page

Log = Callable[[str, bytes, int, float], None]  # called with method, path, status, seconds

CLIENT_LEFT = 499  # logged in place of a status if the client left before there was a response, as nginx does
API_CODES = {401: 3401, 403: 3403}  # the `code` in the body of a refusal, by status


def stack(
    app: ASGIApp, guard: Guard, log: Log | None, origins: Sequence[str] = (), page: Page | None = None
) -> ASGIApp:
    """`app` and the page behind their middleware; the last one added sees a request first."""
    app = Guarded(Ranges(app), guard, page)
    if log is not None:
        app = AccessLog(app, log)
    if origins:
        app = cors(app, origins)
    return app


class Guarded:
    """Passes on to `app` what the guard lets in; everybody may ask for the server's health, and for an empty page."""

    def __init__(self, app: ASGIApp, guard: Guard, page: Page | None = None) -> None:
        self._app, self._guard, self._page = app, guard, page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        method = scope["method"]
        if scope["path"] == HEALTH_PATH and method in METHODS:
            return await self._app(scope, receive, send)
        hosts: list[bytes] = []
        authorization = cookies = b""
        for name, value in scope["headers"]:
            if name == b"host":
                hosts.append(value)
            elif name == b"authorization":
                authorization = value
            elif name == b"cookie":
                cookies = cookies + b";" + value if cookies else value
        refusal = self._guard.refuses(hosts, authorization, scope["query_string"], cookies)
        if self._page is not None and self._page.answers(scope) and (refusal is None or refusal[0] == 401):
            cookie = self._guard.cookie(hosts, scope["query_string"])
            return await self._page.send(scope, send, [(b"set-cookie", cookie)] if cookie is not None else [])
        if refusal is None:
            return await self._app(scope, receive, send)
        status, message = refusal
        body = dumps({"code": API_CODES[status], "message": message})
        headers: Headers = [JSON, (b"content-length", b"%d" % len(body)), *ALWAYS]
        if status == 401:
            headers.append((b"www-authenticate", b"Bearer"))
        await send_response(send, status, headers, b"" if method == "HEAD" else body)


class AccessLog:
    """Calls `log` after each request."""

    def __init__(self, app: ASGIApp, log: Log) -> None:
        self._app, self._log = app, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        start = time.perf_counter()
        status = 0

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
            status = status or CLIENT_LEFT
        finally:
            path = scope.get("raw_path") or scope["path"].encode("utf-8", "replace")
            self._log(scope["method"], path, status or 500, time.perf_counter() - start)


def cors(app: ASGIApp, origins: Sequence[str]) -> ASGIApp:
    """`app`, readable by the web pages of `origins`."""
    from starlette.middleware.cors import CORSMiddleware

    return CORSMiddleware(
        app,
        allow_origins=list(origins),
        allow_methods=list(METHODS),
        allow_headers=["authorization", "if-none-match"],
        expose_headers=["etag"],
    )
