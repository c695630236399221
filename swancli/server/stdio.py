"""`serve --stdio`: the same answers as HTTP over stdin and stdout, one after the other.

The client has started this process, over ssh, which decides who may do that. It needs the base install only. The
first line on stdout is the greeting, which tells the client where the output of a login profile ends.
"""

from __future__ import annotations

import contextlib
import os
import select
import sys
from collections.abc import Callable, Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import unquote

from swancli.logdir.checkpoint import GivenUp, until
from swancli.reply import dumps
from swancli.server.answers import Answer
from swancli.server.compute import Computer, NotModified, Postponed, Question, Result, Stream
from swancli.server.details import Details
from swancli.version import __version__
from swancli.wire import GREETING, PREFIX

if TYPE_CHECKING:
    from swancli.source import Source

CHUNKED = ("transfer-encoding", "chunked")


def serve(open_source: Callable[[], Source]) -> None:
    """Answer requests until the client closes the connection; `open_source` is called for each."""
    with contextlib.suppress(BrokenPipeError), os.fdopen(os.dup(0), "rb") as requests, _stdout() as answers:
        answers.write(GREETING + b" " + __version__.encode() + b"\n")
        answers.flush()
        Handler(requests, answers, open_source)


def _stdout() -> BinaryIO:
    """The pipe to the client; whatever else is printed must not get into it, and goes to stderr."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


class Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection."""

    protocol_version = "HTTP/1.1"
    server_version = f"swancli/{__version__}"
    sys_version = ""

    def __init__(self, requests: BinaryIO, answers: BinaryIO, open_source: Callable[[], Source]) -> None:
        self.rfile, self.wfile = requests, answers  # type: ignore[assignment]
        self._reader = select.poll()
        self._reader.register(answers.fileno(), 0)  # POLLERR is reported in any case

        def warn(text: str) -> None:
            print(f"swancli: warning: {text}", file=sys.stderr)

        self._computer, self._details = Computer(open_source, warn), Details(open_source, warn)
        self.handle()

    def do_GET(self) -> None:
        """Answer a request."""
        question = self._question()
        if question is None:
            return self._send(Answer(404, b'{"detail":"Not Found"}'))
        if_none_match = self.headers.get("if-none-match", "").encode("latin-1")
        try:
            result = until(self._is_left, lambda: question.answer(if_none_match, None))
        except GivenUp:
            self.close_connection = True
            return
        self._send_result(result, if_none_match)

    def _question(self) -> Question | None:
        path, _, query = self.path.partition("?")
        if path.startswith(PREFIX):
            return self._details.question(path, query)
        return self._computer.question(unquote(path, errors="surrogateescape"))

    def _is_left(self) -> bool:
        """Whether the client has stopped reading."""
        return bool(self._reader.poll(0))

    def _send_result(self, result: Result | Postponed, if_none_match: bytes) -> None:
        if isinstance(result, NotModified):
            return self._begin(304, [("etag", result.etag.decode())])
        if isinstance(result, Stream):
            return self._send_stream(result)
        assert isinstance(result, Answer)
        if if_none_match and result.matches(if_none_match):
            return self._begin(304, _headers(result))
        self._send(result)

    def _send(self, answer: Answer) -> None:
        self._begin(answer.status, _headers(answer), answer.body)

    def _send_stream(self, stream: Stream) -> None:
        headers = [("content-type", "application/json"), CHUNKED]
        if stream.etag is not None:
            headers.append(("etag", stream.etag.decode()))
        try:
            self._begin(stream.status, headers)
            for piece in _with_start(stream):
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            self.wfile.write(b"0\r\n\r\n")
        except BrokenPipeError:
            raise
        except Exception as error:
            # a response that is not complete can only be cut off
            print(f"swancli: error: {error}", file=sys.stderr)
            self.close_connection = True
        finally:
            stream.close()
            self.wfile.flush()

    def _begin(self, status: int, headers: list[tuple[str, str]], body: bytes = b"") -> None:
        self.send_response_only(status, HTTPStatus(status).phrase)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer a request that is not a GET request."""
        self.close_connection = True
        self.request_version = self.protocol_version  # else an invalid request is taken for HTTP/0.9, without headers
        self._send(Answer(code, dumps({"code": 3000 + code, "message": message or HTTPStatus(code).phrase})))

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged."""


def _with_start(stream: Stream) -> Iterator[bytes]:
    if stream.start:
        yield stream.start
    for piece in stream.rest:
        if piece:
            yield piece


def _headers(answer: Answer) -> list[tuple[str, str]]:
    return [(name.decode(), value.decode()) for name, value in answer.headers(False)]
