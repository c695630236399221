"""Requests to a swancli on another machine, over one ssh process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from swancli.remote.address import Address
from swancli.remote.aside import Aside
from swancli.remote.client import READ_BYTES, Answer, Client
from swancli.remote.ssh_target import SshTarget

if TYPE_CHECKING:
    from swancli.remote.ssh import SshBackend

BASE = "http://localhost"  # of the URLs in requests, never looked up
MAX_BODY_BYTES_IN_MEMORY = 1 << 23  # of a body that is set aside; a longer one goes to a temporary file


class SshClient(Client):
    """A Client whose one connection is a process; it starts another one when the process has ended."""

    max_connections = 1
    is_swancli = True  # it has greeted

    def __init__(self, target: SshTarget, timeout: float, remote_command: str, batch: bool) -> None:
        super().__init__(Address(BASE, "localhost", None, None), timeout, None, None)
        self._there, self._remote_command, self._batch = target, remote_command, batch
        self._turn = threading.Lock()
        self._last: Body | None = None  # of the last response

    @property
    def where(self) -> str:
        """The target, for messages."""
        return self._there.where

    def fetch(self, path: str, etag: str | None = None) -> Answer:
        """GET a path; what is left of the last response's body is set aside first, for there is one connection."""
        with self._turn:
            if self._last is not None:
                self._last.set_aside()
            answer = super().fetch(path, etag)
            self._last = answer.pieces = Body(answer.pieces)
            return answer

    def _backend(self) -> SshBackend:
        from swancli.remote.ssh import SshBackend

        return SshBackend(self._there, self._remote_command, self._batch)


class Body(Iterator[bytes]):
    """The pieces of a response's body, which can be read to the end before they are asked for."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._lock = threading.Lock()
        self._aside: Aside | None = None
        self._error: Exception | None = None

    def __next__(self) -> bytes:
        with self._lock:
            if self._aside is None:
                return next(self._pieces)
            piece = self._aside.read(READ_BYTES)
            if not piece:
                if self._error is not None:
                    raise self._error
                raise StopIteration
            return piece

    def set_aside(self) -> None:
        """Read what is left, so that the connection is free."""
        with self._lock:
            if self._aside is not None:
                return
            aside = Aside(MAX_BODY_BYTES_IN_MEMORY)
            try:
                for piece in self._pieces:
                    aside.write(piece)
            except Exception as error:
                self._error = error
            aside.rewind()
            self._aside = aside
