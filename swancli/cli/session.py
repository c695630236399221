"""One run of a command: its source, the stream it prints to, and its messages on stderr."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

from swancli.addresses import address
from swancli.cli.options import Options
from swancli.endpoints import STATUS
from swancli.errors import (
    ExperimentNotFound,
    MetricHasNoData,
    MetricNotFound,
    NotFound,
    RemoteError,
    SwancliError,
    UsageError,
)
from swancli.places import Given, opened, places
from swancli.queries import selector
from swancli.source import Source

if TYPE_CHECKING:
    from swancli.cli.watch import Above, Heading
    from swancli.endpoints.route import AnyRoute, Route
    from swancli.model import Address, Console, Status
    from swancli.output.progress import Bar
    from swancli.output.stdout import Terminal
    from swancli.output.table import Table
    from swancli.queries.filters import Condition
    from swancli.queries.selector import Best
    from swancli.reply import Reply

P = ParamSpec("P")
Model = TypeVar("Model")

MAX_MESSAGE_CHARACTERS = 1000  # of a line on stderr


class Session:
    """The source that the options and the environment name, and the terminal.

    `follow` says that the command goes on until it is interrupted.
    """

    def __init__(self, options: Options, follow: bool = False) -> None:
        if options.until_finished and not (options.watch or follow):
            raise UsageError("--until-finished requires --watch or, for logs and metric, --follow")
        self.options = options
        self.format = _format(options)
        if options.watch and self.format not in (None, "table"):
            raise UsageError(f"--watch prints tables only, not {self.format}")
        self.waits = (options.watch or follow) and not self.json  # for what is not there yet
        self.deadline: float | None = None
        self.statuses: dict[Address, Status] = {}  # of the frame of a live view that is being made
        self._printed: set[str] = set()
        self._terminal: Terminal | None = None
        self._source: Source | None = None
        self._bar: Bar | None = None
        if not (options.watch or follow) and sys.stderr is not None and sys.stderr.isatty():
            from swancli.output.progress import Bar

            self._bar = Bar()

    @property
    def source(self) -> Source:
        """The logdir or the dashboard, opened when it is first asked for."""
        if self._source is None:
            self._source = self._open()
        return self._source

    @property
    def has_failed(self) -> bool:
        """Whether something that was asked for can't be read."""
        return self._source is not None and self._source.notes.failed

    @property
    def json(self) -> bool:
        """Whether the API's response is wanted."""
        return self.format == "json"

    @property
    def terminal(self) -> Terminal:
        """What stdout is."""
        if self._terminal is None:
            from swancli.output.stdout import detect

            self._terminal = detect(
                color=not self.options.no_color, pager=not (self.options.no_pager or self.options.watch)
            )
        return self._terminal

    @property
    def to_screen(self) -> bool:
        """Whether a table for people is wanted."""
        return self.format == "table" or (self.format is None and self.terminal.tty)

    @property
    def conditions(self) -> list[Condition]:
        """What -F asks of the runs."""
        if not self.options.filter:
            return []
        from swancli.queries.filters import parse_condition

        return [parse_condition(text) for text in self.options.filter]

    @property
    def best(self) -> Best | None:
        """What --best N COLUMN asks for."""
        return selector.parse_best(*self.options.best_of) if self.options.best_of else None

    def experiment(self, word: str | None) -> Address:
        """The experiment that a word on the command line means; UsageError if it means several."""
        if not self.waits:
            return selector.one_of(self.source, word, self.conditions, self.best)
        return self._awaited(lambda: [selector.one_of(self.source, word, self.conditions, self.best)])[0]

    def experiments(self, word: str | None) -> list[Address]:
        """The experiments that a word on the command line means."""
        if not self.waits:
            return selector.experiments(self.source, word, self.conditions, self.best)
        return self._awaited(lambda: selector.experiments(self.source, word, self.conditions, self.best))

    def _awaited(self, look: Callable[[], list[Address]]) -> list[Address]:
        """The experiments that `look` finds, once there are any."""
        from swancli.cli import waiting

        return waiting.experiments(self, look)

    def experiments_of(self, words: Sequence[str]) -> list[Address]:
        """The experiments that several words mean, each once, in their order; without words, as `experiments(None)`."""
        if len(words) > 1 and (self.options.filter or self.options.best_of):
            words = [",".join(words)]  # the options apply to all of them together
        found = (id for word in words or (None,) for id in self.experiments(word))
        return list(dict.fromkeys(found))

    def metrics_of(self, words: list[str]) -> list[tuple[Address, list[str] | None]]:
        """The experiments that `[EXP] [NAME...]` names, each with the metrics; None stands for all of them."""
        from swancli.queries.words import metrics_of

        if not self.waits:
            return metrics_of(self.source, words, self.conditions, self.best)
        from swancli.cli import waiting

        found = waiting.found(self, lambda: metrics_of(self.source, words, self.conditions, self.best))
        return [(waiting.experiment(self, str(id)), names) for id, names in found]

    def details(self, route: Route[P, Model], *args: P.args, **parameters: P.kwargs) -> Model:
        """What a table shows; errors name the nearest thing that exists."""
        try:
            return self.source.details(route, *args, **parameters)
        except NotFound as error:
            raise self.explained(error, parameters) from error

    def details_of_many(
        self, route: Route[..., Model], asked: Sequence[Mapping[str, object]], some: bool = False
    ) -> list[Model]:
        """What tables show of several things, read in parallel where the source can.

        With `some`, those that are not found are left out with a warning, unless none is found.
        """
        return [found for _, found in self.details_of_each(route, asked, some)]

    def details_of_each(
        self, route: Route[..., Model], asked: Sequence[Mapping[str, object]], some: bool = False
    ) -> list[tuple[Mapping[str, object], Model]]:
        """As `details_of_many`, each with its parameters."""
        details: list[tuple[Mapping[str, object], Model]] = []
        missing: list[SwancliError] = []
        for parameters, found in zip(asked, self.source.details_of_many(route, asked)):
            if isinstance(found, NotFound):
                missing.append(self.explained(found, parameters))
            elif isinstance(found, SwancliError):
                raise found
            else:
                details.append((parameters, found))
        if missing and not (some and details):
            raise missing[0]
        for error in missing:
            self.warn(str(error))
        return details

    def warn(self, text: str) -> None:
        """A warning on stderr, once."""
        self._print_once("warning", text)

    def note(self, text: str) -> None:
        """A note on stderr, once."""
        self._print_once("note", text)

    def _print_once(self, kind: str, text: str) -> None:
        if text not in self._printed:
            self._printed.add(text)
            print_message(kind, text)

    def status(self, id: Address) -> Status:
        """What is known of an experiment's state."""
        return self.statuses.get(id) or self.details(STATUS, experiment=id)

    def state(self, id: Address) -> str:
        """The word for an experiment's state, read again."""
        self.source.refresh()
        return self.source.details(STATUS, experiment=id).get("state", "unknown")

    def show(
        self,
        tables: Callable[[], list[Table]],
        *experiments: Address,
        above: Above | None = None,
        heading: Heading | None = None,
    ) -> None:
        """Print tables, once or in a live view; `above` makes lines for a screen of a width and height.

        The first line of a live view is made by `heading` from the experiments' statuses and a width; without `heading`
        it shows their states.
        """
        terminal = self.terminal
        if not self.options.watch:
            from swancli.output.show import show_tables

            made = tables()
            self.print_notes()
            return show_tables(made, self.format, terminal, above(terminal.width, terminal.height) if above else ())
        from swancli.cli.watch import watch

        watch(self, tables, experiments, above, heading)

    def show_each(
        self,
        route: Route[..., Model],
        asked: Sequence[Mapping[str, object]],
        view: Callable[[Model], list[Table]],
    ) -> None:
        """Print the tables of one or several experiments; those of several with the experiment's id and name."""
        ids = [cast("Address", parameters["experiment"]) for parameters in asked]

        def tables() -> list[Table]:
            if len(asked) == 1:
                return view(self.details(route, **asked[0]))
            from swancli.output.views.several import several

            found = self.details_of_each(route, asked, some=True)
            names = {address(row): row["name"] for row in self.source.experiments()}
            parts = []
            for parameters, details in found:
                id = cast("Address", parameters["experiment"])
                parts.append((id, names.get(id, ""), view(details)))
            return several(parts)

        self.show(tables, *ids)

    def print_json_of(self, route: AnyRoute, ids: Sequence[Address], **parameters: object) -> None:
        """Print the API's response; for several experiments, one per line, each with its "experiment" in front."""
        if len(ids) == 1:
            return self.print_json(route, experiment=ids[0], **parameters)
        asked = [(route, {"experiment": id, **parameters}) for id in ids]
        self.print_json_lines(asked, [{"experiment": id} for id in ids])

    def print_lines(self, details: Console) -> None:
        """Print the lines of a log, as they are unless a format is asked for."""
        from swancli.output.show import show_lines, show_tables
        from swancli.output.views import logs

        if self.format not in (None, "table"):
            return show_tables([logs.table(details)], self.format, self.terminal)
        show_lines(logs.logs(details, self.terminal), self.terminal)

    def print_json(self, route: AnyRoute, **parameters: object) -> None:
        """Print the API's response; that of an error is printed too, before its exception is raised.

        With several sources, the response of each is a line.
        """
        if self.source.parts and "experiment" not in parameters:
            return self._print_json_of_each(route, parameters)
        reply = self.source.get(route, **parameters)
        self._print(reply.pieces())
        self._check(reply, parameters)

    def print_json_lines(
        self, asked: Sequence[tuple[AnyRoute, Mapping[str, object]]], labels: Sequence[Mapping[str, object]]
    ) -> None:
        """Print responses, one per line, each with its label's keys in front; the first error is raised at the end."""
        from swancli.reply import dumps

        failed: tuple[Reply, Mapping[str, object]] | None = None
        for (_, parameters), label, reply in zip(asked, labels, self.source.get_many(asked)):
            pieces = iter(reply.pieces())
            self._print([dumps(label)[:-1], b",", next(pieces)[1:]], pieces)
            if not reply.ok and failed is None:
                failed = reply, parameters
        if failed:
            self._check(*failed)

    def _print_json_of_each(self, route: AnyRoute, parameters: Mapping[str, object]) -> None:
        """Print each source's response on a line, the source in front; warn of those that do not answer."""
        from swancli.reply import dumps
        from swancli.several import named_error, replies

        answered = False
        for name, reply in replies(self.source, route, parameters):
            if isinstance(reply, SwancliError):
                self.warn(named_error(name, reply))
                continue
            answered = True
            pieces = iter(reply.pieces())
            self._print([dumps({"source": name})[:-1], b",", next(pieces)[1:]], pieces)
        if not answered:
            raise RemoteError(f"none of {self.source.where} responds")

    def explain(self, problem: Exception) -> SwancliError | None:
        """What an unexpected exception says about the source's data, if anything."""
        return self._source.explain(problem) if self._source is not None else None

    def print_notes(self) -> None:
        """Print the source's warnings on stderr, each once."""
        for note in self._source.notes if self._source is not None else ():
            self.warn(note)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        """Print the warnings that are left, except one that is the error itself, and close the source."""
        if self._bar is not None:
            self._bar.close()
        if error is not None:
            self._printed.add(str(error))
        self.print_notes()
        if self._source is not None:
            self._source.close()

    def _print(self, *pieces: Iterable[bytes]) -> None:
        from itertools import chain

        from swancli.output.formats import json

        json.show(chain(*pieces), self.terminal)

    def _check(self, reply: Reply, parameters: Mapping[str, object]) -> None:
        error = reply.error
        if error is None and not reply.ok:
            error = RemoteError(f"{self.source.where} answered with status {reply.status}")
        if error is not None:
            error = self.explained(error, parameters) if isinstance(error, NotFound) else error
            error.answered = True
            raise error

    def explained(self, error: SwancliError, parameters: Mapping[str, object]) -> SwancliError:
        """A NotFound that says what there is instead, as far as that can be found out."""
        experiment = cast("Address", parameters.get("experiment"))
        if isinstance(error, MetricNotFound):
            error.what, error.experiment = f"metric {parameters.get('metric')!r} of experiment {experiment}", experiment
        try:
            if isinstance(error, ExperimentNotFound):
                return selector.unknown(self.source, experiment)
            if isinstance(error, MetricNotFound) and "experiment" not in parameters:
                return selector.unknown_metric_of_all(self.source, error.metric)
            if isinstance(error, MetricNotFound) and not isinstance(error, MetricHasNoData):
                return selector.unknown_metric(self.source, experiment, error.metric or str(parameters["metric"]))
        except NotFound as other:  # the metric's experiment is what isn't there
            return other
        except SwancliError:
            pass
        return error

    @property
    def given(self) -> Given:
        """What the options say about where the data is."""
        given = self.options
        return Given(
            logdirs=given.logdir or (),
            urls=given.url or (),
            sources=given.source or (),
            timeout=given.timeout,
            token_file=given.token_file,
            ca_file=given.ca_file,
            remote_command=given.remote_command,
        )

    def _open(self) -> Source:
        given = self.options
        found = places(self.given)
        place = found[0]
        if len(found) > 1 or not self.waits or not place.is_local:
            return opened(found, self.note, may_lack=bool(given.source))
        from swancli.cli import waiting

        place.attach()
        return place._replace(logdir=waiting.logdir(place.logdir, given.interval, self.note, self.deadline)).open()


def print_failure(error: SwancliError) -> None:
    """Print the API's envelope of an error on stdout, as --json promises."""
    from swancli.output.formats import json
    from swancli.output.stdout import detect
    from swancli.reply import failure

    json.show(failure(error).pieces(), detect())


def print_message(kind: str, text: str) -> None:
    """One line on stderr: an error, a warning, a note."""
    from swancli.output.text.escape import printable

    # earlier output comes first; writing it may be what failed
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
    try:
        if len(text) > MAX_MESSAGE_CHARACTERS:  # a name in it is too long, and the way out is at its end
            text = f"{text[: MAX_MESSAGE_CHARACTERS // 2]} … {text[-MAX_MESSAGE_CHARACTERS // 2 :]}"
        print(f"swancli: {kind}: {printable(text)}", file=sys.stderr)
    except (OSError, ValueError):
        pass


def _format(options: Options) -> str | None:
    """The output format that -o, --json and --jsonl agree on."""
    from swancli.output import FORMATS

    wanted = {options.output} if options.output else set()
    wanted |= {"json"} if options.json else set()
    wanted |= {"jsonl"} if options.jsonl else set()
    if len(wanted) > 1:
        raise UsageError(f"conflicting output formats: {', '.join(sorted(wanted))}")
    chosen = next(iter(wanted), None)
    if chosen is not None and chosen not in FORMATS:
        raise UsageError(f"unknown output format {chosen!r}; formats: {', '.join(FORMATS)}")
    return chosen
