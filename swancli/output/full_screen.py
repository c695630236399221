"""The alternate screen of a terminal: drawn on without flicker, left as it was found.

Each frame is one write: the cursor goes home, lines overwrite the old ones, and the rest of the old frame is erased.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from swancli.output.keyboard import Key, Keyboard
from swancli.output.stdout import Terminal
from swancli.output.text.styled import Line, paint, plain
from swancli.output.text.width import cells

# alternate screen, no cursor, no automatic wrapping; and back
ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l"
LEAVE = "\x1b[?7h\x1b[?25h\x1b[?1049l"
HOME, ERASE_LINE, ERASE_BELOW = "\x1b[H", "\x1b[K", "\x1b[J"


class FullScreen:
    """The alternate screen of a terminal, in a `with`: its modes, keys, and drawing."""

    __slots__ = ("_before", "_keyboard", "_terminal")

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._keyboard = Keyboard(self._enter, self._leave)
        self._before = ""

    def __enter__(self) -> FullScreen:
        self._keyboard.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._keyboard.__exit__()

    def _enter(self) -> None:
        self._before = ""
        self._terminal.write(ENTER)
        self._terminal.flush()

    def _leave(self) -> None:
        self._terminal.write(LEAVE)
        self._terminal.flush()

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

    def wait(self, seconds: float) -> Key:
        """The key that was pressed; "timeout" after `seconds`, "again" if everything must be redrawn."""
        key = self._keyboard.wait(seconds)
        if key == "again":
            self._before = ""
        return key
