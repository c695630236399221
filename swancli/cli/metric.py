"""The body of `swancli metric`: which series are asked for, and how they are printed, put into tables and drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from swancli.cli.session import Session
from swancli.endpoints import METRIC
from swancli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swancli.endpoints.route import AnyRoute
    from swancli.model import Address, Series, Status
    from swancli.output.table import Table
    from swancli.output.text.styled import Line

AXES = ("step", "time", "relative")
FEW = (4, 10)  # least and most points that a terminal shows below a plot
GOOD_HEIGHT = 14  # lines that a plot gets before more points are shown
AROUND = 6  # lines that headings and gaps take beside plot, numbers and points, and the prompt below them

Asked: TypeAlias = "list[tuple[Address, str]]"


class Look(NamedTuple):
    """How a plot is drawn; `plot` None means on a terminal only."""

    plot: bool | None
    x: str
    log_y: bool
    smooth: float | None
    overlay: bool | None
    width: int | None
    height: int | None


def asked(session: Session, words: list[str]) -> Asked:
    """The (experiment, metric) pairs that the words of the command line mean, in their order."""
    from swancli.queries.words import series_of

    conditions, best = session.conditions, session.best
    if not words or not session.waits:
        return series_of(session.source, words, conditions, best)
    from swancli.cli import waiting

    pairs = waiting.found(session, lambda: series_of(session.source, words, conditions, best))
    ids = {id: waiting.experiment(session, str(id)) for id in dict.fromkeys(id for id, _ in pairs)}
    return [(ids[id], name) for id, name in pairs]


def excerpt(head: int | None, tail: int | None, steps: str | None) -> dict[str, object]:
    """The parameters of --head, --tail and --steps that were given."""
    found: dict[str, object] = {"head": head, "tail": tail}
    if steps is not None:
        first, colon, last = steps.partition(":")
        try:
            found["steps"] = (int(first) if first.strip() else None, int(last) if last.strip() else None)
        except ValueError:
            colon = ""
        if not colon:
            raise UsageError(f"--steps must be A:B, two integers, one of which may be omitted, not {steps!r}")
    return {key: value for key, value in found.items() if value is not None}


def print_json(session: Session, pairs: Asked, all: bool) -> None:
    """Print the API's response; for several series, one per line, each with its "tag" in front."""
    more: dict[str, object] = {"all": True} if all else {}
    if len(pairs) == 1:
        (id, name) = pairs[0]
        return session.print_json(METRIC, experiment=id, metric=name, **more)
    several = len({id for id, _ in pairs}) > 1
    asked: list[tuple[AnyRoute, dict[str, object]]]
    asked = [(METRIC, {"experiment": id, "metric": name, **more}) for id, name in pairs]
    session.print_json_lines(
        asked,
        [{"experiment": id, "tag": name} if several else {"tag": name} for id, name in pairs],
    )


class Curves:
    """The series of one command; `tables` reads them again each time, `plot` draws what was read."""

    def __init__(self, session: Session, pairs: Asked, all: bool, excerpt: dict[str, object], look: Look) -> None:
        self._session, self._pairs, self._all, self._excerpt, self._look = session, pairs, all, excerpt, look
        self._series: list[Series] = []
        self._tables: list[Table] = []
        if look.plot and session.format is None:  # a plot that is asked for is for people, in a pipe too
            session.format = "table"

    def tables(self) -> list[Table]:
        """The numbers of each series, and the points."""
        from swancli.output.views.metric import metric as view

        session = self._session
        # what is exported is data to work with: all of it, wherever the source can give all
        all = True if self._all else False if session.to_screen else None
        asked = [{"experiment": id, "metric": name, "all": all, **self._excerpt} for id, name in self._pairs]
        self._series = session.details_of_many(METRIC, asked, some=len({id for id, _ in self._pairs}) > 1)
        if self._drawn:  # the plot and the table both go through them
            for series in self._series:
                series["points"] = list(series["points"])
        self._tables = view(self._series, self._few() if session.to_screen and not self._excerpt else None)
        if self._drawn:  # the height of the plot depends on them
            for table in self._tables:
                table.rows = list(table.rows)
        return self._tables

    def heading(self, runs: Sequence[Status], width: int) -> Line:
        """The first line of a live view, with the last step of the series, which a dashboard may not tell otherwise."""
        from swancli.output.views.heading import of_runs

        last = max((series["last_step"] for series in self._series if "last_step" in series), default=None)
        return of_runs(runs, last, width, self._session.terminal.unicode)

    def _few(self) -> int:
        """How many points leave room for a plot."""
        least, most = FEW
        return max(least, min(most, self._lines() - AROUND - len(self._series) - GOOD_HEIGHT))

    def _lines(self) -> int:
        """The height of the screen."""
        terminal = self._session.terminal
        return terminal.measure()[1] if self._session.options.watch else terminal.height

    @property
    def _drawn(self) -> bool:
        if self._look.plot is None:
            return self._session.to_screen and self._session.terminal.tty and not self._session.terminal.dumb
        return self._look.plot

    def plot(self, width: int, height: int) -> list[Line]:
        """The lines of the plot for a screen of this size; none if nothing is to be drawn."""
        if not self._drawn:
            return []
        from swancli.output.plot.options import PlotOptions
        from swancli.output.views.curve import curve, height_for

        look, terminal = self._look, self._session.terminal
        below = self._lines_below(width)
        options = PlotOptions(
            width=look.width or width,
            height=look.height or height_for(height, below, self._series, look.overlay),
            log_y=look.log_y,
            smoothing=look.smooth,
            x=look.x,
            color=terminal.colors > 0,
            unicode=terminal.unicode,
            overlay=look.overlay,
        )
        return curve(self._series, options)

    def _lines_below(self, width: int) -> int:
        """How many lines the gap below the plot, the numbers, the points (of many, the first) and the prompt take."""
        from swancli.output.formats.terminal import render_all
        from swancli.output.table import Table

        most = FEW[1] + 1  # with the line that stands for those left out
        shown = [
            Table(t.columns, list(t.rows)[:most], t.title, t.head, t.notes, t.group, t.header, t.only)
            for t in self._tables
        ]
        return 1 + len(render_all(shown, width, self._session.terminal.unicode)) + (not self._session.options.watch)
