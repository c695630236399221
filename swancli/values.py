"""The values of metrics: which are finite numbers, and how other numbers are written.

SwanLab's own words for numbers that JSON lacks are "NaN", "INF" and "-INF"; here they stand for such numbers
everywhere: in answers, tables, plots and comparisons.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeGuard

MARKERS = {"NaN": math.nan, "INF": math.inf, "-INF": -math.inf}


def encodable(text: str) -> str:
    """A text that UTF-8 can encode: half of a surrogate pair becomes a question mark."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def is_finite(value: object) -> TypeGuard[int | float]:
    """Whether a value is a number, and neither NaN nor infinite."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int)


def is_marker(value: object) -> bool:
    """Whether a value is the word for a number that is not finite."""
    return isinstance(value, str) and value in MARKERS


def is_number(value: object) -> bool:
    """Whether a value is a number, or the word for one that is not finite."""
    return isinstance(value, (int, float)) or is_marker(value)


def marker(value: float) -> str:
    """The word for a number that is not finite."""
    return "NaN" if value != value else "INF" if value > 0 else "-INF"


def encoded(value: float) -> float | str:
    """A number, or the word for it if it is not finite."""
    return value if value - value == 0 else marker(value)


def as_float(value: object) -> float | None:
    """A number, the word for one that is not finite, or a huge integer as a float; None for anything else."""
    if isinstance(value, float):
        return value
    if isinstance(value, int):
        try:
            return float(value)
        except OverflowError:
            return math.inf if value > 0 else -math.inf
    return MARKERS.get(value) if isinstance(value, str) else None


def as_finite(value: object) -> float | None:
    """Like `as_float`, but None for numbers that are not finite, too."""
    number = as_float(value)
    return number if number is not None and math.isfinite(number) else None


def mean(numbers: Sequence[float]) -> float:
    """The mean of at least one finite number; it is finite, too."""
    try:
        return math.fsum(numbers) / len(numbers)
    except OverflowError:
        return math.fsum(number / len(numbers) for number in numbers)


def evenly_spaced(count: int, wanted: int) -> Sequence[int]:
    """At most `wanted` positions spread evenly over `count` values."""
    return range(count) if count <= wanted else [count * n // wanted for n in range(wanted)]


def strict(value: object) -> object:
    """A structure with every number that JSON lacks replaced by its word, keys included."""
    if isinstance(value, float):
        return encoded(value)
    if isinstance(value, dict):
        return {(encoded(key) if isinstance(key, float) else key): strict(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [strict(item) for item in value]
    return value


def sort_key(cell: object) -> tuple[float, str]:
    """The key that sorts the cells of a column: numbers come before text; any other cell counts as 0."""
    if isinstance(cell, str):
        return math.inf, cell
    return (cell or 0 if isinstance(cell, (int, float)) else 0), ""
