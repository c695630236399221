"""The application: Textual's events become calls of the Controller, and what has changed is drawn."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from textual import events
from textual.app import App, ComposeResult
from textual.message import Message

from swancli.screen import questions, saved
from swancli.screen.board import Board
from swancli.screen.controller import Controller
from swancli.screen.facts import HEAD, Facts
from swancli.screen.keys import ACTIONS, HINTS, KEYS
from swancli.screen.layout import FOOT_LINES, Box, layout
from swancli.screen.panes import headline, pages
from swancli.screen.panes.charts import steps_of
from swancli.screen.panes.console import console
from swancli.screen.panes.frame import Look
from swancli.screen.reading.changes import Change, Wanted
from swancli.screen.reading.worker import Worker
from swancli.screen.settings import Settings
from swancli.screen.style import Palette
from swancli.screen.view import CHARTS, CONSOLE, DIFFERENCES, HELP, NOTES, OVERVIEW, PAGES, RUNS, View
from swancli.source import Source

TOP, RUN, FOOT = "top", "run", "foot"
MESSAGE_SECONDS = 6.0
FRAME_SECONDS = 0.05  # at least between two frames of what was read
REST = 9  # times what drawing took, before what was read is drawn again
REFRESH_SECONDS = 5.0  # between two questions which runs meet a condition
WHEEL_LINES = 3
BEGIN_UPDATE, END_UPDATE = "\x1b[?2026h", "\x1b[?2026l"  # between them a terminal that can waits; others ignore it


class Read(Message):
    """Something was read."""

    def __init__(self, changes: list[Change]) -> None:
        super().__init__()
        self.changes = changes


class Answered(Message):
    """A question was answered."""

    def __init__(self, tell: Callable[[Any], None], found: Any) -> None:
        super().__init__()
        self.tell, self.found = tell, found


class Top(App[None]):
    """The full-screen view of a source."""

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    CSS = "Screen { background: ansi_default; color: ansi_default; overflow: hidden; }"

    def __init__(
        self,
        source: Source,
        settings: Settings,
        look: Look,
        options: list[str] | None = None,
        utf8: bool = True,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(ansi_color=True)
        self.animation_level = "none"
        self.settings, self.look = settings, look
        self.facts = Facts(source.where, options or (), now)
        view = View()
        if settings.smoothing is not None:
            view.smoothing = settings.smoothing
        view.metric_filter = settings.metrics
        saved.load(source.where, view)
        self.controller = Controller(self.facts, view, self)
        self.board = Board(Palette(look.colors, utf8))
        self.worker = Worker(source, settings.interval, self._tell)
        self._message: tuple[str, bool, float] | None = None
        self._rest_until = 0.0
        self._is_due = False  # whether a frame has been ordered
        self._refreshed = 0.0
        self._dragged: tuple[str, float] | None = None

    def compose(self) -> ComposeResult:
        """The one widget."""
        yield self.board

    def on_mount(self) -> None:
        """Begin to read."""
        self.set_interval(1.0, self._tick)
        self.worker.start()

    def on_unmount(self) -> None:
        """Stop reading, and keep the view for the next time."""
        self.worker.end()
        saved.save(self.facts.where, self.controller.view)

    def on_resize(self, event: events.Resize) -> None:
        """Fit all panes to the new size."""
        self.controller.width, self.controller.height = event.size
        self.controller.touch()
        self.paint()

    def _tell(self, changes: list[Change]) -> None:
        """Called by the thread that reads."""
        self.post_message(Read(changes))

    # what the controller needs of the application

    def ask(self, ask: Callable[[Source], Any], tell: Callable[[Any], None]) -> None:
        """Ask the source; `tell` is called with the answer, in this thread."""

        def answer(found: object) -> None:
            self.post_message(Answered(tell, found))

        self.worker.ask(ask, answer)

    def say(self, text: str, is_bad: bool = False) -> None:
        """Show a message for a while."""
        self._message = text, is_bad, time.monotonic() + MESSAGE_SECONDS
        self.controller.touch(HEAD)

    def copy(self, text: str) -> None:
        """Put a text into the terminal's clipboard."""
        self.copy_to_clipboard(text)

    def leave(self) -> None:
        """End the view."""
        self.exit()

    # events

    def on_read(self, message: Read) -> None:
        """Add what was read, and draw it soon."""
        notes = len(self.facts.notes)
        touched = self.facts.take(message.changes)
        if RUNS in touched:
            self.controller.relist()
        if len(self.facts.notes) > notes:
            note = self.facts.notes[-1]
            self.say(f"{note.what}: {note.name}", is_bad=note.what in ("crashed", "killed", "failed"))
            touched.add(NOTES)
        self.controller.touched |= touched
        self._order_frame()

    def on_answered(self, message: Answered) -> None:
        """Hand an answer to whoever asked."""
        message.tell(message.found)
        self.paint()

    def on_key(self, event: events.Key) -> None:
        """A key of KEYS, or of a filter that is typed."""
        event.stop()
        event.prevent_default()
        controller = self.controller
        if controller.typing and event.key != "ctrl+c":
            controller.type(event.key, event.character)
        else:
            action = ACTIONS.get(event.key) or ACTIONS.get(event.character or "")
            if action is None:
                return
            self._message = None
            controller.touched.add(HEAD)
            action(controller)
        self.paint()

    def action_help_quit(self) -> None:
        """Ctrl-C leaves as well."""
        self.leave()

    def on_paste(self, event: events.Paste) -> None:
        """Text that is pasted into a filter."""
        if self.controller.typing:
            for char in event.text:
                self.controller.type(char, char)
            self.paint()

    # the mouse

    def _pane_at(self, event: events.MouseEvent) -> tuple[str, Box] | None:
        boxes = layout(self.size.width, self.size.height, self.controller.view)
        return next(((name, box) for name, box in boxes.items() if box.has(event.screen_x, event.screen_y)), None)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Zoom out of a chart, or scroll a list."""
        self._wheel(event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Zoom into a chart, or scroll a list."""
        self._wheel(event, -1)

    def _wheel(self, event: events.MouseEvent, down: int) -> None:
        found = self._pane_at(event)
        if found is None:
            return
        name, box = found
        controller = self.controller
        if name == CHARTS:
            metric, x, _ = controller.charts.metric_at(event.screen_x - box.x, event.screen_y - box.y)
            if metric:
                controller.view.chart = metric
                controller.zoom(-down, controller.charts.x_at(self.facts, controller.view, metric, x))
        elif name == RUNS:
            controller.view.focus = RUNS
            controller.move(0, down)
        else:
            controller.view.focus = name
            for _ in range(1 if name == NOTES else WHEEL_LINES):
                controller.move(0, down)
        controller.touch()
        self.paint()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Choose what is clicked on; in a chart, a drag may begin."""
        found = self._pane_at(event)
        if found is None:
            return
        name, box = found
        controller, view = self.controller, self.controller.view
        view.focus = name
        if name == RUNS:
            at = controller.runs.at(event.screen_y - box.y)
            if 0 <= at < len(controller.listed) and event.screen_y > box.y:
                controller.go_to(controller.listed[at])
        elif name == CHARTS:
            metric, x, _ = controller.charts.metric_at(event.screen_x - box.x, event.screen_y - box.y)
            if metric:
                view.chart = metric
                place = controller.charts.x_at(self.facts, view, metric, x)
                self._dragged = None if place is None else (metric, place)
        controller.touch()
        self.paint()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """The end of a drag is that of the range; a click puts the mark, if there is one."""
        dragged, self._dragged = self._dragged, None
        found = self._pane_at(event)
        if dragged is None or found is None or found[0] != CHARTS:
            return
        box, controller = found[1], self.controller
        metric, x, _ = controller.charts.metric_at(event.screen_x - box.x, event.screen_y - box.y)
        place = controller.charts.x_at(self.facts, controller.view, metric, x) if metric == dragged[0] else None
        if place is None:
            return
        low, high = sorted((dragged[1], place))
        if high > low:
            controller.zoom_to(low, high)
        elif controller.view.mark is not None:
            controller.view.mark = place
            controller.touch(CHARTS)
        self.paint()

    # drawing

    def _tick(self) -> None:
        """Once a second: the clock, the ages; now and then what a condition asks."""
        if self._message is not None and time.monotonic() > self._message[2]:
            self._message = None
        self.controller.touch(HEAD)
        now = time.monotonic()
        view = self.controller.view
        if now - self._refreshed > REFRESH_SECONDS and any(
            row.get("state") == "running" for row in self.facts.rows.values()
        ):
            self._refreshed = now
            if view.best or self.facts.meeting is not None:
                self.controller.refresh()
        self._order_frame()

    def _order_frame(self) -> None:
        """Draw what was read, but not again and again: drawing takes a share of the time only."""
        if not self._is_due:
            self._is_due = True
            self.set_timer(max(FRAME_SECONDS, self._rest_until - time.monotonic()), self._frame)

    def _frame(self) -> None:
        self._is_due = False
        begun = time.thread_time()
        self.paint()
        self._rest_until = time.monotonic() + REST * (time.thread_time() - begun)

    def paint(self) -> None:
        """Draw the panes that were touched."""
        controller = self.controller
        touched, controller.touched = controller.touched, set()
        width, height = self.size
        if width < 2 or height < 4:
            return
        if not touched:
            return self._send()
        view, look = controller.view, self.look
        shown = layout(width, height, view)
        if view.focus not in shown and not (view.page and view.focus in PAGES):
            view.focus = next(iter(shown))
        if RUNS in touched or not controller.listed:
            controller.relist()
        boxes = {
            TOP: Box(0, 0, width, 1),
            RUN: Box(0, 1, width, 1),
            **shown,
            FOOT: Box(0, height - FOOT_LINES, width, 1),
        }
        lines = {
            TOP: [headline.top(self.facts, view, controller.seen_notes, width, look)],
            RUN: [headline.of_run(self.facts, view, width, look)],
            FOOT: [self._foot(width)],
        }
        is_new = self.board.boxes != boxes
        for name, box in shown.items():
            waits = name == OVERVIEW and view.cursor not in self.facts.about and not is_new  # the old one stays
            if (name in touched or is_new) and not waits:
                lines[name] = self._pane(name, box)
        self.board.show(boxes, lines)
        self._send()
        self._want(shown)
        if controller.charts.is_late:
            controller.touched.add(CHARTS)
            self._order_soon()

    def _send(self) -> None:
        """Send the terminal what has changed, or a part of it and the rest soon."""
        text = self.board.changes((TOP, RUN, FOOT, self.controller.view.focus))
        if text and self._driver is not None:
            self._driver.write(f"{BEGIN_UPDATE}{text}{END_UPDATE}")
            self._driver.flush()
        if self.board.is_behind:
            self._order_soon()

    def _order_soon(self) -> None:
        """Draw the charts that there was no time for, once keys have been looked at."""
        if not self._is_due:
            self._is_due = True
            self.set_timer(0.02, self._frame)

    def _foot(self, width: int) -> Any:
        controller = self.controller
        if controller.typing:
            return headline.prompt(controller.typing, controller.typed, controller.problem, width, self.look)
        text, is_bad = self._message[:2] if self._message is not None else ("", False)
        return headline.keys(HINTS, text, is_bad, width, self.look)

    def _pane(self, name: str, box: Box) -> Any:
        controller, look, facts = self.controller, self.look, self.facts
        view = controller.view
        if name == RUNS:
            return controller.runs.lines(facts, view, controller.listed, box, look, self.settings.columns)
        if name == CHARTS:
            controller.charts.place(facts, view, box)
            return controller.charts.lines(facts, view, look)
        has_focus = view.focus == name
        pane = controller.texts[name]
        if name == CONSOLE:
            return console(pane, facts, view, box, look)
        inner = box.width - 1
        if name == OVERVIEW:
            words, body = "4 overview", pages.overview(facts, view, inner, look)
        elif name == DIFFERENCES:
            words, body = "5 differences", pages.differences(controller.differences, inner, look)
        elif name == NOTES:
            words, body = "6 notes", pages.notes(facts, controller.note_at, inner)
            controller.seen_notes = len(facts.notes)
            pane.offset = max(min(pane.offset, controller.note_at), controller.note_at - box.height + 2)
        else:
            assert name == HELP
            words, body = "keys", pages.help(KEYS, inner)
        return pane.lines(words, [[(" ", ""), *line] for line in body], box, look, has_focus)

    def _want(self, shown: dict[str, Box]) -> None:
        """Tell the thread that reads what is in view."""
        view, facts = self.controller.view, self.facts
        metrics = tuple(self.controller.charts.in_view()) if CHARTS in shown else ()
        self.worker.want(Wanted(view.cursor, tuple(facts.drawn(view)), metrics, CONSOLE in shown, steps_of(view)))
        if self.settings.columns and facts.order and not facts.values:
            facts.values = {view.cursor: {}} if view.cursor is not None else {}
            self.ask(lambda source: questions.values(source, self.settings.columns), self._take_values)

    def _take_values(self, found: object) -> None:
        if isinstance(found, dict):
            self.facts.values = found
            self.controller.touch(RUNS)
