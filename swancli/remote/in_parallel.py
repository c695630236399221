"""Several requests in parallel, their results in order."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

MAX_THREADS = 8
MAX_PENDING_RESULTS = 32  # that wait to be consumed

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_parallel(function: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
    """`function(item)` for each of `items`, at most MAX_THREADS at a time; an exception is raised in its place.

    The threads are daemons: Ctrl-C doesn't wait for a server that hangs.
    """
    if len(items) < 2:
        for item in items:
            yield function(item)
        return
    todo: queue.SimpleQueue[int] = queue.SimpleQueue()
    slots: list[queue.SimpleQueue[tuple[list[Result], BaseException | None]]] = [queue.SimpleQueue() for _ in items]
    room = threading.Semaphore(MAX_PENDING_RESULTS)
    stopped = threading.Event()
    for n in range(len(items)):
        todo.put(n)

    def work() -> None:
        while True:
            room.acquire()
            try:
                n = todo.get_nowait()
            except queue.Empty:
                return
            if stopped.is_set():
                return
            try:
                slots[n].put(([function(items[n])], None))
            except BaseException as error:
                slots[n].put(([], error))

    for _ in range(min(MAX_THREADS, len(items))):
        threading.Thread(target=work, daemon=True).start()
    try:
        for slot in slots:
            result, error = slot.get()
            room.release()
            if error is not None:
                raise error
            yield result[0]
    finally:
        stopped.set()
        for _ in range(MAX_THREADS):
            room.release()
