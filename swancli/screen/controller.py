"""What the keys do: they change the View, or ask the source something. Knows no terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from swancli.errors import UsageError
from swancli.model import Address
from swancli.queries.matching import conditions, pattern
from swancli.screen import questions, takeaway
from swancli.screen.facts import HEAD, Facts
from swancli.screen.layout import NARROW
from swancli.screen.panes.charts import ChartsPane
from swancli.screen.panes.console import TextPane
from swancli.screen.panes.runs import RunsPane
from swancli.screen.view import (
    AXES,
    CHARTS,
    CONSOLE,
    DIFFERENCES,
    HELP,
    NOTES,
    OVERVIEW,
    PAGES,
    PANES,
    RUNS,
    SMOOTHINGS,
    View,
)
from swancli.source import Source

MAX_GRID = 9
ZOOM = 0.6  # of the range that is left by one step
MARK_STEPS = 60  # of the range that the mark is moved through
ALL_PANES = frozenset((*PANES, HELP, HEAD))


class Outside(Protocol):
    """What a controller needs of the application."""

    def ask(self, ask: Callable[[Source], Any], tell: Callable[[Any], None]) -> None:
        """Ask the source; `tell` is called with the answer."""

    def say(self, text: str, is_bad: bool = False) -> None:
        """Show a message for a while."""

    def copy(self, text: str) -> None:
        """Put a text into the clipboard."""

    def leave(self) -> None:
        """End the view."""


class Controller:
    """The view, what is known, and the panes; `touched` are the panes to be drawn anew."""

    def __init__(self, facts: Facts, view: View, outside: Outside) -> None:
        self.facts, self.view, self.outside = facts, view, outside
        self.runs, self.charts = RunsPane(), ChartsPane()
        self.texts = {name: TextPane(name == CONSOLE) for name in (CONSOLE, OVERVIEW, DIFFERENCES, NOTES, HELP)}
        self.listed: list[Address] = []
        self.width, self.height = 80, 24
        self.touched: set[str] = set(ALL_PANES)
        self.typing = ""  # the sign of the filter that is being typed
        self.typed = ""
        self.problem = ""
        self.note_at = 0  # the note under the cursor, from the newest
        self.seen_notes = 0
        self.differences: object = None  # what was read for the page of differences
        self._before_typing = ""
        self._has_moved = False

    def touch(self, *panes: str) -> None:
        """Have panes drawn anew; all without a name."""
        self.touched |= set(panes) if panes else ALL_PANES

    def relist(self) -> None:
        """The list of runs, after runs or filters have changed.

        The cursor stays on its run; until it was moved, on the first one, which is the newest.
        """
        self.listed = self.facts.listed(self.view)
        if self.view.cursor not in self.listed or not self._has_moved:
            self.view.cursor = self.listed[0] if self.listed else None

    # moving

    def move(self, across: int, down: int) -> None:
        """An arrow key."""
        view, focus = self.view, self._focus()
        if focus == RUNS:
            if across > 0 and not view.is_full:
                self.focus(CHARTS)
            elif down:
                self._run(down)
        elif focus == CHARTS:
            if across < 0 and not view.is_full and self.charts.grid.moved(view.chart, -1, 0) == view.chart:
                return self.focus(RUNS)
            self._chart(across, down)
        elif focus == NOTES:
            self.note_at = max(0, min(self.note_at + down, len(self.facts.notes) - 1))
            self.touch(NOTES)
        else:
            self.texts[focus].scroll(down)
            self.touch(focus)

    def page(self, pages: int) -> None:
        """A page up or down."""
        focus = self._focus()
        if focus == RUNS:
            self._run(pages * max(self.height - 5, 1))
        elif focus == CHARTS:
            self._chart(
                0,
                pages
                * max(
                    len(
                        {
                            band.top
                            for band in self.charts.grid.bands
                            if band.metrics and band.top < self.charts.box.height
                        }
                    ),
                    1,
                ),
                clip=True,
            )
        elif focus == NOTES:
            self.move(0, pages * 10)
        else:
            self.texts[focus].scroll(pages * max(self.height // 2, 1))
            self.touch(focus)

    def ends(self, is_start: bool) -> None:
        """To the first or the last."""
        focus = self._focus()
        if focus == RUNS:
            self._run(-len(self.listed) if is_start else len(self.listed))
        elif focus == CHARTS:
            names = self._all_metrics()
            if names:
                self.view.chart = names[0 if is_start else -1]
                self.touch(CHARTS)
        elif focus == NOTES:
            self.note_at = 0 if is_start else max(len(self.facts.notes) - 1, 0)
            self.touch(NOTES)
        else:
            self.texts[focus].to_end(is_start)
            self.touch(focus)

    def _run(self, down: int) -> None:
        if self.listed:
            at = (
                self.listed.index(self.view.cursor)
                if self.view.cursor in self.listed and self.view.cursor is not None
                else 0
            )
            self.go_to(self.listed[max(0, min(at + down, len(self.listed) - 1))])

    def go_to(self, one: Address) -> None:
        """Put the cursor on a run."""
        self._has_moved = True
        if one != self.view.cursor:
            self.view.cursor = one
            self.texts[CONSOLE].offset = self.texts[OVERVIEW].offset = 0
            self.touch()

    def _chart(self, across: int, down: int, clip: bool = False) -> None:
        grid = self.charts.grid
        if self.view.is_full:
            names = self._all_metrics()
            if self.view.chart in names:
                at = names.index(self.view.chart) + (across or down)
                self.view.chart = names[max(0, min(at, len(names) - 1))]
        else:
            sign = 1 if down > 0 else -1
            for _ in range(abs(down) if clip else 1):
                self.view.chart = grid.moved(self.view.chart, across, sign if clip else down)
        self.touch(CHARTS)

    def _all_metrics(self) -> list[str]:
        return [metric for _, metrics in self.facts.metrics(self.view) for metric in metrics]

    def _focus(self) -> str:
        return self.view.focus

    def focus(self, pane: str) -> None:
        """Give a pane the focus."""
        if pane not in PAGES:
            self.view.page = ""
        self.view.focus = pane
        self.touch()

    def next_pane(self, by: int) -> None:
        """To the next pane that is shown, or on a narrow screen to the next of all."""
        view = self.view
        panes = [RUNS, view.page or CHARTS, CONSOLE, OVERVIEW]
        if self.width >= NARROW and not view.is_full:
            panes = [pane for pane in panes if pane != RUNS or view.left]
            if not self.has_sidebar:
                panes.remove(OVERVIEW)
        at = panes.index(view.focus) if view.focus in panes else 0
        view.focus = panes[(at + by) % len(panes)]
        self.touch()

    @property
    def has_sidebar(self) -> bool:
        """Whether the overview is shown at the right."""
        from swancli.screen.layout import layout

        return OVERVIEW in layout(self.width, self.height, self.view)

    def pane(self, number: int) -> None:
        """Show a pane or page and give it the focus; one that has the focus is left."""
        name = PANES[number - 1]
        view = self.view
        if name in PAGES:
            if view.page == name and view.focus == name:
                return self.back()
            view.page = view.focus = name
            if name == DIFFERENCES:
                self._read_differences()
        elif name == OVERVIEW and not self.has_sidebar and view.focus != OVERVIEW:
            view.focus, view.is_full = OVERVIEW, True
        elif view.focus == name == OVERVIEW and view.is_full:
            return self.back()
        else:
            view.page = "" if name == CHARTS else view.page
            view.left = view.left or name == RUNS
            view.bottom = view.bottom or name == CONSOLE
            view.focus = name
        if name == NOTES:
            self.note_at = 0
            self.seen_notes = len(self.facts.notes)
        self.touch()

    def help(self) -> None:
        """Show the keys, or leave that."""
        if self.view.page == HELP:
            return self.back()
        self.view.page = self.view.focus = HELP
        self.touch()

    def enter(self) -> None:
        """The pane in full screen; of a note, the run."""
        view = self.view
        if view.focus == NOTES:
            notes = self.facts.notes[::-1]
            if notes and notes[min(self.note_at, len(notes) - 1)].address in self.facts.rows:
                view.page, view.focus, view.is_full = "", CONSOLE, False
                self.go_to(notes[min(self.note_at, len(notes) - 1)].address)
                self.touch()
            return
        if view.focus == RUNS and self.width < NARROW:
            return self.focus(CHARTS)
        view.is_full = not view.is_full
        self.touch()

    def back(self) -> None:
        """Undo the last thing that hides something: full screen, a page, a zoom, a filter."""
        view = self.view
        if view.page:
            view.page = ""
            view.focus = CHARTS if view.focus in PAGES else view.focus
        elif view.is_full:
            view.is_full = False
            if view.focus == OVERVIEW and not self.has_sidebar:
                view.focus = RUNS
        elif view.zoom is not None:
            view.zoom = None
        elif view.mark is not None:
            view.mark = None
        elif view.focus == CHARTS and view.metric_filter:
            view.metric_filter = ""
        elif view.run_filter:
            view.run_filter = ""
            self._filter_runs()
        elif view.metric_filter:
            view.metric_filter = ""
        else:
            view.focus = RUNS
        self.touch()

    def sidebar(self, side: str) -> None:
        """Show or hide the pane at a side."""
        view = self.view
        if side == "left":
            view.left = not view.left
            if not view.left and view.focus == RUNS:
                view.focus = CHARTS
        else:
            view.right = not self.has_sidebar
            if not view.right and view.focus == OVERVIEW:
                view.focus = CHARTS
            elif view.right and not self.has_sidebar:
                self.outside.say("no room for the overview beside the charts: o shows it in their place")
        self.touch()

    # choosing

    def tick(self) -> None:
        """Tick the run under the cursor, or not any more, and go to the next."""
        one = self.view.cursor
        if one is None:
            return
        self._has_moved = True
        self.view.ticked ^= {one}
        if self.view.focus == RUNS:
            self._run(1)
        self.touch()

    def tick_all(self) -> None:
        """Tick all that are listed; if they are, none."""
        listed = set(self.listed)
        if listed <= self.view.ticked:
            self.view.ticked -= listed
        else:
            self.view.ticked |= listed
        self.touch()

    def pin(self) -> None:
        """Pin the run, or in the charts the chart, or not any more."""
        view = self.view
        if view.focus == CHARTS and view.chart:
            _toggle(view.pinned_metrics, view.chart)
        elif view.cursor is not None:
            _toggle(view.pinned, view.cursor)
            self.relist()
        self.touch()

    def type_filter(self, sign: str) -> None:
        """Begin to type a filter."""
        self.typing = sign
        self._before_typing = self.typed = self.view.run_filter if sign == "/" else self.view.metric_filter
        self.problem = ""
        self.touch(HEAD)

    def type(self, key: str, char: str | None) -> None:
        """A key while a filter is typed."""
        if key == "escape":
            self.typed, self.typing_ends = self._before_typing, True
            self._set_filter()
            self.typing = ""
        elif key == "enter":
            self._set_filter()
            self.typing = ""
        elif key in ("backspace", "ctrl+h"):
            self.typed = self.typed[:-1]
            self._set_filter()
        elif key == "ctrl+u":
            self.typed = ""
            self._set_filter()
        elif key == "ctrl+w":
            self.typed = self.typed.rstrip().rpartition(" ")[0]
            self._set_filter()
        elif char and char.isprintable():
            self.typed += char
            self._set_filter()
        self.touch(HEAD)

    def _set_filter(self) -> None:
        """Make what was typed the filter, as far as it is one."""
        self.problem = ""
        if self.typing == "/" and conditions(self.typed) is not None:
            pass
        else:
            try:
                pattern(self.typed)
            except UsageError:
                self.problem = "not a regular expression yet"
        if self.typing == "/":
            self.view.run_filter = self.typed
            self._filter_runs()
        else:
            self.view.metric_filter = self.typed
        self.touch()

    def _filter_runs(self) -> None:
        asked = conditions(self.view.run_filter) if self.view.run_filter else None
        if not asked:
            self.facts.meeting = None
            return self.relist()
        text = self.view.run_filter

        def tell(found: object) -> None:
            if self.view.run_filter != text:
                return
            if isinstance(found, set):
                self.facts.meeting = found
            else:
                self.facts.meeting = set()
                self.outside.say(str(found), is_bad=True)
            self.relist()
            self.touch()

        self.outside.ask(lambda source: questions.meeting(source, asked), tell)

    def refresh(self) -> None:
        """Ask again which runs meet the conditions and which are the best: more may by now."""
        self._filter_runs()
        if self.view.best:
            self._rank()

    def sort_by_best(self) -> None:
        """Sort the runs by their best value of the metric under the cursor, or by age again."""
        view = self.view
        if not view.chart or view.best == view.chart:
            view.best, self.facts.ranked = "", None
            self.relist()
            self.touch()
            return
        view.best = view.chart
        self._rank()

    def _rank(self) -> None:
        metric = self.view.best

        def tell(found: object) -> None:
            if self.view.best != metric:
                return
            if isinstance(found, Exception):
                self.view.best = ""
                self.outside.say(str(found), is_bad=True)
                return
            self.facts.ranked = found  # type: ignore[assignment]
            self.relist()
            self.touch()

        self.outside.ask(lambda source: questions.ranked(source, metric), tell)

    def _read_differences(self) -> None:
        ids = self.facts.drawn(self.view)
        self.differences = None
        if len(ids) < 2:
            self.differences = "tick two runs or more (Space) to see what differs between them"
            return

        def tell(found: object) -> None:
            self.differences = str(found) if isinstance(found, Exception) else found
            self.touch(DIFFERENCES)

        self.outside.ask(lambda source: questions.differences(source, ids), tell)

    # charts

    def smooth(self) -> None:
        """The next smoothing."""
        view = self.view
        view.smoothing = next((one for one in SMOOTHINGS if one > view.smoothing), SMOOTHINGS[0])
        self.outside.say(f"smoothing {view.smoothing:g}" if view.smoothing else "no smoothing")
        self.touch(CHARTS)

    def log(self) -> None:
        """A logarithmic y axis, or a linear one."""
        self.view.log_y = not self.view.log_y
        self.touch(CHARTS)

    def axis(self) -> None:
        """The next quantity on the x axis."""
        view = self.view
        view.x = AXES[(AXES.index(view.x) + 1) % len(AXES)]
        view.zoom = view.mark = None
        self.touch(CHARTS)

    def resize(self, by: int) -> None:
        """Larger or smaller charts."""
        self.view.grid = max(-MAX_GRID, min(MAX_GRID, self.view.grid + by))
        self.touch(CHARTS)

    def mark(self) -> None:
        """Tell the values at one place in all charts, at first the middle of the chart under the cursor."""
        view = self.view
        span = self.charts.span(self.facts, view, view.chart)
        view.mark = None if view.mark is not None or span is None else (span[0] + span[1]) / 2
        if view.mark is not None:
            self.outside.say("values at the line: , and . move it, a click puts it, t removes it")
        self.touch(CHARTS)

    def move_mark(self, by: int) -> None:
        """Move that place; it appears if there was none."""
        view = self.view
        if view.mark is None:
            return self.mark()
        span = self.charts.span(self.facts, view, view.chart)
        if span is not None:
            step = (span[1] - span[0]) / MARK_STEPS
            if view.x == "step":
                step = max(step, 1.0)
            view.mark = max(span[0], min(span[1], view.mark + by * step))
            self.touch(CHARTS)

    def zoom(self, by: int, around: float | None = None) -> None:
        """Show less (1) or more (-1) of the x axis, around a place."""
        view = self.view
        whole = self.charts.extent(self.facts, view, view.chart)
        span = view.zoom or whole
        if span is None or whole is None:
            return
        low, high = span
        at = (
            around
            if around is not None
            else view.mark
            if view.mark is not None and low <= view.mark <= high
            else (low + high) / 2
        )
        factor = ZOOM if by > 0 else 1 / ZOOM
        low, high = at - (at - low) * factor, at + (high - at) * factor
        if high - low < (2.0 if view.x == "step" else 1e-3):
            return
        if low <= whole[0] and high >= whole[1]:
            return self.unzoom()
        self.zoom_to(max(low, whole[0]), min(high, whole[1]))

    def zoom_to(self, low: float, high: float) -> None:
        """Show a part of the x axis."""
        if high > low:
            self.view.zoom = low, high
            self.touch(CHARTS)

    def unzoom(self) -> None:
        """Show all of the x axis."""
        self.view.zoom = None
        self.touch(CHARTS)

    # taking away

    def export(self) -> None:
        """Write the points that are shown to a CSV file in the working directory."""
        view = self.view
        metrics = [view.chart] if view.is_full and view.focus == CHARTS else self.charts.in_view()
        pairs = [(one, metric) for one in self.facts.drawn(view) for metric in metrics]
        if not pairs:
            return self.outside.say("nothing to export: no chart is shown", is_bad=True)

        def tell(found: object) -> None:
            if isinstance(found, Exception):
                self.outside.say(f"not exported: {found}", is_bad=True)
            else:
                self.outside.say(str(found))

        self.outside.ask(lambda source: takeaway.export(source, pairs, view.zoom if view.x == "step" else None), tell)

    def copy(self) -> None:
        """Copy the command line that shows the same."""
        text = takeaway.command_line(self.facts, self.view, self.charts.in_view())
        self.outside.copy(text)
        self.outside.say(f"copied: {text}")

    def leave(self) -> None:
        """End the view."""
        self.outside.leave()


def _toggle(found: list[Any], one: Any) -> None:
    if one in found:
        found.remove(one)
    else:
        found.append(one)
