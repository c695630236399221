"""How far a long computation is: told by what computes, shown by whoever talks to people, if anybody does."""

from __future__ import annotations

from collections.abc import Callable

Show = Callable[[int, int, str], None]  # how many are done, of how many, and what

_show: Show | None = None


def show_with(show: Show | None) -> None:
    """Say who shows it from now on; None: nobody."""
    global _show
    _show = show


def report(done: int, total: int, what: str = "runs") -> None:
    """`done` of `total` things are done."""
    if _show is not None:
        _show(done, total, what)
