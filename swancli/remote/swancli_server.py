"""The details that a swancli server tells over HTTP; a swanboard, which can't, is found out by one request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from swancli import wire
from swancli.errors import RemoteError
from swancli.notes import Notes
from swancli.remote import envelope
from swancli.remote.client import Answer, Client, incomplete

if TYPE_CHECKING:
    from swancli.endpoints.route import AnyRoute
    from swancli.model import Address, Data

DENIED = (401, 403, 407)  # whatever stands behind


class SwancliServer:
    """What stands below /swancli/v1 at an address; every method gives None once it is known that nothing does."""

    def __init__(self, client: Client, notes: Notes) -> None:
        self._client, self._notes = client, notes
        self._missing: bool | None = None

    def with_notes(self, notes: Notes) -> SwancliServer:
        """The same server, whose warnings go elsewhere."""
        twin = SwancliServer(self._client, notes)
        twin._missing = self._missing
        return twin

    def details(self, route: AnyRoute, parameters: Mapping[str, object]) -> Data | None:
        """The details of a route, its points or lines read as they are asked for."""
        asked = self._ask(wire.path_of(route, parameters))
        if asked is None:
            return None
        first, lines = asked
        details: Data = first["details"]
        key = first.get("blocks")
        if key is not None:
            details[key] = self._items(lines, key)
        return details

    def experiments(self) -> list[Data] | None:
        """The rows of all runs."""
        asked = self._ask(f"{wire.PREFIX}/experiments")
        found: list[Data] | None = None if asked is None else asked[0]["details"]
        return found

    def metrics(self, experiment: Address) -> list[str] | None:
        """The names of a run's metrics."""
        asked = self._ask(f"{wire.PREFIX}/experiments/{quote(str(experiment), safe='')}/names")
        found: list[str] | None = None if asked is None else asked[0]["details"]
        return found

    def _ask(self, path: str) -> tuple[Data, Iterator[bytes]] | None:
        """The first line of a response, and the others; None from a server that does not tell details."""
        if self._missing:
            return None
        answer = self._client.fetch(path)
        if answer.status >= 400 and (self._missing is not None or answer.status in DENIED):
            raise self._refused(answer)
        lines = _lines(answer.pieces)
        first = self._first(next(lines, b""))
        if "error" in first:
            raise wire.error_of(first["error"])
        if "details" in first:
            self._missing = False
            return first, lines
        if self._missing is None:
            self._missing = True
            return None
        raise RemoteError(f"{self._client.where} returned a response that is not swancli's")

    def _first(self, line: bytes) -> Data:
        try:
            return self._parsed(line)
        except RemoteError:
            if self._missing is None:  # somebody else's server
                return {}
            raise

    def _refused(self, answer: Answer) -> Exception:
        body = b"".join(answer.pieces)
        try:
            found = wire.parse(body)
        except ValueError:
            found = {}
        if isinstance(found.get("error"), dict):
            self._take_notes(found)
            return wire.error_of(found["error"])
        error = envelope.check(self._client.where, answer, body)
        return error or RemoteError(f"{self._client.where} returned status {answer.status}")

    def _items(self, lines: Iterator[bytes], key: str) -> Iterator[object]:
        for line in lines:
            block = self._parsed(line)
            if block.get("end"):
                return
            yield from wire.points_of(block) if key == "points" else block["lines"]
        raise incomplete(self._client.where)

    def _parsed(self, line: bytes) -> Data:
        try:
            found = wire.parse(line)
        except ValueError as error:
            raise RemoteError(f"{self._client.where} returned invalid JSON") from error
        self._take_notes(found)
        return found

    def _take_notes(self, found: Data) -> None:
        for note in found.get("notes") or ():
            self._notes(str(note))


def _lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The whole lines of a body."""
    held: list[bytes] = []
    for piece in pieces:
        *whole, rest = piece.split(b"\n")
        if whole:
            yield b"".join([*held, whole[0]])
            yield from whole[1:]
            held = []
        if rest:
            held.append(rest)
    if held:
        yield b"".join(held)
