"""Names as they are typed: globs such as 'train/*', and suggestions for a name that does not exist.

A word that looks like a glob also matches the name that is equal to it.
"""

from __future__ import annotations

from collections.abc import Iterable


def is_glob(word: str) -> bool:
    """Whether a word may stand for several names."""
    return any(sign in word for sign in "*?[")


def matches(name: object, word: str) -> bool:
    """Whether a name is equal to a word, or matches it as a glob."""
    from fnmatch import fnmatchcase

    return name == word or (isinstance(name, str) and is_glob(word) and fnmatchcase(name, word))


def nearest(word: str, names: list[str]) -> list[str]:
    """At most three of `names` that look like `word`."""
    from difflib import get_close_matches

    folded = {name.casefold(): name for name in reversed(names)}
    inside = [name for name in names if word.casefold() in name.casefold()]
    close = [folded[name] for name in get_close_matches(word.casefold(), list(folded), 3, 0.5)]
    return list(dict.fromkeys(inside[:3] + close))[:3]


def nearest_hint(word: str, names: Iterable[str]) -> str:
    """The end of an error's sentence: "; did you mean min?", or nothing."""
    near = nearest(word, list(names))
    return f"; did you mean {near[0]}?" if near else ""
