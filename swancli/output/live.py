"""A view that is redrawn in place until a key is pressed or its data end it.

What does not fit the terminal can be scrolled. Without a terminal (or with TERM=dumb) new frames are printed one below
another.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from swancli.errors import SwancliError
from swancli.output.full_screen import FullScreen
from swancli.output.keyboard import Keyboard, Scroll
from swancli.output.stdout import Terminal
from swancli.output.text.escape import printable
from swancli.output.text.styled import CLOCK, HEAD, Line, cut_line, paint

Frame = Callable[[int, int], Sequence[Line]]

MIN_INTERVAL_SECONDS = 0.1
HINT = "; scroll: j k PgUp PgDn g G; quit: q"


def watch(
    frame: Frame, interval: float, terminal: Terminal, until: Callable[[], bool] | None = None, pinned: int = 0
) -> bool:
    """Draw `frame(width, height)` every `interval` seconds; True if `until()` ended it, False if a key did.

    The first `pinned` lines, and titles of columns right below them, are not scrolled with the rest. Ctrl-C raises
    KeyboardInterrupt, SIGTERM SystemExit(143), and a terminal that is closed SystemExit(129), with the terminal
    restored. A SwancliError or OSError of the first frame is raised; later the last good frame stays, with a note.
    """
    interval = max(interval, MIN_INTERVAL_SECONDS)
    view = _View(frame, terminal, pinned)
    view.read()
    if until and until():
        _print(view.last_good, terminal)
        return True
    if not terminal.tty:
        return _print_frames(view, interval, terminal, until, time.sleep)
    if terminal.dumb:
        with Keyboard() as keyboard:
            return _print_frames(view, interval, terminal, until, lambda seconds: _is_quit(keyboard, seconds))
    with FullScreen(terminal) as screen:
        while True:
            if _shown(screen, view, interval) == "quit":
                ended = False
                break
            view.read()
            if until and view.is_fresh and until():
                ended = True
                break
    # the last frame stays on the ordinary screen
    _print(view.last_good, terminal)
    return ended


class _View:
    """The frame function with its last good result, and how far that is scrolled."""

    __slots__ = ("_frame", "_note", "_pinned", "_terminal", "_time", "_top", "is_fresh", "last_good")

    def __init__(self, frame: Frame, terminal: Terminal, pinned: int) -> None:
        self._frame = frame
        self._terminal = terminal
        self._pinned = pinned
        self._time = 0.0
        self._note = ""
        self._top = 0  # the first of the scrolled lines that is shown
        self.last_good: list[Line] = []
        self.is_fresh = False

    def read(self) -> None:
        """Make a new frame; if that fails, the old one stays, with a note."""
        try:
            self.last_good = list(self._frame(*self._terminal.measure()))
            self.is_fresh, self._time, self._note = True, time.time(), ""
        except (SwancliError, OSError) as error:
            if not self._time:
                raise
            self.is_fresh = False
            clock = time.strftime("%H:%M:%S", time.localtime(self._time))
            self._note = f"data from {clock}: {printable(str(error))}"

    def scroll(self, how: Scroll) -> None:
        """Scroll by a line, by what fits the terminal, or to an end."""
        _, room = self._room(self._terminal.measure()[1])
        steps = {"up": -1, "down": 1, "page up": -room, "page down": room}
        self._top = 0 if how == "top" else len(self.last_good) if how == "bottom" else self._top + steps[how]

    def lines(self, hint: str = "") -> list[Line]:
        """The frame cut to the terminal's current size, then which lines are shown if not all are, and the note."""
        width, height = self._terminal.measure()
        pinned, room = self._room(height)
        head, body = self.last_good[:pinned], self.last_good[pinned:]
        foot: list[Line] = [[(self._note, "warn")]] if self._note else []
        if len(self.last_good) + len(foot) > height:
            self._top = max(min(self._top, len(body) - room), 0)
            first, last = self._top + 1, min(self._top + room, len(body))
            foot = [[(f"lines {first}-{last} of {len(body)}{hint}", "dim")], *foot]
            body = body[self._top : last]
        else:
            self._top = 0
        return [cut_line(line, width) for line in (*head, *body, *foot)]

    def _room(self, height: int) -> tuple[int, int]:
        """How many lines are pinned, and how many others fit on a terminal that cannot show all of them."""
        pinned = self._pinned
        if pinned and len(self.last_good) > pinned and _is_titles(self.last_good[pinned]):
            pinned += 1
        height -= 1 + bool(self._note)
        pinned = min(pinned, max(height - 1, 0))
        return pinned, max(height - pinned, 1)


def _is_titles(line: Line) -> bool:
    """Whether a line holds the titles of columns."""
    return any(style == HEAD for _, style in line) and all(style in (HEAD, "") for _, style in line)


def _shown(screen: FullScreen, view: _View, interval: float) -> str:
    """Show the view until it is time for the next frame, or q is pressed: then "quit"."""
    end = time.monotonic() + interval
    while True:
        screen.draw(view.lines(HINT))
        key = screen.wait(end - time.monotonic())
        if key == "quit" or key == "again" or key == "timeout":
            return key
        view.scroll(key)


def _is_quit(keyboard: Keyboard, seconds: float) -> bool:
    """Wait for q; other keys have no effect where a frame cannot be redrawn in place."""
    end = time.monotonic() + seconds
    while (key := keyboard.wait(end - time.monotonic())) not in ("quit", "timeout"):
        pass
    return key == "quit"


def _print(lines: Sequence[Line], terminal: Terminal) -> None:
    terminal.write("".join(paint(line, terminal.colors) + "\n" for line in lines))
    terminal.flush()


def _print_frames(
    view: _View,
    interval: float,
    terminal: Terminal,
    until: Callable[[], bool] | None,
    wait: Callable[[float], bool | None],
) -> bool:
    """Print every frame that differs from the previous one by more than the clock, until `wait` returns True."""
    before: list[Line] | None = None
    while True:
        ended = bool(until and before is not None and view.is_fresh and until())
        lines = view.lines()
        timeless = [[span for span in line if span[1] != CLOCK] for line in lines]
        if timeless != before:
            if before is not None:
                terminal.write("\n")
            _print(lines, terminal)
            before = timeless
        if ended or wait(interval):
            return ended
        view.read()
