"""The application: Textual's events become calls of the Controller, and what has changed is drawn."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual import events
from textual.app import App, ComposeResult
from textual.message import Message as Event
from textual.timer import Timer

from swancli.screen import saved
from swancli.screen.board import Board
from swancli.screen.control.controller import Controller
from swancli.screen.control.keys import ACTIONS
from swancli.screen.control.mouse import Mouse
from swancli.screen.drawing import FOOT, RUN, TOP, Drawing, Message
from swancli.screen.facts import HEAD, Facts
from swancli.screen.layout import Box
from swancli.screen.panes.charts import steps_of
from swancli.screen.panes.frame import Look
from swancli.screen.reading import questions
from swancli.screen.reading.changes import Change, Wanted
from swancli.screen.reading.worker import Worker
from swancli.screen.settings import Settings
from swancli.screen.style import Palette
from swancli.screen.view import CHARTS, CONSOLE, NOTES, RUNS, View
from swancli.source import Source

MESSAGE_SECONDS = 6.0
FRAME_SECONDS = 0.05  # at least, between two frames with new data
SOON_SECONDS = 0.02  # until charts are drawn that there was no time for: keys come first
REST = 9  # times as long as drawing took, before new data are drawn
REFRESH_SECONDS = 5.0  # between two checks of which runs meet a condition
MIN_WIDTH, MIN_HEIGHT = 2, 4  # of a screen that can be drawn on
BEGIN_UPDATE, END_UPDATE = "\x1b[?2026h", "\x1b[?2026l"  # a terminal draws what is between at once, or ignores them


class Read(Event):
    """Something was read."""

    def __init__(self, changes: list[Change]) -> None:
        super().__init__()
        self.changes = changes


class Answered(Event):
    """A question was answered."""

    def __init__(self, tell: Callable[[object], None], found: object) -> None:
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
        self.settings = settings
        self.facts = Facts(source.where, options or (), now)
        view = View()
        if settings.smoothing is not None:
            view.smoothing = settings.smoothing
        view.metric_filter = settings.metrics
        saved.load(source.where, view)
        self.controller = Controller(self.facts, view, self)
        self.mouse = Mouse(self.controller)
        self.drawing = Drawing(self.controller, look, settings)
        self.board = Board(Palette(look.colors, utf8))
        self.worker = Worker(source, settings.interval, self._tell)
        self.message = Message()
        self._rest_until = 0.0
        self._timer: Timer | None = None  # of the next frame
        self._due = 0.0
        self._refreshed = 0.0

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
        """Fit all panes to the new size; an event with the old one comes when the view is back from the shell."""
        self.controller.width, self.controller.height = event.size
        self.redraw()
        self.paint()

    def _tell(self, changes: list[Change]) -> None:
        """Called by the thread that reads."""
        self.post_message(Read(changes))

    # what the controller needs of the application

    def ask(self, ask: Callable[[Source], object], tell: Callable[[object], None]) -> None:
        """Ask the source; `tell` is called with the answer, in this thread."""

        def answer(found: object) -> None:
            self.post_message(Answered(tell, found))

        self.worker.ask(ask, answer)

    def say(self, text: str, is_bad: bool = False) -> None:
        """Show a message for a while."""
        self.message = Message(text, is_bad, time.monotonic() + MESSAGE_SECONDS)
        self.controller.touch(HEAD)

    def copy(self, text: str) -> None:
        """Put a text into the terminal's clipboard."""
        self.copy_to_clipboard(text)

    def redraw(self) -> None:
        """Redraw everything, whatever is on the screen."""
        self.board.forget()
        self.controller.touch()

    def to_shell(self) -> None:
        """Stop the process, as the shell's job control does."""
        self.action_suspend_process()

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
        """Handle a key of KEYS, or one typed into a filter."""
        event.stop()
        event.prevent_default()
        controller = self.controller
        if controller.filters.sign and event.key != "ctrl+c":
            controller.filters.type(event.key, event.character)
        else:
            action = ACTIONS.get(event.key) or ACTIONS.get(event.character or "")
            if action is None:
                return
            self.message = Message()
            controller.touched.add(HEAD)
            action(controller)
        self.paint()

    def action_help_quit(self) -> None:
        """Ctrl-C leaves as well."""
        self.leave()

    def on_paste(self, event: events.Paste) -> None:
        """Text that is pasted into a filter."""
        if self.controller.filters.sign:
            for char in event.text:
                self.controller.filters.type(char, char)
            self.paint()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel."""
        self.mouse.wheel(event.screen_x, event.screen_y, 1)
        self.paint()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel."""
        self.mouse.wheel(event.screen_x, event.screen_y, -1)
        self.paint()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """A click, or the start of a drag."""
        self.mouse.press(event.screen_x, event.screen_y)
        self.paint()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """The end of a drag."""
        self.mouse.release(event.screen_x, event.screen_y)
        self.paint()

    # drawing

    def _tick(self) -> None:
        """Update the clock and the ages, once a second; check the conditions again now and then."""
        now = time.monotonic()
        if self.message.text and now > self.message.until:
            self.message = Message()
        self.controller.touch(HEAD)
        has_question = self.controller.view.best or self.facts.meeting is not None
        if has_question and now - self._refreshed > REFRESH_SECONDS and self.facts.has_running:
            self._refreshed = now
            self.controller.refresh()
        self._order_frame()

    def _order_frame(self) -> None:
        """Draw new data, but not too often: drawing takes only a share of the time."""
        self._order(max(FRAME_SECONDS, self._rest_until - time.monotonic()))

    def _order(self, seconds: float) -> None:
        """Draw a frame after `seconds`, or earlier if one is already due."""
        due = time.monotonic() + seconds
        if self._timer is not None:
            if self._due <= due:
                return
            self._timer.stop()
        self._timer, self._due = self.set_timer(seconds, self._frame), due

    def _frame(self) -> None:
        self._timer = None
        begun = time.thread_time()
        self.paint()
        self._rest_until = time.monotonic() + REST * (time.thread_time() - begun)

    def paint(self) -> None:
        """Draw the panes that were touched."""
        controller = self.controller
        touched, controller.touched = controller.touched, set()
        width, height = self.size
        if width < MIN_WIDTH or height < MIN_HEIGHT:
            return
        if touched:
            if RUNS in touched or not controller.listed:
                controller.relist()
            boxes = self.drawing.place(width, height)
            self.board.show(boxes, self.drawing.lines(boxes, touched, boxes != self.board.boxes, self.message))
            self._want(boxes)
        self._send()
        if controller.charts.is_late:
            controller.touched.add(CHARTS)
            self._order(SOON_SECONDS)

    def _send(self) -> None:
        """Send the terminal what has changed, or a part of it and the rest soon."""
        text = self.board.changes((TOP, RUN, FOOT, self.controller.view.focus))
        if text and self._driver is not None:
            self._driver.write(f"{BEGIN_UPDATE}{text}{END_UPDATE}")
            self._driver.flush()
        if self.board.is_behind:
            self._order(FRAME_SECONDS)

    def _want(self, shown: dict[str, Box]) -> None:
        """Tell the thread that reads what is in view."""
        view, facts = self.controller.view, self.facts
        metrics = tuple(self.controller.charts.in_view()) if CHARTS in shown else ()
        drawn, pace = tuple(facts.drawn(view)), facts.metric_of_pace(view)
        self.worker.want(Wanted(view.cursor, drawn, metrics, CONSOLE in shown, steps_of(view), pace))
        if self.settings.columns and facts.order and not facts.values:
            facts.values = {view.cursor: {}} if view.cursor is not None else {}
            self.ask(lambda source: questions.values(source, self.settings.columns), self._take_values)

    def _take_values(self, found: object) -> None:
        if isinstance(found, dict):
            self.facts.values = found
            self.controller.touch(RUNS)
