"""What a run printed, however it is stored: local mode has a file per day, offline mode has records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol


class Console(Protocol):
    """The console of one run: log files by day, and the text of a crash."""

    def exists(self) -> bool:
        """Whether there is a console log at all."""

    def files(self) -> list[str]:
        """The names of the log files, oldest first."""

    def has_error(self) -> bool:
        """Whether there is an error.log."""

    def error_lines(self) -> list[str]:
        """The lines of error.log; a final newline is followed by ""."""

    def days(self) -> Iterator[tuple[bool, list[str]]]:
        """All lines in lists, each with whether it is the last of a day; a day's final newline is followed by ""."""

    def first_line(self) -> str:
        """The first line of the oldest day."""

    def last_lines(self) -> tuple[str, str]:
        """The last line and the one before it, over all days; the one before is "" if there is none."""

    def tail_of(self, names: list[str], count: int) -> list[str]:
        """The last `count` complete lines of some files, without the "" after a final newline."""

    def after(self, position: int, tail: int | None = None) -> tuple[list[str], int]:
        """The complete lines after a position, or the last `tail` of them, and the position after these.

        A position is 0, or what an earlier call returned.
        """

    def size(self) -> int:
        """The position after the last line."""

    def window(self, position: int, is_before: bool = False) -> tuple[list[str], int, int]:
        """Some lines that begin at a position, or that end there, and the positions where they begin and end."""

    def find(self, text: str, position: int) -> int | None:
        """The position of the next line, from a position on, that contains a text in any case; None if none does."""

    def follow(self, tail: int | None) -> Callable[[], list[str]]:
        """A function that gives the lines added since its last call; first the last `tail` ones, or all."""
