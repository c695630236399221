"""Times and durations as people read them."""

from __future__ import annotations

from swancli.times import moment, seconds

JUST_NOW_SECONDS = 5  # either way: clocks differ


def local(value: object) -> str:
    """A time as local time to the second, "2025-03-21 12:58:06"; the text itself if it is not a time."""
    found = moment(value)
    if found is None:
        return str(value)
    try:
        return found.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return str(value)


def age(value: object, now: float) -> str:
    """How long ago a time was, "3 min ago"; the text itself if it is not a time."""
    then = seconds(value)
    if then is None:
        return str(value)
    past = now - then
    if past < -JUST_NOW_SECONDS:
        return f"in {coarse(-past)}"
    return "just now" if past < JUST_NOW_SECONDS else f"{coarse(past)} ago"


def coarse(span: float) -> str:
    """A duration by its largest unit, "3 min", "5 h", "12 days"."""
    for size, unit in ((86400 * 365, "years"), (86400, "days"), (3600, "h"), (60, "min")):
        # below two of a unit the smaller one is more precise: "36 h", "90 min"
        if span >= size * (2 if size > 60 else 1):
            return f"{int(span // size)} {unit}"
    return f"{int(span)} s"


def duration(value: object) -> str:
    """Seconds as "1h 06m 48s", "2d 03h 10m", "4.2s", "31ms"; the text itself if it is not a number."""
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
