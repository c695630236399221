"""Text from a logdir made safe to print: control characters become visible escapes.

A terminal obeys C0 and C1 controls, and Unicode's bidirectional controls make a line read otherwise than it
is; both are shown as Python would write them (\\x1b, \\u202e). Colours (SGR) may stay in log lines.
"""

from __future__ import annotations

import re

_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_CONTROLS = "\x7f-\x9f"
_BIDI = "\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
_ODD = "\ufeff\ud800-\udfff"
_UNSEEN = re.compile(f"[\x00-\x1f{_CONTROLS}{_BIDI}{_ODD}]")
_LOG = re.compile(f"\x1b\\[([0-9;:]*)m|[\x00-\x08\x0a-\x1f{_CONTROLS}{_BIDI}{_ODD}]")
_CELL = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f{_CONTROLS}]")
_JSON = re.compile(f"[{_CONTROLS}\ud800-\udfff]")
_JSON_UNSEEN = re.compile(f"[{_CONTROLS}{_BIDI}{_ODD}]")
RESET = "\x1b[0m"


def _visible(match: re.Match[str]) -> str:
    char = match.group()
    code = ord(char)
    return _NAMED.get(char) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


def printable(text: str) -> str:
    """`text` on one line, every control, bidirectional control and lone surrogate as a visible escape."""
    return text if text.isascii() and text.isprintable() else _UNSEEN.sub(_visible, text)


def log_line(text: str, keep_sgr: bool) -> str:
    """A log line: tabs stay; colours stay if `keep_sgr` (with a reset behind), else they are removed."""
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
    """`text` for a CSV or TSV cell: tabs and line ends stay (they get quoted), other controls do not."""
    return text if text.isascii() and text.isprintable() else _CELL.sub(_visible, text)


def json_text(text: str) -> str:
    """JSON text whose raw controls above 0x7e are JSON escapes: the same value, harmless on a terminal."""
    return text if text.isascii() and "\x7f" not in text else _JSON.sub(_json_escape, text)


def json_visible(text: str) -> str:
    """As json_text, with the bidirectional controls escaped too: for people to read."""
    return text if text.isascii() and text.isprintable() else _JSON_UNSEEN.sub(_json_escape, text)


def _json_escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04x}"
