"""The rows that the database's tables would hold for a run, made from its record file.

`experiment_id` is the run's id, None if it has none; `system` asks for the charts of hardware metrics.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from swancli.logdir.records.events import AUDIO, IMAGE, JSON, LINE, TEXT, Column
from swancli.logdir.records.run import STATUS, RecordedRun
from swancli.logdir.records.times import time_of_folder

if TYPE_CHECKING:
    from swancli.logdir.rows import (
        Cell,
        ChartRow,
        DisplayRow,
        ExperimentRow,
        NamespaceRow,
        ProjectRow,
        SourceRow,
        TagRow,
    )

KINDS_WITH_TAG = (LINE, IMAGE, AUDIO, TEXT)
DEFAULT_SECTIONS = {LINE: "default", IMAGE: "Image", AUDIO: "Audio", TEXT: "Text"}  # JSON files only


def project_row(run: RecordedRun, runs: int = 1, version: Cell = None) -> ProjectRow:
    """The run's project as a row of `project`; `runs` is how many runs the project has."""
    return {
        "id": 1,
        "name": run.start.project,
        "description": None,
        "sum": runs,
        "charts": 1,
        "pinned_opened": 1,
        "hidden_opened": 0,
        "more": "",
        "version": version,
        "create_time": run.started_at,
        "update_time": run.finished_at or run.started_at,
    }


def experiment_row(run: RecordedRun, id: int | None, sort: int | None, version: Cell = None) -> ExperimentRow:
    """The run as a row of `experiment`; `version` is swanlab.version of the metadata."""
    start, finish = run.start, run.finish
    started_at = start.started_at or time_of_folder(run.run_id)
    finished_at = finish.finished_at if finish is not None else None
    light, dark = start.colors or (None, None)
    return {
        "id": id,
        "project_id": 1,
        "run_id": run.run_id,
        "name": start.name or run.run_id,
        "description": start.description,
        "sort": sort,
        "status": STATUS[finish.state] if finish is not None else 0,
        "show": 1,
        "light": light,
        "dark": dark,
        "pinned_opened": 1,
        "hidden_opened": 0,
        "more": "",
        "version": version,
        "create_time": started_at,
        "finish_time": finished_at,
        "update_time": finished_at or started_at,
    }


def tags(run: RecordedRun, experiment_id: int | None = 1) -> list[TagRow]:
    """The rows of `tag`: ids from 1, in the order of first use."""
    found = [(column, folder) for column, folder in _folders(run) if _has_tag(column)]
    return [_tag_row(run, n, column, folder, experiment_id) for n, (column, folder) in enumerate(found)]


def system_tags(run: RecordedRun, experiment_id: int | None = 1) -> list[TagRow]:
    """Hardware metrics in the form of tags, which local mode never has; their ids follow those of `tags`.

    `system` is 1, the description is their display name.
    """
    columns = list(_folders(run))
    first = sum(_has_tag(column) for column, _ in columns)
    found = [(column, folder) for column, folder in columns if column.system]
    return [_tag_row(run, first + n, column, folder, experiment_id) for n, (column, folder) in enumerate(found)]


def charts(run: RecordedRun, experiment_id: int | None = 1, system: bool = False) -> list[ChartRow]:
    """The rows of `chart`: one for each tag, with its id; pinned and hidden sections become the status 1 and -1."""
    rows: list[ChartRow] = []
    for tag, column in _columns_with_tag(run, system):
        hidden = column.section_type == "hidden" or bool(column.hidden)
        status = -1 if hidden else int(column.section_type == "pinned")
        row: ChartRow = {
            "id": tag["id"],
            "experiment_id": experiment_id,
            "project_id": None,
            "name": column.key,
            "description": None,
            "system": 1,
            "type": column.kind,
            "reference": column.reference,
            "status": status,
            "sort": tag["sort"] if status else None,
            "config": None,
            "more": None,
            "create_time": tag["create_time"],
            "update_time": tag["update_time"],
        }
        rows.append(row)
    return rows


def namespaces(run: RecordedRun, experiment_id: int | None = 1, system: bool = False) -> list[NamespaceRow]:
    """The rows of `namespace`: sections in the order of first use."""
    rows: dict[str, NamespaceRow] = {}
    for tag, column in _columns_with_tag(run, system):
        name = _section(run, column)
        if name not in rows:
            row: NamespaceRow = {
                "id": len(rows) + 1,
                "experiment_id": experiment_id,
                "project_id": None,
                "name": name,
                "description": None,
                "sort": len(rows),
                "opened": 1,
                "more": None,
                "create_time": tag["create_time"],
                "update_time": tag["update_time"],
            }
            rows[name] = row
    return list(rows.values())


def displays(run: RecordedRun, system: bool = False) -> list[DisplayRow]:
    """Which charts each namespace shows."""
    namespace_ids: dict[str, int] = {}
    rows: list[DisplayRow] = []
    for tag, column in _columns_with_tag(run, system):
        namespace_id = namespace_ids.setdefault(_section(run, column), len(namespace_ids) + 1)
        rows.append({"namespace_id": namespace_id, "chart_id": tag["id"]})
    return rows


def sources(run: RecordedRun, system: bool = False) -> list[SourceRow]:
    """Which metric each chart draws, and what was wrong with its first value."""
    return [
        {
            "chart_id": tag["id"],
            "error": json.dumps(column.error) if column.error is not None else "",
            "name": tag["name"],
        }
        for tag, column in _columns_with_tag(run, system)
    ]


def _has_tag(column: Column) -> bool:
    return column.kind in KINDS_WITH_TAG and not column.system


def _folders(run: RecordedRun) -> Iterator[tuple[Column, str]]:
    """The columns with the folders that local mode gives them."""
    number = 0
    for column in run.columns():
        number += not column.system
        yield column, column.kid if column.kid is not None else str(number)


def _tag_row(run: RecordedRun, n: int, column: Column, folder: str, experiment_id: int | None) -> TagRow:
    time = run.first_time(column.key)
    return {
        "id": n + 1,
        "experiment_id": experiment_id,
        "name": column.key,
        "folder": folder,
        "type": column.kind,
        "description": (column.name or "") if column.system else "",
        "system": int(column.system),
        "sort": n,
        "more": None,
        "create_time": time,
        "update_time": time,
    }


def _columns_with_tag(run: RecordedRun, system: bool) -> list[tuple[TagRow, Column]]:
    """The tags, or the hardware's, each with its column."""
    return [(tag, run.column(tag["name"])) for tag in (system_tags(run) if system else tags(run))]


def _section(run: RecordedRun, column: Column) -> str:
    """The name of the section that shows a column."""
    if column.section:
        return column.section
    if column.system:
        return "system"
    return DEFAULT_SECTIONS[column.kind] if run.family == JSON else "default"
