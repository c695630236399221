"""Times and durations as people read them."""

from __future__ import annotations

import time

from swancli.times import moment, seconds


def local(value: object) -> str:
    """A time as local time to the second, "2025-03-21 12:58:06"; no time: the text as it is."""
    found = moment(value)
    if found is None:
        return str(value)
    try:
        return found.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return str(value)


def age(value: object, now: float | None = None) -> str:
    """How long ago a time was, "3 min ago"; no time: the text as it is."""
    then = seconds(value)
    if then is None:
        return str(value)
    past = (time.time() if now is None else now) - then
    if past < -5:
        return f"in {coarse(-past)}"
    return "just now" if past < 5 else f"{coarse(past)} ago"


def coarse(span: float) -> str:
    """A duration by its largest unit, "3 min", "5 h", "12 days"."""
    for size, unit in ((86400 * 365, "years"), (86400, "days"), (3600, "h"), (60, "min")):
        # two days are "48 h", two hours "120 min": the smaller unit tells more there
        if span >= size * (2 if size > 60 else 1):
            return f"{int(span // size)} {unit}"
    return f"{int(span)} s"


def duration(value: object) -> str:
    """Seconds as "1h 06m 48s", "2d 03h 10m", "4.2s", "31ms"; no number: the text as it is."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
        return str(value)
    if value < 0 or value == float("inf"):
        return str(value)
    if value < 1:
        return f"{round(value * 1000)}ms" if value < 0.9995 else "1.0s"
    if value < 10:
        return f"{value:.1f}s"
    whole = int(value)
    minutes, secs = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days}d {hours:02d}h {minutes:02d}m"
    if hours:
        return f"{hours}h {minutes:02d}m {secs:02d}s"
    return f"{minutes}m {secs:02d}s" if minutes else f"{secs}s"
