"""Times as SwanLab writes them: ISO texts of every version, with or without a zone, or seconds since 1970."""

from __future__ import annotations

import re
from datetime import datetime, timezone

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "w": 7 * 86400.0}  # in seconds
SECONDS_OF_DAY = 86400.0
SPAN_PART = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*([a-z]+)")


def iso(value: object) -> str:
    """A time as ISO-8601 with a zone (UTC if it has none, or is in epoch seconds); any other text as it is."""
    if isinstance(value, str):
        if value.endswith("+00:00"):
            return value
        if len(value) < 19 or value[4:5] != "-" or value[10:11] not in ("T", " "):
            return value
        text = value if value[10] == "T" else value[:10] + "T" + value[11:]
        if text[-1] in "zZ":
            return text[:-1] + "+00:00"
        return text if "+" in text[19:] or "-" in text[19:] else text + "+00:00"
    found = moment(value)
    return str(value) if found is None else found.astimezone(timezone.utc).isoformat()


def seconds(value: object) -> float | None:
    """A time (ISO text or epoch seconds) as epoch seconds; None if it is not a time."""
    found = moment(value)
    return None if found is None else found.timestamp()


def moment(value: object) -> datetime | None:
    """A time (ISO text or epoch seconds) with its zone; None if it is not a time."""
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
            found = datetime.fromisoformat(head + fraction + zone)
            return found if found.tzinfo else found.replace(tzinfo=timezone.utc)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return None
        return datetime.fromtimestamp(value, timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None


def span(text: str) -> float | None:
    """A length of time such as "90", "2h" or "1h 30m" in seconds; None if it is not one. The units are UNITS."""
    text = text.strip().lower()
    if text.replace(".", "", 1).isdecimal() and text.isascii():
        return float(text)
    total, at = 0.0, 0
    while at < len(text):
        part = SPAN_PART.match(text, at)
        if part is None or part[2] not in UNITS:
            return None
        total, at = total + float(part[1]) * UNITS[part[2]], part.end()
    return total if text else None
