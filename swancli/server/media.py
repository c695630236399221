"""Media files below /swancli/v1/experiments/ID/media/: with a type that what is in them confirms, else as a download.

Nothing that a browser would run has a type of its own: HTML and SVG are bytes to save.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote

from swancli import wire
from swancli.errors import UsageError
from swancli.server.answers import Headers

TYPES = (  # how a file begins, and its type
    (b"\x89PNG\r\n\x1a\n", b"image/png"),
    (b"\xff\xd8\xff", b"image/jpeg"),
    (b"GIF87a", b"image/gif"),
    (b"GIF89a", b"image/gif"),
    (b"BM", b"image/bmp"),
    (b"ID3", b"audio/mpeg"),
    (b"\xff\xfb", b"audio/mpeg"),
    (b"OggS", b"audio/ogg"),
    (b"fLaC", b"audio/flac"),
)
RIFF = {b"WAVE": b"audio/wav", b"WEBP": b"image/webp"}
TEXTS = {"txt": b"text/plain; charset=utf-8", "json": b"application/json"}
OTHER = b"application/octet-stream"
SAFE: Headers = [
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"cross-origin-resource-policy", b"same-origin"),
]


def asked(path: str, query: str) -> tuple[str, str, str] | None:
    """The experiment, the metric and the file that a path and its query name; None if it is another path."""
    words = path.removeprefix(wire.PREFIX).strip("/").split("/")
    if len(words) != 4 or words[0] != "experiments" or words[2] != wire.MEDIA:
        return None
    metric = dict(parse_qsl(query, keep_blank_values=True, errors="surrogatepass")).get("name")
    if metric is None:
        raise UsageError("give the parameter name: the metric")
    experiment, name = (unquote(word, errors="surrogatepass") for word in (words[1], words[3]))
    return experiment, metric, name


def type_of(name: str, content: bytes) -> bytes:
    """The media type of a file."""
    if content[:4] == b"RIFF":
        return RIFF.get(content[8:12], OTHER)
    for start, kind in TYPES:
        if content.startswith(start):
            return kind
    return TEXTS.get(name.rpartition(".")[2].lower(), OTHER)


def headers(kind: bytes) -> Headers:
    """The headers of a media file beside its type."""
    return [*SAFE, (b"content-disposition", b"attachment")] if kind == OTHER else list(SAFE)
