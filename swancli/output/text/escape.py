"""Text from a logdir made safe to print: control characters become visible escapes.

A terminal obeys C0 and C1 control characters, and Unicode's bidirectional ones change the order in which a line is
read; both are shown as Python writes them (\\x1b, \\u202e). Log lines may keep their colours (SGR).
"""

from __future__ import annotations

import re

_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_CONTROLS = "\x7f-\x9f"
_BIDI = "\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
_INVALID = "\ufeff\ud800-\udfff"
_UNPRINTABLE = re.compile(f"[\x00-\x1f{_CONTROLS}{_BIDI}{_INVALID}]")
_LOG = re.compile(f"\x1b\\[([0-9;:]*)m|[\x00-\x08\x0a-\x1f{_CONTROLS}{_BIDI}{_INVALID}]")
_CELL = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f{_CONTROLS}]")
_JSON = re.compile(f"[{_CONTROLS}\ud800-\udfff]")
_JSON_UNPRINTABLE = re.compile(f"[{_CONTROLS}{_BIDI}{_INVALID}]")
RESET = "\x1b[0m"


def _visible(match: re.Match[str]) -> str:
    char = match.group()
    code = ord(char)
    return _NAMED.get(char) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


def printable(text: str) -> str:
    """`text` on one line, with control characters, bidirectional ones and lone surrogates as visible escapes."""
    return text if text.isascii() and text.isprintable() else _UNPRINTABLE.sub(_visible, text)


def log_line(text: str, keep_sgr: bool) -> str:
    """A log line, with its tabs; colours are kept if `keep_sgr`, and reset at the end, else they are removed."""
    if text.isascii() and text.isprintable():
        return text
    coloured = False

    def replace(match: re.Match[str]) -> str:
        nonlocal coloured
        if match.group(1) is None:
            return _visible(match)
        coloured = True
        return match.group() if keep_sgr else ""

    safe = _LOG.sub(replace, text)
    return safe + RESET if coloured and keep_sgr else safe


def cell(text: str) -> str:
    """`text` for CSV or TSV: all control characters as escapes but tabs and line ends, which get quoted."""
    return text if text.isascii() and text.isprintable() else _CELL.sub(_visible, text)


def json_text(text: str) -> str:
    """JSON text with control characters above 0x7e as JSON escapes: the same value, safe on a terminal."""
    return text if text.isascii() and "\x7f" not in text else _JSON.sub(_json_escape, text)


def json_visible(text: str) -> str:
    """As json_text, with the bidirectional control characters escaped too, for people to read."""
    return text if text.isascii() and text.isprintable() else _JSON_UNPRINTABLE.sub(_json_escape, text)


def _json_escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04x}"
