"""`swancli status`: the state of a run, when it started and ended or last wrote, and its charts."""

from __future__ import annotations

from typing import Any

from swancli.output.table import State, Table
from swancli.output.times import seconds
from swancli.output.views.sections import Section, tables


def status(facts: dict[str, Any]) -> list[Table]:
    """Facts of a run's status as tables."""
    entries: list[tuple[str, Any, str]] = [
        ("state", State.of(facts), "state"),
        ("started", _started(facts), "moment"),
    ]
    if facts.get("finish_time"):
        entries.append(("finished", facts["finish_time"], "moment"))
    else:
        entries.append(("last write", facts.get("last_write"), "moment"))
    entries.append(("duration", facts.get("duration"), "duration"))
    held = facts.get("charts") or {}
    spaces = held.get("namespaces") or []
    total = len(held.get("charts") or [])
    counts = [(str(space.get("name")), len(space.get("charts") or []), "step") for space in spaces]
    if len(counts) != 1:
        counts.append(("all", total, "step"))
    return tables([Section("status", "", entries, own=True), Section("charts", "charts", counts)])


def _started(facts: dict[str, Any]) -> Any:
    """When the run began: told, or what finish and duration say together."""
    if facts.get("create_time"):
        return facts["create_time"]
    end, duration = seconds(facts.get("finish_time")), facts.get("duration")
    return end - duration if end is not None and isinstance(duration, (int, float)) else None
