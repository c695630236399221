"""Local times: in the name of a run's folder, and in error.log."""

from __future__ import annotations

import re

RUN_FOLDER = re.compile(r"run-(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)-(.+)", re.DOTALL)


def time_of_folder(run_id: str) -> str | None:
    """The start time in the name of a run's folder, which is local time, as an ISO string in UTC."""
    from datetime import datetime, timezone

    match = RUN_FOLDER.fullmatch(run_id)
    if match is None:
        return None
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    try:
        return datetime(year, month, day, hour, minute, second).astimezone(timezone.utc).isoformat()
    except (ValueError, OverflowError, OSError):
        return None


def local_time(time: str | None) -> str:
    """An ISO time as error.log has it: local, without zone, YYYY-MM-DD HH:MM:SS.ffffff; "" if it is not a time."""
    from swancli.times import moment

    found = moment(time)
    try:
        return "" if found is None else found.astimezone().strftime("%Y-%m-%d %H:%M:%S.%f")
    except (ValueError, OverflowError, OSError):
        return ""
