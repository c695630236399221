"""The pieces of a page. Text may hold `code` in backquotes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias


class Text(NamedTuple):
    """A paragraph."""

    text: str


class Lines(NamedTuple):
    """Lines that stay as they are: commands, layouts."""

    lines: Sequence[str]


class Terms(NamedTuple):
    """A list of terms with their explanations."""

    pairs: Sequence[tuple[str, str]]


Block: TypeAlias = Text | Lines | Terms


class Topic(NamedTuple):
    """A page about a topic instead of a command."""

    brief: str
    sections: list[tuple[str, list[Block]]]
    see_also: str
