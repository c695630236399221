"""`swancli status`: the state of a run, when it started and ended or last wrote, and its charts."""

from __future__ import annotations

from swancli.model import Status, Value
from swancli.output.table import State, Table
from swancli.output.views.sections import Entry, Section, tables
from swancli.times import seconds


def status(details: Status) -> list[Table]:
    """Tables of a run's state and charts."""
    entries: list[Entry] = [
        ("state", State.of(details), "state"),
        ("started", _started(details), "moment"),
    ]
    if details.get("finish_time"):
        entries.append(("finished", details["finish_time"], "moment"))
    else:
        entries.append(("last write", details.get("last_write"), "moment"))
    entries.append(("duration", details.get("duration"), "duration"))
    charts = details.get("charts") or {}
    spaces = charts.get("namespaces") or []
    total = len(charts.get("charts") or [])
    counts: list[Entry] = [(str(space.get("name")), len(space.get("charts") or []), "step") for space in spaces]
    if len(counts) != 1:
        counts.append(("all", total, "step"))
    return tables([Section("status", "", entries, fixed_names=True), Section("charts", "charts", counts)])


def _started(details: Status) -> Value:
    """When the run began; where that is not known, the end less the duration."""
    if created := details.get("create_time"):
        start: Value = created
        return start
    end, duration = seconds(details.get("finish_time")), details.get("duration")
    return end - duration if end is not None and isinstance(duration, (int, float)) else None
