"""Where data comes from: a logdir on disk or the URL of a dashboard, behind one interface.

No module above this one asks which of the two it has: what differs is a method of `Source`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar

from swancli.errors import DatabaseDamaged, SwancliError
from swancli.notes import Notes
from swancli.reply import Reply, failure, success

if TYPE_CHECKING:
    from swancli.endpoints.route import AnyRoute, Route
    from swancli.logdir.fingerprint import Fingerprint
    from swancli.logdir.logdir import Logdir
    from swancli.model import Address, Point, RowOfProject, Window


LATEST = "latest"  # as the name of an experiment: the one that was created last

Item = TypeVar("Item")
Model = TypeVar("Model")
P = ParamSpec("P")
Poll = Callable[[], "list[Item]"]
Parameters = Mapping[str, object]


class Source(Protocol):
    """One logdir or one dashboard. `where` names it for people."""

    where: str

    @property
    def notes(self) -> Notes:
        """Warnings about the data, so far."""

    def get(self, route: AnyRoute, **parameters: object) -> Reply:
        """The API's answer; an error is a Reply too."""

    def get_many(self, asked: Sequence[tuple[AnyRoute, Parameters]]) -> Iterator[Reply]:
        """The answers to several questions, in their order."""

    def details(self, route: Route[P, Model], *args: P.args, **parameters: P.kwargs) -> Model:
        """An endpoint's data in the form of `swancli.model`, as far as this source has it; SwancliError on failure."""

    def details_of_many(self, route: Route[..., Model], asked: Sequence[Parameters]) -> Iterator[Model | SwancliError]:
        """The details for several sets of parameters, in their order; on failure, the error instead of the details."""

    def experiments(self) -> list[RowOfProject]:
        """id, run_id, name, status and create_time of every experiment, by id."""

    def find(self, word: str) -> list[RowOfProject]:
        """At least those of `experiments` that the word may mean: a name, a part of a run id, or LATEST."""

    def metrics(self, experiment: Address) -> list[str]:
        """The names of an experiment's metrics, in the order of a summary."""

    def state(self, row: RowOfProject) -> str:
        """The state of one of `experiments`, as cheaply as this source can tell it."""

    def follow_logs(self, experiment: Address, tail: int | None) -> Poll[str]:
        """A function that gives the lines added since its last call; first the last `tail` ones, or all."""

    def follow_points(self, experiment: Address, metric: str) -> Poll[Point]:
        """A function that gives the points added since its last call; first all there are."""

    def window(self, experiment: Address, at: int | None, before: bool = False, find: str | None = None) -> Window:
        """Some lines of a console from a position on, or before it; None is the end. With `find`, they start at the
        next line that contains this text; NotFound if there is none."""

    def media(self, experiment: Address, metric: str, name: str) -> bytes:
        """The content of a media file of a metric; NotFound if there is none."""

    def explain(self, problem: Exception) -> SwancliError | None:
        """The error in this source's data that explains an unexpected exception; None if there is none."""

    def snapshot(self) -> Source:
        """A source that reads the data as it is now, for one answer; close it afterwards."""

    def fingerprint(self, route: AnyRoute, parameters: Parameters) -> Fingerprint | None:
        """The state of the files that an answer depends on; None if unknown. To be called before they are read."""

    def run_fingerprint(self, experiment: Address) -> str | None:
        """A text that changes when anything in a run does; None if unknown. To be called before the run is read."""

    def place(self, experiment: Address) -> tuple[str, Address]:
        """The logdir of a run, as a path or an address in object storage, and the address of the run in it."""

    def reads_more_than(self, max_bytes: int, state: Fingerprint | None) -> bool:
        """Whether more than about `max_bytes` must be read for the answer with this fingerprint."""

    @property
    def is_quick(self) -> bool:
        """Whether looking up the state of a file is fast, which it is not on the disk of another machine."""

    @property
    def waits_for_others(self) -> bool:
        """Whether answers come from another machine, so that several such sources are asked in parallel, in threads."""

    @property
    def parts(self) -> Sequence[tuple[str, Source]]:
        """The sources that this one is made of, by name; empty if it is a single one."""

    def version(self) -> str | None:
        """The version of swancli that reads the data; None if swanboard does."""

    def refresh(self) -> None:
        """Forget what was read: the next answer is read anew."""

    def close(self) -> None:
        """Close files and connections."""


class LocalSource:
    """A logdir."""

    parts: tuple[()] = ()

    def __init__(self, path: str, waits_for_others: bool = False) -> None:
        self.where = path
        self.path = path
        self.waits_for_others = waits_for_others
        self._logdir: Logdir | None = None

    @property
    def notes(self) -> Notes:
        """Warnings about the data, so far."""
        return self._logdir.notes if self._logdir is not None else Notes()

    @property
    def logdir(self) -> Logdir:
        """The logdir, opened when first used."""
        if self._logdir is None:
            from swancli.logdir.logdir import Logdir

            self._logdir = Logdir(self.path)
        return self._logdir

    def get(self, route: AnyRoute, **parameters: object) -> Reply:
        """The answer of an endpoint, computed from the logdir."""
        try:
            return success(self._computed(route.answer, **parameters))
        except SwancliError as error:
            return failure(error)

    def _computed(self, function: Callable[Concatenate[Logdir, P], Model], *args: P.args, **kwargs: P.kwargs) -> Model:
        """What `function` returns for the logdir, or for its record files alone if the database is damaged."""
        try:
            return function(self.logdir, *args, **kwargs)
        except DatabaseDamaged as error:
            if not self.logdir.give_up_database(error):
                raise
        return function(self.logdir, *args, **kwargs)

    def get_many(self, asked: Sequence[tuple[AnyRoute, Parameters]]) -> Iterator[Reply]:
        """The answers to several questions, in their order."""
        for route, parameters in asked:
            yield self.get(route, **parameters)

    def details(self, route: Route[P, Model], *args: P.args, **parameters: P.kwargs) -> Model:
        """The details of an endpoint's data, computed from the logdir."""
        return self._computed(route.details, *args, **parameters)

    def details_of_many(self, route: Route[..., Model], asked: Sequence[Parameters]) -> Iterator[Model | SwancliError]:
        """The details for several sets of parameters, in their order; on failure, the error instead of the details."""
        for parameters in asked:
            try:
                yield self.details(route, **parameters)
            except SwancliError as error:
                yield error

    def experiments(self) -> list[RowOfProject]:
        """id, run_id, name, status and create_time of every experiment, by id."""
        return self._computed(lambda logdir: logdir.heads())  # type: ignore[arg-type,return-value]

    def find(self, word: str) -> list[RowOfProject]:
        """At least those of `experiments` that the word may mean; the database looks for them."""
        return self._computed(lambda logdir: logdir.heads(word, word == LATEST))  # type: ignore[arg-type,return-value]

    def metrics(self, experiment: Address) -> list[str]:
        """The names of an experiment's metrics, in the order of a summary."""
        tags = self._computed(lambda logdir: logdir.experiment(experiment).tags())
        return [tag["name"] for tag in tags]

    def state(self, row: RowOfProject) -> str:
        """What the run's files say."""
        from swancli.logdir.state import state

        id = row.get("id")
        return state(self.logdir.experiment(row["run_id"] if id is None else id)).word

    def follow_logs(self, experiment: Address, tail: int | None) -> Poll[str]:
        """A function that gives the lines added since its last call; first the last `tail` ones, or all."""
        return self.logdir.experiment(experiment).console().follow(tail)

    def follow_points(self, experiment: Address, metric: str) -> Poll[Point]:
        """A function that gives the points added since its last call; first all there are."""
        found = self.logdir.experiment(experiment)
        return found.series(self.logdir.tag(found, metric)).follow()

    def window(self, experiment: Address, at: int | None, before: bool = False, find: str | None = None) -> Window:
        """Some lines of a console from a position on, or before it; see `Source.window`."""
        from swancli.endpoints.logs import window

        return window(self.logdir, experiment, at, before, find)

    def media(self, experiment: Address, metric: str, name: str) -> bytes:
        """The content of a media file of a metric."""
        from swancli.logdir.media import read_media

        found = self.logdir.experiment(experiment)
        return read_media(found, self.logdir.tag(found, metric), name)

    def explain(self, problem: Exception) -> SwancliError | None:
        """None: what is read from a logdir has been checked."""
        return None

    def snapshot(self) -> LocalSource:
        """The logdir, opened anew."""
        from swancli.logdir import disk

        disk.look_again(self.path)
        return LocalSource(self.path, self.waits_for_others)

    def fingerprint(self, route: AnyRoute, parameters: Parameters) -> Fingerprint | None:
        """The state of the files that an answer depends on; None if there is no telling."""
        from swancli.logdir.fingerprint import fingerprint

        return fingerprint(self.logdir, route.depends, parameters)

    def run_fingerprint(self, experiment: Address) -> str | None:
        """The run's row, and the state of its files; None if one was written just now."""
        from swancli.logdir.fingerprint import of_run

        return self._computed(lambda logdir: of_run(logdir.experiment(experiment)))

    def place(self, experiment: Address) -> tuple[str, Address]:
        """The absolute path of the logdir, or its address in object storage, and the experiment's address as it is."""
        return (self.path if is_object_store(self.path) else os.path.abspath(self.path)), experiment

    def reads_more_than(self, max_bytes: int, state: Fingerprint | None) -> bool:
        """Whether more than about `max_bytes` must be read for the answer with this fingerprint."""
        from swancli.logdir.cost import exceeds

        return exceeds(self.logdir.root, state, max_bytes)

    @property
    def is_quick(self) -> bool:
        """Whether the logdir lies on a disk of this machine."""
        from swancli.logdir.mounts import is_local

        return is_local(self.path)

    def version(self) -> str | None:
        """This version."""
        from swancli.version import __version__

        return __version__

    def refresh(self) -> None:
        """Forget what was read: the next answer is read anew."""
        if self._logdir is not None:
            self._logdir.refresh()

    def close(self) -> None:
        """Close the database."""
        if self._logdir is not None:
            self._logdir.close()
            self._logdir = None


def open_source(
    *,
    logdir: str | None = None,
    url: str | None = None,
    timeout: float | None = None,
    token_file: str | None = None,
    ca_file: str | None = None,
    remote_command: str | None = None,
    batch: bool = False,
) -> Source:
    """The source for a logdir's path, or its URL in object storage, for an SSH address or a dashboard's URL.

    `timeout` is in seconds, 30 if None. `remote_command` is the command that starts swancli on the other machine; with
    `batch`, ssh must not ask for a password.
    """
    over_ssh = url if url is not None and url.startswith("ssh://") else logdir if url is None else None
    if over_ssh is not None and is_ssh(over_ssh):
        from swancli.remote.source import RemoteSource

        return RemoteSource.over_ssh(over_ssh, timeout=timeout, remote_command=remote_command, batch=batch)
    if url is not None:
        from swancli.remote.source import RemoteSource

        return RemoteSource(url, timeout=timeout, token_file=token_file, ca_file=ca_file)
    assert logdir is not None
    if is_object_store(logdir):
        from swancli import objects

        objects.attach(timeout)
        return LocalSource(logdir, waits_for_others=True)
    return LocalSource(os.path.expanduser(logdir))


def is_object_store(logdir: str) -> bool:
    """Whether the name of a logdir is an address in object storage."""
    if "://" not in logdir:
        return False
    from swancli import objects

    return objects.is_object_store(logdir)


def is_ssh(logdir: str) -> bool:
    """Whether the name of a logdir is an SSH address."""
    if ":" not in logdir:
        return False
    from swancli.remote.ssh_target import is_ssh as is_target

    return is_target(logdir)
