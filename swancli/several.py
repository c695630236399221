"""Several logdirs and dashboards as one Source.

A run is addressed as SOURCE:EXP; its row has the name of its source in the key `source`. A name, id or run id that is
unambiguous needs no source in front. A source that does not answer is left out with a warning, unless none does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

from swancli import wire
from swancli.endpoints import EXPERIMENT, METRIC, PROJECT
from swancli.errors import ExperimentNotFound, MetricNotFound, NotFound, RemoteError, SwancliError, UsageError
from swancli.notes import Notes
from swancli.remote.in_parallel import in_parallel

if TYPE_CHECKING:
    from swancli.endpoints.route import AnyRoute, Route
    from swancli.logdir.fingerprint import Fingerprint
    from swancli.model import Address, Point, Project, RowOfProject, Run, Series, Window
    from swancli.reply import Reply
    from swancli.source import Parameters, Poll, Source

Found = TypeVar("Found")
Model = TypeVar("Model")
P = ParamSpec("P")


class Several:
    """Several sources by name; a name contains no colon and no slash."""

    waits_for_others = False  # it asks its sources in threads of its own

    def __init__(self, sources: Iterable[tuple[str, Source]]) -> None:
        self.parts: Sequence[tuple[str, Source]] = tuple(sources)
        self.where = f"{len(self.parts)} sources"
        self._sources = dict(self.parts)
        self._notes = Notes()
        self._rows: list[RowOfProject] | None = None

    @property
    def notes(self) -> Notes:
        """The warnings of all sources, each with its source's name."""
        for name, source in self.parts:
            for text in source.notes:
                self._notes(f"{name}: {text}")
            self._notes.failed |= source.notes.failed
        return self._notes

    def get(self, route: AnyRoute, **parameters: object) -> Reply:
        """The API's answer about one run; UsageError for the project, as there are several."""
        if "experiment" not in parameters:
            raise UsageError("the API has only one project: choose one of the sources")
        source, within = self._asked(parameters)
        return source.get(route, **within)

    def get_many(self, asked: Sequence[tuple[AnyRoute, Parameters]]) -> Iterator[Reply]:
        """The answers to several questions, in their order."""
        for route, parameters in asked:
            yield self.get(route, **parameters)

    def details(self, route: Route[P, Model], *args: P.args, **parameters: P.kwargs) -> Model:
        """The details of one run, or the runs of all sources."""
        if route is cast("object", PROJECT):
            return cast("Model", self._project(route, **parameters))
        return self._labelled(route, *self._place(parameters), parameters)

    def details_of_many(self, route: Route[..., Model], asked: Sequence[Parameters]) -> Iterator[Model | SwancliError]:
        """The details for several sets of parameters, in their order; the sources are asked in parallel."""
        found: dict[int, Model | SwancliError] = {}
        groups: dict[str, list[tuple[int, dict[str, object]]]] = {}
        for n, parameters in enumerate(asked):
            try:
                name, address = self._place(parameters)
                groups.setdefault(name, []).append((n, {**parameters, "experiment": address}))
            except SwancliError as error:
                found[n] = error

        def ask(name: str) -> list[Model | SwancliError]:
            return list(self._sources[name].details_of_many(route, [one for _, one in groups[name]]))

        for name, details in of_each(self._sources, ask, list(groups)):
            each = [details] * len(groups[name]) if isinstance(details, SwancliError) else details
            for (n, _), one in zip(groups[name], each):
                found[n] = one if isinstance(one, SwancliError) else self._label(one, route, name)
        for n in range(len(asked)):
            yield found[n]

    def experiments(self) -> list[RowOfProject]:
        """The rows of all sources."""
        if self._rows is None:
            self._rows = self._merged(lambda name: self._sources[name].experiments())
        return self._rows

    def find(self, word: str) -> list[RowOfProject]:
        """At least those of `experiments` that the word may mean, in the source that it names or in all."""
        name, rest = self._split(word)
        if name:
            return _with_source(self._found_at(name, rest), name)
        return self._merged(lambda name: self._found_at(name, word))

    def metrics(self, experiment: Address) -> list[str]:
        """The names of an experiment's metrics, in the order of a summary."""
        name, address = self._at(experiment)
        return self._sources[name].metrics(address)

    def state(self, row: RowOfProject) -> str:
        """The state of one of `experiments`."""
        name, slash, rest = row["source"].partition("/")
        inner = cast("RowOfProject", {key: value for key, value in row.items() if key != "source"})
        if slash:
            inner["source"] = rest
        return self._sources[name].state(inner)

    def follow_logs(self, experiment: Address, tail: int | None) -> Poll[str]:
        """A function that gives the lines added since its last call; first the last `tail` ones, or all."""
        name, address = self._at(experiment)
        return self._sources[name].follow_logs(address, tail)

    def follow_points(self, experiment: Address, metric: str) -> Poll[Point]:
        """A function that gives the points added since its last call; first all there are."""
        name, address = self._at(experiment)
        return self._sources[name].follow_points(address, metric)

    def window(self, experiment: Address, at: int | None, before: bool = False, find: str | None = None) -> Window:
        """Some lines of a run's console, from its source."""
        name, address = self._at(experiment)
        return self._sources[name].window(address, at, before, find)

    def media(self, experiment: Address, metric: str, name: str) -> bytes:
        """The content of a media file of a run, from its source."""
        source, address = self._at(experiment)
        return self._sources[source].media(address, metric, name)

    def explain(self, problem: Exception) -> SwancliError | None:
        """The error in a source's data that explains an unexpected exception; None if there is none."""
        return next((found for _, source in self.parts if (found := source.explain(problem))), None)

    def snapshot(self) -> Several:
        """Snapshots of all sources."""
        return Several((name, source.snapshot()) for name, source in self.parts)

    def fingerprint(self, route: AnyRoute, parameters: Parameters) -> Fingerprint | None:
        """The fingerprint of an answer about one run, from its source; None for the project."""
        if "experiment" not in parameters:
            return None
        source, within = self._asked(parameters)
        return source.fingerprint(route, within)

    def run_fingerprint(self, experiment: Address) -> str | None:
        """The fingerprint of a run, from its source."""
        name, address = self._at(experiment)
        return self._sources[name].run_fingerprint(address)

    def place(self, experiment: Address) -> tuple[str, Address]:
        """The logdir of a run and its address there, from its source."""
        name, address = self._at(experiment)
        return self._sources[name].place(address)

    def reads_more_than(self, max_bytes: int, state: Fingerprint | None) -> bool:
        """Whether more than about `max_bytes` must be read for the answer with this fingerprint."""
        return any(source.reads_more_than(max_bytes, state) for _, source in self.parts)

    @property
    def is_quick(self) -> bool:
        """Whether all sources are quick."""
        return all(source.is_quick for _, source in self.parts)

    def version(self) -> str | None:
        """The version of this swancli, which asks the others."""
        from swancli.version import __version__

        return __version__

    def refresh(self) -> None:
        """Forget what was read: the next answer is read anew."""
        self._rows = None
        for _, source in self.parts:
            source.refresh()

    def close(self) -> None:
        """Close files and connections."""
        for _, source in self.parts:
            source.close()

    def _split(self, word: str) -> tuple[str, str]:
        """The name of the source in front of a word, or "", and the rest of the word."""
        name, colon, rest = word.partition(":")
        if colon and name in self._sources:
            return name, rest
        name, slash, rest = word.partition("/")  # a source behind one that serves several
        return (name, rest) if slash and ":" in rest and name in self._sources else ("", word)

    def _project(self, route: object, **parameters: object) -> Project:
        ids = cast("Sequence[Address] | None", parameters.pop("ids", None))
        chosen: dict[str, list[Address]] | None = None
        if ids is not None:
            chosen = {}
            for name, address in map(self._at, ids):
                chosen.setdefault(name, []).append(address)

        def ask(name: str) -> list[RowOfProject]:
            more = {} if chosen is None else {"ids": chosen[name]}
            found = self._sources[name].details(PROJECT, **parameters, **more)  # type: ignore[arg-type]
            return found.get("experiments", [])

        names = list(self._sources if chosen is None else chosen)
        return {"name": "", "logdir": self.where, "experiments": self._merged(ask, names)}

    def _merged(
        self, ask: Callable[[str], list[RowOfProject]], names: Sequence[str] | None = None
    ) -> list[RowOfProject]:
        """The rows of all sources, or of those with some names, asked in parallel."""
        rows: list[RowOfProject] = []
        failed: list[SwancliError] = []
        names = list(self._sources) if names is None else names
        for name, found in of_each(self._sources, ask, names):
            if isinstance(found, SwancliError):
                failed.append(found)
                if not isinstance(found, MetricNotFound):  # which another source may well have
                    self._notes(named_error(name, found))
            else:
                rows += _with_source(found, name)
        if names and len(failed) == len(names):
            missing = next((error for error in failed if isinstance(error, NotFound)), None)
            raise missing or RemoteError(f"none of {self.where} responds: {failed[0]}")
        return rows

    def _found_at(self, name: str, word: str) -> list[RowOfProject]:
        """The rows of a source that a word may mean; digits mean an id."""
        source = self._sources[name]
        if word.isascii() and word.isdecimal():
            return [row for row in source.experiments() if str(row.get("id")) == (word.lstrip("0") or "0")]
        return source.find(word)

    def _place(self, parameters: Parameters) -> tuple[str, Address]:
        return self._at(cast("Address", parameters["experiment"]))

    def _at(self, experiment: Address) -> tuple[str, Address]:
        """The source of an experiment, and its address there."""
        name, rest = self._split(str(experiment))
        if name:
            return name, wire.address(rest)
        key = "id" if isinstance(experiment, int) else "run_id"
        meant = [row for row in self.experiments() if row.get(key) == experiment]
        if not meant:
            raise ExperimentNotFound(f"no experiment {experiment} in {self.where}")
        if len(meant) > 1:
            words = ", ".join(f"{row['source']}:{experiment}" for row in meant)
            raise UsageError(f"{experiment} matches {len(meant)} experiments: {words}")
        return meant[0]["source"], experiment

    def _asked(self, parameters: Parameters) -> tuple[Source, dict[str, object]]:
        name, address = self._place(parameters)
        return self._sources[name], {**parameters, "experiment": address}

    def _labelled(self, route: Route[..., Model], name: str, address: Address, parameters: Parameters) -> Model:
        details = self._sources[name].details(route, **{**parameters, "experiment": address})
        return self._label(details, route, name)

    def _label(self, details: Model, route: AnyRoute, name: str) -> Model:
        """The details with the source added: as a key of a run, or in front of a metric's experiment."""
        if route is EXPERIMENT:
            run = cast("Run", details)
            run["source"] = f"{name}/{run['source']}" if "source" in run else name
        if route is METRIC:
            series = cast("Series", details)
            if (id := series.get("experiment_id")) is not None:
                series["experiment_id"] = _joined(name, id)
        return details


def named_error(name: str, error: SwancliError) -> str:
    """An error's message, with the name of its source in front unless it already begins with it."""
    text = str(error)
    return text if text.startswith(f"{name}:") else f"{name}: {text}"


def experiments(source: Source) -> tuple[list[RowOfProject], dict[str, SwancliError]]:
    """The rows of a source, or of its parts that answer, and the errors of the others; SwancliError if none answers."""
    if not source.parts:
        return source.experiments(), {}
    sources = dict(source.parts)
    rows: list[RowOfProject] = []
    failed: dict[str, SwancliError] = {}
    for name, found in of_each(sources, lambda name: sources[name].experiments(), list(sources)):
        if isinstance(found, SwancliError):
            failed[name] = found
        else:
            rows += _with_source(found, name)
    if len(failed) == len(sources):
        raise RemoteError(f"none of {source.where} responds: {next(iter(failed.values()))}")
    return rows, failed


def replies(source: Source, route: AnyRoute, parameters: Parameters) -> Iterator[tuple[str, Reply | SwancliError]]:
    """The API's answer from each of a source's parts, with the part's name; an error instead if it has none."""
    sources = dict(source.parts)

    def ask(name: str) -> Reply:
        reply = sources[name].get(route, **parameters)
        if reply.error is not None:
            raise reply.error
        return reply

    yield from of_each(sources, ask, list(sources))


def of_each(
    sources: Mapping[str, Source], ask: Callable[[str], Found], names: Sequence[str]
) -> list[tuple[str, Found | SwancliError]]:
    """What `ask` returns for each name, in order; sources that wait for another machine are asked in parallel."""

    def caught(name: str) -> Found | SwancliError:
        try:
            return ask(name)
        except SwancliError as error:
            return error
        except Exception as problem:
            meant = sources[name].explain(problem)
            if meant is None:
                raise
            return meant

    slow = [name for name in names if sources[name].waits_for_others]
    begun = in_parallel(caught, slow)
    first = [next(begun)] if len(slow) > 1 else []  # starts all of them; local sources are read meanwhile
    found = {name: caught(name) for name in names if name not in slow}
    found.update(zip(slow, (*first, *begun)))
    return [(name, found[name]) for name in names]


def _with_source(rows: list[RowOfProject], name: str) -> list[RowOfProject]:
    found = []
    for row in rows:
        inner = row.get("source")
        found.append(cast("RowOfProject", {**row, "source": f"{name}/{inner}" if inner else name}))
    return found


def _joined(name: str, id: Address) -> str:
    """An address with a source in front, which may have one already."""
    return f"{name}/{id}" if isinstance(id, str) and ":" in id else f"{name}:{id}"
