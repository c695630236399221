"""GET /api/v1/experiment/<id>/chart: the charts of an experiment, and the namespaces they are shown in."""

from __future__ import annotations

import json
from typing import Any

from swancli.logdir.board import Row
from swancli.logdir.logdir import Logdir

CHART_KEYS = (
    "id", "project_id", "name", "description", "system", "type", "reference", "status", "sort", "config", "more",
    "create_time", "update_time",
)  # fmt: skip
NAMESPACE_KEYS = ("name", "description", "sort", "opened", "more", "create_time", "update_time")
PROJECT_KEYS = (
    "id", "name", "description", "sum", "charts", "pinned_opened", "hidden_opened", "more", "version", "create_time",
    "update_time",
)  # fmt: skip
EXPERIMENT_KEYS = (
    "run_id", "name", "description", "sort", "status", "show", "light", "dark", "pinned_opened", "hidden_opened",
    "more", "version", "create_time", "finish_time", "update_time",
)  # fmt: skip
PINNED, HIDDEN = 1, -1  # chart.status


def charts(logdir: Logdir, experiment: int) -> dict[str, Any]:
    """Charts by id; namespaces by id, the pinned one first and the hidden one last."""
    row = logdir.experiment(experiment)
    found = _charts(logdir, row)
    return {"charts": found, "namespaces": _namespaces(logdir, row, found)}


def _charts(logdir: Logdir, experiment: Row) -> list[dict[str, Any]]:
    sources: dict[int, list[Row]] = {}
    for source in logdir.board.sources(experiment["id"]):
        sources.setdefault(source["chart_id"], []).append(source)
    found = []
    for row in logdir.board.charts(experiment["id"]):
        mine = sources.get(row["id"], [])
        chart = {key: row.get(key) for key in CHART_KEYS}
        if chart["status"] is None:
            chart["status"] = 0 if "status" not in row else None
        chart["error"] = {s["name"]: error for s in mine if (error := _error(s["error"])) is not None}
        chart["source"] = [s["name"] for s in mine]
        chart["multi"] = False
        chart["source_map"] = {s["name"]: s["experiment_id"] for s in mine}
        found.append(chart)
    return found


def _error(text: str | None) -> Any:
    """What a metric got instead of what its chart expected; None if all is well."""
    if not text:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _namespaces(logdir: Logdir, experiment: Row, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = logdir.board.namespaces(experiment["id"])
    owner = _owner(logdir, experiment)
    shown: dict[int, list[int]] = {}
    for display in logdir.board.displays(experiment["id"]):
        shown.setdefault(display["namespace_id"], []).append(display["chart_id"])
    moved = {status: [c for c in found if c["status"] == status] for status in (PINNED, HIDDEN)} if rows else {}
    away = {chart["id"] for charts in moved.values() for chart in charts}

    namespaces = []
    for row in rows:
        own = shown.get(row["id"], [])
        left = [id for id in own if id not in away]
        if left or not found:
            namespace = {"id": row["id"], "experiment_id": owner, "project_id": None}
            namespace.update((key, row.get(key)) for key in NAMESPACE_KEYS)
            namespace["charts"] = left
            namespaces.append(namespace)
    if moved.get(PINNED):
        namespaces.insert(0, _group(-1, "pinned", moved[PINNED], experiment.get("pinned_opened"), owner))
    if moved.get(HIDDEN):
        namespaces.append(_group(-2, "hidden", moved[HIDDEN], experiment.get("hidden_opened"), owner))
    return namespaces


def _group(id: int, name: str, charts: list[dict[str, Any]], opened: int | None, owner: Any) -> dict[str, Any]:
    """The namespace of pinned or hidden charts, which no row holds."""
    charts = sorted(charts, key=lambda chart: chart["sort"] or 0)
    return {
        "id": id,
        "name": name,
        "charts": [chart["id"] for chart in charts],
        "opened": opened,
        "experiment_id": owner,
        "project_id": None,
    }


def _owner(logdir: Logdir, experiment: Row) -> dict[str, Any]:
    """The experiment as namespaces nest it, with its project inside."""
    project = logdir.project()
    nested = {key: project.get(key) for key in PROJECT_KEYS}
    nested["charts"] = None
    return {
        "id": experiment["id"],
        "project_id": nested,
        **{key: experiment.get(key) for key in EXPERIMENT_KEYS},
    }
