"""Several sources in one server: each one's endpoints below its name, the details of all at the root."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote

from swancli import wire
from swancli.reply import dumps
from swancli.server.answers import Answer, send_response
from swancli.server.requests import HEALTH_PATH, INDEX_PATH

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


class Mounts:
    """Passes a request below /NAME on to the app of that name, without the name; `root` gets what is for all."""

    def __init__(self, root: ASGIApp, apps: Mapping[str, ASGIApp]) -> None:
        self._root, self._apps = root, apps

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return await self._root(scope, receive, send)
        path: str = scope["path"]
        if path in (HEALTH_PATH, INDEX_PATH) or path.startswith(wire.PREFIX):
            return await self._root(scope, receive, send)
        name, slash, rest = path[1:].partition("/")
        app = self._apps.get(name)
        if app is not None and slash:
            raw: bytes = scope.get("raw_path") or path.encode("utf-8", "surrogatepass")
            first, _, raw_rest = raw[1:].partition(b"/")
            if unquote(first.decode("latin-1")) == name:
                return await app({**scope, "path": f"/{rest}", "raw_path": b"/" + raw_rest}, receive, send)
        names = ", ".join(f"/{name}" for name in self._apps)
        answer = Answer(404, dumps({"code": 3404, "message": f"this server has several sources, below {names}"}))
        await send_response(
            send, answer.status, answer.headers(False), b"" if scope["method"] == "HEAD" else answer.body
        )
