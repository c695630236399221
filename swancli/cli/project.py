"""The body of `swancli project`: which runs are listed, in which order, and what is shown of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from swancli.cli.session import Session
from swancli.endpoints import PROJECT
from swancli.errors import UsageError
from swancli.model import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swancli.model import Project, RowOfProject, Value
    from swancli.output.table import Table
    from swancli.output.text.styled import Line
    from swancli.queries.filters import Condition
    from swancli.queries.groups import Groups
    from swancli.queries.values import Runs, Sort


ROWS_BELOW_PLOT = 2  # of a screen: what the prompt takes
MIN_PLOT_LINES, MAX_PLOT_LINES = 8, 30


class Listing(NamedTuple):
    """What the options ask for; `metric` and `best` are those of the usual table."""

    metric: str | None = None
    best: str | None = None
    columns: str | None = None
    sort: str | None = None
    filters: Sequence[str] = ()
    states: str | None = None
    limit: int | None = None
    group_by: str | None = None
    pivot: bool = False
    plot: tuple[str, str] | None = None

    @property
    def is_usual(self) -> bool:
        """Whether all runs are shown in the usual table, in their usual order."""
        return self._replace(metric=None, best=None) == Listing()

    def check(self) -> None:
        """UsageError for options that exclude each other."""
        if self.plot and (self.group_by or self.columns):
            raise UsageError("--plot takes its two columns, not --columns or --group-by")
        if self.pivot and not self.group_by:
            raise UsageError("--pivot requires --group-by with two columns")
        if (self.columns or self.group_by or self.plot) and self.metric:
            raise UsageError("--metric adds to the usual table: name the metric in --columns instead")
        if self.best and self.sort:
            raise UsageError("--best sorts, and so does --sort: specify only one of them")


class Lister:
    """The tables of one command, made again each time; `details` are the latest, for a heading."""

    def __init__(self, session: Session, listing: Listing) -> None:
        listing.check()
        self._session, self._listing = session, listing
        self._conditions: list[Condition] = []
        self._columns: list[Column] = []
        self._sort: list[Sort] = []
        self._groups: Groups | None = None
        self._plot: tuple[Column, Column] | None = None
        self._pairs: list[tuple[Value, Value]] = []  # what the plot shows
        self.details: Project = {}
        if not listing.is_usual:
            self._parse()

    def _parse(self) -> None:
        """Parse the options; UsageError if one of them is wrong."""
        from swancli.queries.columns import parse_column, parse_columns
        from swancli.queries.named_columns import named_columns
        from swancli.queries.values import parse_sort

        listing = self._listing
        self._conditions = conditions(listing.filters, listing.states)
        text = listing.columns if listing.columns is None else named_columns(listing.columns) or listing.columns
        if listing.group_by:
            from swancli.queries.groups import Groups

            self._groups = Groups(listing.group_by, text, listing.sort, listing.pivot)
            return
        self._columns = parse_columns(text) if text is not None else []
        self._sort = parse_sort(listing.sort) if listing.sort else []
        if listing.best and listing.metric:
            self._sort = [(Column(listing.best, listing.metric), listing.best == "max")]
        if listing.plot:
            self._plot = parse_column(listing.plot[0]), parse_column(listing.plot[1])

    def tables(self) -> list[Table]:
        """The runs that are asked for."""
        session, listing = self._session, self._listing
        if listing.is_usual:
            from swancli.output.views.project import project as view

            self.details = self._usual()
            return view(self.details, listing.metric, listing.best, is_live=session.options.watch)
        runs = self.runs()
        tables = self._chosen(runs)
        if not runs.rows and self._conditions:
            runs.notes.append(f"no run meets {' and '.join(condition.text for condition in self._conditions)}")
        for note in runs.notes if not session.options.watch else ():  # which would disturb a live view
            session.note(note)
        return tables

    def runs(self) -> Runs:
        """The runs that meet the conditions, sorted, and not more than are asked for."""
        from swancli.queries.values import Runs

        runs = Runs(self._session.source)
        newest_first = self._session.options.watch and not self._sort
        runs.keep(self._conditions)
        if self._sort:
            runs.sort(self._sort)
        elif newest_first:
            runs.newest_first()
        if self._listing.limit is not None and not self._groups:
            runs.limit(self._listing.limit, newest=not self._sort)
        return runs

    def above(self, width: int, height: int) -> list[Line]:
        """The lines of the plot for a screen of this size, if one is asked for and people look."""
        from swancli.output.plot.options import PlotOptions
        from swancli.output.views.columns import scattered

        if self._plot is None or not self._session.to_screen:
            return []
        terminal = self._session.terminal
        lines = max(min(height - ROWS_BELOW_PLOT, MAX_PLOT_LINES), MIN_PLOT_LINES)
        options = PlotOptions(width, lines, color=terminal.colors > 0, unicode=terminal.unicode)
        lines_of_plot = scattered(self._plot, self._pairs, options)
        if not lines_of_plot:
            self._session.note(f"no run has both {self._plot[0].text} and {self._plot[1].text} to draw")
        return lines_of_plot

    def _usual(self, runs: Runs | None = None) -> Project:
        """The details of the usual table."""
        listing = self._listing
        ids = None if runs is None else runs.addresses
        shapes = self._session.to_screen
        return self._session.details(PROJECT, metric=listing.metric, best=listing.best, shapes=shapes, ids=ids)

    def _describe(self, runs: Runs) -> None:
        """Keep the names and states that the first line of a live view shows."""
        state = Column("fact", "state")
        runs.read([state])
        rows = [{**row, "state": runs.value(row, state)} for row in runs.rows]
        self.details = {"name": runs.project, "experiments": cast("list[RowOfProject]", rows)}

    def _chosen(self, runs: Runs) -> list[Table]:
        if self._session.options.watch:
            self._describe(runs)
        if self._groups is not None:
            from swancli.output.views.columns import grouped

            runs.read(self._groups.columns)
            keys, titles, rows = self._groups.table(runs)
            return [grouped(keys, titles, rows[: self._listing.limit])]
        from swancli.output.views.columns import columns_of, rows_of
        from swancli.output.views.project import project as view

        if self._plot is not None:
            x, y = self._plot
            runs.read(self._plot)
            self._pairs = [(runs.value(row, x), runs.value(row, y)) for row in runs.rows]
            shown = list(dict.fromkeys([Column("fact", "id"), Column("fact", "name"), x, y]))
            table = columns_of(shown, rows_of(shown, runs.rows, runs.value))
            table.only = "pipe" if self._session.to_screen else ""
            return [table]
        if self._columns:
            runs.read(self._columns)
            return [columns_of(self._columns, rows_of(self._columns, runs.rows, runs.value))]
        extra = list(dict.fromkeys([*(column for column, _ in self._sort), *(one.column for one in self._conditions)]))
        shown_anyway = Column(self._listing.best or "", self._listing.metric or "")
        extra = [column for column in extra if column != shown_anyway]
        extra = [column for column in extra if column.kind != "fact" or column.name in ("host", "age", "source")]
        self.details = self._usual(runs)
        self.details["experiments"] = runs.in_their_order(self.details.get("experiments") or [])
        for row in self.details["experiments"]:
            row["values"] = {column.text: runs.value(row, column) for column in extra}
        return view(
            self.details,
            self._listing.metric,
            self._listing.best,
            is_live=self._session.options.watch,
            extra=extra,
            is_sorted=True,
        )


def conditions(filters: Sequence[str], states: str | None = None) -> list[Condition]:
    """The conditions of -F and --state."""
    from swancli.queries.filters import parse_condition, state_is_one_of

    found = [parse_condition(text) for text in filters]
    return [*found, state_is_one_of(states)] if states else found
