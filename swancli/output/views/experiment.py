"""`swancli experiment`: who the run is, its config, the machine it ran on, and why it crashed."""

from __future__ import annotations

from typing import Any

from swancli.model import Run
from swancli.output.table import State, Table
from swancli.output.views.config import flatten
from swancli.output.views.sections import Section, tables
from swancli.output.views.system import system_facts


def experiment(details: Run) -> list[Table]:
    """Facts of an experiment as tables."""
    state = State.of(details)
    entries: list[tuple[str, Any, str]] = [
        ("id", details.get("id"), "step"),
        ("name", details.get("name"), "long"),
        ("run id", details.get("run_id"), "text"),
        ("state", state, "state"),
        ("created", details.get("create_time"), "moment"),
    ]
    if details.get("finish_time"):
        entries.append(("finished", details["finish_time"], "moment"))
    if not details.get("finish_time") or details.get("last_write"):
        entries.append(("last write", details.get("last_write"), "moment"))
    entries.append(("duration", details.get("duration"), "duration"))
    if details.get("description"):
        entries.append(("description", details["description"], "long"))
    tags = details.get("tags")
    if tags:
        entries.append(("tags", ", ".join(map(str, tags)) if isinstance(tags, list) else tags, "long"))
    entries += [(name, value, "text") for name, value in _recorded(details) if value is not None]
    entries.append(("swanlab", details.get("version") or details.get("swanlab_version"), "text"))
    system = system_facts(details.get("system"))
    sections = [
        Section("run", "", entries, own=True),
        Section("config", "config", [(key, value, "exact") for key, value in flatten(details.get("config"))]),
        Section("system", "system", [(key, value, "long") for key, value in system], own=True),
    ]
    crash = _crash(details.get("crash"))
    if crash:
        sections.append(Section("crash", "crash", [("error", crash, "long")]))
    return tables(sections)


def _crash(crash: Any) -> str:
    if isinstance(crash, (list, tuple)):
        return "\n".join(map(str, crash)).strip("\n")
    return str(crash).strip("\n") if crash else ""


def _recorded(details: Run) -> list[tuple[str, object]]:
    """What record files hold, shown where they tell it."""
    return [
        ("mode", details.get("mode")),
        ("project", details.get("project")),
        ("workspace", details.get("workspace")),
        ("group", details.get("group")),
        ("job type", details.get("job_type")),
        ("public", details.get("public")),
    ]
