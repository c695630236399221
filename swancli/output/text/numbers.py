"""Values as text: for people with six significant digits, for programs in full precision."""

from __future__ import annotations

import json
import math

from swancli.values import marker

UNKNOWN = "–"
MAX_INTEGER_DIGITS = 24
SHORT_DIGITS = (6, 5, 4, 3)  # significant digits of a number that has little room


def _number(value: float) -> str:
    """A number for people: six digits, or as many as its integer part has; exponents as Python writes them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return _whole(value)
    if not math.isfinite(value):
        return marker(value)
    size = abs(value)
    if 1e6 <= size < 1e16 or (size < 1e16 and value == int(value)):
        return f"{value:.0f}"
    return f"{value:.6g}"


def _whole(value: int) -> str:
    """An integer, exact unless it is very long."""
    text = _digits(value)
    if len(text) <= MAX_INTEGER_DIGITS:
        return text
    sign = "-" if text[0] == "-" else ""
    bare = text[len(sign) :]
    if bare.startswith("0x"):
        return f"{sign}2^{value.bit_length() - 1}…"
    return f"{sign}{bare[0]}.{bare[1:6]}e+{len(bare) - 1}"


def _digits(value: int) -> str:
    """All digits of an integer, in hexadecimal if Python refuses to write it in decimal."""
    try:
        return str(value)
    except ValueError:
        return hex(value)


def human(value: object) -> str:
    """Any value for people: short numbers, the texts of a list with bars between them, other structures as JSON."""
    if value is None:
        return UNKNOWN
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, int, float)):
        return _number(value)
    if isinstance(value, (list, tuple)) and value and all(isinstance(item, str) for item in value):
        return " | ".join(value)
    return structure(value)


def shortened(value: object, digits: int) -> str:
    """A number with at most `digits` significant digits, with an exponent where that is shorter ("1.23e-5").

    A number that is no longer in full stays as it is, and so does anything but a finite number.
    """
    text = human(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return text
    try:
        number = float(value)
    except OverflowError:
        fraction, e, exponent = text.partition("e+")
        return f"{float(fraction):.{digits - 1}f}e{exponent}" if e else text
    if not math.isfinite(number):
        return text
    fraction, _, exponent = f"{number:.{digits - 1}e}".partition("e")
    fraction = fraction.rstrip("0").rstrip(".")
    plain = f"{number:.{digits}g}"
    return min(text, text if "e" in plain else plain, f"{fraction}e{int(exponent)}", key=len)


def fitted(value: object, width: int) -> str:
    """A number in `width` characters, with as many digits as fit but at least the least of SHORT_DIGITS."""
    text = human(value)
    for digits in SHORT_DIGITS:
        if len(text) <= width:
            break
        text = shortened(value, digits)
    return text


def structure(value: object) -> str:
    """A list or dict as JSON."""
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        return "(too deep to show)"


def exact(value: object) -> str:
    """Any value for programs: full precision, an empty text for None, structures as JSON."""
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else marker(value)
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return _digits(value)
    return structure(value)
