"""What was learned of record files and is in memory: indexes, and facts that the cache keeps as JSON."""

from __future__ import annotations

from _thread import allocate_lock  # as threading.Lock, which is not imported by every command
from collections import deque
from typing import Protocol

MAX_HELD_BYTES = 16 << 20  # of all indexes, unless one alone takes more
MAX_FACTS = 256  # runs whose facts are in memory


class Holder(Protocol):
    """A run that has an index, or facts."""

    @property
    def held(self) -> int:
        """About how many bytes the index takes."""

    def let_go(self) -> None:
        """Forget the index."""

    def let_go_of_facts(self) -> None:
        """Forget the facts; they are made again from JSON when they are needed."""


class Memory:
    """The runs whose index or facts are in memory: those used last, while there is room.

    Most commands take one run after the other, and need little of those they are done with.
    """

    def __init__(self) -> None:
        self._with_facts = deque[Holder]()  # in the order in which these were made
        self._runs: dict[Holder, int] = {}  # and how many bytes each index took when it was last used
        self._held = 0
        self._lock = allocate_lock()  # several threads may read record files from a server

    def use_index(self, run: Holder) -> None:
        """Make room for this run's index by letting go of others, the least recently used first."""
        gone: list[Holder] = []
        with self._lock:
            held = run.held
            self._held += held - self._runs.pop(run, 0)
            self._runs[run] = held
            while self._held > MAX_HELD_BYTES and (other := next(iter(self._runs))) is not run:
                self._held -= self._runs.pop(other)
                gone.append(other)
        for other in gone:  # without the lock, for this may use an index
            other.let_go()

    def use_facts(self, run: Holder) -> None:
        """Make room for the facts that were made from JSON for this run, by letting go of those made first."""
        self._with_facts.append(run)
        if len(self._with_facts) > MAX_FACTS:
            self._with_facts.popleft().let_go_of_facts()
