"""What a run printed, however it lies on disk: local mode keeps a file a day, a record file keeps records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol


class Console(Protocol):
    """The console of one run: log files by day, and the text of a crash."""

    def exists(self) -> bool:
        """Whether there is a console at all."""

    def files(self) -> list[str]:
        """The names of the log files, oldest first."""

    def has_error(self) -> bool:
        """Whether there is an error.log."""

    def error_lines(self) -> list[str]:
        """The lines of error.log; "" stands behind its final newline."""

    def days(self) -> Iterator[tuple[bool, list[str]]]:
        """All lines in lists, each with whether it ends a day; "" stands behind a day's final newline."""

    def first_line(self) -> str:
        """The first line of the oldest day."""

    def last_lines(self) -> tuple[str, str]:
        """The last line and the one before it, over all days; the one before is "" if there is none."""

    def tail_of(self, names: list[str], count: int) -> list[str]:
        """The last `count` whole lines of some files; none for a final newline."""

    def follow(self, tail: int | None) -> Callable[[], list[str]]:
        """A function that gives the lines added since its last call; first the last `tail` ones, or all."""
