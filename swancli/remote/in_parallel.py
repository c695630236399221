"""Several requests in parallel, their results in order."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

MAX_THREADS = 8
MAX_PENDING_RESULTS = 32  # that wait to be consumed

Asked = TypeVar("Asked")
Found = TypeVar("Found")


def in_parallel(ask: Callable[[Asked], Found], asked: Sequence[Asked]) -> Iterator[Found]:
    """`ask` of each, at most MAX_THREADS at a time; an exception is raised in its place.

    The threads are daemons: Ctrl-C doesn't wait for a server that hangs.
    """
    if len(asked) < 2:
        for one in asked:
            yield ask(one)
        return
    todo: queue.SimpleQueue[int] = queue.SimpleQueue()
    slots: list[queue.SimpleQueue[tuple[list[Found], BaseException | None]]] = [queue.SimpleQueue() for _ in asked]
    room = threading.Semaphore(MAX_PENDING_RESULTS)
    stopped = threading.Event()
    for n in range(len(asked)):
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
                slots[n].put(([ask(asked[n])], None))
            except BaseException as error:
                slots[n].put(([], error))

    for _ in range(min(MAX_THREADS, len(asked))):
        threading.Thread(target=work, daemon=True).start()
    try:
        for slot in slots:
            found, error = slot.get()
            room.release()
            if error is not None:
                raise error
            yield found[0]
    finally:
        stopped.set()
        for _ in range(MAX_THREADS):
            room.release()
