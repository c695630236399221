"""What is held in memory of many runs."""

from __future__ import annotations

from swancli.logdir.records.memory import MAX_HELD_BYTES, Memory


class Run:
    """A run that takes `size` bytes; it counts how often that is asked."""

    asked = 0

    def __init__(self, size: int) -> None:
        self._size, self.is_open = size, True

    @property
    def held(self) -> int:
        """How many bytes the index takes."""
        Run.asked += 1
        return self._size

    def grow(self, size: int) -> None:
        """Take more."""
        self._size, self.is_open = size, True

    def let_go(self) -> None:
        """Forget the index."""
        self._size, self.is_open = 0, False


def test_the_size_of_a_run_is_asked_only_when_it_is_used() -> None:
    memory, runs = Memory(), [Run(100) for _ in range(1000)]
    Run.asked = 0
    for run in runs:
        memory.use_index(run)
    assert Run.asked <= 2 * len(runs)
    assert all(run.is_open for run in runs)


def test_the_least_recently_used_are_let_go_of_first() -> None:
    memory, (a, b, c) = Memory(), [Run(MAX_HELD_BYTES // 3) for _ in range(3)]
    for run in (a, b, c, a):
        memory.use_index(run)
    c.grow(2 * MAX_HELD_BYTES // 3)
    memory.use_index(c)
    assert (a.is_open, b.is_open, c.is_open) == (True, False, True)


def test_one_that_is_larger_than_all_room_stays_while_it_is_used() -> None:
    memory, small, large = Memory(), Run(1), Run(2 * MAX_HELD_BYTES)
    for run in (small, large):
        memory.use_index(run)
    assert (small.is_open, large.is_open) == (False, True)
    memory.use_index(small)
    assert not large.is_open
