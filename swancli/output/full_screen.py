"""The alternate screen of a terminal: drawn on without flicker, left as it was found.

Each frame is one write: the cursor goes home, lines overwrite the old ones, and what remains of these is erased. The
terminal's modes are restored however it ends.
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
from typing import Literal, TypeAlias

from swancli.output.stdout import Terminal
from swancli.output.text.styled import Line, paint, plain
from swancli.output.text.width import cells

Handler: TypeAlias = "Callable[[int, FrameType | None], object] | int | signal.Handlers | None"
Modes: TypeAlias = "list[int | list[bytes | int]]"  # as termios has them

# alternate screen, no cursor, no automatic wrapping; and back
ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l"
LEAVE = "\x1b[?7h\x1b[?25h\x1b[?1049l"
HOME, ERASE_LINE, ERASE_BELOW = "\x1b[H", "\x1b[K", "\x1b[J"
CTRL_C = b"\x03"
REFRESH_KEYS = (b" ", b"r", b"\n", b"\x0c")
MAX_KEYS_BYTES = 64  # read at once


class FullScreen:
    """The alternate screen of a terminal, in a `with`: its modes, signals, keys, and drawing."""

    __slots__ = ("_before", "_handlers", "_keys", "_modes", "_terminal", "_wakeup")

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._keys = _stdin()
        self._modes: Modes | None = None
        self._handlers: dict[int, Handler] = {}
        self._wakeup: tuple[int, int] = (-1, -1)
        self._before = ""

    def __enter__(self) -> FullScreen:
        self._wakeup = os.pipe()
        os.set_blocking(self._wakeup[1], False)
        try:
            for number, handler in (
                (signal.SIGWINCH, self._resized),
                (signal.SIGTERM, _terminated),
                (signal.SIGHUP, _terminated),
                (signal.SIGTSTP, self._suspended),
            ):
                # only the main thread may set handlers; in another the interval still works
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
            for end in self._wakeup:
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
        self._terminal.write(ENTER)
        self._terminal.flush()

    def _leave(self) -> None:
        try:
            self._terminal.write(LEAVE)
            self._terminal.flush()
        finally:
            if self._modes is not None and self._keys is not None:
                import termios

                with contextlib.suppress(termios.error):
                    termios.tcsetattr(self._keys, termios.TCSADRAIN, self._modes)

    def _resized(self, _number: int, _frame: FrameType | None) -> None:
        with contextlib.suppress(OSError):
            os.write(self._wakeup[1], b"w")

    def _suspended(self, _number: int, _frame: FrameType | None) -> None:
        """Ctrl-Z: restore the terminal for the shell, stop, and take it over again afterwards."""
        self._leave()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, self._suspended)
        self._enter()
        self._resized(0, None)

    def draw(self, lines: Sequence[Line]) -> None:
        """Draw a frame over the one before, unless they look the same."""
        width, height = self._terminal.measure()
        text = "".join(self._drawn(lines[:height], width))
        if text != self._before:
            self._before = text
            self._terminal.write(text)
            self._terminal.flush()

    def _drawn(self, lines: Sequence[Line], width: int) -> Iterator[str]:
        yield HOME
        for n, line in enumerate(lines):
            if n:
                yield "\r\n"
            yield paint(line, self._terminal.colors)
            # at the right margin the cursor is still on the last cell: erasing would remove it
            if cells(plain(line)) < width:
                yield ERASE_LINE
        yield ERASE_BELOW if not lines or cells(plain(lines[-1])) < width else ""

    def wait(self, seconds: float) -> Literal["quit", "again"]:
        """Wait: "quit" if q was pressed, "again" after `seconds`, a change of size or one of REFRESH_KEYS."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            sources = [self._wakeup[0]] + ([self._keys] if self._keys is not None else [])
            ready, _, _ = select.select(sources, [], [], left)
            if self._wakeup[0] in ready:
                os.read(self._wakeup[0], MAX_KEYS_BYTES)
                self._before = ""
                return "again"
            if self._keys in ready and self._keys is not None:
                pressed = os.read(self._keys, MAX_KEYS_BYTES)
                if not pressed:
                    # stdin was closed
                    self._keys = None
                elif b"q" in pressed or b"Q" in pressed:
                    return "quit"
                elif CTRL_C in pressed:
                    raise KeyboardInterrupt
                elif pressed[:1] in REFRESH_KEYS:
                    self._before = ""
                    return "again"
        return "again"


def _terminated(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _stdin() -> int | None:
    """The descriptor of stdin if keys can be read from it."""
    try:
        return sys.stdin.fileno() if sys.stdin.isatty() else None
    except (AttributeError, OSError, ValueError):
        return None
