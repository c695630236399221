"""Media files below /swancli/v1/experiments/ID/media/, which a browser must never take for a page."""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote

from swancli import wire
from swancli.errors import UsageError
from swancli.media_types import OTHER
from swancli.server.answers import Headers

SAFE: Headers = [
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"accept-ranges", b"bytes"),
]


def asked(path: str, query: str) -> tuple[str, str, str] | None:
    """The experiment, the metric and the file that a path and its query name; None if it is another path."""
    words = path.removeprefix(wire.PREFIX).strip("/").split("/")
    if len(words) != 4 or words[0] != "experiments" or words[2] != wire.MEDIA:
        return None
    metric = dict(parse_qsl(query, keep_blank_values=True, errors="surrogatepass")).get("name")
    if metric is None:
        raise UsageError("specify the parameter name (the metric)")
    experiment, name = (unquote(word, errors="surrogatepass") for word in (words[1], words[3]))
    return experiment, metric, name


def headers(kind: bytes) -> Headers:
    """The headers of a media file besides its type."""
    return [*SAFE, (b"content-disposition", b"attachment")] if kind == OTHER else list(SAFE)
