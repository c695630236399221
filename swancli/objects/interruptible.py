"""Calls that Ctrl-C can end: the library waits for a server without looking at signals."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


def interruptible(call: Callable[[], Result]) -> Result:
    """What `call` returns or raises; for the main thread, another one makes it, so that waiting can be interrupted."""
    if threading.current_thread() is not threading.main_thread():
        return call()
    done: queue.SimpleQueue[tuple[list[Result], BaseException | None]] = queue.SimpleQueue()

    def work() -> None:
        try:
            done.put(([call()], None))
        except BaseException as error:
            done.put(([], error))

    threading.Thread(target=work, daemon=True).start()  # a daemon: the end of the process doesn't wait for it
    result, error = done.get()
    if error is not None:
        raise error
    return result[0]
