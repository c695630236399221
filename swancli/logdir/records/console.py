"""The console of a run in a record file: a `logdir.console.Console`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from swancli.logdir.records.run import RecordedRun

WINDOW_LINES = 500


class RecordedConsole:
    """The console of a run that has only a record file."""

    def __init__(self, recorded: RecordedRun) -> None:
        self._recorded = recorded
        self._read_days: list[tuple[str, list[str]]] | None = None

    @property
    def _days(self) -> list[tuple[str, list[str]]]:
        if self._read_days is None:
            self._read_days = self._recorded.console()
        return self._read_days

    def exists(self) -> bool:
        """True: a record file always has a console, if only an empty one."""
        return True

    def files(self) -> list[str]:
        """The names that the days' files would have."""
        return [f"{date}.log" for date, _ in self._days]

    def has_error(self) -> bool:
        """Whether the text of a crash is recorded."""
        return bool(self._recorded.error_lines())

    def error_lines(self) -> list[str]:
        """The lines that error.log would have."""
        return self._recorded.error_lines()

    def days(self) -> Iterator[tuple[bool, list[str]]]:
        """All lines in lists, each with whether it ends a day; a day's final newline is followed by ""."""
        for _, lines in self._days:
            yield True, [*lines, ""]

    def first_line(self) -> str:
        """The first line."""
        return self._days[0][1][0] if self._days else ""

    def last_lines(self) -> tuple[str, str]:
        """The last line, which is the "" after the final newline, and the one before it."""
        return "", self._days[-1][1][-1] if self._days else ""

    def tail_of(self, names: list[str], count: int) -> list[str]:
        """The last `count` lines, without the "" after the final newline."""
        lines = [line for _, day in self._days for line in day]
        return lines[max(len(lines) - count, 0) :]

    def after(self, position: int, tail: int | None = None) -> tuple[list[str], int]:
        """The lines after a position (a number of lines), or the last `tail` of them, and the position after these."""
        found = [line.text for line in self._recorded.log_lines(position)]
        return found if tail is None else found[max(len(found) - tail, 0) :], position + len(found)

    def size(self) -> int:
        """How many lines there are."""
        return self._recorded.line_count()

    def window(self, position: int, is_before: bool = False) -> tuple[list[str], int, int]:
        """Some lines that begin at a line number, or that end there, and the numbers where they begin and end."""
        start = max(position - WINDOW_LINES, 0) if is_before else position
        lines = [line.text for line in self._recorded.log_lines(start)]
        lines = lines[: position - start if is_before else WINDOW_LINES]
        return lines, start, start + len(lines)

    def find(self, text: str, position: int) -> int | None:
        """The number of the next line, from `position` on, that contains a text in any case; None if none does."""
        wanted = text.lower()
        for n, line in enumerate(self._recorded.log_lines(position), position):
            if wanted in line.text.lower():
                return n
        return None

    def follow(self, tail: int | None) -> Callable[[], list[str]]:
        """A function that gives the lines added since its last call; first the last `tail` ones, or all."""
        seen = 0 if tail is None else max(self._recorded.line_count() - tail, 0)

        def poll() -> list[str]:
            nonlocal seen
            self._recorded.refresh()
            found = [line.text for line in self._recorded.log_lines(seen)]
            seen += len(found)
            return found

        return poll
