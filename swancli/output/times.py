"""Times and durations: from ISO texts and epoch seconds to what people and programs read."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from typing import Any


def iso(value: Any) -> str:
    """A time as ISO-8601 with a zone (UTC if it tells none, or is epoch seconds); else the text as it is."""
    if isinstance(value, str):
        if value.endswith("+00:00"):
            return value
        if len(value) < 19 or value[4:5] != "-" or value[10:11] not in ("T", " "):
            return value
        text = value if value[10] == "T" else value[:10] + "T" + value[11:]
        if text[-1] in "zZ":
            return text[:-1] + "+00:00"
        return text if "+" in text[19:] or "-" in text[19:] else text + "+00:00"
    moment = _moment(value)
    return str(value) if moment is None else moment.astimezone(timezone.utc).isoformat()


def seconds(value: Any) -> float | None:
    """A time (ISO text or epoch seconds) as epoch seconds, None if it is no time."""
    moment = _moment(value)
    return None if moment is None else moment.timestamp()


def _moment(value: Any) -> datetime | None:
    try:
        if isinstance(value, str):
            text = iso(value)
            if len(text) < 19:
                return None
            head, zone = text[:19], text[19:]
            fraction = ""
            if zone.startswith("."):
                digits = len(zone[1:]) - len(zone[1:].lstrip("0123456789"))
                fraction, zone = "." + zone[1 : 1 + digits][:6].ljust(6, "0"), zone[1 + digits :]
            moment = datetime.fromisoformat(head + fraction + zone)
            return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return None
        return datetime.fromtimestamp(value, timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None


def local(value: Any) -> str:
    """A time as local time to the second, "2025-03-21 12:58:06"; no time: the text as it is."""
    moment = _moment(value)
    if moment is None:
        return str(value)
    try:
        return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return str(value)


def age(value: Any, now: float | None = None) -> str:
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


def duration(value: Any) -> str:
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
