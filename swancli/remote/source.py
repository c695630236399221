"""RemoteSource: a dashboard's URL behind the interface of `swancli.source.Source`."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from swancli.endpoints import LOGS, METRIC
from swancli.errors import SwancliError
from swancli.notes import Notes
from swancli.remote.answers import STATES, Answers
from swancli.remote.details import details_of
from swancli.remote.in_parallel import in_parallel

if TYPE_CHECKING:
    from swancli.endpoints.route import AnyRoute, Route
    from swancli.logdir.fingerprint import Fingerprint
    from swancli.model import Address, Point, RowOfProject

P = ParamSpec("P")
Model = TypeVar("Model")
Parameters = Mapping[str, object]


class RemoteSource(Answers):
    """The dashboard at a URL, as a Source."""

    _is_snapshot = False

    def details(self, route: Route[P, Model], *args: P.args, **parameters: P.kwargs) -> Model:
        """What a table shows, as far as the API tells; what it doesn't is absent."""
        try:
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
                return self.details(route, **parameters)
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
        """The database's word."""
        return STATES.get(row.get("status"), "")  # type: ignore[arg-type]

    def snapshot(self) -> RemoteSource:
        """The same dashboard, over the same connections, with notes of its own."""
        twin = copy.copy(self)
        twin.notes, twin._is_snapshot = Notes(), True
        return twin

    def fingerprint(self, route: AnyRoute, parameters: Parameters) -> Fingerprint | None:
        """None: a dashboard doesn't tell when its answers change."""
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
        self._project = None

    def close(self) -> None:
        """Let go of all connections."""
        if not self._is_snapshot:
            self._client.close()


def _sampled_stream(metric: str) -> str:
    return f"{metric!r} has more than 1500 points and the dashboard returns only a sample: some points are missing"
