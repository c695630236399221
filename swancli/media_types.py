"""The media type of a file, from its content; only for plain text and JSON from its name.

Nothing that a browser would execute has a type of its own: HTML and SVG are bytes to save.
"""

from __future__ import annotations

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


def type_of(name: str, content: bytes) -> bytes:
    """The media type of a file."""
    if content[:4] == b"RIFF":
        return RIFF.get(content[8:12], OTHER)
    for start, kind in TYPES:
        if content.startswith(start):
            return kind
    return TEXTS.get(name.rpartition(".")[2].lower(), OTHER)
