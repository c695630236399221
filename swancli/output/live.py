"""Watching: a frame drawn again and again in place, without flicker, until a key or the data end it.

Each frame is one write: home, lines that overwrite the old ones, erase what is left over. Its modes are
restored however it ends. Without a terminal (or with TERM=dumb) new frames are printed below each other.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import Any

from swancli.errors import SwancliError
from swancli.output.stdout import Terminal
from swancli.output.text.escape import printable
from swancli.output.text.styled import Line, cut_line, paint, plain
from swancli.output.text.width import cells

Frame = Callable[[int, int], Sequence[Line]]

# alternate screen, no cursor, no wrapping of long lines; and back
_ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l"
_LEAVE = "\x1b[?7h\x1b[?25h\x1b[?1049l"
LEAST = 0.1


def watch(
    frame: Frame,
    interval: float,
    terminal: Terminal,
    until: Callable[[], bool] | None = None,
    keys: int | None = None,
) -> bool:
    """Draw `frame(width, height)` every `interval` seconds; True if `until()` ended it, False if `q`.

    Ctrl-C raises KeyboardInterrupt and SIGTERM SystemExit(143), with the terminal restored. A SwancliError or
    OSError of a frame leaves the last good one standing with a note; one of the very first is raised.
    `keys` is the file descriptor to read keys from (None: stdin if it is a terminal).
    """
    view = _View(frame, terminal)
    lines = view.lines()
    if until and until():
        _print(lines, terminal)
        return True
    if not terminal.tty or terminal.dumb:
        return _sequence(view, lines, max(interval, LEAST), terminal, until)
    with _Screen(terminal, keys) as screen:
        while True:
            screen.draw(lines)
            wake = screen.wait(max(interval, LEAST))
            if wake == "quit":
                ended = False
                break
            lines = view.lines()
            if until and view.fresh and until():
                ended = True
                break
    # what was last seen stays on the ordinary screen
    _print(view.good, terminal)
    return ended


class _View:
    """The frame function with its last good result."""

    __slots__ = ("_at", "_frame", "_terminal", "fresh", "good")

    def __init__(self, frame: Frame, terminal: Terminal) -> None:
        self._frame = frame
        self._terminal = terminal
        self._at = 0.0
        self.good: list[Line] = []
        self.fresh = False

    def lines(self) -> list[Line]:
        """The frame for the pane as it is now, cut to it; with a note at the bottom if it is an old one."""
        width, height = self._terminal.measure()
        try:
            self.good = list(self._frame(width, height))
            self.fresh, self._at = True, time.time()
            note = ""
        except (SwancliError, OSError) as error:
            if not self._at:
                raise
            self.fresh = False
            clock = time.strftime("%H:%M:%S", time.localtime(self._at))
            note = f"as of {clock}: {printable(str(error))}"
        lines = [cut_line(line, width) for line in self.good]
        room = height - bool(note)
        if len(lines) > room:
            hidden = len(lines) - room + 1
            lines = [*lines[: room - 1], [(f"… {hidden} more lines", "dim")]]
        return [*lines, cut_line([(note, "warn")], width)] if note else lines


def _print(lines: Sequence[Line], terminal: Terminal) -> None:
    terminal.write("".join(paint(line, terminal.colors) + "\n" for line in lines))
    terminal.flush()


def _sequence(
    view: _View, lines: list[Line], interval: float, terminal: Terminal, until: Callable[[], bool] | None
) -> bool:
    """Frames one after another, each printed once."""
    before: list[Line] | None = None
    while True:
        if lines != before:
            if before is not None:
                terminal.write("\n")
            _print(lines, terminal)
            before = lines
        time.sleep(interval)
        lines = view.lines()
        if until and view.fresh and until():
            if lines != before:
                terminal.write("\n")
                _print(lines, terminal)
            return True


class _Screen:
    """The terminal while it is watched: modes, signals, keys, and drawing."""

    __slots__ = ("_before", "_handlers", "_keys", "_modes", "_pipe", "_terminal")

    def __init__(self, terminal: Terminal, keys: int | None) -> None:
        self._terminal = terminal
        self._keys = _stdin() if keys is None else keys
        self._modes: Any = None
        self._handlers: dict[int, Any] = {}
        self._pipe: tuple[int, int] = (-1, -1)
        self._before = ""

    def __enter__(self) -> _Screen:
        self._pipe = os.pipe()
        os.set_blocking(self._pipe[1], False)
        try:
            for number, handler in (
                (signal.SIGWINCH, self._resized),
                (signal.SIGTERM, _terminated),
                (signal.SIGHUP, _terminated),
                (signal.SIGTSTP, self._suspended),
            ):
                # handlers belong to the main thread; elsewhere frames still come by the clock
                with contextlib.suppress(ValueError):
                    self._handlers[number] = signal.signal(number, handler)
            self._enter()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._leave()
        finally:
            for number, handler in self._handlers.items():
                signal.signal(number, handler)
            for end in self._pipe:
                os.close(end)

    def _enter(self) -> None:
        if self._keys is not None:
            import termios
            import tty

            try:
                self._modes = termios.tcgetattr(self._keys)
                tty.setcbreak(self._keys)
            except termios.error:
                self._modes = self._keys = None
        self._before = ""
        self._terminal.write(_ENTER)
        self._terminal.flush()

    def _leave(self) -> None:
        try:
            self._terminal.write(_LEAVE)
            self._terminal.flush()
        finally:
            if self._modes is not None and self._keys is not None:
                import termios

                with contextlib.suppress(termios.error):
                    termios.tcsetattr(self._keys, termios.TCSADRAIN, self._modes)

    def _resized(self, _number: int, _frame: FrameType | None) -> None:
        with contextlib.suppress(OSError):
            os.write(self._pipe[1], b"w")

    def _suspended(self, _number: int, _frame: FrameType | None) -> None:
        """Ctrl-Z: give the shell a sane terminal, stop, and take it again afterwards."""
        self._leave()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, self._suspended)
        self._enter()
        self._resized(0, None)

    def draw(self, lines: Sequence[Line]) -> None:
        """Draw a frame over the one before; nothing is sent for one that looks the same."""
        width, height = self._terminal.measure()
        text = "".join(self._drawn(lines[:height], width))
        if text != self._before:
            self._before = text
            self._terminal.write(text)
            self._terminal.flush()

    def _drawn(self, lines: Sequence[Line], width: int) -> Iterator[str]:
        yield "\x1b[H"
        for n, line in enumerate(lines):
            if n:
                yield "\r\n"
            yield paint(line, self._terminal.colors)
            # at the right margin the cursor still stands on the last cell: erasing would eat it
            if cells(plain(line)) < width:
                yield "\x1b[K"
        yield "\x1b[J" if not lines or cells(plain(lines[-1])) < width else ""

    def wait(self, seconds: float) -> str:
        """Wait for the next turn: "quit" for q, else "again" (time, another size, or any refreshing key)."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            sources = [self._pipe[0]] + ([self._keys] if self._keys is not None else [])
            ready, _, _ = select.select(sources, [], [], left)
            if self._pipe[0] in ready:
                os.read(self._pipe[0], 64)
                self._before = ""
                return "again"
            if self._keys in ready and self._keys is not None:
                pressed = os.read(self._keys, 64)
                if not pressed:
                    # stdin was closed: no more keys will come
                    self._keys = None
                elif b"q" in pressed or b"Q" in pressed:
                    return "quit"
                elif b"\x03" in pressed:
                    raise KeyboardInterrupt
                elif pressed[:1] in (b" ", b"r", b"\n", b"\x0c"):
                    self._before = ""
                    return "again"
        return "again"


def _terminated(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _stdin() -> int | None:
    """stdin's descriptor if keys can be read from it."""
    try:
        return sys.stdin.fileno() if sys.stdin.isatty() else None
    except (AttributeError, OSError, ValueError):
        return None
