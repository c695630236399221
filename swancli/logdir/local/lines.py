"""One line of a slice: a JSON object with `index` and `data`."""

from __future__ import annotations

import json

from swancli.logdir.nesting import too_deep
from swancli.logdir.series import JsonPoint, step_of


def parse(line: bytes) -> JsonPoint | None:
    """A line of a slice as a point whose index is a step; None if it is not one."""
    point = readable(line)
    return None if point is None or step_of(point) is None else point


def readable(line: bytes) -> JsonPoint | None:
    """A line of a slice as a point with any index; None if it is not one."""
    try:
        point: JsonPoint = json.loads(line.decode())
    except (ValueError, RecursionError):
        return None
    if not isinstance(point, dict) or "index" not in point or "data" not in point:
        return None
    return None if too_deep(line, point) else point
