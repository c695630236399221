"""The details that a swancli server sends over HTTP; one request tells it from a swanboard, which sends none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from swancli import wire
from swancli.errors import NotFound, RemoteError, SwancliError
from swancli.notes import Notes
from swancli.remote import envelope
from swancli.remote.aside import Aside
from swancli.remote.client import Answer, Client, incomplete

if TYPE_CHECKING:
    from swancli.endpoints.route import AnyRoute
    from swancli.model import Address, Data, Point

DENIED = (401, 403, 407)  # whatever the server is
MAX_CONTENT_BYTES = 1 << 26  # of a media file
MAX_KEPT = 16  # responses
MAX_KEPT_BYTES = 1 << 20  # of one of them
MAX_POINTS_BYTES_IN_MEMORY = 1 << 20  # of one of several series; those of a longer one go to a temporary file
BLOCKS_FOLLOW = (b'"blocks":"points"}', b'"blocks":"lines"}')  # how a first line ends that is not the last


class Kept(NamedTuple):
    """A response, to be used again as long as its ETag holds."""

    etag: str
    lines: list[bytes]


class SwancliServer:
    """What is below /swancli/v1 at an address; methods return None once it is known that there is nothing."""

    def __init__(self, client: Client, notes: Notes) -> None:
        self._client, self._notes = client, notes
        self._kept: dict[str, Kept] = {}  # by path, the oldest first
        self._names: dict[Address, list[str]] = {}  # of a run's metrics, as they came with its row
        self._missing: bool | None = False if client.is_swancli else None  # None: to be found out

    def with_notes(self, notes: Notes) -> SwancliServer:
        """The same server, whose warnings go to `notes`."""
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

    def series(self, asked: Sequence[Mapping[str, object]]) -> Iterator[Data | SwancliError] | None:
        """The details of several series, an error in place of its details; also None if the server is too old."""
        paths = list(wire.paths_of_series(asked))
        first = self._ask(paths[0][0], may_lack=True)
        return None if first is None else self._series(first, paths)

    def _series(
        self, first: tuple[Data, Iterator[bytes]], paths: list[tuple[str, int]]
    ) -> Iterator[Data | SwancliError]:
        for n, (path, count) in enumerate(paths):
            head, lines = first if n == 0 else self._ask(path) or first
            for left in range(count, 0, -1):
                if "error" in head:
                    yield wire.error_of(head["error"])
                else:
                    details: Data = head["details"]
                    details["points"] = Held(self._blocks(lines))
                    yield details
                if left > 1:
                    head = self._parsed(next(lines, b""))
            _drain(lines)

    def about(self) -> Data:
        """Its version and capabilities; {} for a server without details."""
        if self._missing:
            return {}
        answer = self._client.fetch(wire.PREFIX)
        if answer.status in DENIED:
            raise self._refused(answer)
        found = self._first(b"".join(answer.pieces))
        self._missing = "capabilities" not in found
        return {} if self._missing else found

    def experiments(self) -> list[Data] | None:
        """The rows of all runs."""
        return self._rows(wire.EXPERIMENTS)

    def find(self, word: str) -> list[Data] | None:
        """The rows of the runs that a word names; perhaps others, too."""
        return self._rows(wire.find_path(word))

    def _rows(self, path: str) -> list[Data] | None:
        asked = self._ask(path)
        if asked is None:
            return None
        rows: list[Data] = asked[0]["details"]
        if len(rows) == 1 and "names" in asked[0]:
            row = rows[0]
            id = row["run_id"] if row.get("id") is None else row["id"]
            self._names[f"{row['source']}:{id}" if "source" in row else id] = asked[0]["names"]
        return rows

    def fetch(self, path: str) -> Data:
        """The single line of the response to a path that the server has; raises the error that it reports."""
        answer = self._client.fetch(path)
        if answer.status >= 400:
            raise self._refused(answer)
        return self._parsed(b"".join(answer.pieces).rstrip(b"\n"))

    def content(self, path: str) -> bytes:
        """The body of a response that is a file; NotFound if there is none."""
        answer = self._client.fetch(path)
        if answer.status == 404:
            raise NotFound(f"{self._client.where} has no such media file")
        if answer.status >= 400:
            raise self._refused(answer)
        found, size = [], 0
        for piece in answer.pieces:
            found.append(piece)
            size += len(piece)
            if size > MAX_CONTENT_BYTES:
                raise RemoteError(f"{self._client.where} returned a media file of more than {MAX_CONTENT_BYTES} bytes")
        return b"".join(found)

    def forget(self) -> None:
        """Forget what may have changed."""
        self._names.clear()

    def metrics(self, experiment: Address) -> list[str] | None:
        """The names of a run's metrics."""
        if experiment in self._names:
            return self._names[experiment]
        asked = self._ask(f"{wire.PREFIX}/experiments/{quote(str(experiment), safe='')}/names")
        found: list[str] | None = None if asked is None else asked[0]["details"]
        return found

    def _ask(self, path: str, may_lack: bool = False) -> tuple[Data, Iterator[bytes]] | None:
        """The first line of a response, and the others; None from a server without details.

        With `may_lack`, also None from a swancli server that does not know the path.
        """
        if self._missing:
            return None
        kept = self._kept.get(path)
        answer = self._client.fetch(path, kept.etag if kept else None)
        if may_lack and answer.status == 404 and self._missing is False:
            body = b"".join(answer.pieces)
            if b'"kind"' not in body:
                return None
            answer.pieces = iter((body,))
        if answer.status >= 400 and (self._missing is not None or answer.status in DENIED):
            raise self._refused(answer)
        if kept is not None and answer.status == 304:
            _drain(answer.pieces)
            lines: Iterator[bytes] = iter(kept.lines)
        else:
            lines = _lines(answer.pieces)
            if answer.etag is not None and not path.startswith(wire.SERIES):
                lines = self._keep(path, answer.etag, lines)
        first = self._first(next(lines, b""))
        if "error" in first and not may_lack:
            raise wire.error_of(first["error"])
        if "details" in first or "error" in first:
            self._missing = False
            if "blocks" not in first and not path.startswith(wire.SERIES):
                _drain(lines)
            return first, lines
        if self._missing is None:
            self._missing = True
            return None
        raise RemoteError(f"{self._client.where} returned a response that is not swancli's")

    def _keep(self, path: str, etag: str, lines: Iterator[bytes]) -> Iterator[bytes]:
        """The lines; once the last is read they are kept, unless too long, to be used again while nothing changes."""
        held: list[bytes] = []
        size = 0
        for line in lines:
            size += len(line)
            if size <= MAX_KEPT_BYTES:
                held.append(line)
                if line.startswith(b'{"end":') or not (len(held) > 1 or line.endswith(BLOCKS_FOLLOW)):
                    self._kept[path] = Kept(etag, held)
                    for old in list(self._kept)[:-MAX_KEPT]:  # other threads may do the same
                        self._kept.pop(old, None)
            yield line

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
        for _, block in self._blocks(lines):
            yield from wire.points_of(block) if key == "points" else block["lines"]
        _drain(lines)

    def _blocks(self, lines: Iterator[bytes]) -> Iterator[tuple[bytes, Data]]:
        """The blocks of a response, up to its end, as they came and parsed."""
        for line in lines:
            block = self._parsed(line)
            if block.get("end"):
                return
            yield line, block
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
        self._notes.failed |= found.get("failed") is True


class Held(Iterable["Point"]):
    """The points of one of several series: their blocks are read at once, and kept as they came."""

    def __init__(self, blocks: Iterator[tuple[bytes, Data]]) -> None:
        self._aside = Aside(MAX_POINTS_BYTES_IN_MEMORY)
        for line, _ in blocks:
            self._aside.write(line + b"\n")

    def __iter__(self) -> Iterator[Point]:
        for line in self._aside.lines():
            yield from wire.points_of(wire.parse(line))


def _drain(lines: Iterator[bytes]) -> None:
    """Read a body to its end, so that its connection can be used again."""
    for _ in lines:
        pass


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
