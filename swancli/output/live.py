"""A view that is drawn again and again in place, until a key is pressed or its data end it.

Without a terminal (or with TERM=dumb) new frames are printed one below another.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from swancli.errors import SwancliError
from swancli.output.full_screen import FullScreen
from swancli.output.stdout import Terminal
from swancli.output.text.escape import printable
from swancli.output.text.styled import Line, cut_line, paint

Frame = Callable[[int, int], Sequence[Line]]

MIN_INTERVAL_SECONDS = 0.1


def watch(frame: Frame, interval: float, terminal: Terminal, until: Callable[[], bool] | None = None) -> bool:
    """Draw `frame(width, height)` every `interval` seconds; True if `until()` ended it, False if a key did.

    Ctrl-C raises KeyboardInterrupt and SIGTERM SystemExit(143), with the terminal restored. A SwancliError or OSError
    of the first frame is raised; later the last good frame stays, with a note.
    """
    interval = max(interval, MIN_INTERVAL_SECONDS)
    view = _View(frame, terminal)
    lines = view.lines()
    if until and until():
        _print(lines, terminal)
        return True
    if not terminal.tty or terminal.dumb:
        return _print_frames(view, lines, interval, terminal, until)
    with FullScreen(terminal) as screen:
        while True:
            screen.draw(lines)
            if screen.wait(interval) == "quit":
                ended = False
                break
            lines = view.lines()
            if until and view.is_fresh and until():
                ended = True
                break
    # the last frame stays on the ordinary screen
    _print(view.last_good, terminal)
    return ended


class _View:
    """The frame function with its last good result."""

    __slots__ = ("_frame", "_terminal", "_time", "is_fresh", "last_good")

    def __init__(self, frame: Frame, terminal: Terminal) -> None:
        self._frame = frame
        self._terminal = terminal
        self._time = 0.0
        self.last_good: list[Line] = []
        self.is_fresh = False

    def lines(self) -> list[Line]:
        """The frame for the terminal's present size, cut to it; an old one has a note in its last line."""
        width, height = self._terminal.measure()
        try:
            self.last_good = list(self._frame(width, height))
            self.is_fresh, self._time = True, time.time()
            note = ""
        except (SwancliError, OSError) as error:
            if not self._time:
                raise
            self.is_fresh = False
            clock = time.strftime("%H:%M:%S", time.localtime(self._time))
            note = f"data from {clock}: {printable(str(error))}"
        lines = [cut_line(line, width) for line in self.last_good]
        room = height - bool(note)
        if len(lines) > room:
            hidden = len(lines) - room + 1
            lines = [*lines[: room - 1], [(f"… {hidden} more lines", "dim")]]
        return [*lines, cut_line([(note, "warn")], width)] if note else lines


def _print(lines: Sequence[Line], terminal: Terminal) -> None:
    terminal.write("".join(paint(line, terminal.colors) + "\n" for line in lines))
    terminal.flush()


def _print_frames(
    view: _View, lines: list[Line], interval: float, terminal: Terminal, until: Callable[[], bool] | None
) -> bool:
    """Print every frame that differs from the one before it."""
    before: list[Line] | None = None
    while True:
        if lines != before:
            if before is not None:
                terminal.write("\n")
            _print(lines, terminal)
            before = lines
        time.sleep(interval)
        lines = view.lines()
        if until and view.is_fresh and until():
            if lines != before:
                terminal.write("\n")
                _print(lines, terminal)
            return True
