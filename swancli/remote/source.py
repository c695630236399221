"""RemoteSource: a dashboard's URL behind the interface of `swancli.source.Source`.

An answer of ordinary size is read whole and must be JSON of the API before anything is handed over. One too
large for that is handed over as it comes; that it begins and ends as a JSON object, and that HTTP says it is
complete, must do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import chain
from typing import Any

from swancli import tokens
from swancli.errors import NotFound, RemoteError, SwancliError, UsageError
from swancli.remote import address, envelope
from swancli.remote.client import Client
from swancli.remote.together import together
from swancli.reply import Reply

TIMEOUT = 30.0
WHOLE = 1 << 23  # bytes up to which an answer is read and checked before it is handed over
SAMPLED = 1500  # points above which the API gives a sample
PARSED = 1 << 29  # bytes up to which an answer is parsed for a table
ONLY_LOCAL = {
    "project": "runs that only lie on disk",
    "charts": "the charts of hardware metrics",
}


class RemoteSource:
    """The dashboard at `url`; `timeout` in seconds.

    The token is that of `token_file`, or else the URL's, or else SWANCLI_TOKEN's.
    """

    def __init__(
        self, url: str, *, timeout: float = TIMEOUT, token_file: str | None = None, ca_file: str | None = None
    ) -> None:
        if not timeout > 0:
            raise UsageError("the time-out is to be more than 0 seconds")
        where = address.parse(url)
        token = tokens.find(token_file) if token_file is not None else where.token or tokens.find(None)
        if token is not None and where.user is not None:
            if token_file is not None or where.token is not None:
                raise UsageError("the URL holds a user's name, and there is a token: only one can be sent")
            token = None
        self.where = where.base
        self.notes: list[str] = []
        self._client = Client(where, timeout, token, ca_file)
        self._project: dict[str, Any] | None = None

    def get(self, route: str, **parameters: Any) -> Reply:
        """The server's answer, its bytes untouched; RemoteError if there is none."""
        path = self._path(route, parameters)
        answer = self._client.fetch(path)
        body, rest = _beginning(answer.pieces, WHOLE)
        if rest is None:
            error = envelope.check(self.where, answer.status, answer.content_type, body)
            self._refuse_sample(route, parameters, body)
            return Reply(answer.status, body, error)
        if answer.status >= 400 or envelope.looks_like_page(answer.content_type, body) or body[:1] != b"{":
            raise envelope.foreign(self.where, answer.status, answer.content_type, body)
        self._refuse_sample(route, parameters, body)
        return Reply(answer.status, self._to_the_end(body, rest))

    def get_many(self, asked: Sequence[tuple[str, dict[str, Any]]]) -> Iterator[Reply]:
        """The answers to several (route, parameters), asked side by side, in their order."""

        def ask(route: str, parameters: dict[str, Any]) -> Reply:
            reply = self.get(route, **parameters)
            reply.read()
            return reply

        return together(lambda pair: ask(*pair), asked)

    def data(self, route: str, **parameters: Any) -> dict[str, Any]:
        """The `data` of an answer; SwancliError if it is an error."""
        reply = self.get(route, **parameters)
        if reply.error is not None:
            raise _named(reply.error, self.where, parameters)
        body, rest = _beginning(reply.pieces(), PARSED)
        if rest is not None:
            size = f"more than {PARSED >> 20} MiB"
            raise RemoteError(f"{self.where} answers with {size}, too much for a table: use --json")
        try:
            found: dict[str, Any] = envelope.parse(body)["data"]
        except (ValueError, KeyError) as error:
            raise RemoteError(f"{self.where} answers with JSON that is damaged") from error
        return found

    def data_of_many(self, asked: Sequence[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
        """The `data` of several answers, asked side by side."""
        return list(together(lambda pair: self.data(pair[0], **pair[1]), asked))

    def facts(self, route: str, **parameters: Any) -> dict[str, Any]:
        """What a table shows, as far as the API tells; what it doesn't is absent."""
        facts = import_module("swancli.remote.facts")
        try:
            found: dict[str, Any] = getattr(facts, route)(self, **parameters)
        except Exception as problem:
            meant = self.explain(problem)
            if meant is None:
                raise
            raise meant from problem
        return found

    def facts_of_many(self, route: str, asked: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any] | SwancliError]:
        """The facts for several sets of parameters, asked side by side; an error in its facts' place."""

        def ask(parameters: dict[str, Any]) -> dict[str, Any] | SwancliError:
            try:
                return self.facts(route, **parameters)
            except SwancliError as error:
                return error

        return together(ask, asked)

    def experiments(self) -> list[dict[str, Any]]:
        """id, run_id, name and status of every experiment, by id; asked for once."""
        if self._project is None:
            self.remember(self.data("project"))
        assert self._project is not None
        found = self._project.get("experiments")
        rows = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
        return [{**row, "id": row.get("id"), **{key: str(row.get(key)) for key in ("name", "run_id")}} for row in rows]

    def remember(self, project: dict[str, Any]) -> None:
        """Keep the project's data for `experiments`."""
        self._project = project

    def metrics(self, experiment: Any) -> list[str]:
        """The names of an experiment's metrics, in the order of a summary."""
        try:
            summaries = self.data("summary", experiment=experiment).get("summaries")
            return [str(one["key"]) for one in summaries or [] if isinstance(one, dict) and "key" in one]
        except NotFound:
            raise
        except RemoteError:  # swanboard's summary fails where a metric's folder is missing; its charts don't
            found = self.data("charts", experiment=experiment).get("charts")
            names = [name for chart in found or [] for name in chart.get("source") or []]
            return list(dict.fromkeys(map(str, names)))

    def follow_logs(self, experiment: Any, tail: int | None) -> Any:
        """A function that gives the lines added since its last call; first the last `tail` ones, or all."""
        from swancli.remote.follow import LogFollower

        return LogFollower(self._client, self._path("logs", {"experiment": experiment}), tail).poll

    def follow_points(self, experiment: Any, metric: str) -> Any:
        """A function that gives the points added since its last call; first all there are."""
        from swancli.remote.follow import PointFollower

        path = self._path("metric", {"experiment": experiment, "metric": metric})
        return PointFollower(self._client, path, lambda: self.note(_sampled_stream(metric))).poll

    def note(self, text: str) -> None:
        """Remember a warning, once."""
        if text not in self.notes:
            self.notes.append(text)

    def explain(self, problem: Exception) -> SwancliError | None:
        """A dashboard may answer anything: values of another type than the API's show when they are used."""
        if isinstance(problem, (AttributeError, LookupError, TypeError, ValueError, OverflowError)):
            return RemoteError(f"{self.where} answers with data that is not shaped as the API's")
        return None

    def refresh(self) -> None:
        """Forget the experiments: they are asked for anew."""
        self._project = None

    def close(self) -> None:
        """Let go of all connections."""
        self._client.close()

    def _path(self, route: str, parameters: dict[str, Any]) -> str:
        from swancli.endpoints import ROUTES

        known = ROUTES[route]
        wanted = [name for name, value in parameters.items() if name not in known.parameters and value]
        if wanted and not (route == "metric" and wanted == ["all"]):
            what = ONLY_LOCAL.get(route, ", ".join(wanted))
            raise UsageError(f"{self.where} can't give {what}: the API doesn't; use the logdir")
        return address.path_of(known.path, {name: parameters[name] for name in known.parameters})

    def _refuse_sample(self, route: str, parameters: dict[str, Any], body: bytes) -> None:
        """UsageError if all points were asked for and the answer holds a sample."""
        found = envelope.SUM.match(body) if route == "metric" and parameters.get("all") else None
        if found and int(found[1]) > SAMPLED:
            raise UsageError(
                f"{self.where} gives a sample of the {int(found[1])} points of {parameters['metric']!r}:"
                " for all of them use the logdir"
            )

    def _to_the_end(self, body: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
        last = body
        for piece in chain((body,), rest):
            yield piece
            last = piece.rstrip()[-1:] or last
        if last[-1:] != b"}":
            raise RemoteError(f"{self.where} broke off in the midst of an answer")


def _beginning(pieces: Iterator[bytes], most: int) -> tuple[bytes, Iterator[bytes] | None]:
    """All of a body and None, or if it is larger than `most` its beginning and the rest."""
    pieces, held, size = iter(pieces), [], 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size > most:
            return b"".join(held), pieces
    return b"".join(held), None


def _named(error: SwancliError, where: str, parameters: dict[str, Any]) -> SwancliError:
    """An error that names what was asked for."""
    if error.api == "experiment not found":
        return NotFound(f"no experiment {parameters.get('experiment')} at {where}", error.api)
    if error.api == "tag not found":
        named = f"metric {parameters.get('metric')!r} in experiment {parameters.get('experiment')}"
        return NotFound(f"no {named} at {where}", error.api)
    return error


def _sampled_stream(metric: str) -> str:
    return f"{metric!r} has more than 1500 points, of which the dashboard gives a sample: some are missing"
