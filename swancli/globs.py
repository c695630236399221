"""Globs over the names of metrics: 'train/*'. A name that is spelled like a glob means itself first."""

from __future__ import annotations


def is_glob(word: str) -> bool:
    """Whether a word may stand for several metrics."""
    return any(sign in word for sign in "*?[")


def matches(name: object, word: str) -> bool:
    """Whether a metric is the one of that name, or one that a glob matches."""
    from fnmatch import fnmatchcase

    return name == word or (isinstance(name, str) and is_glob(word) and fnmatchcase(name, word))
