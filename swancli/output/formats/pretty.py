"""The API's JSON for a terminal: indented and coloured.

Only the white space of the text is changed; it is not decoded and encoded again. So numbers stay as they were
written, keys keep their order, and the depth of nesting is not limited.
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
INDENT_SPACES = 2


def _kind(token: str) -> str:
    return "text" if token[0] == '"' else "literal" if token in ("true", "false", "null") else ""


def indented(text: str, colors: int = 0) -> Iterator[str]:
    """JSON text as indented lines with their newlines; other text as a single line."""
    if not _begins_like_json(text):
        yield printable(text.strip()) + "\n"
        return
    brackets: list[str] = []
    line, previous, at = "", "", 0
    for match in _TOKEN.finditer(text):
        token, at = match.group(1), match.end()
        closes = token in _CLOSING
        if closes:
            brackets[-1:] = []
        if previous == "," or ((previous in _OPENING) != closes and (closes or previous in _OPENING)):
            yield line + "\n"
            line = " " * (INDENT_SPACES * len(brackets))
        if token == ":":
            line += ": "
        elif token in _PUNCTUATION:
            line += token
        else:
            key = bool(brackets) and brackets[-1] == "{" and previous in ("{", ",")
            line += paint([(json_visible(token), "key" if key else _kind(token))], colors)
        if token in _OPENING:
            brackets.append(token)
        previous = token
    yield line + printable(text[at:].strip()) + "\n"


def _begins_like_json(text: str) -> bool:
    """Whether `text` begins as JSON does: with an object, an array, a string, a number or a word."""
    match = _TOKEN.match(text)
    return match is not None and match.group(1)[0] in '{["-0123456789tfnNI'
