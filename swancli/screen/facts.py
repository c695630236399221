"""All that the drawing thread knows of the runs; changes of state become notes, which are kept."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, cast

from swancli.addresses import address, age_key
from swancli.errors import UsageError
from swancli.model import ENDED, Address, Point, Project, RowOfProject, Run, Value
from swancli.output.text.styled import Line
from swancli.output.views.heading import runs_by_state
from swancli.queries.matching import pattern
from swancli.run_config import flatten
from swancli.screen.estimate import Estimate, estimate
from swancli.screen.reading.changes import (
    About,
    Change,
    Crash,
    Group,
    Latest,
    Lines,
    Metrics,
    Points,
    Rows,
    Trouble,
)
from swancli.screen.reading.reader import CONSOLE_LINES
from swancli.screen.view import CHARTS, CONSOLE, NOTES, OVERVIEW, RUNS, View

HEAD = "head"
MAX_NOTES = 500
MAX_DRAWN = 26  # runs, as many as there are letters
PINNED = "pinned"


class Note(NamedTuple):
    """Something that happened to a run."""

    when: float
    address: Address
    name: str
    what: str  # "appeared", or a state
    detail: str = ""


class Curve(NamedTuple):
    """The points of a metric of a run; `version` differs when they do."""

    points: Sequence[Point]
    total: int
    version: int
    steps: tuple[int, int] | None = None


class Facts:
    """What was read so far."""

    def __init__(self, where: str, options: Sequence[str] = (), now: Callable[[], float] = time.time) -> None:
        self.where, self.options, self.now = where, options, now  # `options` are those that name the source
        self.project = ""
        self.trouble = ""
        self.rows: dict[Address, RowOfProject] = {}
        self.order: list[Address] = []
        self.groups: dict[Address, Sequence[Group]] = {}
        self.curves: dict[tuple[Address, str], Curve] = {}
        self.parts: dict[tuple[Address, str], Curve] = {}  # closer looks at a part of the steps
        self.about: dict[Address, Run] = {}
        self.configs: dict[Address, list[tuple[str, Value]]] = {}
        self.latest: dict[Address, dict[str, Value]] = {}
        self.console: tuple[Address, list[str], Sequence[str]] | None = None
        self.notes: list[Note] = []
        self.meeting: set[Address] | None = None  # the runs that meet the conditions of the filter
        self.ranked: list[tuple[Address, Value]] | None = None  # the runs by their best values
        self.values: dict[Address, dict[str, Value]] = {}  # of the further columns
        self.counts: Line = []  # how many runs there are, by state
        self._versions = 0
        self._is_complete = False  # whether all runs of the first look are known

    def take(self, changes: Iterable[Change]) -> set[str]:
        """Add what was read; the names of the panes that show it."""
        touched: set[str] = set()
        for change in changes:
            if isinstance(change, Rows):
                touched |= self._take_rows(change)
            elif isinstance(change, Points):
                self._versions += 1
                curve = Curve(change.points, change.total, self._versions, change.steps)
                kept = self.curves if change.steps is None else self.parts
                kept[change.address, change.metric] = curve
                touched |= {CHARTS, HEAD}
            elif isinstance(change, Metrics):
                self.groups[change.address] = change.groups
                touched.add(CHARTS)
            elif isinstance(change, Lines):
                self._take_lines(change)
                touched.add(CONSOLE)
            elif isinstance(change, About):
                self.about[change.address] = change.run
                self.configs[change.address] = flatten(change.run.get("config"))
                touched |= {OVERVIEW, HEAD}
            elif isinstance(change, Latest):
                self.latest[change.address] = change.values
                touched |= {OVERVIEW, HEAD}
            elif isinstance(change, Crash):
                self._take_crash(change)
                touched |= {CONSOLE, NOTES}
            elif isinstance(change, Trouble):
                self.trouble = change.text
                touched |= {HEAD, RUNS}
        return touched

    def _take_rows(self, change: Rows) -> set[str]:
        if change.project:
            self.project = change.project
        if change.order is not None:
            self.order = list(change.order)
            for one in self.rows.keys() - set(self.order):
                del self.rows[one]
        for row in change.rows:
            one = address(row)
            old = self.rows.get(one)
            self.rows[one] = row
            if self._is_complete:
                self._note_change(one, old, row)
        rows = [self.rows[one] for one in self.order if one in self.rows]
        self.counts = runs_by_state(cast("Project", {"experiments": rows}))
        if change.project != "":  # it is "" in the first look, when only the names are known
            self._is_complete = self._is_complete or bool(self.rows)
        return {RUNS, HEAD, CHARTS}

    def _note_change(self, one: Address, old: RowOfProject | None, row: RowOfProject) -> None:
        state = str(row.get("state"))
        before = None if old is None else old.get("state")
        if old is None:
            self.note(one, "appeared" if state not in ENDED else state)
        elif before is not None and before != state:
            self.note(one, state)

    def note(self, one: Address, what: str, detail: str = "") -> None:
        """Keep what happened to a run."""
        self.notes.append(Note(self.now(), one, self.name(one), what, detail))
        del self.notes[:-MAX_NOTES]

    def _take_lines(self, change: Lines) -> None:
        known = self.console
        if known is None or known[0] != change.address or change.anew:
            self.console = change.address, list(change.lines), change.error
        else:
            known[1].extend(change.lines)
            self.console = change.address, known[1], change.error or known[2]
        del self.console[1][: -2 * CONSOLE_LINES]

    def _take_crash(self, change: Crash) -> None:
        """Add the last line of the traceback to the note, and the traceback to the console that is shown."""
        last = next((line for line in reversed(change.error) if line.strip()), "")
        for n in range(len(self.notes) - 1, -1, -1):
            if self.notes[n].address == change.address:
                self.notes[n] = self.notes[n]._replace(detail=last.strip())
                break
        if self.console is not None and self.console[0] == change.address:
            self.console = (*self.console[:2], change.error)

    def name(self, one: Address) -> str:
        """The name of a run, or else its address."""
        row = self.rows.get(one)
        return str((row or {}).get("name") or one)

    @property
    def has_running(self) -> bool:
        """Whether a run is being written, as far as is known."""
        return any(row.get("state") == "running" for row in self.rows.values())

    def listed(self, view: View) -> list[Address]:
        """The runs as they are shown: the pinned first, of the others those that the filter finds."""
        found = self.order
        if view.best and self.ranked is not None:
            best = [one for one, _ in self.ranked if one in self.rows]
            found = best + [one for one in self.order if one not in set(best)]
        if self.meeting is not None:
            found = [one for one in found if one in self.meeting]
        elif view.run_filter:
            matcher = matching(view.run_filter)
            found = [one for one in found if matcher(self.name(one))]
        pinned = [one for one in view.pinned if one in self.rows]
        return pinned + [one for one in found if one not in pinned and one in self.rows]

    def ticked(self, view: View) -> list[Address]:
        """The ticked runs, of which at most MAX_DRAWN are drawn."""
        return [one for one in sorted(view.ticked, key=str) if one in self.rows]

    def drawn(self, view: View) -> list[Address]:
        """The runs whose curves are shown: the newest of the ticked ones, or else the one under the cursor."""
        ticked = self.ticked(view)
        if ticked:
            return sorted(ticked, key=lambda one: age_key(self.rows[one]), reverse=True)[:MAX_DRAWN]
        return [view.cursor] if view.cursor in self.rows and view.cursor is not None else []

    def metrics(self, view: View) -> list[Group]:
        """The metrics of the drawn runs by namespace, as far as the filter finds them; the pinned first."""
        spaces: dict[str, dict[str, None]] = {}
        for one in self.drawn(view):
            for name, metrics in self.groups.get(one, ()):
                spaces.setdefault(name, {}).update(dict.fromkeys(metrics))
        matcher = matching(view.metric_filter)
        known = {metric for metrics in spaces.values() for metric in metrics}
        pinned = tuple(metric for metric in view.pinned_metrics if metric in known)
        found: list[Group] = [(PINNED, pinned)] if pinned else []
        for name, inside in spaces.items():
            kept = tuple(metric for metric in inside if metric not in pinned and matcher(metric))
            if kept:
                found.append((name, kept))
        return found

    def metric_of_pace(self, view: View) -> str:
        """A metric of the run under the cursor, if that is running."""
        one = view.cursor
        if one is None or self.rows.get(one, {}).get("state") != "running":
            return ""
        return next((metric for _, metrics in self.groups.get(one, ()) for metric in metrics), "")

    def estimate(self, one: Address) -> Estimate:
        """How fast a run is and how long it may still take."""
        row = self.rows.get(one)
        if row is None or row.get("state") != "running":
            return Estimate()
        longest: Sequence[Point] = ()
        for (whose, _), curve in self.curves.items():
            if whose == one and len(curve.points) > len(longest):
                longest = curve.points
        return estimate(
            self.configs.get(one, ()), self.latest.get(one, {}), row.get("last_step"), longest, row.get("duration")
        )


def matching(text: str) -> Callable[[str], bool]:
    """A test of names by a regular expression; what is not one yet is searched for literally."""
    if not text:
        return lambda name: True
    try:
        found = pattern(text)
    except UsageError:
        found = re.compile(re.escape(text), re.IGNORECASE)
    return lambda name: found.search(name) is not None
