"""GET /api/v1/experiment/<id>/chart: the charts of an experiment, and the namespaces they are shown in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from swancli.reply import picked
from swancli.values import sort_key

if TYPE_CHECKING:
    from swancli.logdir.experiment import Experiment
    from swancli.logdir.logdir import Logdir
    from swancli.logdir.rows import SourceRow
    from swancli.model import Address, Charts, Data, MetricShape

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
SHOWN, PINNED, HIDDEN = 0, 1, -1  # chart.status


def answer(logdir: Logdir, experiment: Address, system: bool = False) -> Data:
    """Charts by id; namespaces by id, the pinned one first and the hidden one last.

    With `system`, the hardware's charts and namespaces follow, with ids that continue after the others.
    """
    return answer_of(logdir.experiment(experiment), system)


def answer_of(experiment: Experiment, system: bool = False) -> Data:
    """The answer for an experiment that was found already."""
    data = _answer(experiment)
    if system and (hardware := experiment.hardware()) is not None:
        _append(data, _answer(hardware))
    return data


def details(logdir: Logdir, experiment: Address, shapes: bool = False, system: bool = False) -> Charts:
    """The answer, and for each metric its type, how many points it has, and with `shapes`, values for a sparkline."""
    found = logdir.experiment(experiment)
    metrics = _metrics(found, shapes)
    if system and (hardware := found.hardware()) is not None:
        metrics |= _metrics(hardware, shapes)
    return cast("Charts", {**answer_of(found, system), "metrics": metrics})


def _metrics(experiment: Experiment, shapes: bool) -> dict[str, MetricShape]:
    from swancli.model import TREND_VALUES

    found: dict[str, MetricShape] = {}
    for tag in experiment.tags():
        series = experiment.series(tag)
        there = series.exists()
        found[tag["name"]] = {
            "type": tag.get("type"),
            "points": series.count() if there else 0,
            "shape": series.shape(TREND_VALUES) if there and shapes else None,
        }
    return found


def _answer(experiment: Experiment) -> Data:
    found = _charts(experiment)
    return {"charts": found, "namespaces": _namespaces(experiment, found)}


def _append(data: Data, more: Data) -> None:
    """Append `more` to `data`, with its ids raised above those that are there."""
    charts = max((chart["id"] for chart in data["charts"]), default=0)
    spaces = max((space["id"] for space in data["namespaces"]), default=0)
    for chart in more["charts"]:
        data["charts"].append({**chart, "id": chart["id"] + charts})
    for space in more["namespaces"]:
        moved = {
            **space,
            "id": space["id"] + max(spaces, 0),
            "charts": [id + charts for id in space["charts"]],
        }
        data["namespaces"].append(moved)


def _charts(experiment: Experiment) -> list[Data]:
    sources: dict[int, list[SourceRow]] = {}
    for source in experiment.sources():
        sources.setdefault(source["chart_id"], []).append(source)
    found = []
    for row in experiment.charts():
        mine = sources.get(row["id"], [])
        chart: Data = picked(row, CHART_KEYS)
        chart["error"] = {s["name"]: error for s in mine if (error := _error(s["error"])) is not None}
        chart["source"] = [s["name"] for s in mine]
        chart["multi"] = False
        chart["source_map"] = {s["name"]: experiment.row["id"] for s in mine}
        found.append(chart)
    return found


def _error(text: str | None) -> object:
    """What a metric got instead of what its chart expected; None if all is well."""
    if not text:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _namespaces(experiment: Experiment, found: list[Data]) -> list[Data]:
    rows = experiment.namespaces()
    owner = _owner(experiment)
    shown: dict[int, list[int]] = {}
    for display in experiment.displays():
        shown.setdefault(display["namespace_id"], []).append(display["chart_id"])
    moved = {status: [c for c in found if c["status"] == status] for status in (PINNED, HIDDEN)} if rows else {}
    away = {chart["id"] for chart in found if chart["status"] not in (SHOWN, None)}

    namespaces = []
    for row in rows:
        own = shown.get(row["id"], [])
        left = [id for id in own if id not in away]
        if left or not found:
            namespace = {"id": row["id"], "experiment_id": owner, "project_id": None, **picked(row, NAMESPACE_KEYS)}
            namespace["charts"] = left
            namespaces.append(namespace)
    if moved.get(PINNED):
        namespaces.insert(0, _group(-1, "pinned", moved[PINNED], experiment.row.get("pinned_opened"), owner))
    if moved.get(HIDDEN):
        namespaces.append(_group(-2, "hidden", moved[HIDDEN], experiment.row.get("hidden_opened"), owner))
    return namespaces


def _group(id: int, name: str, charts: list[Data], opened: object, owner: Data) -> Data:
    """The namespace of pinned or hidden charts, which no row holds."""
    charts = sorted(charts, key=lambda chart: sort_key(chart["sort"]))
    return {
        "id": id,
        "name": name,
        "charts": [chart["id"] for chart in charts],
        "opened": opened,
        "experiment_id": owner,
        "project_id": None,
    }


def _owner(experiment: Experiment) -> Data:
    """The experiment as namespaces nest it, with its project inside."""
    nested = {**picked(experiment.project() or {}, PROJECT_KEYS), "charts": None}
    return {
        "id": experiment.row["id"],
        "project_id": nested,
        **picked(experiment.row, EXPERIMENT_KEYS),
    }
