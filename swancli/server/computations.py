"""Which computation runs when, and who waits for it.

A question that several clients ask at the same time is computed once, and given up when the last of them has left.
Heavy computations run two at a time, in threads of their own, and wait in a bounded queue, so that light ones never
wait for them.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Any, TypeVar

from swancli.logdir.checkpoint import GivenUp, until
from swancli.server.answers import Answer, AnswerCache, busy, etag_matches
from swancli.server.compute import MAX_LIGHT_BYTES, NotModified, Postponed, Question, Result, Stream
from swancli.server.slots import Held, Overloaded, Slots
from swancli.server.threads import Threads

MAX_HEAVY = 2  # heavy computations at a time
MAX_WAITING = 64  # heavy computations that wait
MAX_STREAM_THREADS = 2  # in which the pieces of streams are made, each of which takes little time
MAX_LIGHT_THREADS = 8

Found = TypeVar("Found")


class Computation:
    """An answer that is being computed; its `task` gives None if it was given up."""

    def __init__(self) -> None:
        self.task: asyncio.Task[Result | None]
        self.waiting = 0  # requests that wait for it
        self.begins = 0  # how often it has begun to read files: a second time if it turns out to be heavy
        self.is_heavy = self.is_queued = self.is_over = self.is_taken = False

    def run(self, function: Callable[[], Found]) -> Found | None:
        """In a thread: what `function` returns, or None if it was given up."""
        self.begins += 1
        try:
            return until(lambda: self.is_over, function) if not self.is_over else None
        except GivenUp:
            return None

    def give_up(self) -> None:
        """Let it end: at once if it waits for a slot, else at the next checkpoint."""
        self.is_over = True
        if self.is_queued:
            self.task.cancel()

    def suits(self, found: Result, if_none_match: bytes) -> bool:
        """Whether the result can answer this request, too; a stream can be sent once."""
        if isinstance(found, NotModified):
            return etag_matches(if_none_match, found.etag)
        if isinstance(found, Stream):
            was_taken, self.is_taken = self.is_taken, True
            return not was_taken
        return True


class Computations:
    """Everything that is being computed, by key; answers that can be kept go to `cache`."""

    def __init__(self, cache: AnswerCache, held: Held) -> None:
        self._cache, self._held = cache, held
        self.light = Threads(MAX_LIGHT_THREADS, "light")
        self.streams = Threads(MAX_STREAM_THREADS, "stream")
        self._heavy = Threads(MAX_HEAVY, "heavy")
        self.slots = Slots(MAX_HEAVY, MAX_WAITING)
        self._running: dict[str, Computation] = {}  # those that a request may join
        self._unfinished: set[Computation] = set()
        self.is_stopping = False

    def __len__(self) -> int:
        """How many have not ended, given up or not."""
        return len(self._unfinished)

    async def result(
        self, question: Question, if_none_match: bytes, client_left: asyncio.Future[None]
    ) -> Result | None:
        """An answer that was true at some time after this call; None if the client has left."""
        while True:
            computation = self._running.get(question.key) or self._begin(question, if_none_match)
            begins = computation.begins
            computation.waiting += 1
            first: set[asyncio.Future[Any]] = {computation.task, client_left}
            try:
                await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
                if not computation.task.done():
                    return None
                found = computation.task.result()
                if found is None:
                    return busy("the server is shutting down")
                # what had begun before this call may have missed a change
                if computation.begins > begins and computation.suits(found, if_none_match):
                    return found
            finally:
                computation.waiting -= 1
                if not computation.waiting:
                    self._leave(question, computation)

    def stop(self) -> None:
        """Give up heavy computations, now and from now on; the others may finish."""
        self.is_stopping = True
        for computation in list(self._unfinished):
            if computation.is_heavy:
                computation.give_up()

    def end(self, seconds: float) -> None:
        """Give up everything, and wait at most `seconds` for the threads to end."""
        self.is_stopping = True
        for computation in self._unfinished:
            computation.is_over = True
        pools = (self.light, self.streams, self._heavy)
        for threads in pools:
            threads.end()
        deadline = time.monotonic() + seconds
        for threads in pools:
            threads.wait(deadline)

    def free(self, stream: Stream) -> None:
        """Free the source of a stream that has been sent, or will not be."""
        with contextlib.suppress(RuntimeError):  # the threads have ended
            self.light.run(stream.close)

    def _begin(self, question: Question, if_none_match: bytes) -> Computation:
        computation = self._running[question.key] = Computation()
        self._unfinished.add(computation)
        computation.task = asyncio.ensure_future(self._compute(computation, question, if_none_match))
        return computation

    async def _compute(self, computation: Computation, question: Question, if_none_match: bytes) -> Result | None:
        cached = self._cache.get(question.key)
        found: Result | Postponed | None = None
        try:
            found = await self.light.run(computation.run, lambda: _look(question, if_none_match, cached))
            if isinstance(found, Postponed):
                found = await self._compute_heavy(computation, question, if_none_match)
            if isinstance(found, Answer) and found.fingerprint is not None:
                self._cache.put(question.key, found)
        except asyncio.CancelledError:
            return None
        finally:
            self._forget(question, computation)
            self._unfinished.discard(computation)
        if isinstance(found, Stream) and not computation.waiting:
            self.free(found)
        return found

    async def _compute_heavy(self, computation: Computation, question: Question, if_none_match: bytes) -> Result | None:
        computation.is_heavy = True
        if computation.is_over or self.is_stopping:
            return None
        try:
            if self._held.is_full:
                raise Overloaded
            computation.is_queued = True
            await self.slots.take()
        except Overloaded:
            return busy("too many long requests: try again later")
        finally:
            computation.is_queued = False
        try:
            found = await self._heavy.run(computation.run, lambda: question.answer(if_none_match, None))
        finally:
            self.slots.free()
        assert not isinstance(found, Postponed)
        return found

    def _leave(self, question: Question, computation: Computation) -> None:
        """Nobody waits for it any more: give it up, or free a result that nobody took."""
        if not computation.task.done():
            self._forget(question, computation)
            computation.give_up()
        elif isinstance(found := computation.task.result(), Stream) and not computation.is_taken:
            computation.is_taken = True
            self.free(found)

    def _forget(self, question: Question, computation: Computation) -> None:
        """Let no other request join it."""
        if self._running.get(question.key) is computation:
            del self._running[question.key]


def _look(question: Question, if_none_match: bytes, cached: Answer | None) -> Result | Postponed:
    """In a thread: `cached` if its files have not changed; else a new answer, unless it is heavy."""
    if cached is not None and cached.fingerprint is not None and cached.fingerprint.holds():
        return cached
    return question.answer(if_none_match, MAX_LIGHT_BYTES)
