"""Keys pressed on a terminal, read from stdin, and the signals that end or suspend a view.

The modes of the terminal are restored however the view ends.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import select
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Literal, TypeAlias

from swancli.output.stdout import ClosedTerminal

Scroll: TypeAlias = Literal["up", "down", "page up", "page down", "top", "bottom"]
Key: TypeAlias = Literal["quit", "again", "timeout"] | Scroll
Handler: TypeAlias = "Callable[[int, FrameType | None], object] | int | signal.Handlers | None"
Modes: TypeAlias = "list[int | list[bytes | int]]"  # as termios has them

CTRL_C = b"\x03"
# terminals send [ or O depending on the mode of their cursor keys, and old ones send numbers with ~
KEYS: dict[bytes, Key] = {
    **dict.fromkeys((b"q", b"Q"), "quit"),
    **dict.fromkeys((b" ", b"r", b"\n", b"\x0c"), "again"),
    **dict.fromkeys((b"k", b"\x1b[A", b"\x1bOA"), "up"),
    **dict.fromkeys((b"j", b"\x1b[B", b"\x1bOB"), "down"),
    **dict.fromkeys((b"\x1b[5~",), "page up"),
    **dict.fromkeys((b"\x1b[6~",), "page down"),
    **dict.fromkeys((b"g", b"\x1b[H", b"\x1bOH", b"\x1b[1~", b"\x1b[7~"), "top"),
    **dict.fromkeys((b"G", b"\x1b[F", b"\x1bOF", b"\x1b[4~", b"\x1b[8~"), "bottom"),
}
PRESSED = re.compile(rb"\x1b(?:\[[0-9;?]*[@-~]|O[@-~])|.", re.DOTALL)
INCOMPLETE = re.compile(rb"\x1b(?:\[[0-9;?]*|O)?\Z")
MAX_KEYS_BYTES = 64  # read at once


class Keyboard:
    """The keys of a view, in a `with`; `enter` and `leave` draw on the terminal and restore it, for Ctrl-Z too.

    SIGTERM and SIGHUP raise SystemExit with 128 plus the signal's number.
    """

    __slots__ = ("_enter", "_fd", "_handlers", "_leave", "_modes", "_rest", "_waiting", "_wakeup")

    def __init__(self, enter: Callable[[], None] = lambda: None, leave: Callable[[], None] = lambda: None) -> None:
        self._enter, self._leave = enter, leave
        self._fd = _stdin()
        self._modes: Modes | None = None
        self._handlers: dict[int, Handler] = {}
        self._wakeup: tuple[int, int] = (-1, -1)
        self._waiting: list[Key] = []  # keys that were read but not returned yet
        self._rest = b""  # the beginning of a key that was not read in full

    def __enter__(self) -> Keyboard:
        self._wakeup = os.pipe()
        os.set_blocking(self._wakeup[1], False)
        try:
            for number, handler in (
                (signal.SIGWINCH, self._resized),
                (signal.SIGTERM, _terminated),
                (signal.SIGHUP, _terminated),
                (signal.SIGTSTP, self._suspended),
            ):
                if signal.getsignal(number) == signal.SIG_IGN:  # as nohup sets it
                    continue
                # only the main thread may set handlers; in another thread the interval still works
                with contextlib.suppress(ValueError):
                    self._handlers[number] = signal.signal(number, handler)
            self._take()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._give_back()
        finally:
            for number, handler in self._handlers.items():
                signal.signal(number, handler)
            for end in self._wakeup:
                os.close(end)

    def wait(self, seconds: float) -> Key:
        """The key that was pressed; "timeout" after `seconds`, "again" after a change of size.

        Raises ClosedTerminal if the terminal is gone.
        """
        end = time.monotonic() + seconds
        while not self._waiting:
            sources = [self._wakeup[0]] + ([self._fd] if self._fd is not None else [])
            ready, _, _ = select.select(sources, [], [], max(end - time.monotonic(), 0))
            if self._wakeup[0] in ready:
                os.read(self._wakeup[0], MAX_KEYS_BYTES)
                return "again"
            if self._fd is None or self._fd not in ready:
                return "timeout"
            self._read(self._fd)
        return self._waiting.pop(0)

    def _read(self, fd: int) -> None:
        try:
            data = os.read(fd, MAX_KEYS_BYTES)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            data = b""
        if not data:
            raise ClosedTerminal
        data = self._rest + data
        cut = INCOMPLETE.search(data)
        self._rest = cut[0] if cut else b""
        pressed = PRESSED.findall(data[: len(data) - len(self._rest)])
        if CTRL_C in pressed:
            raise KeyboardInterrupt
        self._waiting += [KEYS[key] for key in pressed if key in KEYS]

    def _take(self) -> None:
        if self._fd is not None:
            import termios
            import tty

            try:
                self._modes = termios.tcgetattr(self._fd)
                tty.setcbreak(self._fd)
            except termios.error:
                self._modes = self._fd = None
        self._enter()

    def _give_back(self) -> None:
        try:
            self._leave()
        finally:
            if self._modes is not None and self._fd is not None:
                import termios

                with contextlib.suppress(termios.error):
                    termios.tcsetattr(self._fd, termios.TCSADRAIN, self._modes)

    def _resized(self, _number: int, _frame: FrameType | None) -> None:
        with contextlib.suppress(OSError):
            os.write(self._wakeup[1], b"w")

    def _suspended(self, _number: int, _frame: FrameType | None) -> None:
        """Ctrl-Z: restore the terminal for the shell, stop, and take it over again afterwards."""
        self._give_back()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, self._suspended)
        self._take()
        self._resized(0, None)


def _terminated(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _stdin() -> int | None:
    """The descriptor of stdin if keys can be read from it."""
    try:
        return sys.stdin.fileno() if sys.stdin.isatty() else None
    except (AttributeError, OSError, ValueError):
        return None
