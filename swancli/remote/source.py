"""RemoteSource: a dashboard's URL behind the interface of `swancli.source.Source`."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast
from urllib.parse import quote, urlencode

from swancli import wire
from swancli.endpoints import LOGS, METRIC
from swancli.errors import SwancliError, UsageError
from swancli.model import STATE_OF_STATUS
from swancli.notes import Notes
from swancli.remote.answers import Answers, Parameters, checked_timeout
from swancli.remote.details import details_of
from swancli.remote.in_parallel import in_parallel
from swancli.remote.swancli_server import SwancliServer

if TYPE_CHECKING:
    from swancli.endpoints.route import AnyRoute, Route
    from swancli.logdir.fingerprint import Fingerprint
    from swancli.model import Address, Data, Point, RowOfProject, Window

P = ParamSpec("P")
Model = TypeVar("Model")


SWANCLI = "swancli"  # the command on another machine


class RemoteSource(Answers):
    """The dashboard at a URL, as a Source, or a logdir on another machine, reached by SSH."""

    parts: tuple[()] = ()
    waits_for_others = True
    _is_snapshot = False
    _made_server: SwancliServer | None = None
    _rows: list[RowOfProject] | None = None

    @classmethod
    def over_ssh(
        cls, text: str, *, timeout: float | None = None, remote_command: str | None = None, batch: bool = False
    ) -> RemoteSource:
        """The source of an SSH address; `remote_command` starts swancli there; with `batch`, ssh asks nothing."""
        from swancli.remote import ssh_target
        from swancli.remote.ssh_client import SshClient

        source = cls.__new__(cls)
        target = ssh_target.parse(text)
        source._connect(SshClient(target, checked_timeout(timeout), remote_command or SWANCLI, batch))
        return source

    @property
    def _server(self) -> SwancliServer:
        """What a swancli server tells beyond the API."""
        if self._made_server is None:
            self._made_server = SwancliServer(self._client, self.notes)
        return self._made_server

    def experiments(self) -> list[RowOfProject]:
        """id, run_id, name, status and state of every experiment, by id; asked for once."""
        if self._rows is None:
            found = self._server.experiments()
            self._rows = cast("list[RowOfProject]", found) if found is not None else super().experiments()
        return self._rows

    def find(self, word: str) -> list[RowOfProject]:
        """The experiments that the server finds; from a swanboard, all."""
        if self._rows is not None:
            return self._rows
        found = self._server.find(word)
        return cast("list[RowOfProject]", found) if found is not None else super().find(word)

    def metrics(self, experiment: Address) -> list[str]:
        """The names of an experiment's metrics, in the order of a summary."""
        found = self._server.metrics(experiment)
        return super().metrics(experiment) if found is None else found

    def details(self, route: Route[P, Model], *args: P.args, **parameters: P.kwargs) -> Model:
        """All that a swancli server knows; from a swanboard, what its answers tell: the rest is absent."""
        try:
            found = None if args else self._server.details(route, parameters)
            if found is not None:
                return cast("Model", found)
            return details_of(route)(self, *args, **parameters)
        except Exception as problem:
            meant = self.explain(problem)
            if meant is None:
                raise
            raise meant from problem

    def details_of_many(self, route: Route[..., Model], asked: Sequence[Parameters]) -> Iterator[Model | SwancliError]:
        """The details for several sets of parameters, an error in place of its details.

        A swancli server sends several series at once; everything else is requested in parallel.
        """
        if route is cast("object", METRIC) and len(asked) > 1 and _differ_in_name(asked):
            found = self._server.series(asked)
            if found is not None:
                return cast("Iterator[Model | SwancliError]", found)

        def ask(parameters: Parameters) -> Model | SwancliError:
            try:
                found = self.details(route, **parameters)
                if len(asked) > 1:
                    wire.read_all(route, cast("Data", found))  # or it would keep a connection that another waits for
                return found
            except SwancliError as error:
                return error

        return in_parallel(ask, asked)

    @property
    def _tells_new(self) -> bool:
        """Whether the server can tell what is new since the last time."""
        return self._tells("after")

    def _tells(self, capability: str) -> bool:
        """Whether the server is a swancli that can do this."""
        return capability in self._server.about().get("capabilities", ())

    def follow_logs(self, experiment: Address, tail: int | None) -> Callable[[], list[str]]:
        """A function that gives the lines added since its last call; first the last `tail` ones, or all."""
        from swancli.remote.follow import LogFollower, NewLines

        if self._tells_new:
            return NewLines(self._server, experiment, tail).poll
        return LogFollower(self._client, self._path(LOGS, {"experiment": experiment}), tail).poll

    def follow_points(self, experiment: Address, metric: str) -> Callable[[], list[Point]]:
        """A function that gives the points added since its last call; first all there are."""
        from swancli.remote.follow import NewPoints, PointFollower

        if self._tells_new:
            return NewPoints(self._server, experiment, metric).poll
        path = self._path(METRIC, {"experiment": experiment, "metric": metric})
        return PointFollower(self._client, path, lambda: self.notes(_sampled_stream(metric))).poll

    def window(self, experiment: Address, at: int | None, before: bool = False, find: str | None = None) -> Window:
        """Some lines of a console; from a swanboard, all lines are read, and positions are line numbers."""
        if self._tells("window"):
            found = self._server.fetch(wire.window_path(experiment, at, before, find))
            return cast("Window", found["details"])
        from swancli.remote.details import window

        return window(self, experiment, at, before, find)

    def media(self, experiment: Address, metric: str, name: str) -> bytes:
        """The content of a media file."""
        if self._tells("window"):
            return self._server.content(wire.media_path(experiment, metric, name))
        query = urlencode({"tag": metric, "experiment_id": experiment}, errors="surrogatepass")
        return self._server.content(f"/api/v1/media/{quote(name, safe='')}?{query}")

    def state(self, row: RowOfProject) -> str:
        """What the server tells, or else the database's word."""
        return row.get("state") or STATE_OF_STATUS.get(row.get("status"), "")

    def snapshot(self) -> RemoteSource:
        """The same dashboard, over the same connections, with notes of its own."""
        twin = copy.copy(self)
        twin.notes, twin._is_snapshot = Notes(), True
        twin._made_server = self._server.with_notes(twin.notes)
        return twin

    def fingerprint(self, route: AnyRoute, parameters: Parameters) -> Fingerprint | None:
        """None: a dashboard doesn't tell when its answers change."""
        return None

    def run_fingerprint(self, experiment: Address) -> str | None:
        """None: a dashboard doesn't tell when a run changes."""
        return None

    def place(self, experiment: Address) -> tuple[str, Address]:
        """UsageError: a dashboard doesn't tell where its logdir is."""
        raise UsageError(f"Spark reads logdirs on a shared file system or in object storage, not {self.where}")

    def reads_more_than(self, max_bytes: int, state: Fingerprint | None) -> bool:
        """False: the dashboard does the work."""
        return False

    @property
    def is_quick(self) -> bool:
        """True: there are no files to look up."""
        return True

    def version(self) -> str | None:
        """What a swancli server says; None if it is a swanboard."""
        found = self._server.about().get("version")
        return str(found) if found is not None else None

    def refresh(self) -> None:
        """Forget the experiments: they are requested again."""
        self._project = self._rows = None
        self._server.forget()

    def close(self) -> None:
        """Close all connections, unless this is a snapshot."""
        if not self._is_snapshot:
            self._client.close()


def _differ_in_name(asked: Sequence[Parameters]) -> bool:
    """Whether the questions differ in nothing but experiment and metric."""
    rest = [{key: value for key, value in one.items() if key not in ("experiment", "metric")} for one in asked]
    return all(one == rest[0] for one in rest)


def _sampled_stream(metric: str) -> str:
    return (
        f"{metric!r} has more than 1500 points, of which the dashboard returns only a sample: some points are missing"
    )
