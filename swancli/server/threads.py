"""Threads that work for the event loop and end with the process, whatever they are doing.

The interpreter waits for the threads of a ThreadPoolExecutor before it exits, for as long as their work takes. These
are daemon threads: nobody waits for them.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
Result = TypeVar("Result")
Job = Callable[[], None]


class Threads:
    """At most `count` threads, started when they are needed; jobs begin in the order in which they came."""

    def __init__(self, count: int, name: str) -> None:
        self._count, self._name = count, name
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._unfinished = 0
        self._lock = threading.Lock()
        self._ended = False

    def run(self, function: Callable[P, Result], /, *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[Result]:
        """What `function` returns in one of the threads; it is not called if the future is cancelled before."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()

        def job() -> None:
            if future.cancelled():
                return
            try:
                found = function(*args, **kwargs)
            except BaseException as error:
                _set(loop, future, None, error)
            else:
                _set(loop, future, found, None)

        with self._lock:
            if self._ended:
                raise RuntimeError("the threads have ended")
            self._unfinished += 1
            if self._unfinished > len(self._threads) and len(self._threads) < self._count:
                thread = threading.Thread(target=self._work, name=f"{self._name}-{len(self._threads)}", daemon=True)
                self._threads.append(thread)
                thread.start()
        self._jobs.put(job)
        return future

    def end(self) -> None:
        """Let the threads end when they have done what they are doing; other jobs are dropped."""
        with self._lock:
            self._ended = True
        for _ in self._threads:
            self._jobs.put(None)

    def wait(self, deadline: float) -> None:
        """Wait for the threads after `end`, but not longer than until a time of the monotonic clock."""
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0))

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            if not self._ended:
                job()
            with self._lock:
                self._unfinished -= 1
            del job  # it may hold a large answer


def _set(
    loop: asyncio.AbstractEventLoop, future: asyncio.Future[Result], found: Result | None, error: BaseException | None
) -> None:
    """Set the result of a future from another thread."""

    def set_now() -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(found)  # type: ignore[arg-type]

    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits for it
        loop.call_soon_threadsafe(set_now)
