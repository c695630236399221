"""What stdout is (terminal or pipe, colours, size, characters), and the only module that writes to it."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable, Mapping
from typing import BinaryIO, TextIO


class ClosedPipe(SystemExit):
    """The reader of stdout is gone: ends the process without a message, with exit code 0."""

    def __init__(self) -> None:
        super().__init__(0)


class ClosedTerminal(SystemExit):
    """The terminal is gone: ends the process without a message, with the exit code of SIGHUP."""

    def __init__(self) -> None:
        super().__init__(129)


class Terminal:
    """The properties of stdout; `colors` is 0, 16 or 256, `width` is in cells, `height` in lines."""

    __slots__ = ("colors", "dumb", "height", "pager", "stream", "tty", "unicode", "width")

    def __init__(
        self,
        tty: bool = False,
        colors: int = 0,
        width: int = 80,
        height: int = 24,
        unicode: bool = True,
        dumb: bool = False,
        pager: bool = True,
        stream: TextIO | None = None,
    ) -> None:
        self.tty = tty
        self.colors = colors
        self.width = width
        self.height = height
        self.unicode = unicode
        self.dumb = dumb
        self.pager = pager
        self.stream = stream

    @property
    def _out(self) -> TextIO:
        return self.stream or sys.stdout

    def write(self, text: str) -> None:
        """Write `text`; raises ClosedPipe if the reader is gone, ClosedTerminal if the terminal is."""
        out = self._out
        buffer: BinaryIO | None = getattr(out, "buffer", None)
        try:
            if buffer is None:
                out.write(text)
            else:
                buffer.write(text.encode(out.encoding or "utf-8", "backslashreplace"))
        except OSError as error:
            raise self._closed(error) from None

    def write_bytes(self, pieces: Iterable[bytes]) -> None:
        """Write bytes as they are; raises ClosedPipe if the reader is gone."""
        out = self._out
        out.flush()
        buffer: BinaryIO | None = getattr(out, "buffer", None)
        for piece in pieces:
            try:
                if buffer is None:
                    out.write(piece.decode("utf-8", "backslashreplace"))
                else:
                    buffer.write(piece)
            except OSError as error:
                raise self._closed(error) from None

    def flush(self) -> None:
        """Write what is buffered; raises ClosedPipe if the reader is gone, ClosedTerminal if the terminal is."""
        try:
            self._out.flush()
        except OSError as error:
            raise self._closed(error) from None

    def _closed(self, error: OSError) -> BaseException:
        """What a failed write raises: ClosedPipe or ClosedTerminal if the reader or terminal is gone, else `error`.

        If one is gone, stdout is redirected to /dev/null, so that Python's flush at exit does not fail either.
        """
        is_terminal = self.tty and error.errno == errno.EIO
        if not is_terminal and not isinstance(error, BrokenPipeError):
            return error
        try:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, self._out.fileno())
            os.close(null)
        except (OSError, ValueError):
            pass
        return ClosedTerminal() if is_terminal else ClosedPipe()

    def measure(self) -> tuple[int, int]:
        """The current width and height of the terminal; the width is at most COLUMNS."""
        try:
            size = os.get_terminal_size(self._out.fileno())
        except (OSError, ValueError):
            return self.width, self.height
        columns = _whole(os.environ.get("COLUMNS"))
        if size.columns < 1 or size.lines < 1:
            return self.width, self.height
        return min(size.columns, columns) if columns else size.columns, size.lines


def detect(
    color: bool = True, pager: bool = True, env: Mapping[str, str] | None = None, stream: TextIO | None = None
) -> Terminal:
    """Examine stdout and the environment; `color=False` and `pager=False` are --no-color and --no-pager."""
    env = os.environ if env is None else env
    out = stream or sys.stdout
    try:
        tty = out.isatty()
    except ValueError:
        tty = False
    term = env.get("TERM", "")
    dumb = tty and term in ("dumb", "unknown", "")
    columns, lines = _whole(env.get("COLUMNS")), _whole(env.get("LINES"))
    if tty and not (columns and lines):
        try:
            size = os.get_terminal_size(out.fileno())
            columns, lines = columns or size.columns, lines or size.lines
        except (OSError, ValueError):
            pass
    encoding = (getattr(out, "encoding", None) or "ascii").lower().replace("-", "").replace("_", "")
    return Terminal(
        tty=tty,
        colors=_colors(tty, dumb, color, env),
        width=columns or 80,
        height=lines or 24,
        # the Linux console's fonts have neither braille nor block elements
        unicode=encoding.startswith("utf") and term not in ("dumb", "linux"),
        dumb=dumb,
        pager=pager and tty and not dumb,
        stream=stream,
    )


def _colors(tty: bool, dumb: bool, color: bool, env: Mapping[str, str]) -> int:
    """How many colours to use; NO_COLOR and --no-color take precedence over FORCE_COLOR, and that over the rest."""
    if not color or env.get("NO_COLOR"):
        return 0
    forced = env.get("FORCE_COLOR", "").lower() not in ("", "0", "false")
    if not forced and (dumb or not tty):
        return 0
    many = "256" in env.get("TERM", "") or env.get("COLORTERM", "") in ("truecolor", "24bit")
    return 256 if many else 16


def _whole(text: str | None) -> int:
    """A positive number in the environment, or 0."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else 0
