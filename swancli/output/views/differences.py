"""Which words of two texts differ."""

from __future__ import annotations

import re

MAX_WORDS = 2000  # longer texts are not compared
WORD = re.compile(r"\d+\.\d+(?:e[+-]?\d+)?|\w+|\s+|.", re.DOTALL)  # a number is one word

Pieces = list[tuple[int, int]]


def differing(one: str, other: str) -> tuple[Pieces, Pieces] | None:
    """The pieces of two texts that differ, each as (start, end); None if they have no word in common, or are long."""
    from difflib import SequenceMatcher

    words, others = WORD.findall(one), WORD.findall(other)
    if max(len(words), len(others)) > MAX_WORDS:
        return None
    matcher = SequenceMatcher(None, words, others, autojunk=False)
    if not any(_says_something(words[at : at + size]) for at, _, size in matcher.get_matching_blocks()):
        return None
    starts, other_starts = _starts(words), _starts(others)
    found: tuple[Pieces, Pieces] = ([], [])
    for what, first, last, other_first, other_last in matcher.get_opcodes():
        if what != "equal":
            _add(found[0], starts[first], starts[last])
            _add(found[1], other_starts[other_first], other_starts[other_last])
    return found


def _says_something(words: list[str]) -> bool:
    return any(word[0].isalnum() for word in words)


def _starts(words: list[str]) -> list[int]:
    """Where each word begins, and the end."""
    at = 0
    found = [0]
    for word in words:
        at += len(word)
        found.append(at)
    return found


def _add(pieces: Pieces, start: int, end: int) -> None:
    if start < end:
        pieces.append((start, end))
