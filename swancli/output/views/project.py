"""`swancli project`: the logdir at a glance, a row a run; runs that the database lacks are listed below."""

from __future__ import annotations

from collections.abc import Sequence

from swancli.model import STATES, Best, Project, RowOfProject
from swancli.output.table import Column, State, Table
from swancli.output.text.styled import Line, state_style
from swancli.values import as_finite

FAILED = frozenset(("crashed", "stopped"))


def project(details: Project, metric: str | None = None, best: str | None = None) -> list[Table]:
    """Facts of a project as tables; with `best` ("min" or "max") of `metric`, that column sorts."""
    runs = list(details.get("experiments") or [])
    if best:
        runs = sorted_by_best(runs, best)
    listed = [run for run in runs if not run.get("on_disk_only")]
    disk = [run for run in runs if run.get("on_disk_only")]
    head = _head(details, listed, disk)
    columns = _columns(runs, metric, best)
    tables = []
    if listed or not disk:
        tables.append(Table(columns, [_row(run) for run in listed], head=head, only="terminal"))
    if disk:
        title = "on disk only (no row in runs.swanlab)" if listed else ""
        more = [column for column in columns if column.key not in ("id",)]
        index = [n for n, column in enumerate(columns) if column.key not in ("id",)]
        rows = [tuple(row[n] for n in index) for row in map(_row, disk)]
        shown = {"run_id": 1, "mode": 3, "swanlab_version": 8}
        more = [c._replace(only="", drop=shown[c.key], title=c.title) if c.key in shown else c for c in more]
        tables.append(Table(more, rows, title=title, head=() if listed else head, only="terminal"))
    piped = [column for column in columns if column.key != "shape"]
    index = [n for n, column in enumerate(columns) if column.key != "shape"]
    tables.append(Table(piped, [tuple(row[n] for n in index) for row in map(_row, runs)], only="pipe"))
    return tables


def _columns(runs: Sequence[RowOfProject], metric: str | None, best: str | None) -> list[Column]:
    shown = [run["metric"] for run in runs if "metric" in run]
    names = {metric["name"] for metric in shown}
    common = next(iter(names)) if len(names) == 1 else ""
    shaped = any(metric.get("shape") for metric in shown)
    wanted = bool(best)
    return [
        Column("id", "id", "step"),
        Column("name", "name", "name"),
        Column("state", "state", "state"),
        Column("stale_for", "stale for", "duration", 0, "pipe"),
        Column(
            "best",
            f"{best} {metric or common or 'best'}".strip() if best else "best",
            "number",
            0,
            "" if wanted else "none",
        ),
        Column("best_step", "@step", "step", 5, "" if wanted else "none"),
        Column("metrics", "metrics", "step", 7),
        Column("last_step", "step", "step", 3),
        Column("metric", "metric", "name", 4, "" if len(names) > 1 else "pipe"),
        Column("value", common or "value", "number", 4, "" if shaped or names else "pipe"),
        Column("shape", "trend", "shape", 8, "terminal"),
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


def _row(run: RowOfProject) -> tuple[object, ...]:
    state = State.of(run)
    best: Best = run.get("best") or {"value": None, "step": None}
    main = run.get("metric")
    return (
        run.get("id"), run.get("name"), state, run.get("stale_for"), best["value"], best["step"],
        run.get("metrics"), run.get("last_step"), main and main["name"], main and main["value"], main and main.get("shape"),
        run.get("last_write"), run.get("duration"), run.get("create_time"), run.get("finish_time"),
        run.get("run_id"), run.get("mode"), run.get("swanlab_version") or run.get("version"),
        bool(run.get("on_disk_only")), run.get("description"),
    )  # fmt: skip


def _head(details: Project, listed: list[RowOfProject], disk: list[RowOfProject]) -> list[Line]:
    name = str(details.get("name") or "project")
    first: Line = [(name, "title")]
    if details.get("logdir"):
        first += [("  ", ""), (str(details["logdir"]), "dim")]
    runs = listed + disk
    counts: dict[str, int] = {}
    for run in runs:
        state = str(State.of(run))
        counts[state] = counts.get(state, 0) + 1
    words = [state for state in STATES if state in counts] + sorted(set(counts) - set(STATES))
    second: Line = [(f"{len(runs)} run{'' if len(runs) == 1 else 's'}", "")]
    for n, word in enumerate(words):
        second += [(": " if n == 0 else ", ", ""), (f"{counts[word]} {word}", state_style(word))]
    return [first, second, []]


def sorted_by_best(runs: Sequence[RowOfProject], best: str) -> list[RowOfProject]:
    """`runs` with the best first ("min": the least); failed ones below, those without a finite value last."""

    def key(run: RowOfProject) -> tuple[int, float]:
        value = as_finite(run["best"]["value"]) if "best" in run else None
        if value is None:
            return 2, 0.0
        return (1 if run.get("state") in FAILED else 0), (-value if best == "max" else value)

    return sorted(runs, key=key)
