"""What GET / answers: what this server is, and how to use it, as plain text. swanboard has its web page there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from swancli.endpoints import ROUTES
from swancli.server.answers import ALWAYS, Headers, send_response
from swancli.version import __version__

if TYPE_CHECKING:
    from starlette.types import Send

TEXT = (b"content-type", b"text/plain; charset=utf-8")
HOST = re.compile(rb"[A-Za-z0-9.\[\]:_-]{1,255}")  # what may stand in a command to be copied
UNKNOWN_HOST = "HOST:PORT"


class Index:
    """The text for a server of the data at `where`; `token`: whether clients must send one, which is not shown.

    `sources` are the names below which each of several sources has its endpoints.
    """

    def __init__(self, where: str, token: bool, sources: Sequence[str] = ()) -> None:
        self._where, self._token, self._sources = where, token, sources

    def text(self, host: bytes) -> str:
        """The text for a client that reached the server by this Host header."""
        url = f"http://{host.decode() if HOST.fullmatch(host) else UNKNOWN_HOST}"
        lines = [
            f"swancli {__version__}: the SwanLab API for {self._where}, read-only.",
            "",
            "Endpoints:",
            *(f"  GET {route.path}" for route in ROUTES.values()),
            "",
        ]
        below = f"/{self._sources[0]}" if self._sources else ""
        if self._sources:
            lines += [f"These are below the name of each source: {', '.join(self._sources)}.", ""]
        if self._token:
            lines += [
                "Every request needs the token, as a bearer token or as ?token=… in the URL:",
                f'  curl -H "Authorization: Bearer $TOKEN" {url}{below}/api/v1/project',
                f"  SWANCLI_TOKEN=$TOKEN swancli -u {url} project",
                f"  swancli -u '{url}/?token=…' project",
            ]
        else:
            lines += ["No token is needed:", f"  curl {url}{below}/api/v1/project", f"  swancli -u {url} project"]
        return "\n".join(lines) + "\n"

    async def send(self, send: Send, method: str, host: bytes) -> None:
        """Send it; without the body for HEAD."""
        body = self.text(host).encode("utf-8", "replace")
        headers: Headers = [TEXT, (b"content-length", b"%d" % len(body)), *ALWAYS]
        await send_response(send, 200, headers, b"" if method == "HEAD" else body)
