"""`swancli status`: the state of a run, when it started and ended or last wrote, and its charts."""

from __future__ import annotations

from typing import Any

from swancli.model import Status
from swancli.output.table import State, Table
from swancli.output.views.sections import Section, tables
from swancli.times import seconds


def status(details: Status) -> list[Table]:
    """Facts of a run's status as tables."""
    entries: list[tuple[str, Any, str]] = [
        ("state", State.of(details), "state"),
        ("started", _started(details), "moment"),
    ]
    if details.get("finish_time"):
        entries.append(("finished", details["finish_time"], "moment"))
    else:
        entries.append(("last write", details.get("last_write"), "moment"))
    entries.append(("duration", details.get("duration"), "duration"))
    held = details.get("charts") or {}
    spaces = held.get("namespaces") or []
    total = len(held.get("charts") or [])
    counts = [(str(space.get("name")), len(space.get("charts") or []), "step") for space in spaces]
    if len(counts) != 1:
        counts.append(("all", total, "step"))
    return tables([Section("status", "", entries, own=True), Section("charts", "charts", counts)])


def _started(details: Status) -> Any:
    """When the run began: told, or what finish and duration say together."""
    if details.get("create_time"):
        return details["create_time"]
    end, duration = seconds(details.get("finish_time")), details.get("duration")
    return end - duration if end is not None and isinstance(duration, (int, float)) else None
