"""The rows of the tables in runs.swanlab, in every version of SwanLab; record files give rows of the same form.

Only columns that are relied on have a precise type: SQLite lets any other cell hold anything, and old versions lack
columns.
"""

from __future__ import annotations

from typing import TypeAlias, TypedDict

Cell: TypeAlias = "int | float | str | bytes | None"


class Timed(TypedDict, total=False):
    """The two times at the end of every row."""

    create_time: Cell
    update_time: Cell


class ProjectRow(Timed, total=False):
    """The one row of `project`."""

    id: int
    name: Cell
    description: Cell
    sum: Cell
    charts: Cell
    pinned_opened: Cell
    hidden_opened: Cell
    more: Cell
    version: Cell


class _Experiment(TypedDict):
    id: int | None  # None: the run is not in the database
    run_id: str
    name: str


class ExperimentRow(_Experiment, Timed, total=False):
    """A row of `experiment`."""

    project_id: Cell
    description: Cell
    sort: Cell
    status: Cell
    show: Cell
    light: Cell
    dark: Cell
    pinned_opened: Cell
    hidden_opened: Cell
    more: Cell
    version: Cell
    finish_time: Cell


class _Tag(TypedDict):
    id: int
    experiment_id: int | None
    name: str


class TagRow(_Tag, Timed, total=False):
    """A row of `tag`: a metric; `folder` is the name of its folder under logs/."""

    folder: str | None
    type: Cell
    description: Cell
    system: Cell
    sort: Cell
    more: Cell


class _Chart(TypedDict):
    id: int


class ChartRow(_Chart, Timed, total=False):
    """A row of `chart`; `status` is 1 if it is pinned, -1 if it is hidden."""

    experiment_id: int | None
    project_id: Cell
    name: Cell
    description: Cell
    system: Cell
    type: Cell
    reference: Cell
    status: Cell
    sort: Cell
    config: Cell
    more: Cell


class NamespaceRow(_Chart, Timed, total=False):
    """A row of `namespace`."""

    experiment_id: int | None
    project_id: Cell
    name: Cell
    description: Cell
    sort: Cell
    opened: Cell
    more: Cell


class SourceRow(TypedDict):
    """Which metric a chart draws, and what was wrong with its first value."""

    chart_id: int
    error: str | None
    name: str


class DisplayRow(TypedDict):
    """Which chart a namespace shows."""

    namespace_id: int
    chart_id: int
