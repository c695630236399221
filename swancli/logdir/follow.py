"""What was added to a log or a series since the last look: each follower's `poll` reads only new bytes."""

from __future__ import annotations

import os
from typing import Any

from swancli.logdir.console import Console
from swancli.logdir.paths import open_below
from swancli.logdir.series import Series, parse

MOST = 1 << 24  # bytes read at one look; the rest comes with the next


class LogFollower:
    """The console as `tail -f` shows it, on to the next day's file."""

    def __init__(self, console: Console, tail: int | None) -> None:
        self._console, self._tail = console, tail
        self._started = False
        self._name: str | None = None
        self._at = 0

    def poll(self) -> list[str]:
        """New whole lines; at the first call the last `tail` ones, or all. "\\r" leaves a line's last state."""
        lines: list[str] = []
        names = self._console.files()
        if not self._started and names:
            self._started = True
            if self._tail is not None:
                shown, self._at = self._last(names[-1])
                self._name = names[-1]
                before = self._tail - len(shown)
                lines = (self._console.tail_of(names[:-1], before) if before > 0 else []) + shown
        for name in names:
            if self._name is None or name > self._name:
                self._name, self._at = name, 0
            if name == self._name:
                while new := self._new(name):
                    lines += new
        return [collapse(line) for line in lines]

    def _last(self, name: str) -> tuple[list[str], int]:
        """The last whole lines of a file, and where they end."""
        end = self._whole(name)
        return self._console.tail_of([name], self._tail or 0, end), end

    def _whole(self, name: str) -> int:
        """Where the last whole line of a file ends."""
        fd = self._console.open(name)
        try:
            end = os.fstat(fd).st_size
            while end > 0:
                step = min(end, 1 << 14)
                data = os.pread(fd, step, end - step)
                at = data.rfind(b"\n")
                if at >= 0:
                    return end - step + at + 1
                end -= step
            return 0
        finally:
            os.close(fd)

    def _new(self, name: str) -> list[str]:
        data = _read_from(self._console.root, os.path.join(self._console.folder, name), self._at)
        end = data.rfind(b"\n") + 1 or (len(data) if len(data) == MOST else 0)
        self._at += end
        if not data[:end].endswith(b"\n"):
            return [data[:end].decode("utf-8", "replace")] if end else []
        return data[:end].decode("utf-8", "replace").replace("\r\n", "\n").split("\n")[:-1]


class PointFollower:
    """New points of a series, as (index, data, create_time, more)."""

    def __init__(self, series: Series) -> None:
        self._series = series
        self._at: dict[str, int] = {}

    def poll(self) -> list[tuple[Any, Any, Any, Any]]:
        """Points on whole lines that were not there at the last call; all of them at the first."""
        found = []
        if not self._series.exists():
            return []
        for part in self._series.slices(fresh=True):
            at = self._at.get(part.name, 0)
            data = _read_from(self._series.root, part.path, at)
            end = data.rfind(b"\n") + 1
            self._at[part.name] = at + end
            for line in data[:end].splitlines():
                if (point := parse(line)) is not None:
                    found.append((point["index"], point["data"], point.get("create_time"), point.get("more")))
        return found


def collapse(line: str) -> str:
    """What a terminal shows of a line with carriage returns: the last state of a progress bar."""
    line = line.rstrip("\r")
    return line[line.rfind("\r") + 1 :]


def _read_from(root: str, path: str, at: int) -> bytes:
    try:
        fd = open_below(root, path)
    except OSError:
        return b""
    try:
        size = os.fstat(fd).st_size - at
        return os.pread(fd, min(size, MOST), at) if size > 0 else b""
    finally:
        os.close(fd)
