"""One run of a command: its source, the stream it prints to, and what is told on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import typer

from swancli import selector
from swancli.errors import NotFound, RemoteError, SwancliError, UsageError
from swancli.source import Source, open_source
from swancli.startup import settle

if TYPE_CHECKING:
    from swancli.output.stdout import Terminal
    from swancli.reply import Reply

SHARED = ("logdir", "url", "timeout", "token_file", "ca_file")
ENDED = ("finished", "crashed", "stopped", "failed")  # states that a run does not leave
FAILED = 5
LONGEST = 1000  # characters of a line on stderr


def exit_code(state: str) -> int:
    """The exit code that tells how a run that was waited for ended."""
    return 0 if state == "finished" else FAILED


class Session:
    """The source that the options and the environment name, and the terminal.

    `given` holds the options of the command, `before` those that stood in front of it.
    """

    def __init__(self, given: dict[str, Any], before: dict[str, Any]) -> None:
        self._options = {key: given.get(key) or before.get(key) for key in SHARED}
        if (given.get("logdir") or before.get("logdir")) and (given.get("url") or before.get("url")):
            raise UsageError("--logdir and --url exclude each other: the data is in one place")
        self._told: set[str] = set()
        self._color = not (given.get("no_color") or before.get("no_color"))
        self._pager = not given.get("no_pager") and not given.get("watch")
        self._watch = bool(given.get("watch"))
        self.until_finished = bool(given.get("until_finished"))
        if self.until_finished and not (given.get("watch") or given.get("follow")):
            raise UsageError("--until-finished waits: it needs --watch or, with logs and metric, --follow")
        self.interval = float(given.get("interval") or 2.0)
        self._terminal: Terminal | None = None
        self.format: str | None = _format(given)
        self.json = self.format == "json"
        if self._watch and self.format not in (None, "table"):
            raise UsageError(f"--watch draws tables, not {self.format}")
        self.source: Source = self._open()

    @property
    def terminal(self) -> Terminal:
        """What stdout is."""
        if self._terminal is None:
            from swancli.output.stdout import detect

            self._terminal = detect(color=self._color, pager=self._pager)
        return self._terminal

    @property
    def to_screen(self) -> bool:
        """Whether a table for people is wanted."""
        return self.format == "table" or (self.format is None and self.terminal.tty)

    def experiment(self, word: str | None) -> Any:
        """The experiment that a word on the command line means."""
        return selector.experiment(self.source, word)

    def facts(self, route: str, **parameters: Any) -> dict[str, Any]:
        """What a table shows; errors name the nearest thing that exists."""
        try:
            return self.source.facts(route, **parameters)
        except NotFound as error:
            raise self._explained(error, parameters) from error

    def facts_of_many(self, route: str, asked: Sequence[dict[str, Any]], some: bool = False) -> list[dict[str, Any]]:
        """What tables show of several things, side by side where the source can.

        With `some`, those that are not there are left out with a warning, unless none is.
        """
        facts: list[dict[str, Any]] = []
        missing: list[SwancliError] = []
        for parameters, found in zip(asked, self.source.facts_of_many(route, asked)):
            if isinstance(found, NotFound):
                missing.append(self._explained(found, parameters))
            elif isinstance(found, SwancliError):
                raise found
            else:
                facts.append(found)
        if missing and not (some and facts):
            raise missing[0]
        for error in missing:
            self.warn(str(error))
        return facts

    def warn(self, text: str) -> None:
        """A warning on stderr, once."""
        if text not in self._told:
            self._told.add(text)
            complain("warning", text)

    def state(self, id: Any) -> str:
        """The word for an experiment's state, read anew."""
        self.source.refresh()
        return str(self.source.facts("status", experiment=id).get("state"))

    def show(self, tables: Callable[[], Any], id: Any = None, above: Callable[[int, int], Any] | None = None) -> None:
        """Print tables, once or again and again; `above` makes lines for a screen of a width and height."""
        terminal = self.terminal
        if not self._watch:
            from swancli.output.show import show_tables

            made = tables()
            self.tell()
            return show_tables(made, self.format, terminal, above(terminal.width, terminal.height) if above else ())
        if self.until_finished and id is None:
            raise UsageError("--until-finished waits for one experiment: name it")
        self._live(tables, id, above)

    def _live(self, tables: Callable[[], Any], id: Any, above: Callable[[int, int], Any] | None) -> None:
        """Tables in place, again and again; ends by a key, or with the run."""
        from swancli.output import live
        from swancli.output.terminal import render_all

        settle()
        terminal = self.terminal
        self.format = "table"
        state = "unknown"

        def frame(width: int, height: int) -> list[Any]:
            self.source.refresh()
            made = tables()
            lines = list(above(width, height)) if above else []
            body = render_all(made, width, terminal.unicode)
            return [*lines, *([[]] if lines and body else []), *body]

        def ended() -> bool:
            nonlocal state
            try:
                state = self.state(id)
            except (SwancliError, OSError):
                return False  # the frame says what is wrong
            return state in ENDED

        if live.watch(frame, self.interval, terminal, ended if self.until_finished else None):
            raise typer.Exit(exit_code(state))

    def print_lines(self, facts: dict[str, Any]) -> None:
        """Print the lines of a log, as they are unless a format is asked for."""
        from swancli.output.show import show_lines, show_tables
        from swancli.output.views import logs

        if self.format not in (None, "table"):
            return show_tables([logs.table(facts)], self.format, self.terminal)
        show_lines(logs.logs(facts, self.terminal), self.terminal)
        if note := logs.skipped(facts):
            complain("note", note)

    def print_json(self, route: str, **parameters: Any) -> None:
        """The API's response; an error's is printed too, before its exception is raised."""
        reply = self.source.get(route, **parameters)
        self._print(reply.pieces())
        self._check(reply, parameters)

    def print_json_lines(self, asked: Sequence[tuple[str, dict[str, Any]]], labels: Sequence[dict[str, Any]]) -> None:
        """Several responses, one a line, each with its label's keys in front; the first error is raised at the end."""
        from swancli.reply import dumps

        failed: tuple[Reply, dict[str, Any]] | None = None
        for (_, parameters), label, reply in zip(asked, labels, self.source.get_many(asked)):
            pieces = iter(reply.pieces())
            self._print([dumps(label)[:-1], b",", next(pieces)[1:]], pieces)
            if not reply.ok and failed is None:
                failed = reply, parameters
        if failed:
            self._check(*failed)

    def tell(self) -> None:
        """Print the source's warnings on stderr, each once."""
        for note in self.source.notes:
            self.warn(note)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        """Tell what is left to tell, and let go of the source."""
        self.tell()
        self.source.close()

    def _print(self, *pieces: Iterable[bytes]) -> None:
        from itertools import chain

        from swancli.output import json

        json.show(chain(*pieces), self.terminal)

    def _check(self, reply: Reply, parameters: dict[str, Any]) -> None:
        error = reply.error
        if error is None and not reply.ok:
            error = RemoteError(f"{self.source.where} answered with status {reply.status}")
        if error is not None:
            error = self._explained(error, parameters) if isinstance(error, NotFound) else error
            error.answered = True
            raise error

    def _explained(self, error: SwancliError, parameters: dict[str, Any]) -> SwancliError:
        """A NotFound that says what there is instead, as far as that can be found out."""
        try:
            if error.api == "experiment not found":
                return selector.unknown(self.source, parameters["experiment"])
            if error.api == "tag not found" and "no data" not in str(error):
                return selector.unknown_metric(self.source, parameters["experiment"], parameters["metric"])
        except NotFound as other:  # the metric's experiment is what isn't there
            return other
        except SwancliError:
            pass
        return error

    def _open(self) -> Source:
        logdir, url = self._options["logdir"], self._options["url"]
        if logdir is None:
            url = url or os.environ.get("SWANCLI_URL") or None
        if url is not None:
            keys = ("timeout", "token_file", "ca_file")
            return open_source(url=url, **{key: value for key in keys if (value := self._options[key]) is not None})
        from swancli.logdir.locate import locate

        named = logdir if logdir is not None else os.environ.get("SWANLAB_LOG_DIR") or None
        return open_source(logdir=locate(named, lambda note: complain("note", note)))


def print_failure(error: SwancliError) -> None:
    """Print the API's envelope of an error on stdout, as --json promises."""
    from swancli.output import json
    from swancli.output.stdout import detect
    from swancli.reply import failure

    json.show(failure(error).pieces(), detect())


def complain(kind: str, text: str) -> None:
    """One line on stderr: an error, a warning, a note."""
    from swancli.output.escape import printable

    try:
        sys.stdout.flush()
        if len(text) > LONGEST:  # the name in it is, and the way out stands at its end
            text = f"{text[: LONGEST // 2]} … {text[-LONGEST // 2 :]}"
        print(f"swancli: {kind}: {printable(text)}", file=sys.stderr)
    except (OSError, ValueError):
        pass


def _format(given: dict[str, Any]) -> str | None:
    """The output format that -o, --json and --jsonl agree on."""
    from swancli.output import FORMATS

    wanted = {given["output"]} if given.get("output") else set()
    wanted |= {name for name in ("json", "jsonl") if given.get(name)}
    if len(wanted) > 1:
        raise UsageError(f"choose one format: {', '.join(sorted(wanted))} were asked for")
    chosen = next(iter(wanted), None)
    if chosen is not None and chosen not in FORMATS:
        raise UsageError(f"no format {chosen!r}: it is one of {', '.join(FORMATS)}")
    return chosen
