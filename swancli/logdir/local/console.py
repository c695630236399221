"""The console of a run: console/YYYY-MM-DD.log, one file per day, and error.log.

Files are read as Python reads text: "\\r\\n" and a lone "\\r" end a line as "\\n" does. A day's text is split at "\\n",
so a text that ends in a newline has an empty last line.
"""

from __future__ import annotations

import codecs
import io
import os
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from swancli.errors import DataError
from swancli.logdir import disk
from swancli.logdir.paths import end_of_lines, is_file, open_below, read_on

if TYPE_CHECKING:
    from swancli.logdir.local.console_window import Files

ERROR_LOG = "error.log"
LOG_OF_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\.log")
PIECE_BYTES = 1 << 18
TAIL_BYTES = 1 << 14  # read first to find the last lines
MAX_POLL_BYTES = 1 << 24  # read in one poll of a follower; the rest is read in the next


class LocalConsole:
    """The console folder of one run: a `logdir.console.Console`."""

    def __init__(self, root: str, folder: str) -> None:
        self.root, self.folder = root, folder

    def exists(self) -> bool:
        """Whether the folder exists."""
        return disk.isdir(self.folder)

    def files(self) -> list[str]:
        """The names of the log files, oldest first: one per day, or a single file of any name."""
        try:
            with disk.scandir(self.folder) as entries:
                names = sorted(e.name for e in entries if e.name != ERROR_LOG and is_file(self.root, e.path))
        except OSError:
            return []
        days = [name for name in names if LOG_OF_DAY.fullmatch(name)]
        return names if len(names) == 1 else days

    def has_error(self) -> bool:
        """Whether there is an error.log."""
        return is_file(self.root, self._path(ERROR_LOG))

    def error_lines(self) -> list[str]:
        """The lines of error.log."""
        return self.text(ERROR_LOG).split("\n")

    def text(self, name: str) -> str:
        """A whole file, with universal newlines; undecodable bytes become U+FFFD."""
        return "".join(self.texts(name))

    def texts(self, name: str, start: int = 0) -> Iterator[str]:
        """The text of a file from byte `start` on, in pieces."""
        decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder("utf-8")("replace"), translate=True)
        fd = self.open(name)
        try:
            disk.lseek(fd, start, os.SEEK_SET)
            while piece := disk.read(fd, PIECE_BYTES):
                if text := decoder.decode(piece):
                    yield text
            if text := decoder.decode(b"", True):
                yield text
        finally:
            disk.close(fd)

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
        """The last `count` complete lines of some files, up to byte `end` of the last file."""
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

    def after(self, position: int, tail: int | None = None) -> tuple[list[str], int]:
        """The complete lines after a position, or the last `tail` of them, and the position after these.

        A position is a number of bytes, counted over the files of all days.
        """
        follower = ConsoleFollower(self, tail if not position else None)
        if position:
            follower.seek(position)
        lines = follower.poll()
        return lines if tail is None else lines[max(len(lines) - tail, 0) :], follower.position()

    def sizes(self) -> list[tuple[str, int]]:
        """The names of the log files and their sizes in bytes, oldest first."""
        found = []
        for name in self.files():
            fd = self.open(name)
            try:
                found.append((name, disk.fstat(fd).st_size))
            finally:
                disk.close(fd)
        return found

    def size(self) -> int:
        """How many bytes the files of all days have."""
        return sum(size for _, size in self.sizes())

    def window(self, position: int, is_before: bool = False) -> tuple[list[str], int, int]:
        """Some lines that begin at a position, or that end there, and the positions where they begin and end."""
        from swancli.logdir.local import console_window

        lines, start, end = console_window.window(self._sized_files(), position, is_before)
        return [collapse(line) for line in lines], start, end

    def find(self, text: str, position: int) -> int | None:
        """The position of the next line, from a position on, that contains a text in any case."""
        from swancli.logdir.local import console_window

        return console_window.find(self._sized_files(), text, position)

    def follow(self, tail: int | None) -> Callable[[], list[str]]:
        """A function that gives the lines added since its last call; first the last `tail` ones, or all."""
        return ConsoleFollower(self, tail).poll

    def _lines(self, name: str) -> Iterator[str]:
        rest = ""
        for text in self.texts(name):
            *lines, rest = (rest + text).split("\n")
            yield from lines
        yield rest

    def _tail(self, name: str, count: int, end: int | None = None) -> list[str]:
        """The last `count` lines of one file, without reading much more than these."""
        fd = self.open(name)
        try:
            at = disk.fstat(fd).st_size if end is None else end
            data = b""
            while at > 0:
                # the start is known once there is one more line end than lines wanted
                step = min(at, max(TAIL_BYTES, len(data)))
                at -= step
                data = disk.pread(fd, step, at) + data
                if _ends(data) > count:
                    break
        finally:
            disk.close(fd)
        decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder("utf-8")("replace"), translate=True)
        lines = decoder.decode(data, True).split("\n")
        return lines[-count:] if count else []

    def _sized_files(self) -> Files:
        from swancli.logdir.local.console_window import Files

        return Files(self.root, self.folder, self.sizes())

    def _path(self, name: str) -> str:
        return os.path.join(self.folder, name)


class ConsoleFollower:
    """Reads new lines as `tail -f` does, and continues with the next day's file."""

    def __init__(self, console: LocalConsole, tail: int | None) -> None:
        self._console, self._tail = console, tail
        self._started = False
        self._name: str | None = None
        self._offset = 0

    def seek(self, position: int) -> None:
        """Continue at a position, counted over the files of all days."""
        self._started = True
        for name, size in self._console.sizes():
            self._name, self._offset = name, position
            if position <= size:
                break
            position -= size

    def position(self) -> int:
        """Where the next poll continues, counted over the files of all days."""
        before = sum(size for name, size in self._console.sizes() if name < (self._name or ""))
        return before + self._offset

    def poll(self) -> list[str]:
        """The lines completed since the last call; first the last `tail` ones, or all. See `collapse` for "\\r"."""
        lines: list[str] = []
        disk.look_again(self._console.folder)
        names = self._console.files()
        if not self._started and names:
            self._started = True
            if self._tail is not None:
                shown, self._offset = self._last(names[-1])
                self._name = names[-1]
                before = self._tail - len(shown)
                lines = (self._console.tail_of(names[:-1], before) if before > 0 else []) + shown
        for name in names:
            if self._name is None or name > self._name:
                self._name, self._offset = name, 0
            if name == self._name:
                while new := self._new(name):
                    lines += new
        return [collapse(line) for line in lines]

    def _last(self, name: str) -> tuple[list[str], int]:
        """The last complete lines of a file, and where they end."""
        end = self._end_of_lines(name)
        return self._console.tail_of([name], self._tail or 0, end), end

    def _end_of_lines(self, name: str) -> int:
        """Where the last complete line of a file ends."""
        fd = self._console.open(name)
        try:
            return end_of_lines(fd, disk.fstat(fd).st_size)
        finally:
            disk.close(fd)

    def _new(self, name: str) -> list[str]:
        """The complete lines after the last ones read; a line longer than MAX_POLL_BYTES in parts."""
        data = read_on(self._console.root, os.path.join(self._console.folder, name), self._offset, MAX_POLL_BYTES)
        end = data.rfind(b"\n") + 1 or (len(data) if len(data) == MAX_POLL_BYTES else 0)
        self._offset += end
        if not data[:end].endswith(b"\n"):
            return [data[:end].decode("utf-8", "replace")] if end else []
        return data[:end].decode("utf-8", "replace").replace("\r\n", "\n").split("\n")[:-1]


def collapse(line: str) -> str:
    """What a terminal shows of a line with carriage returns: the last state of a progress bar."""
    line = line.rstrip("\r")
    return line[line.rfind("\r") + 1 :]


def _ends(data: bytes) -> int:
    """How many line ends there are in `data`."""
    return data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")
