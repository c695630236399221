"""--watch: the tables of a command, refreshed in place, below a line that names their runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

import typer

from swancli.cli import waiting
from swancli.cli.startup import collect_garbage
from swancli.endpoints import STATUS
from swancli.errors import NotFound, SwancliError, UsageError
from swancli.model import GIVEN_UP
from swancli.output import live
from swancli.output.formats.terminal import render_all
from swancli.output.views.heading import of_runs

if TYPE_CHECKING:
    from swancli.endpoints.route import Route
    from swancli.model import Address, Status
    from swancli.output.stdout import Terminal
    from swancli.output.table import Table
    from swancli.output.text.styled import Line

    Above = Callable[[int, int], list[Line]]
    Heading = Callable[[Sequence[Status], int], Line]

Model = TypeVar("Model")


class Watcher(waiting.Waiter, Protocol):
    """What is watched with: a `Session`, whose methods are described there."""

    format: str | None
    statuses: dict[Address, Status]

    @property
    def terminal(self) -> Terminal: ...
    def details_of_many(
        self, route: Route[..., Model], asked: Sequence[Mapping[str, object]], some: bool = False
    ) -> list[Model]: ...


def watch(
    session: Watcher,
    tables: Callable[[], list[Table]],
    experiments: Sequence[Address],
    above: Above | None,
    first_line: Heading | None,
) -> None:
    """Show the tables until q is pressed or, with --until-finished, the first experiment's run ends.

    `above` makes the lines above the tables, `first_line` the line above everything.
    """
    if session.options.until_finished and not experiments:
        raise UsageError("--until-finished requires one experiment")
    collect_garbage(True)
    session.format = "table"
    terminal = session.terminal
    state = "unknown"

    def frame(width: int, height: int) -> list[Line]:
        nonlocal state
        session.source.refresh()
        # asked before the tables, which then show all that a run wrote up to its end
        runs = _statuses(session, experiments)
        state = runs[0].get("state", "unknown") if runs else "unknown"
        made = tables()
        lines = list(above(width, height - 1)) if above else []
        body = render_all(made, width, terminal.unicode)
        first = first_line(runs, width) if first_line else of_runs(runs, None, width, terminal.unicode)
        return [first, *lines, *([[]] if lines and body else []), *body]

    def ended() -> bool:
        return state in GIVEN_UP

    until = ended if session.options.until_finished else None
    interval = session.options.interval
    if waiting.found(session, lambda: live.watch(frame, interval, terminal, until, pinned=1)):
        raise typer.Exit(waiting.exit_code(state))


def _statuses(session: Watcher, experiments: Sequence[Address]) -> list[Status]:
    """The statuses of the experiments, as far as they are known; NotFound if none of these exists."""
    session.statuses.clear()
    try:
        asked = [{"experiment": address} for address in experiments]
        runs = session.details_of_many(STATUS, asked, some=len(experiments) > 1)
    except NotFound:
        raise
    except SwancliError:  # the tables may still be readable
        return [{"name": str(address)} for address in experiments]
    if len(runs) == len(experiments):
        session.statuses.update(zip(experiments, runs))
    return runs
