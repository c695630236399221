"""Warnings about the data: collected where they are noticed, printed by the layer that talks to the user."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

Note: TypeAlias = Callable[[str], None]  # a function that takes a warning


class Notes:
    """Warnings without repeats, in the order in which they were added; call the object to add one."""

    __slots__ = ("_texts", "failed")

    def __init__(self) -> None:
        self._texts: dict[str, None] = {}
        self.failed = False  # whether one of them is about something that was asked for and can't be read

    def __call__(self, text: str) -> None:
        self._texts.setdefault(text)

    def failure(self, text: str) -> None:
        """Add a warning about something that was asked for and can't be read: the command will end with exit code 1."""
        self(text)
        self.failed = True

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._texts))

    def __len__(self) -> int:
        return len(self._texts)
