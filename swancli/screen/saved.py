"""What is kept of a view until the next time: a file for each project below `$XDG_STATE_HOME/swancli/top`.

Nothing in it is essential: a file that is missing, damaged or cannot be written is ignored.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os

from swancli.screen.view import AXES, MAX_GRID, View

TEXTS = ("run_filter", "metric_filter", "best", "chart")
FLAGS = ("log_y", "left", "bottom")
MAX_BYTES = 1 << 20


def path(where: str) -> str:
    """The file for a source."""
    home = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    place = os.path.realpath(where) if os.path.isdir(where) else where
    name = hashlib.sha256(place.encode("utf-8", "surrogatepass")).hexdigest()[:20]
    return os.path.join(home, "swancli", "top", f"{name}.json")


def load(where: str, view: View) -> None:
    """Put what was kept into a view."""
    try:
        with open(path(where), "rb") as file:
            found = json.loads(file.read(MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return
    if not isinstance(found, dict):
        return
    for name in TEXTS:
        if isinstance(found.get(name), str):
            setattr(view, name, found[name])
    for name in FLAGS:
        if isinstance(found.get(name), bool):
            setattr(view, name, found[name])
    view.ticked = set(_addresses(found.get("ticked")))
    view.pinned = _addresses(found.get("pinned"))
    view.pinned_metrics = [name for name in _list(found.get("pinned_metrics")) if isinstance(name, str)]
    if found.get("x") in AXES:
        view.x = found["x"]
    smoothing, grid, right = found.get("smoothing"), found.get("grid"), found.get("right")
    if isinstance(smoothing, float) and 0 <= smoothing < 1:
        view.smoothing = smoothing
    if isinstance(grid, int) and not isinstance(grid, bool):
        view.grid = max(-MAX_GRID, min(MAX_GRID, grid))
    if isinstance(right, bool):
        view.right = right


def save(where: str, view: View) -> None:
    """Keep a view for the next time."""
    kept = {name: getattr(view, name) for name in (*TEXTS, *FLAGS, "pinned", "pinned_metrics", "x", "grid", "right")}
    kept["smoothing"] = float(view.smoothing)
    kept["ticked"] = sorted(view.ticked, key=str)
    target = path(where)
    with contextlib.suppress(OSError, ValueError):
        os.makedirs(os.path.dirname(target), mode=0o700, exist_ok=True)
        draft = f"{target}.{os.getpid()}"
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(kept, file)
        os.replace(draft, target)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _addresses(value: object) -> list[int | str]:
    return [one for one in _list(value) if isinstance(one, (int, str)) and not isinstance(one, bool)]
