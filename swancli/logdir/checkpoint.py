"""Giving up work that nobody needs any more.

Reading a long series takes seconds, and the client may be gone before it is done. `until` runs a function under a
condition, and `checkpoint`, called between pieces of work, raises GivenUp as soon as the condition holds.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import TypeVar

Result = TypeVar("Result")

_is_over: ContextVar[Callable[[], bool] | None] = ContextVar("is_over", default=None)


class GivenUp(BaseException):
    """The work is not needed any more. Not an Exception, so that nothing takes it for damaged data."""


def checkpoint() -> None:
    """Raise GivenUp if the work is not needed any more; call it for each file and each block of a long file."""
    is_over = _is_over.get()
    if is_over is not None and is_over():
        raise GivenUp


def until(is_over: Callable[[], bool], function: Callable[[], Result]) -> Result:
    """What `function` returns; within it, checkpoints raise GivenUp once `is_over()` is true."""
    token = _is_over.set(is_over)
    try:
        return function()
    finally:
        _is_over.reset(token)
