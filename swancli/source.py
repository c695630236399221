"""Where data comes from: a logdir on disk or the URL of a dashboard, behind one interface."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from swancli.errors import SwancliError
from swancli.reply import Reply, failure, success

if TYPE_CHECKING:
    from swancli.logdir.logdir import Logdir


Item = TypeVar("Item")
Poll = Callable[[], list[Item]]
Point = tuple[Any, Any, Any, Any]  # index, data, create_time, more


class Source(Protocol):
    """One logdir or one dashboard. `where` names it for people, `notes` are warnings so far."""

    where: str

    @property
    def notes(self) -> list[str]: ...

    def get(self, route: str, **parameters: Any) -> Reply:
        """The API's answer; an error is a Reply too."""

    def get_many(self, asked: Sequence[tuple[str, dict[str, Any]]]) -> Iterator[Reply]:
        """The answers to several (route, parameters), in their order."""

    def facts(self, route: str, **parameters: Any) -> dict[str, Any]:
        """The answer's `data` and what else this source knows, for tables; SwancliError on failure."""

    def facts_of_many(self, route: str, asked: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any] | SwancliError]:
        """The facts for several sets of parameters, in their order; an error stands in the place of its facts."""

    def experiments(self) -> list[dict[str, Any]]:
        """id, run_id, name and status of every experiment, by id."""

    def metrics(self, experiment: Any) -> list[str]:
        """The names of an experiment's metrics, in the order of a summary."""

    def follow_logs(self, experiment: Any, tail: int | None) -> Poll[str]:
        """A function that gives the lines added since its last call; first the last `tail` ones, or all."""

    def follow_points(self, experiment: Any, metric: str) -> Poll[Point]:
        """A function that gives the points added since its last call; first all there are."""

    def explain(self, problem: Exception) -> SwancliError | None:
        """What an exception that nobody foresaw says about this source's data, if anything."""

    def refresh(self) -> None:
        """Forget what was read: the next answer is read anew."""

    def close(self) -> None:
        """Let go of files and connections."""


class LocalSource:
    """A logdir."""

    def __init__(self, path: str) -> None:
        self.where = path
        self.path = path
        self._logdir: Logdir | None = None

    @property
    def notes(self) -> list[str]:
        """Warnings about the data, so far."""
        return self._logdir.notes if self._logdir is not None else []

    @property
    def logdir(self) -> Logdir:
        """The logdir, opened when first used."""
        if self._logdir is None:
            from swancli.logdir.logdir import Logdir

            self._logdir = Logdir(self.path)
        return self._logdir

    def get(self, route: str, **parameters: Any) -> Reply:
        """The answer of an endpoint, computed from the logdir."""
        from swancli.endpoints import ROUTES

        try:
            return success(self._computed(ROUTES[route].function, parameters))
        except SwancliError as error:
            return failure(error)

    def _computed(self, function: Callable[..., Any], parameters: dict[str, Any]) -> Any:
        """What `function` makes of the logdir; of the record files alone if the database is damaged."""
        from swancli.logdir.board import Damaged

        try:
            return function(self.logdir, **parameters)
        except Damaged as error:
            if not self.logdir.give_up_database(error):
                raise
        return function(self.logdir, **parameters)

    def get_many(self, asked: Sequence[tuple[str, dict[str, Any]]]) -> Iterator[Reply]:
        """The answers to several (route, parameters), in their order."""
        for route, parameters in asked:
            yield self.get(route, **parameters)

    def facts(self, route: str, **parameters: Any) -> dict[str, Any]:
        """The answer's `data` with what only the files tell."""
        function = getattr(import_module(f"swancli.facts.{route}"), route)
        found: dict[str, Any] = self._computed(function, parameters)
        return found

    def facts_of_many(self, route: str, asked: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any] | SwancliError]:
        """The facts for several sets of parameters, in their order; an error stands in the place of its facts."""
        for parameters in asked:
            try:
                yield self.facts(route, **parameters)
            except SwancliError as error:
                yield error

    def experiments(self) -> list[dict[str, Any]]:
        """id, run_id, name and status of every experiment, by id."""
        found: list[dict[str, Any]] = self._computed(lambda logdir: [e.row for e in logdir.experiments(all=True)], {})
        return found

    def metrics(self, experiment: Any) -> list[str]:
        """The names of an experiment's metrics, in the order of a summary."""
        tags = self._computed(lambda logdir: logdir.experiment(experiment).tags(), {})
        return [tag["name"] for tag in tags]

    def follow_logs(self, experiment: Any, tail: int | None) -> Poll[str]:
        """A function that gives the lines added since its last call; first the last `tail` ones, or all."""
        return self.logdir.experiment(experiment).console().follow(tail)

    def follow_points(self, experiment: Any, metric: str) -> Poll[Point]:
        """A function that gives the points added since its last call; first all there are."""
        found = self.logdir.experiment(experiment)
        return found.series(self.logdir.tag(found, metric)).follow()

    def explain(self, problem: Exception) -> SwancliError | None:
        """Nothing: what is read from a logdir has been checked."""
        return None

    def refresh(self) -> None:
        """Read anew for the next answer."""
        if self._logdir is not None:
            self._logdir.refresh()

    def close(self) -> None:
        """Let go of the database."""
        if self._logdir is not None:
            self._logdir.close()
            self._logdir = None


def open_source(*, logdir: str | None = None, url: str | None = None, **options: Any) -> Source:
    """The source of a logdir's path or a dashboard's URL; `options` are those of `remote.RemoteSource`."""
    if url is not None:
        from swancli.remote import RemoteSource

        return RemoteSource(url, **options)
    assert logdir is not None
    return LocalSource(os.path.expanduser(logdir))
