"""Readable positions and labels for the axes of a plot."""

from __future__ import annotations

import math
import time
from typing import TypeAlias

Tick: TypeAlias = "tuple[float, str]"  # position and label

# seconds between two ticks of a time axis
CLOCK_STEPS_SECONDS = (
    1, 2, 5, 10, 15, 30,
    60, 120, 300, 600, 900, 1800,
    3600, 7200, 10800, 21600, 43200,
    86400, 172800, 345600, 604800, 1209600, 2592000, 7776000, 15552000, 31536000,
)  # fmt: skip
DAY_SECONDS, MINUTE_SECONDS = 86400, 60
MAX_EXPONENT = 308.25  # of ten: about the largest that a float can hold


def nice_step(span: float, count: int) -> float:
    """The smallest of 1, 2, 2.5 and 5 times a power of ten that divides `span` into at most `count` steps, or 0."""
    raw = span / max(count, 1)
    if not 0 < raw < math.inf:
        return 0.0
    power = math.floor(math.log10(raw))
    for factor in (1.0, 2.0, 2.5, 5.0, 10.0):
        try:
            step = float(f"{factor}e{power}")
        except OverflowError:
            return 0.0
        if step * (1 + 1e-9) >= raw:
            return step if step < math.inf else 0.0
    return 0.0


def linear(low: float, high: float, count: int) -> list[Tick]:
    """At most about `count` ticks between `low` and `high`, with labels that differ."""
    step = nice_step(high - low, count)
    if not step or low + step == low or high - step == high:
        return _ends(low, high)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    places = [n * step for n in range(first, min(last, first + 4 * count) + 1)]
    if len(places) < 2:
        return _ends(low, high)
    size = max(abs(low), abs(high))
    digits = max(1, math.floor(math.log10(size)) - math.floor(math.log10(step)) + 1)
    if f"{step:.6e}"[2] == "5" and f"{step:.6e}"[0] == "2":
        digits += 1
    return [(place, _label(place, step, size, digits)) for place in places]


def _label(value: float, step: float, size: float, digits: int) -> str:
    if abs(value) < step / 2:
        return "0"
    if 1e-4 <= size < 1e7 and digits < 16:
        places = max(0, -math.floor(math.log10(step)))
        if round(step * 10**places, 6) != round(step * 10**places):
            places += 1
        return f"{value:.{places}f}"
    return f"{value:.{min(digits, 17)}g}"


def _ends(low: float, high: float) -> list[Tick]:
    """Ticks at both ends, with as many digits as it takes to tell them apart."""
    if low == high:
        return [(low, f"{low:.6g}")]
    for digits in range(3, 18):
        labels = f"{low:.{digits}g}", f"{high:.{digits}g}"
        if labels[0] != labels[1]:
            break
    return [(low, labels[0]), (high, labels[1])]


def logarithmic(low: float, high: float, count: int) -> list[Tick]:
    """Ticks between two logarithms to base ten: at powers of ten, or at 1, 2 and 5 times these."""
    first, last = math.ceil(low - 1e-9), math.floor(high + 1e-9)
    if last - first >= 1:
        every = max(1, math.ceil((last - first + 1) / max(count, 2)))
        return [(float(n), _power(n)) for n in range(first, last + 1, every)]
    fine = []
    for decade in range(math.floor(low), math.ceil(high) + 1):
        for factor in (1, 2, 5):
            place = decade + math.log10(factor)
            if low - 1e-9 <= place <= high + 1e-9:
                fine.append((place, _power(decade) if factor == 1 else f"{float(f'{factor}e{decade}'):.6g}"))
    if len(fine) >= 2:
        return fine
    return [(place, label) for place, (_, label) in zip((low, high), _ends(_ten(low), _ten(high)), strict=False)]


def _ten(place: float) -> float:
    return math.pow(10.0, min(place, MAX_EXPONENT))


def _power(n: int) -> str:
    return f"{float(f'1e{n}'):.6g}" if -5 < n < 6 else f"1e{n:+03d}"


def clock(low: float, high: float, count: int) -> list[Tick]:
    """Ticks between two times in seconds since 1970, labelled in local time."""
    span = high - low
    step = next((s for s in CLOCK_STEPS_SECONDS if span / s <= max(count, 1)), 0)
    try:
        if not step:
            return [(low, time.strftime("%Y-%m-%d", time.localtime(low)))]
        # aligned to local midnight, not to midnight UTC
        zone = time.localtime(low).tm_gmtoff
        first = math.ceil((low + zone) / step)
        last = math.floor((high + zone) / step)
        days = time.localtime(low)[:3] != time.localtime(high)[:3]
        form = (
            "%m-%d"
            if step >= DAY_SECONDS
            else ("%m-%d %H:%M" if days else "%H:%M")
            if step >= MINUTE_SECONDS
            else "%H:%M:%S"
        )
        places = [float(n * step - zone) for n in range(first, last + 1)] or [low]
        return [(place, time.strftime(form, time.localtime(place))) for place in places]
    except (ValueError, OverflowError, OSError):
        return linear(low, high, count)


def elapsed(low: float, high: float, count: int) -> list[Tick]:
    """Ticks between two durations in seconds, labelled "90s", "5m", "1h30m", "2d"."""
    span = high - low
    step = next((s for s in CLOCK_STEPS_SECONDS if span / s <= max(count, 1)), 0)
    if not step or span < 2:
        return [(place, label + "s") for place, label in linear(low, high, count)]
    places = [float(n * step) for n in range(math.ceil(low / step), math.floor(high / step) + 1)] or [low]
    return [(place, _short(int(place), step)) for place in places]


def _short(value: int, step: int) -> str:
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    days, rest = divmod(abs(value), DAY_SECONDS)
    hours, rest = divmod(rest, 3600)
    minutes, secs = divmod(rest, MINUTE_SECONDS)
    parts = ((days, "d"), (hours, "h"), (minutes, "m"), (secs, "s"))
    return sign + "".join(f"{n}{unit}" for n, unit in parts if n)
