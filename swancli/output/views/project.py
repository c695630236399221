"""`swancli project`: a row for each run of a logdir; those that the database lacks are listed below the others."""

from __future__ import annotations

from collections.abc import Sequence

from swancli.addresses import age_key
from swancli.model import Column as Asked
from swancli.model import Project, RowOfProject
from swancli.output.table import Column, Row, State, Table
from swancli.output.text.styled import Line
from swancli.output.views.columns import cell_of, column_of
from swancli.output.views.heading import runs_by_state
from swancli.values import as_finite

DROP_ON_DISK = {"run_id": 1, "mode": 3, "swanlab_version": 8}  # columns that only runs without a row show


def project(
    details: Project,
    metric: str | None = None,
    best: str | None = None,
    is_live: bool = False,
    extra: Sequence[Asked] = (),
    is_sorted: bool = False,
) -> list[Table]:
    """Tables of a project's runs; `best` ("min" or "max") adds the best value of `metric`, and sorts by it.

    In a live view, which has a heading of its own, the newest run is the first, unless the runs are sorted already.
    `extra` are columns whose values are in the runs.
    """
    runs = list(details.get("experiments") or [])
    if is_live and not is_sorted:
        runs.sort(key=age_key, reverse=True)
    if best:
        runs = sorted_by_best(runs, best)
    listed = [run for run in runs if not run.get("on_disk_only")]
    disk = [run for run in runs if run.get("on_disk_only")]
    head = [] if is_live else _head(details, runs)
    names = list(dict.fromkeys(name for run in runs for name in run.get("matched") or ()))
    columns = _columns(runs, names, metric, best, extra)
    tables = []
    if listed or not disk:
        tables.append(Table(columns, [_row(run, names, extra) for run in listed], head=head, only="terminal"))
    if disk:
        title = "on disk only (no row in runs.swanlab)" if listed else ""
        shown = [
            column._replace(only="", drop=DROP_ON_DISK[column.key]) if column.key in DROP_ON_DISK else column
            for column in columns
        ]
        # these have no id, which is the first column
        tables.append(
            Table(
                shown[1:],
                [_row(run, names, extra)[1:] for run in disk],
                title=title,
                head=() if listed else head,
                only="terminal",
            )
        )
    tables.append(Table(columns, [_row(run, names, extra) for run in runs], only="pipe"))
    return tables


def _columns(
    runs: Sequence[RowOfProject],
    matched: Sequence[str],
    metric: str | None,
    best: str | None,
    extra: Sequence[Asked],
) -> list[Column]:
    shown = [run["metric"] for run in runs if "metric" in run]
    names = {metric["name"] for metric in shown}
    common = next(iter(names)) if len(names) == 1 else ""
    return [
        Column("id", "id", "step"),
        Column("source", "source", "name", 0, "" if any("source" in run for run in runs) else "none"),
        Column("name", "name", "name"),
        Column("state", "state", "state"),
        Column("stale_for", "stale for", "duration", 0, "pipe"),
        Column(
            "best",
            f"{best} {metric or common or 'best'}" if best else "best",
            "number",
            0,
            "" if best else "none",
        ),
        Column("best_step", "@step", "step", 5, "" if best else "none"),
        *(column_of(asked, 1) for asked in extra),
        Column("metrics", "metrics", "step", 7),
        Column("last_step", "step", "step", 3),
        # on a terminal the heading of the next column names a metric that all runs share
        Column("metric", "metric", "name", 4, "" if len(names) > 1 else "pipe"),
        Column("value", common or "value", "number", 4, "" if shown else "pipe"),
        Column("shape", "trend", "shape", 8, "terminal"),
        *(Column(name, name, "number", 4) for name in matched),
        Column("last_write", "last write", "age", 2),
        Column("duration", "duration", "duration", 5),
        Column("create_time", "created", "time", 0, "pipe"),
        Column("finish_time", "finished", "time", 0, "pipe"),
        Column("run_id", "run id", "name", 0, "pipe"),
        Column("mode", "mode", "text", 0, "pipe"),
        Column("swanlab_version", "swanlab", "text", 0, "pipe"),
        Column("on_disk_only", "on disk only", "flag", 0, "pipe"),
        Column("description", "description", "text", 9),
    ]


def _row(run: RowOfProject, matched: Sequence[str], extra: Sequence[Asked]) -> Row:
    best, metric, values = run.get("best"), run.get("metric"), run.get("matched") or {}
    return (
        run.get("id"), run.get("source"), run.get("name"), State.of(run), run.get("stale_for"),
        best and best["value"], best and best["step"],
        *(cell_of(asked, (run.get("values") or {}).get(asked.text)) for asked in extra),
        run.get("metrics"), run.get("last_step"),
        metric and metric["name"], metric and metric["value"], metric and metric["shape"],
        *(values[name]["value"] if name in values else None for name in matched),
        run.get("last_write"), run.get("duration"), run.get("create_time"), run.get("finish_time"),
        run.get("run_id"), run.get("mode"), run.get("swanlab_version") or run.get("version"),
        bool(run.get("on_disk_only")), run.get("description"),
    )  # fmt: skip


def _head(details: Project, runs: Sequence[RowOfProject]) -> list[Line]:
    name = str(details.get("name") or "project")
    first: Line = [(name, "title")]
    if details.get("logdir"):
        first += [("  ", ""), (str(details["logdir"]), "dim")]
    return [first, runs_by_state(details), []]


def sorted_by_best(runs: Sequence[RowOfProject], best: str) -> list[RowOfProject]:
    """`runs` with the best first, however they ended; those without a finite value come last."""

    def key(run: RowOfProject) -> tuple[bool, float]:
        value = as_finite(run["best"]["value"]) if "best" in run else None
        return value is None, (-(value or 0.0) if best == "max" else value or 0.0)

    return sorted(runs, key=key)
