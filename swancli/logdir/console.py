"""The console of a run: console/YYYY-MM-DD.log, a file a day, and error.log.

Text is read as Python reads it in text mode: "\\r\\n" and a lone "\\r" end a line as "\\n" does. A day's text is split
at "\\n", so that one that ends in a newline leaves an empty last line behind it.
"""

from __future__ import annotations

import codecs
import io
import os
import re
from collections.abc import Callable, Iterator

from swancli.errors import DataError
from swancli.logdir.paths import is_file, open_below

ERROR = "error.log"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}\.log")
PIECE = 1 << 18


class Console:
    """The console folder of one run."""

    def __init__(self, root: str, folder: str) -> None:
        self.root, self.folder = root, folder

    def exists(self) -> bool:
        """Whether there is such a folder."""
        return os.path.isdir(self.folder)

    def files(self) -> list[str]:
        """The names of the log files, oldest first: days, or a single file whatever its name; none among several."""
        try:
            with os.scandir(self.folder) as entries:
                names = sorted(e.name for e in entries if e.name != ERROR and is_file(self.root, e.path))
        except OSError:
            return []
        days = [name for name in names if DAY.fullmatch(name)]
        return names if len(names) == 1 else days

    def has_error(self) -> bool:
        """Whether error.log is there."""
        return is_file(self.root, self._path(ERROR))

    def error_lines(self) -> list[str]:
        """The lines of error.log."""
        return self.text(ERROR).split("\n")

    def text(self, name: str) -> str:
        """A whole file, newlines made one; undecodable bytes are U+FFFD."""
        return "".join(self.texts(name))

    def texts(self, name: str, start: int = 0) -> Iterator[str]:
        """The text of a file from byte `start` on, in pieces."""
        decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder("utf-8")("replace"), translate=True)
        fd = self.open(name)
        try:
            os.lseek(fd, start, os.SEEK_SET)
            while piece := os.read(fd, PIECE):
                if text := decoder.decode(piece):
                    yield text
            if text := decoder.decode(b"", True):
                yield text
        finally:
            os.close(fd)

    def pieces(self) -> Iterator[list[str]]:
        """All lines of all days, in lists of many lines."""
        for _, lines in self.days():
            yield lines

    def days(self) -> Iterator[tuple[bool, list[str]]]:
        """All lines in lists, each with whether it ends a day."""
        for name in self.files():
            rest = ""
            for text in self.texts(name):
                lines = (rest + text).split("\n")
                rest = lines.pop()
                if lines:
                    yield False, lines
            yield True, [rest]

    def first_line(self) -> str:
        """The first line of the oldest day."""
        for text in self._lines(self.files()[0]):
            return text
        return ""

    def last_lines(self) -> tuple[str, str]:
        """The last line and the one before it, over all days; the one before is "" if there is none."""
        lines = self.tail(2)
        return lines[-1], (lines[-2] if len(lines) > 1 else "")

    def tail(self, count: int) -> list[str]:
        """The last `count` lines over all days, read from the end."""
        found: list[str] = []
        for name in reversed(self.files()):
            found = self._tail(name, count - len(found)) + found
            if len(found) >= count:
                break
        return found[-count:] if count else []

    def tail_of(self, names: list[str], count: int, end: int | None = None) -> list[str]:
        """The last `count` whole lines of some files, up to byte `end` of the last; none for a final newline."""
        found: list[str] = []
        for name in reversed(names):
            lines = self._tail(name, count - len(found) + 1, end)
            if lines and not lines[-1]:
                lines.pop()
            found = lines[max(len(lines) - (count - len(found)), 0) :] + found
            end = None
            if len(found) >= count:
                break
        return found

    def open(self, name: str) -> int:
        """A descriptor of one file; DataError if it can't be read."""
        path = self._path(name)
        try:
            return open_below(self.root, path)
        except OSError as error:
            raise DataError(f"{path} can't be read: {error.strerror or error}") from error

    def follow(self, tail: int | None) -> Callable[[], list[str]]:
        """A function that gives the lines added since its last call; first the last `tail` ones, or all."""
        from swancli.logdir.follow import LogFollower

        return LogFollower(self, tail).poll

    def _lines(self, name: str) -> Iterator[str]:
        rest = ""
        for text in self.texts(name):
            *lines, rest = (rest + text).split("\n")
            yield from lines
        yield rest

    def _tail(self, name: str, count: int, end: int | None = None) -> list[str]:
        """The last `count` lines of one file; reads little more than these."""
        fd = self.open(name)
        try:
            at = os.fstat(fd).st_size if end is None else end
            data = b""
            while at > 0:
                # one more line end than lines wanted, and the byte before it, decide where to start
                step = min(at, max(1 << 14, len(data)))
                at -= step
                data = os.pread(fd, step, at) + data
                if _ends(data) > count:
                    break
        finally:
            os.close(fd)
        decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder("utf-8")("replace"), translate=True)
        lines = decoder.decode(data, True).split("\n")
        return lines[-count:] if count else []

    def _path(self, name: str) -> str:
        return os.path.join(self.folder, name)


def _ends(data: bytes) -> int:
    """How many lines end in `data`, whose first bytes may be the middle of one."""
    return data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")
