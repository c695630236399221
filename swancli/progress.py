"""The progress of a long computation: reported where it is computed, shown by the layer that talks to the user."""

from __future__ import annotations

from collections.abc import Callable

Show = Callable[[int, int, str], None]  # how many are done, of how many, and what

_show: Show | None = None


def show_with(show: Show | None) -> None:
    """Set the function that shows progress from now on; with None, it is not shown."""
    global _show
    _show = show


def report(done: int, total: int, what: str = "runs") -> None:
    """Report that `done` of `total` things are done."""
    if _show is not None:
        _show(done, total, what)
