"""The page: the files of swancli/page, and `GET /` for browsers. Nothing of it depends on the data.

The files are below a path with a hash of their content, so that browsers cache them until they change.
"""

from __future__ import annotations

import os
from hashlib import blake2b
from html import escape
from typing import TYPE_CHECKING

from swancli.page import HTML, files
from swancli.server.answers import GZIP, GZIP_LEVEL, MIN_GZIP_BYTES, VARY, Headers, send_response
from swancli.server.requests import INDEX_PATH, METHODS

if TYPE_CHECKING:
    from starlette.types import Scope, Send

PATH = "/swancli/page/"
TYPES = {
    ".html": b"text/html; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".svg": b"image/svg+xml",
}
POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self';"
    b" connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none';"
    b" require-trusted-types-for 'script'; trusted-types 'none'"
)
SAFE: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", POLICY),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
]
ONCE = (b"cache-control", b"no-cache")
FOREVER = (b"cache-control", b"public, max-age=31536000, immutable")


class Page:
    """The files, read when the first is asked for; `answers` says which requests are for it."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[bytes, bytes, bytes]] = {}  # by path: type, content, content in gzip

    def answers(self, scope: Scope) -> bool:
        """Whether a request is for the page; at "/", clients that do not ask for HTML get the index."""
        path: str = scope["path"]
        if scope["method"] not in METHODS:
            return False
        return path.startswith(PATH) or (path == INDEX_PATH and _wants_html(scope))

    async def send(self, scope: Scope, send: Send, more: Headers) -> None:
        """Send the file that a request is for, with `more` headers, or 404."""
        if not self._files:
            self._files = _read()
        path: str = scope["path"]
        found = self._files.get(path)
        is_html = path == INDEX_PATH
        if found is None:
            body = b"not found\n"
            headers: Headers = [(b"content-type", b"text/plain"), ONCE, *SAFE]
        else:
            kind, body, packed = found
            headers = [(b"content-type", kind), ONCE if is_html else FOREVER, VARY, *SAFE, *more]
            if len(body) > MIN_GZIP_BYTES and _takes_gzip(scope):
                body = packed
                headers.append(GZIP)
        headers.append((b"content-length", b"%d" % len(body)))
        await send_response(send, 404 if found is None else 200, headers, b"" if scope["method"] == "HEAD" else body)


def _read() -> dict[str, tuple[bytes, bytes, bytes]]:
    import gzip

    found = files()
    mark = blake2b(b"".join(name.encode() + found[name] for name in sorted(found)), digest_size=8).hexdigest()
    # the browser requests all modules at once, not each after the one that imports it
    modules = sorted(name for name in found if name.endswith(".js") and not name.startswith("vendor/"))
    links = "".join(f'<link rel="modulepreload" href="{escape(name)}">\n' for name in modules)
    html = found.pop(HTML).decode().replace("<!-- modules -->\n", links)
    html = html.replace('href="', f'href="{PATH[1:]}{mark}/').replace('src="', f'src="{PATH[1:]}{mark}/')
    by_path = {f"{PATH}{mark}/{name}": (TYPES[os.path.splitext(name)[1]], body) for name, body in found.items()}
    by_path[INDEX_PATH] = TYPES[".html"], html.encode()
    return {path: (kind, body, gzip.compress(body, GZIP_LEVEL, mtime=0)) for path, (kind, body) in by_path.items()}


def _wants_html(scope: Scope) -> bool:
    return any(name == b"accept" and b"text/html" in value for name, value in scope["headers"])


def _takes_gzip(scope: Scope) -> bool:
    return any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])
