"""Sending an answer too large to be held in memory, piece by piece."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TYPE_CHECKING

from swancli.server.answers import GZIP_LEVEL, Headers
from swancli.server.compute import Stream, read_up_to

if TYPE_CHECKING:
    from starlette.types import Receive, Send

CHUNK_BYTES = 1 << 19  # of a stream that are computed and sent at once


async def send_stream(
    receive: Receive, send: Send, stream: Stream, headers: Headers, compress: bool, threads: Executor
) -> None:
    """Send a stream; when the client disconnects, or the source fails, the body stays incomplete."""
    loop = asyncio.get_running_loop()
    disconnected = asyncio.ensure_future(_disconnect(receive))
    compressor = _compressor() if compress else None
    try:
        await send({"type": "http.response.start", "status": stream.status, "headers": headers})
        piece, more = stream.start, True
        while not disconnected.done():
            if compressor is not None:
                piece = await loop.run_in_executor(threads, compressor, piece, more)
            await send({"type": "http.response.body", "body": piece, "more_body": more})
            if not more:
                return
            piece, more = await loop.run_in_executor(threads, read_up_to, stream.rest, CHUNK_BYTES)
    finally:
        disconnected.cancel()


async def _disconnect(receive: Receive) -> None:
    """Wait until the client disconnects."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _compressor() -> Callable[[bytes, bool], bytes]:
    """A function that compresses a body piece by piece; its second argument tells whether more follows."""
    import zlib

    gzip = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, 31)
    return lambda piece, more: gzip.compress(piece) + (b"" if more else gzip.flush())
