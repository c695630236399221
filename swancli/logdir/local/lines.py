"""One line of a slice: a JSON object with `index` and `data`."""

from __future__ import annotations

import json
from typing import Any

from swancli.logdir.nesting import too_deep
from swancli.logdir.series import step_of


def parse(line: bytes) -> dict[str, Any] | None:
    """One line of a slice as a dict with `data`, and an `index` that is a step; None if it is anything else."""
    point = readable(line)
    return None if point is None or step_of(point) is None else point


def readable(line: bytes) -> dict[str, Any] | None:
    """One line of a slice as a dict with `index` and `data`; None if it is anything else."""
    try:
        point = json.loads(line.decode())
    except (ValueError, RecursionError):
        return None
    if not isinstance(point, dict) or "index" not in point or "data" not in point:
        return None
    return None if too_deep(line, point) else point
