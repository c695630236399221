"""Which indexes of record files are in memory."""

from __future__ import annotations

from _thread import allocate_lock  # as threading.Lock, which is not imported by every command
from typing import Protocol

MAX_HELD_BYTES = 16 << 20  # of all indexes, unless one alone takes more


class Holder(Protocol):
    """A run that has an index."""

    @property
    def held(self) -> int:
        """About how many bytes the index takes."""

    def let_go(self) -> None:
        """Forget the index."""


class OpenIndexes:
    """The runs whose index is in memory: the one that was used last, and others while there is room."""

    def __init__(self) -> None:
        self._runs: dict[Holder, int] = {}  # and how many bytes each index took when it was last used
        self._held = 0
        self._lock = allocate_lock()  # several threads may read record files from a server

    def use(self, run: Holder) -> None:
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
