"""Sending an answer too large to be held in memory, piece by piece."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from swancli.server.answers import GZIP_LEVEL, Headers, send_body
from swancli.server.compute import Stream, read_up_to
from swancli.server.threads import Threads

if TYPE_CHECKING:
    from starlette.types import Receive, Send

CHUNK_BYTES = 1 << 19  # of a stream that are computed and sent at once


async def send_stream(
    send: Send,
    stream: Stream,
    headers: Headers,
    compress: bool,
    threads: Threads,
    is_over: Callable[[], bool],
) -> None:
    """Send a stream; if `is_over()` becomes true, or the source fails, the body stays incomplete."""
    compressor = _compressor() if compress else None
    await send({"type": "http.response.start", "status": stream.status, "headers": headers})
    piece, more = stream.start, True
    while not is_over():
        if compressor is not None:
            piece = await threads.run(compressor, piece, more)
        await send_body(send, piece, more)
        if not more:
            return
        piece, more = await threads.run(read_up_to, stream.rest, CHUNK_BYTES)


async def disconnected(receive: Receive) -> None:
    """Wait until the client disconnects."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _compressor() -> Callable[[bytes, bool], bytes]:
    """A function that compresses a body piece by piece; its second argument tells whether more follows."""
    import zlib

    gzip = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, 31)
    return lambda piece, more: gzip.compress(piece) + (b"" if more else gzip.flush())
