"""What was added since the last poll: the API has no way to request less than everything."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from swancli.endpoints import LOGS, METRIC
from swancli.errors import ConsoleNotFound
from swancli.remote import envelope
from swancli.remote.client import Client

if TYPE_CHECKING:
    from swancli.model import Address, Data, Point
    from swancli.remote.swancli_server import SwancliServer


class _Poller:
    """The `data` of one path, requested again and again."""

    def __init__(self, client: Client, path: str) -> None:
        self._client, self._path = client, path
        self._etag: str | None = None

    def poll(self) -> Data | None:
        """The data now; None if the server says that it has not changed, as `swancli serve` does (by its ETag)."""
        answer = self._client.fetch(self._path, self._etag)
        body = b"".join(answer.pieces)
        if answer.status == 304 and self._etag is not None:
            return None
        error = envelope.check(self._client.where, answer, body)
        if error is not None:
            raise error
        self._etag = answer.etag
        found: Data = envelope.parse(body)["data"]
        return found


class NewLines:
    """The lines of a log, from a swancli server that can send only those that are new."""

    def __init__(self, server: SwancliServer, experiment: Address, tail: int | None) -> None:
        self._server, self._experiment, self._tail = server, experiment, tail
        self._next = 0

    def poll(self) -> list[str]:
        """New complete lines; at the first call the last `tail` ones, or all."""
        tail, self._tail = self._tail, None
        parameters = {"experiment": self._experiment, "after": self._next, "tail": tail}
        try:
            found = self._server.details(LOGS, parameters) or {"lines": [], "next": self._next}
        except ConsoleNotFound:
            return []  # nothing has been printed yet
        lines = [str(line) for line in found["lines"]]
        self._next = found["next"]
        return lines


class NewPoints:
    """The points of a metric, from a swancli server that can send only those that are new."""

    def __init__(self, server: SwancliServer, experiment: Address, metric: str) -> None:
        self._server = server
        self._parameters: dict[str, object] = {"experiment": experiment, "metric": metric, "all": True}

    def poll(self) -> list[Point]:
        """The points beyond the last step seen; at the first call all of them."""
        found = self._server.details(METRIC, self._parameters) or {"points": []}
        new: list[Point] = list(found["points"])
        if new:
            self._parameters.pop("all", None)
            self._parameters["after"] = max(int(point[0]) for point in new)
        return new


class LogFollower:
    """The lines of a log."""

    def __init__(self, client: Client, path: str, tail: int | None) -> None:
        self._poller, self._tail = _Poller(client, path), tail
        self._seen: int | None = None

    def poll(self) -> list[str]:
        """New complete lines; at the first call the last `tail` ones, or all. A log that shrank is read again."""
        try:
            data = self._poller.poll()
        except ConsoleNotFound:
            return []  # nothing has been printed yet
        if data is None:
            return []
        lines = [str(line) for line in data.get("logs") or []]
        lines = lines[:-1]  # what follows the last newline is not complete yet
        first = self._seen is None
        start = 0 if self._seen is None or self._seen > len(lines) else self._seen
        self._seen = len(lines)
        new = lines[start:]
        return new[len(new) - min(self._tail, len(new)) :] if first and self._tail is not None else new


class PointFollower:
    """The points of a metric; `sampled` is called when the dashboard returns only a sample of them."""

    def __init__(self, client: Client, path: str, sampled: Callable[[], None]) -> None:
        self._poller, self._sampled = _Poller(client, path), sampled
        self._last: int | None = None

    def poll(self) -> list[Point]:
        """The points beyond the last step seen; at the first call all of them."""
        data = self._poller.poll()
        if data is None:
            return []
        found = data.get("list") or []
        if isinstance(data.get("sum"), int) and data["sum"] > len(found):
            self._sampled()
        new: list[Point] = []
        for entry in found:
            step = int(entry["index"])
            if self._last is None or step > self._last:
                new.append((entry["index"], entry["data"], entry.get("create_time"), entry.get("more")))
        if new:
            self._last = int(new[-1][0])
        return new
