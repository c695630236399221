"""What several runs have in common and what not: rows of a value for each run, in sections."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from swancli.model import Column, Compared, Known
from swancli.queries.goals import MIN, Goals, goal_of
from swancli.run_config import MAX_DEPTH, ordered
from swancli.run_system import system_facts
from swancli.values import as_finite, is_marker, is_number

if TYPE_CHECKING:
    from swancli.model import MetricSummary, Run, Summary, Value

CONFIG, METRICS, SYSTEM, PACKAGES = SECTIONS = ("config", "metrics", "system", "packages")
EVER_NEW = frozenset(("pid",))  # facts that tell nothing: they differ between any two runs
PACKAGE = re.compile(r"([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*(?:(?:===?|@)\s*([^;]+)|([<>~!][^;]+))?(?:;.*)?")
EDITABLE = re.compile(r"(?:-e|--editable)[ =](.*?(?:#egg=([\w.-]+))?)")
INSTALLED = "installed"  # in place of a version that is not given


Cells: TypeAlias = "list[Known | None]"  # one per run


def differs(row: Compared) -> bool:
    """Whether the runs do not all have the same value."""
    return len({None if cell is None else _identity(cell.value) for cell in row.cells}) > 1


def configs(runs: Sequence[Run]) -> Iterator[Compared]:
    """A row for each key of the configs, dotted; lists are compared element by element if their lengths agree."""
    cells: Cells = []
    for run in runs:
        config = run.get("config")
        value = dict(ordered(config)) if isinstance(config, dict) else config
        cells.append(None if value is None or value == {} else Known(value))
    return (Compared(CONFIG, key, found) for key, found in _flat("", cells, 0))


def metrics(summaries: Sequence[Summary], goals: Goals = ()) -> Iterator[Compared]:
    """A row for each metric with numbers: the lowest or highest value if it has a goal, else the latest."""
    by_name = [{one["key"]: one for one in summary["summaries"]} for summary in summaries]
    for name in dict.fromkeys(name for found in by_name for name in found):
        ones = [found.get(name) for found in by_name]
        if not any(one is not None and is_number(one.get("value")) for one in ones):
            continue  # text and media can't be compared by what was written last
        goal = goal_of(name, goals)
        # for many metrics a dashboard tells only the latest values
        shown = goal if any(one is not None and is_number(_extreme(one, goal)) for one in ones) else None
        values = [_value(one, shown) for one in ones]
        cells: Cells = [None if value is None else Known(value) for value in values]
        yield Compared(METRICS, Column(shown or "metric", name).text, cells, _best(values, goal))


def systems(runs: Sequence[Run]) -> Iterator[Compared]:
    """A row for each fact of the machine, the program and its version."""
    return _rows(SYSTEM, [_facts(run) for run in runs])


def packages(runs: Sequence[Run]) -> Iterator[Compared]:
    """A row for each package of requirements.txt with its versions, by name."""
    found = [dict(_packages(run.get("requirements") or ())) for run in runs]
    return iter(sorted(_rows(PACKAGES, found), key=lambda row: row.key))


def _rows(section: str, found: Sequence[dict[str, Value]]) -> Iterator[Compared]:
    for key in dict.fromkeys(key for one in found for key in one):
        yield Compared(section, key, [Known(one[key]) if key in one else None for one in found])


def _flat(key: str, cells: Cells, depth: int) -> Iterator[tuple[str, Cells]]:
    """The keys below `key` with the cells of each; a run whose value has no keys keeps it at `key`."""
    maps = [cell.value if cell is not None and isinstance(cell.value, dict) else {} for cell in cells]
    if depth <= MAX_DEPTH and any(maps):
        rest: Cells = [None if found else cell for found, cell in zip(maps, cells, strict=True)]
        if any(rest):
            yield key, rest
        for part in dict.fromkeys(part for found in maps for part in found):
            below: Cells = [Known(found[part]) if part in found else None for found in maps]
            yield from _flat(f"{key}.{part}" if depth else str(part), below, depth + 1)
        return
    lists = [cell.value for cell in cells if cell is not None and isinstance(cell.value, list)]
    present = sum(cell is not None for cell in cells)
    if 0 < depth <= MAX_DEPTH and lists and lists[0] and len(lists) == present and len({*map(len, lists)}) == 1:
        for n in range(len(lists[0])):
            items: Cells = [Known(c.value[n]) if c is not None and isinstance(c.value, list) else None for c in cells]
            yield from _flat(f"{key}.{n}", items, depth + 1)
        return
    if present:
        yield key, cells


def _extreme(one: MetricSummary, goal: str | None) -> Value:
    return None if goal is None else one.get("min") if goal == MIN else one.get("max")


def _value(one: MetricSummary | None, goal: str | None) -> Value:
    """The value of a metric that a row shows; None without any."""
    if one is None:
        return None
    latest, extreme = one.get("value"), _extreme(one, goal)
    if goal is None:
        return latest if is_number(latest) else None
    # a metric that never was finite has no extremes
    return extreme if is_number(extreme) else latest if is_marker(latest) else None


def _best(values: Sequence[Value], goal: str | None) -> tuple[int, ...]:
    """The positions of the lowest or highest of the values; none if there is only one, or they are all the same."""
    numbers = {n: number for n, value in enumerate(values) if (number := as_finite(value)) is not None}
    if goal is None or len(set(numbers.values())) < 2:
        return ()
    best = (min if goal == MIN else max)(numbers.values())
    return tuple(n for n, number in numbers.items() if number == best)


def _facts(run: Run) -> dict[str, Value]:
    """The facts of a run; if several have one name, such as GPUs of two vendors, the second is "gpu 2"."""
    found: dict[str, Value] = {}
    for name, value in system_facts(run.get("system")):
        if name in EVER_NEW:
            continue
        key, n = name, 1
        while key in found:
            n += 1
            key = f"{name} {n}"
        found[key] = value
    version = run.get("version") or run.get("swanlab_version")
    return found if "swanlab" in found or not version else {**found, "swanlab": version}


def _packages(lines: Iterable[str]) -> Iterator[tuple[str, Value]]:
    """Name and version, or where it came from, of each line of requirements.txt."""
    for line in lines:
        text = re.sub(r"(^|\s)#.*", "", line).strip()
        if found := PACKAGE.fullmatch(text):
            yield _normal(found[1]), (found[2] or found[3] or INSTALLED).strip()
        elif found := EDITABLE.fullmatch(text):
            yield (_normal(found[2]), found[1]) if found[2] else (found[1], INSTALLED)
        elif text and not text.startswith("-"):  # a path or a URL
            yield text, INSTALLED


def _normal(name: str) -> str:
    """The normalized name of a package, the same for all of its spellings."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _identity(value: Value) -> tuple[str, object]:
    """A key that is equal for values that count as the same: 1 and 1.0 do, 1 and true do not."""
    if value is None or isinstance(value, (bool, str)):
        return type(value).__name__, value
    if isinstance(value, (int, float)):
        return "number", value if value == value else "NaN"
    try:
        return "structure", json.dumps(value, sort_keys=True, default=str)
    except (ValueError, TypeError, RecursionError):
        return "structure", repr(type(value))
