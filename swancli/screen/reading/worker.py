"""The thread that reads: it looks about once a second, and answers questions in between.

It never takes more than a share of the processor: after work it rests at least REST times as long.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from swancli.errors import SwancliError
from swancli.screen.reading.changes import Change, Trouble, Wanted
from swancli.screen.reading.reader import Reader
from swancli.source import Source

REST = 9


class Job(NamedTuple):
    """A question to the source, and who gets the answer, or the error."""

    ask: Callable[[Source], object]
    tell: Callable[[object], None]


class Worker(threading.Thread):
    """Reads `source`; `tell` is called with what was read, in this thread."""

    def __init__(self, source: Source, interval: float, tell: Callable[[list[Change]], None]) -> None:
        super().__init__(name="swancli-top", daemon=True)
        self._source, self._interval, self._tell = source, interval, tell
        self._wanted = Wanted()
        self._jobs: deque[Job] = deque()
        self._changed = threading.Event()
        self._is_over = False

    def want(self, wanted: Wanted) -> None:
        """Say what is in view from now on."""
        if wanted != self._wanted:
            self._wanted = wanted
            self._changed.set()

    def ask(self, ask: Callable[[Source], object], tell: Callable[[object], None]) -> None:
        """Have a question answered soon."""
        self._jobs.append(Job(ask, tell))
        self._changed.set()

    def end(self) -> None:
        """Stop looking."""
        self._is_over = True
        self._changed.set()

    def run(self) -> None:
        """Look, rest, look again."""
        reader = Reader(self._source)
        due = 0.0
        while not self._is_over:
            self._changed.clear()
            self._work_off()
            fresh = time.monotonic() >= due
            begun = time.thread_time()
            try:
                self._look(reader, fresh)
            except Exception as problem:  # whatever is wrong with the data, the view goes on
                meant = self._source.explain(problem)
                self._tell([Trouble(str(meant) if meant else f"unexpected {type(problem).__name__}: {problem}")])
            cost = time.thread_time() - begun
            if fresh:
                due = time.monotonic() + max(self._interval, REST * cost)
            self._changed.wait(max(due - time.monotonic(), 0.0))

    def _look(self, reader: Reader, fresh: bool) -> None:
        for changes in reader.look(self._wanted, fresh, self._changed.is_set):
            if self._is_over:
                return
            if changes:
                self._tell(changes)
            self._work_off()

    def _work_off(self) -> None:
        """Answer the questions that were asked meanwhile."""
        while self._jobs and not self._is_over:
            job = self._jobs.popleft()
            try:
                found = job.ask(self._source)
            except (SwancliError, OSError) as error:
                found = error
            except Exception as problem:
                found = self._source.explain(problem) or SwancliError(f"unexpected {type(problem).__name__}: {problem}")
            job.tell(found)
