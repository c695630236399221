"""The API's JSON for a terminal: indented and coloured.

The text is re-spaced token by token, never decoded and encoded again: numbers keep their spelling, keys their
order, and nesting may be as deep as it likes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from swancli.output.text.escape import json_visible, printable
from swancli.output.text.styled import paint

_TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^\s\[\]{}:,"]+|[\[\]{}:,])')


_OPENING = frozenset("[{")
_CLOSING = frozenset("]}")
_PUNCTUATION = frozenset("[]{},")


def _kind(token: str) -> str:
    return "text" if token[0] == '"' else "literal" if token in ("true", "false", "null") else ""


def indented(text: str, colors: int = 0, indent: int = 2) -> Iterator[str]:
    """JSON text as indented lines with their newlines; text that is no JSON comes back as one line."""
    if not _begins_like_json(text):
        yield printable(text.strip()) + "\n"
        return
    open_: list[str] = []
    line, previous, at = "", "", 0
    for match in _TOKEN.finditer(text):
        token, at = match.group(1), match.end()
        closes = token in _CLOSING
        if closes:
            open_[-1:] = []
        if previous == "," or ((previous in _OPENING) != closes and (closes or previous in _OPENING)):
            yield line + "\n"
            line = " " * (indent * len(open_))
        if token == ":":
            line += ": "
        elif token in _PUNCTUATION:
            line += token
        else:
            key = bool(open_) and open_[-1] == "{" and previous in ("{", ",")
            line += paint([(json_visible(token), "key" if key else _kind(token))], colors)
        if token in _OPENING:
            open_.append(token)
        previous = token
    yield line + printable(text[at:].strip()) + "\n"


def _begins_like_json(text: str) -> bool:
    """Whether `text` begins like JSON: an object, a list, a string or a word."""
    match = _TOKEN.match(text)
    return match is not None and match.group(1)[0] in '{["-0123456789tfnNI'
