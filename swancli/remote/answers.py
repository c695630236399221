"""The answers of a dashboard, as they come over HTTP: checked, and parsed if wanted.

An answer of ordinary size is read whole, and must be the API's JSON before any of it is passed on. One too large
for that is passed on as it arrives; it is only checked that it begins and ends like a JSON object, and that it is
complete according to HTTP.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, cast

from swancli import tokens
from swancli.endpoints import CHARTS, METRIC, PROJECT, SUMMARY
from swancli.errors import ExperimentNotFound, MetricNotFound, NotFound, RemoteError, SwancliError, UsageError
from swancli.logdir.sampling import MAX_UNSAMPLED_POINTS
from swancli.notes import Notes
from swancli.remote import address, envelope
from swancli.remote.client import Client, incomplete
from swancli.remote.in_parallel import in_parallel
from swancli.reply import Reply

if TYPE_CHECKING:
    from swancli.endpoints.route import AnyRoute
    from swancli.model import Address, Data, RowOfProject

TIMEOUT_SECONDS = 30.0
MAX_CHECKED_BYTES = 1 << 23  # up to which an answer is read and checked before it is handed over
MAX_PARSED_BYTES = 1 << 29  # up to which an answer is parsed for a table
ONLY_LOCAL = {
    PROJECT: "runs that exist only on disk",
    CHARTS: "charts of hardware metrics",
}

Parameters = Mapping[str, object]


class Answers:
    """What the dashboard at `url` answers; `timeout` in seconds, 30 if None.

    The token is that of `token_file`, or else the URL's, or else SWANCLI_TOKEN's.
    """

    def __init__(
        self, url: str, *, timeout: float | None = None, token_file: str | None = None, ca_file: str | None = None
    ) -> None:
        self._connect(http_client(url, timeout, token_file, ca_file))

    def _connect(self, client: Client) -> None:
        self.where = client.where
        self.notes = Notes()
        self._client = client
        self._project: Data | None = None

    def get(self, route: AnyRoute, **parameters: object) -> Reply:
        """The server's answer, its bytes untouched; RemoteError if there is none."""
        path = self._path(route, parameters)
        answer = self._client.fetch(path)
        body, rest = _beginning(answer.pieces, MAX_CHECKED_BYTES)
        if rest is None:
            error = envelope.check(self.where, answer, body)
            self._refuse_sample(route, parameters, body)
            return Reply(answer.status, body, error)
        if answer.status >= 400 or envelope.looks_like_page(answer.content_type, body) or body[:1] != b"{":
            raise envelope.foreign(self.where, answer.status, answer.content_type, body)
        self._refuse_sample(route, parameters, body)
        return Reply(answer.status, self._to_the_end(body, rest))

    def get_many(self, asked: Sequence[tuple[AnyRoute, Parameters]]) -> Iterator[Reply]:
        """The answers to several questions, requested in parallel, in their order."""

        def ask(route: AnyRoute, parameters: Parameters) -> Reply:
            reply = self.get(route, **parameters)
            reply.read()
            return reply

        return in_parallel(lambda pair: ask(*pair), asked)

    def data(self, route: AnyRoute, **parameters: object) -> Data:
        """The `data` of an answer; SwancliError if it is an error."""
        reply = self.get(route, **parameters)
        if reply.error is not None:
            raise _named(reply.error, self.where, parameters)
        body, rest = _beginning(reply.pieces(), MAX_PARSED_BYTES)
        if rest is not None:
            size = f"more than {MAX_PARSED_BYTES >> 20} MiB"
            raise RemoteError(f"{self.where} returned {size}, too large for a table: use --json")
        try:
            found: Data = envelope.parse(body)["data"]
        except (ValueError, KeyError) as error:
            raise RemoteError(f"{self.where} returned invalid JSON") from error
        return found

    def data_of_many(self, asked: Sequence[tuple[AnyRoute, Parameters]]) -> list[Data]:
        """The `data` of several answers, requested in parallel."""
        return list(in_parallel(lambda pair: self.data(pair[0], **pair[1]), asked))

    def summaries(self, asked: Sequence[Parameters]) -> Iterator[Data | SwancliError]:
        """The summaries of several experiments, requested in parallel; an error in place of its data."""

        def ask(parameters: Parameters) -> Data | SwancliError:
            try:
                return self.data(SUMMARY, **parameters)
            except SwancliError as error:
                return error

        return in_parallel(ask, asked)

    def find(self, word: str) -> list[RowOfProject]:
        """All experiments: a dashboard returns all at once."""
        return self.experiments()

    def experiments(self) -> list[RowOfProject]:
        """id, run_id, name, status and create_time of every experiment, by id; asked for once."""
        if self._project is None:
            self.remember(self.data(PROJECT))
        assert self._project is not None
        found = self._project.get("experiments")
        rows = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
        names = ("name", "run_id")
        return [
            cast("RowOfProject", {**row, "id": row.get("id"), **{key: str(row.get(key)) for key in names}})
            for row in rows
        ]

    def remember(self, project: Data) -> None:
        """Keep the project's data for `experiments`."""
        self._project = project

    def metrics(self, experiment: Address) -> list[str]:
        """The names of an experiment's metrics, in the order of a summary."""
        try:
            summaries = self.data(SUMMARY, experiment=experiment).get("summaries")
            return [str(one["key"]) for one in summaries or [] if isinstance(one, dict) and "key" in one]
        except NotFound:
            raise
        except RemoteError:  # swanboard's summary fails where a metric's folder is missing; its charts don't
            found = self.data(CHARTS, experiment=experiment).get("charts")
            names = [name for chart in found or [] for name in chart.get("source") or []]
            return list(dict.fromkeys(map(str, names)))

    def explain(self, problem: Exception) -> SwancliError | None:
        """A dashboard may answer anything: values of a wrong type are only noticed when they are used."""
        if isinstance(problem, (AttributeError, LookupError, TypeError, ValueError, OverflowError)):
            return RemoteError(f"{self.where} returned data that does not match the SwanLab API")
        return None

    def _path(self, route: AnyRoute, parameters: Parameters) -> str:
        wanted = [name for name, value in parameters.items() if name not in route.parameters and value]
        if wanted and not (route is METRIC and wanted == ["all"]):
            what = ONLY_LOCAL.get(route, ", ".join(wanted))
            raise UsageError(f"{self.where} cannot provide {what}: not part of the API; read the logdir instead")
        return address.path_of(route.path, {name: parameters[name] for name in route.parameters})

    def _refuse_sample(self, route: AnyRoute, parameters: Parameters, body: bytes) -> None:
        """UsageError if all points were asked for and the answer holds a sample."""
        found = envelope.SUM.match(body) if route is METRIC and parameters.get("all") else None
        if found and int(found[1]) > MAX_UNSAMPLED_POINTS:
            raise UsageError(
                f"{self.where} returns only a sample of the {int(found[1])} points of {parameters['metric']!r}:"
                " read the logdir for all of them"
            )

    def _to_the_end(self, body: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
        last = body
        for piece in chain((body,), rest):
            yield piece
            last = piece.rstrip()[-1:] or last
        if last[-1:] != b"}":
            raise incomplete(self.where)


def http_client(url: str, timeout: float | None, token_file: str | None, ca_file: str | None) -> Client:
    """A client for a URL; UsageError if an argument makes no sense."""
    where = address.parse(url)
    token = tokens.find(token_file) if token_file is not None else where.token or tokens.find(None)
    if token is not None and where.user is not None:
        if token_file is not None or where.token is not None:
            raise UsageError("cannot send both the user name in the URL and a token: specify only one of them")
        token = None
    return Client(where, checked_timeout(timeout), token, ca_file)


def checked_timeout(seconds: float | None) -> float:
    """A timeout in seconds, or the default; UsageError if it is invalid."""
    seconds = TIMEOUT_SECONDS if seconds is None else seconds
    if not seconds > 0:
        raise UsageError("invalid timeout: must be greater than 0 seconds")
    return seconds


def _beginning(pieces: Iterator[bytes], most: int) -> tuple[bytes, Iterator[bytes] | None]:
    """All of a body and None, or if it is larger than `most` its beginning and the rest."""
    pieces, held, size = iter(pieces), [], 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size > most:
            return b"".join(held), pieces
    return b"".join(held), None


def _named(error: SwancliError, where: str, parameters: Parameters) -> SwancliError:
    """An error that names what was asked for."""
    if isinstance(error, ExperimentNotFound):
        return ExperimentNotFound(f"no experiment {parameters.get('experiment')} at {where}")
    if isinstance(error, MetricNotFound):
        named = f"metric {parameters.get('metric')!r} in experiment {parameters.get('experiment')}"
        return MetricNotFound(f"no {named} at {where}", str(parameters.get("metric")))
    return error
