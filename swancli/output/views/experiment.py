"""`swancli experiment`: who the run is, its config, the machine it ran on, and why it crashed."""

from __future__ import annotations

from typing import Any

from swancli.output.config import flatten
from swancli.output.system import system_facts
from swancli.output.table import State, Table
from swancli.output.views.sections import Section, tables

# facts of record files, shown where they are told
RECORDED = ("mode", "project", "workspace", "group", "job_type", "public")


def experiment(facts: dict[str, Any]) -> list[Table]:
    """Facts of an experiment as tables."""
    state = State.of(facts)
    entries: list[tuple[str, Any, str]] = [
        ("id", facts.get("id"), "step"),
        ("name", facts.get("name"), "long"),
        ("run id", facts.get("run_id"), "text"),
        ("state", state, "state"),
        ("created", facts.get("create_time"), "moment"),
    ]
    if facts.get("finish_time"):
        entries.append(("finished", facts["finish_time"], "moment"))
    if not facts.get("finish_time") or facts.get("last_write"):
        entries.append(("last write", facts.get("last_write"), "moment"))
    entries.append(("duration", facts.get("duration"), "duration"))
    if facts.get("description"):
        entries.append(("description", facts["description"], "long"))
    tags = facts.get("tags")
    if tags:
        entries.append(("tags", ", ".join(map(str, tags)) if isinstance(tags, list) else tags, "long"))
    entries.extend((key.replace("_", " "), facts[key], "text") for key in RECORDED if facts.get(key) is not None)
    entries.append(("swanlab", facts.get("version") or facts.get("swanlab_version"), "text"))
    system = system_facts(facts.get("system"))
    sections = [
        Section("run", "", entries, own=True),
        Section("config", "config", [(key, value, "exact") for key, value in flatten(facts.get("config"))]),
        Section("system", "system", [(key, value, "long") for key, value in system], own=True),
    ]
    crash = _crash(facts.get("crash"))
    if crash:
        sections.append(Section("crash", "crash", [("error", crash, "long")]))
    return tables(sections)


def _crash(crash: Any) -> str:
    if isinstance(crash, (list, tuple)):
        return "\n".join(map(str, crash)).strip("\n")
    return str(crash).strip("\n") if crash else ""
