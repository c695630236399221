"""The tools: what each takes, what it returns, and the function of a Source and arguments that answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from swancli import model
from swancli.addresses import address, age_key
from swancli.endpoints import EXPERIMENT, LOGS, METRIC, PROJECT, SUMMARY
from swancli.errors import ConsoleNotFound, NotFound
from swancli.mcp.bounds import MAX_TEXT_CHARACTERS, PLAIN_CHARACTERS
from swancli.mcp.schema import Schema, result, schema_of
from swancli.model import GIVEN_UP
from swancli.queries import compare, conditions, selector
from swancli.queries.columns import parse_column
from swancli.queries.filters import parse_condition
from swancli.queries.values import Runs, parse_sort
from swancli.run_config import unwrapped
from swancli.run_system import system_facts

if TYPE_CHECKING:
    from swancli.model import Address, Column, RowOfProject
    from swancli.source import Source

MAX_RUNS = 200
MAX_POINTS = 500
MAX_LINES = 1000
MAX_LOG_CHARACTERS = 25_000  # of the lines, and of the text of a crash
MAX_COMPARED = 10
MAX_WAIT_SECONDS = 300
LOOK_SECONDS = 2.0  # between two looks at a run that is waited for
ROW_KEYS = (
    "id", "source", "run_id", "name", "state", "description", "create_time", "finish_time", "duration", "stale_for",
    "metrics", "last_step", "metric",
)  # fmt: skip

Arguments = Mapping[str, Any]


class Tool(NamedTuple):
    """One tool; `answer` may look at `stop`, which is set when nobody waits for the answer any more."""

    name: str
    title: str
    description: str
    parameters: Schema
    returns: Schema
    answer: Callable[[Source, Arguments, threading.Event], dict[str, Any]]


def _parameters(properties: dict[str, Schema], required: tuple[str, ...] = ()) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def _text(description: str) -> Schema:
    return {"type": "string", "description": description}


def _texts(description: str, most: int = 50) -> Schema:
    return {"type": "array", "items": {"type": "string"}, "maxItems": most, "description": description}


def _count(description: str, most: int, default: int) -> Schema:
    return {"type": "integer", "minimum": 1, "maximum": most, "default": default, "description": description}


RUN = {
    "type": ["string", "integer"],
    "description": "Run: its id, its name, its run id or the start of one, or latest.",
}
CONDITION = "such as 'config.lr < 1e-3', 'state = running', 'min(val/loss) < 0.5', 'name ~ resnet*', 'age < 2h'"
COLUMN = "a fact (id, name, state, created, duration, step, …), config.KEY, a metric or min(METRIC), max(METRIC), …"


def list_runs(source: Source, given: Arguments, stop: threading.Event) -> dict[str, Any]:
    """The newest runs first."""
    rows = sorted(source.experiments(), key=age_key, reverse=True)
    chosen = rows[given.get("offset", 0) :][: given.get("limit", 50)]
    told = source.details(PROJECT, ids=[address(row) for row in chosen])
    by_address = {address(row): row for row in told.get("experiments") or []}
    found = [by_address.get(address(row), row) for row in chosen]
    return {"project": told.get("name"), "total": len(rows), "runs": [_row(row) for row in found]}


def find_runs(source: Source, given: Arguments, stop: threading.Event) -> dict[str, Any]:
    """The runs that meet conditions, with the values of columns."""
    asked = [parse_condition(text) for text in given.get("conditions") or ()]
    columns = [parse_column(text) for text in given.get("columns") or ("state",)]
    runs = Runs(source)
    runs.keep(asked)
    total = len(runs.rows)
    if given.get("sort"):
        runs.sort(parse_sort(given["sort"]))
    runs.limit(given.get("limit", 50), newest=not given.get("sort"))
    shown = list(dict.fromkeys([*columns, *(condition.column for condition in asked)]))
    runs.read(shown, may_lack=shown)
    return {"total": total, "runs": [{**_who(row), "values": _values(runs, row, shown)} for row in runs.rows]}


def get_run(source: Source, given: Arguments, stop: threading.Event) -> dict[str, Any]:
    """A run: its state, config, machine and metrics."""
    id = _run(source, given["run"])
    told = source.details(EXPERIMENT, experiment=id)
    rest = {key: value for key, value in told.items() if key not in ("config", "system", "requirements")}
    facts = dict(system_facts(told.get("system")))
    return {**rest, "config": unwrapped(told.get("config")), "system": facts, "metrics": source.metrics(id)}


def get_summary(source: Source, given: Arguments, stop: threading.Event) -> dict[str, Any]:
    """The latest, lowest and highest value of metrics."""
    id = _run(source, given["run"])
    names = selector.metrics(source, id, given["metrics"]) if given.get("metrics") else None
    told = source.details(SUMMARY, experiment=id, names=names)
    return {"run": id, "summaries": told["summaries"]}


def get_metric(source: Source, given: Arguments, stop: threading.Event) -> dict[str, Any]:
    """Points of a metric: spread over all of it, or an excerpt."""
    id, name = _run(source, given["run"]), given["metric"]
    most = given.get("max_points", 100)
    excerpt = {key: given[key] for key in ("head", "tail") if key in given}
    if "first_step" in given or "last_step" in given:
        excerpt["steps"] = (given.get("first_step"), given.get("last_step"))
    try:
        told = source.details(METRIC, experiment=id, metric=name, all=False, **excerpt)
    except NotFound as error:
        if name not in source.metrics(id):
            raise selector.unknown_metric(source, id, name) from error
        raise
    points = list(told["points"])
    places = list(range(len(points)))
    if len(points) > most:  # the first and the last are among them
        places = [n * (len(points) - 1) // max(most - 1, 1) for n in range(most)]
    shown = [{"step": points[n][0], "value": points[n][1], "time": points[n][2]} for n in places]
    rest = {key: value for key, value in told.items() if key != "points"}
    return {"run": id, **rest, "shown": len(shown), "points": shown}


def get_logs(source: Source, given: Arguments, stop: threading.Event) -> dict[str, Any]:
    """The last lines of a console, and the text of a crash."""
    id = _run(source, given["run"])
    try:
        told = source.details(LOGS, experiment=id, tail=given.get("tail", 100))
    except ConsoleNotFound:
        return {"run": id, "lines": [], "left_out": 0, "error": []}
    lines = list(told["lines"])
    shown, error = _last(lines), _last(told["error"])
    return {"run": id, "lines": shown, "left_out": len(lines) - len(shown), "error": error}


def compare_runs(source: Source, given: Arguments, stop: threading.Event) -> dict[str, Any]:
    """What differs between runs."""
    ids = [_run(source, word) for word in given["runs"]]
    runs = [source.details(EXPERIMENT, experiment=id) for id in ids]
    summaries = [source.details(SUMMARY, experiment=id) for id in ids]
    rows = [*compare.configs(runs), *compare.metrics(summaries), *compare.systems(runs)]
    shown = [row for row in rows if given.get("all") or compare.differs(row)]
    return {
        "runs": [_who(cast("RowOfProject", run)) for run in runs],
        "same": len(rows) - len(shown),
        "rows": [
            {
                "section": row.section,
                "key": row.key,
                "values": [None if cell is None else cell.value for cell in row.cells],
                "best": list(row.best),
            }
            for row in shown
        ],
    }


def wait_for_run(source: Source, given: Arguments, stop: threading.Event) -> dict[str, Any]:
    """Wait until a run has ended, or conditions hold of it, or the time is over."""
    id = _run(source, given["run"])
    wanted = [parse_condition(text) for text in given.get("until") or ()]
    began = time.monotonic()
    limit = given.get("timeout_seconds", 60)
    while True:
        looks = conditions.look(source, [id], wanted)
        if not looks:
            raise selector.unknown(source, id)
        (found,) = looks
        found.check_told(source, wanted)
        verdict = conditions.verdict(found, wanted, ())
        waited = time.monotonic() - began
        if verdict is not None or waited >= limit or stop.is_set():
            return {
                "run": id,
                "name": found.name,
                "state": found.state,
                "ended": found.state in GIVEN_UP,
                "reason": model.TIMEOUT if verdict is None else verdict.reason,
                "waited_seconds": round(waited, 1),
                "values": {condition.column.text: found.value(condition) for condition in wanted},
            }
        stop.wait(min(LOOK_SECONDS, max(limit - waited, 0.0)))
        source.refresh()


def _run(source: Source, word: str | int) -> Address:
    """The address of a run; NotFound if there is no such run."""
    id = selector.experiment(source, str(word))
    if isinstance(id, int) and all(row.get("id") != id for row in source.experiments()):
        raise selector.unknown(source, id)
    return id


def _last(lines: list[str]) -> list[str]:
    """As many of the last lines as there is room for, which are the ones that matter."""
    room, found = MAX_LOG_CHARACTERS, list[str]()
    for line in reversed(lines[-MAX_LINES:]):
        room -= min(len(line), MAX_TEXT_CHARACTERS) + PLAIN_CHARACTERS
        if room < 0:
            break
        found.append(line)
    return found[::-1]


def _row(row: RowOfProject) -> dict[str, Any]:
    return {key: row[key] for key in ROW_KEYS if row.get(key) is not None}  # type: ignore[literal-required]


def _who(row: RowOfProject) -> dict[str, Any]:
    who = {"id": row.get("id"), "run_id": row.get("run_id"), "name": row.get("name")}
    return {**who, "source": row["source"]} if "source" in row else who


def _values(runs: Runs, row: RowOfProject, columns: list[Column]) -> dict[str, Any]:
    return {column.text: runs.value(row, column) for column in columns if runs.tells(row, column)}


_ROW = {"type": "object", "properties": {key: schema_of(model.RowOfProject)["properties"][key] for key in ROW_KEYS}}
_WHO = {"type": "object", "properties": {"id": {}, "run_id": {}, "name": {}, "values": {"type": "object"}}}
_SERIES = {key: kind for key, kind in schema_of(model.Series)["properties"].items() if key != "points"}
_RUN = {key: kind for key, kind in schema_of(model.Run)["properties"].items() if key != "requirements"}
_LINES = {"type": "array", "items": {"type": "string"}}

TOOLS = (
    Tool(
        "list_runs",
        "List runs",
        "List the runs of the project, the newest first: state, times, number of metrics, last step, main metric.",
        _parameters(
            {
                "limit": _count("How many runs.", MAX_RUNS, 50),
                "offset": {"type": "integer", "minimum": 0, "default": 0, "description": "How many to skip."},
            }
        ),
        result({"project": {}, "total": int, "runs": {"type": "array", "items": _ROW}}, ("total", "runs")),
        list_runs,
    ),
    Tool(
        "find_runs",
        "Find runs",
        f"Find the runs that meet all conditions, {CONDITION}, and get columns of them: {COLUMN}.",
        _parameters(
            {
                "conditions": _texts(f"Conditions, {CONDITION}."),
                "columns": _texts(f"Columns: {COLUMN}."),
                "sort": _text("Columns to sort by, separated by commas; a leading minus sign puts the highest first."),
                "limit": _count("How many runs.", MAX_RUNS, 50),
            }
        ),
        result({"total": int, "runs": {"type": "array", "items": _WHO}}, ("total", "runs")),
        find_runs,
    ),
    Tool(
        "get_run",
        "Get a run",
        "Get one run: state, times, config, machine, the names of its metrics, and the error message of a crash.",
        _parameters({"run": RUN}, ("run",)),
        result({**_RUN, "metrics": list[str]}, ("run_id", "config", "metrics")),
        get_run,
    ),
    Tool(
        "get_summary",
        "Get the summary of a run",
        "Get the latest, lowest and highest value of a run's metrics, with their steps.",
        _parameters(
            {"run": RUN, "metrics": _texts("Names or globs, such as train/*. The default is all metrics.")}, ("run",)
        ),
        result({"run": {}, "summaries": list[model.MetricSummary]}, ("summaries",)),
        get_summary,
    ),
    Tool(
        "get_metric",
        "Get a metric",
        f"Get points of a metric, spread over the whole metric or an excerpt; at most {MAX_POINTS}."
        " total or count is the number of all points; min and max are those of all points.",
        _parameters(
            {
                "run": RUN,
                "metric": _text("The metric's name."),
                "max_points": _count("Maximum number of points.", MAX_POINTS, 100),
                "head": _count("Only the first N points.", MAX_POINTS, MAX_POINTS),
                "tail": _count("Only the last N points.", MAX_POINTS, MAX_POINTS),
                "first_step": {"type": "integer", "description": "Only from this step on."},
                "last_step": {"type": "integer", "description": "Only up to this step."},
            },
            ("run", "metric"),
        ),
        result({"run": {}, **_SERIES, "points": {"type": "array", "items": {"type": "object"}}}, ("points",)),
        get_metric,
    ),
    Tool(
        "get_logs",
        "Get the log of a run",
        "Get the last lines that a run printed, and the error message of a crash.",
        _parameters({"run": RUN, "tail": _count("How many lines.", MAX_LINES, 100)}, ("run",)),
        result({"run": {}, "lines": _LINES, "left_out": int, "error": _LINES}, ("lines",)),
        get_logs,
    ),
    Tool(
        "compare_runs",
        "Compare runs",
        "Compare runs: the config keys, metrics and facts about their machines that differ.",
        _parameters(
            {
                "runs": {"type": "array", "items": RUN, "minItems": 2, "maxItems": MAX_COMPARED},
                "all": {"type": "boolean", "default": False, "description": "Include what is the same in all runs."},
            },
            ("runs",),
        ),
        result({"runs": {"type": "array", "items": _WHO}, "same": int, "rows": {"type": "array"}}, ("runs", "rows")),
        compare_runs,
    ),
    Tool(
        "wait_for_run",
        "Wait for a run",
        "Wait until a run has ended, or it meets all conditions, or the time limit is reached; then return its state.",
        _parameters(
            {
                "run": RUN,
                "until": _texts(f"Conditions, {CONDITION}."),
                "timeout_seconds": {
                    "type": "number", "minimum": 0, "maximum": MAX_WAIT_SECONDS, "default": 60,
                    "description": "Maximum time to wait.",
                },
            },
            ("run",),
        ),
        result({"run": {}, "state": str, "ended": bool, "reason": str, "values": dict}, ("state", "ended", "reason")),
        wait_for_run,
    ),
)  # fmt: skip
