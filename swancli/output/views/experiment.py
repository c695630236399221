"""`swancli experiment`: name and state of a run, its config, the machine it ran on, and why it crashed."""

from __future__ import annotations

from swancli.model import Run, Value
from swancli.output.table import State, Table
from swancli.output.views.sections import Entry, Section, tables
from swancli.run_config import flatten
from swancli.run_system import system_facts


def experiment(details: Run) -> list[Table]:
    """Tables of a run: itself, its config, its machine, its crash."""
    state = State.of(details)
    entries: list[Entry] = [
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
        Section("run", "", entries, fixed_names=True),
        Section("config", "config", [(key, value, "exact") for key, value in flatten(details.get("config"))]),
        Section("system", "system", [(key, value, "long") for key, value in system], fixed_names=True),
    ]
    crash = _crash(details.get("crash"))
    if crash:
        sections.append(Section("crash", "crash", [("error", crash, "long")]))
    return tables(sections)


def _crash(crash: Value) -> str:
    """The text of the error, from a text or from lines."""
    lines = crash if isinstance(crash, list) else [crash or ""]
    return "\n".join(map(str, lines)).strip("\n")


def _recorded(details: Run) -> list[tuple[str, Value]]:
    """What only record files hold; None where they do not."""
    return [
        ("mode", details.get("mode")),
        ("project", details.get("project")),
        ("workspace", details.get("workspace")),
        ("group", details.get("group")),
        ("job type", details.get("job_type")),
        ("public", details.get("public")),
    ]
