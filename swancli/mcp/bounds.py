"""How much a tool's result may hold: an agent's context is small, and a logdir may hold anything."""

from __future__ import annotations

from typing import Any

from swancli.values import encodable, encoded

MAX_CHARACTERS = 60_000  # of all texts and keys of a result, roughly
MAX_TEXT_CHARACTERS = 2_000  # of one text
MAX_KEY_CHARACTERS = 300
MAX_ITEMS = 1_000  # of one list or object
MAX_DEPTH = 12
PLAIN_CHARACTERS = 8  # that a number or a bracket counts for


class Bounds:
    """Cuts what is too much; `truncated` says whether anything was."""

    def __init__(self, characters: int = MAX_CHARACTERS) -> None:
        self._left = characters
        self.truncated = False

    def cut(self, value: Any, depth: int = 0) -> Any:
        """The value, with what there is no room for cut off; numbers that JSON lacks become words."""
        self._left -= PLAIN_CHARACTERS
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, float):
            return encoded(value)
        if value is None or isinstance(value, (bool, int)):
            return value
        if depth > MAX_DEPTH:
            self.truncated = True
            return "…"
        if isinstance(value, dict):
            found = {}
            for n, (key, item) in enumerate(value.items()):
                if n == MAX_ITEMS or (self._left <= 0 and depth):  # the top level has what a result must have
                    self.truncated = True
                    break
                found[self._text(str(key), MAX_KEY_CHARACTERS)] = self.cut(item, depth + 1)
            return found
        if isinstance(value, (list, tuple)):
            items = []
            for n, item in enumerate(value):
                if self._left <= 0 or n == MAX_ITEMS:
                    self.truncated = True
                    break
                items.append(self.cut(item, depth + 1))
            return items
        return self._text(str(value))

    def _text(self, text: str, room: int | None = None) -> str:
        """A text, cut to `room`, or to what is left."""
        most = max(min(MAX_TEXT_CHARACTERS, self._left), 0) if room is None else room
        if len(text) > most:
            self.truncated = True
            text = f"{text[:most]}… ({len(text)} characters)"
        self._left -= len(text)
        return encodable(text)
