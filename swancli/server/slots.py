"""How many heavy computations run at a time, how many wait, and how many bytes of bodies are held."""

from __future__ import annotations

import asyncio
from collections import deque


class Overloaded(Exception):
    """There is too much to do already; the client may try again later."""


class Slots:
    """`count` slots; whoever finds none free waits in a queue of at most `max_waiting`, in the order of arrival."""

    def __init__(self, count: int, max_waiting: int) -> None:
        self._count, self._max_waiting = count, max_waiting
        self._taken = 0
        self._queue: deque[asyncio.Future[None]] = deque()

    @property
    def taken(self) -> int:
        """How many slots are in use."""
        return self._taken

    @property
    def waiting(self) -> int:
        """How many wait for one."""
        return len(self._queue)

    async def take(self) -> None:
        """Take a slot, as soon as one is free; Overloaded if too many wait already."""
        if self._taken < self._count:
            self._taken += 1
            return
        if len(self._queue) >= self._max_waiting:
            raise Overloaded
        turn = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # the slot was handed over at the same time
                self.free()
            elif turn in self._queue:
                self._queue.remove(turn)
            raise

    def free(self) -> None:
        """Give a slot back: to the first who waits."""
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._taken -= 1


class Held:
    """The bytes of bodies that are being sent; one that goes to several clients counts once."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._counts: dict[int, int] = {}  # by the id of a body: to how many clients it goes
        self.size = 0

    @property
    def is_full(self) -> bool:
        """Whether there is no room for another body."""
        return self.size >= self._max_bytes

    def hold(self, body: bytes) -> None:
        """Count a body; Overloaded if there is no room for it. A single body may be larger than the limit."""
        count = self._counts.get(id(body), 0)
        if not count:
            if self.size and self.size + len(body) > self._max_bytes:
                raise Overloaded
            self.size += len(body)
        self._counts[id(body)] = count + 1

    def release(self, body: bytes) -> None:
        """Stop counting a body that was held."""
        count = self._counts[id(body)] - 1
        if count:
            self._counts[id(body)] = count
        else:
            del self._counts[id(body)]
            self.size -= len(body)
