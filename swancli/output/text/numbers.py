"""Values for people: about six significant digits, integers exact, non-finite numbers by their names."""

from __future__ import annotations

import json
import math

from swancli.values import marker

UNKNOWN = "–"
LONG = 24


def number(value: object) -> str:
    """A number for people: six digits, never fewer than the integer part has, exponents as Python's."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return _whole(value)
    if not isinstance(value, float):
        return str(value)
    if not math.isfinite(value):
        return marker(value)
    size = abs(value)
    if 1e6 <= size < 1e16 or (size < 1e16 and value == int(value)):
        return f"{value:.0f}"
    return f"{value:.6g}"


def _whole(value: int) -> str:
    text = digits(value)
    if len(text) <= LONG:
        return text
    sign = "-" if text[0] == "-" else ""
    bare = text[len(sign) :]
    if bare.startswith("0x"):
        return f"{sign}2^{value.bit_length() - 1}…"
    return f"{sign}{bare[0]}.{bare[1:6]}e+{len(bare) - 1}"


def digits(value: int) -> str:
    """All digits of an integer; hexadecimal ones for those that Python refuses to write in decimal."""
    try:
        return str(value)
    except ValueError:
        return hex(value)


def human(value: object) -> str:
    """Any value for people: numbers short, a list of one text as the text, other structures as JSON."""
    if value is None:
        return UNKNOWN
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, int, float)):
        return number(value)
    if isinstance(value, (list, tuple)) and value and all(isinstance(item, str) for item in value):
        return " | ".join(value)
    return structure(value)


def structure(value: object) -> str:
    """A list or dict as compact JSON text."""
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        return "(too deep to show)"


def exact(value: object) -> str:
    """Any value for programs: full precision, nothing for unknown, structures as compact JSON."""
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else marker(value)
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return digits(value)
    return structure(value)
