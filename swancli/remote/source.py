"""RemoteSource: a dashboard's URL behind the interface of `swancli.source.Source`."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

from swancli import wire
from swancli.endpoints import LOGS, METRIC
from swancli.errors import SwancliError
from swancli.model import STATE_OF_STATUS
from swancli.notes import Notes
from swancli.remote.answers import Answers, Parameters
from swancli.remote.details import details_of
from swancli.remote.in_parallel import in_parallel
from swancli.remote.swancli_server import SwancliServer

if TYPE_CHECKING:
    from swancli.endpoints.route import AnyRoute, Route
    from swancli.logdir.fingerprint import Fingerprint
    from swancli.model import Address, Data, Point, RowOfProject

P = ParamSpec("P")
Model = TypeVar("Model")


class RemoteSource(Answers):
    """The dashboard at a URL, as a Source."""

    _is_snapshot = False
    _made_server: SwancliServer | None = None
    _rows: list[RowOfProject] | None = None

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

    def metrics(self, experiment: Address) -> list[str]:
        """The names of an experiment's metrics, in the order of a summary."""
        found = self._server.metrics(experiment)
        return super().metrics(experiment) if found is None else found

    def details(self, route: Route[P, Model], *args: P.args, **parameters: P.kwargs) -> Model:
        """All that a swancli server knows; of a swanboard what its answers tell: what they don't is absent."""
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
        """The details for several sets of parameters, asked side by side; an error in its details' place."""

        def ask(parameters: Parameters) -> Model | SwancliError:
            try:
                found = self.details(route, **parameters)
                if len(asked) > 1:
                    wire.read_all(route, cast("Data", found))  # or it would keep a connection that another waits for
                return found
            except SwancliError as error:
                return error

        return in_parallel(ask, asked)

    def follow_logs(self, experiment: Address, tail: int | None) -> Callable[[], list[str]]:
        """A function that gives the lines added since its last call; first the last `tail` ones, or all."""
        from swancli.remote.follow import LogFollower

        return LogFollower(self._client, self._path(LOGS, {"experiment": experiment}), tail).poll

    def follow_points(self, experiment: Address, metric: str) -> Callable[[], list[Point]]:
        """A function that gives the points added since its last call; first all there are."""
        from swancli.remote.follow import PointFollower

        path = self._path(METRIC, {"experiment": experiment, "metric": metric})
        return PointFollower(self._client, path, lambda: self.notes(_sampled_stream(metric))).poll

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

    def reads_more_than(self, max_bytes: int, state: Fingerprint | None) -> bool:
        """False: the dashboard does the work."""
        return False

    @property
    def is_quick(self) -> bool:
        """True: there are no files to look up."""
        return True

    def refresh(self) -> None:
        """Forget the experiments: they are asked for anew."""
        self._project = self._rows = None

    def close(self) -> None:
        """Let go of all connections."""
        if not self._is_snapshot:
            self._client.close()


def _sampled_stream(metric: str) -> str:
    return f"{metric!r} has more than 1500 points and the dashboard returns only a sample: some points are missing"
