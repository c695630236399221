"""Parts of media files: what a browser asks for when somebody moves about in a sound."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from swancli.server.ranges import Ranges

BODY = bytes(range(100))
PATH = "/swancli/v1/experiments/1/media/a.wav"


def ask(
    range: str | None, path: str = PATH, method: str = "GET", more: dict[str, str] | None = None, zipped: bool = False
) -> tuple[int, dict[str, str], bytes]:
    """The answer to a request, of an app that sends BODY in pieces of 30 bytes."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"audio/wav"), (b"content-length", b"100"), (b"etag", b'"x"')]
        headers += [(b"content-encoding", b"gzip")] if zipped else []
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for at in (0, 30, 60, 90):
            await send({"type": "http.response.body", "body": BODY[at : at + 30], "more_body": at < 90})

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    asked = {**({} if range is None else {"range": range}), **(more or {})}
    headers = [(name.encode(), value.encode()) for name, value in asked.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": headers}
    asyncio.run(Ranges(app)(scope, None, send))  # type: ignore[arg-type]
    start, *bodies = sent
    found = {name.decode(): value.decode() for name, value in start["headers"]}
    assert [message["more_body"] for message in bodies] == [True, True, True, False]
    return start["status"], found, b"".join(message["body"] for message in bodies)


@pytest.mark.parametrize(
    ("range", "first", "end"),
    [("bytes=0-0", 0, 1), ("bytes=0-99", 0, 100), ("bytes=25-64", 25, 65), ("bytes=95-", 95, 100), ("bytes=-7", 93, 100),
     ("bytes=90-200", 90, 100), ("bytes=-300", 0, 100), ("bytes=0-", 0, 100)],
)  # fmt: skip
def test_a_range_is_that_part_of_the_file(range: str, first: int, end: int) -> None:
    status, headers, body = ask(range)
    assert (status, body) == (206, BODY[first:end])
    assert headers["content-range"] == f"bytes {first}-{end - 1}/100"
    assert headers["content-length"] == str(end - first)
    assert headers["content-type"] == "audio/wav"


@pytest.mark.parametrize("range", ["bytes=100-", "bytes=5-4", "bytes=-0"])
def test_a_range_beyond_the_file_is_refused(range: str) -> None:
    status, headers, body = ask(range)
    assert (status, body, headers["content-range"], headers["content-length"]) == (416, b"", "bytes */100", "0")


@pytest.mark.parametrize(
    "range", [None, "bytes=-", "bytes=0-1,5-6", "lines=0-1", "bytes=a-b", "bytes=" + "9" * 30 + "-"]
)
def test_what_is_no_single_range_gives_the_whole_file(range: str | None) -> None:
    status, headers, body = ask(range)
    assert (status, body) == (200, BODY)
    assert "content-range" not in headers


def test_only_media_are_told_in_parts() -> None:
    assert ask("bytes=0-1", path="/api/v1/project")[0] == 200
    assert ask("bytes=0-1", method="HEAD")[0] == 200
    assert ask("bytes=0-1", zipped=True)[0] == 200


def test_a_file_that_has_changed_is_told_from_its_beginning() -> None:
    assert ask("bytes=5-6", more={"if-range": '"x"'})[0] == 206
    assert ask("bytes=5-6", more={"if-range": '"y"'})[0] == 200
