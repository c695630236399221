"""The first line of a live view: the name of the run or project, its state, its last write, and a clock."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from swancli.model import STATES, Project, Status
from swancli.output.formats.cell_text import state_text, unknown
from swancli.output.table import State
from swancli.output.text.escape import printable
from swancli.output.text.styled import CLOCK, Line, Span, cut_line, line_cells, state_style
from swancli.output.text.times import age
from swancli.output.text.width import cells, cut_middle

GAP = "  "
MIN_NAME_CELLS = 12  # that are left of a long name
CLOCK_CELLS = 8


def of_runs(
    runs: Sequence[Status], last_step: int | None, width: int, unicode: bool = True, now: float | None = None
) -> Line:
    """Name, state, last step and last write of a run; for several, counts by state, and the latest step and write."""
    now = time.time() if now is None else now
    dash = unknown(unicode)
    name = ", ".join(str(run.get("name") or dash) for run in runs) or dash
    writes = [write for run in runs if (write := run.get("last_write")) is not None]
    states = [State.of(run) for run in runs if run.get("state")]
    if len(runs) == len(states) == 1:
        state: Line = [(state_text(states[0]), state_style(states[0]))]
    else:
        state = _counts(states) or [(dash, "dim")]
    steps = [last_step, *(run.get("last_step") for run in runs)]
    step = max((step for step in steps if step is not None), default=None)
    parts: list[Line] = [state, [(f"step {dash if step is None else step}", "")]]
    parts.append([("last write ", "dim"), (age(max(writes), now) if writes else dash, CLOCK)])
    return _fit(name, parts, now, width, unicode)


def of_project(project: Project, width: int, unicode: bool = True, now: float | None = None) -> Line:
    """Name of the project, and how many of its runs are in which state."""
    now = time.time() if now is None else now
    return _fit(str(project.get("name") or unknown(unicode)), [runs_by_state(project)], now, width, unicode)


def of_place(name: str, parts: Sequence[Line], width: int, unicode: bool = True, now: float | None = None) -> Line:
    """Name of a project, and `parts`, the last of which are left out where there is no room."""
    return _fit(name or unknown(unicode), parts, time.time() if now is None else now, width, unicode)


def runs_by_state(project: Project) -> Line:
    """How many runs a project has, and in which state: "3 runs: 2 running, 1 crashed"."""
    runs = project.get("experiments") or []
    states = _counts([State.of(run) for run in runs])
    return [(f"{len(runs)} run{'' if len(runs) == 1 else 's'}", ""), *([(": ", ""), *states] if states else [])]


def _counts(states: Iterable[str]) -> Line:
    found: dict[str, int] = {}
    for state in map(str, states):
        found[state] = found.get(state, 0) + 1
    words = [state for state in STATES if state in found] + sorted(set(found) - set(STATES))
    line: Line = []
    for word in words:
        line += [*([(", ", "")] if line else []), (f"{found[word]} {word}", state_style(word))]
    return line


def _fit(name: str, parts: Sequence[Line], now: float, width: int, unicode: bool) -> Line:
    """`name`, the parts and at the right margin the clock, in `width` cells: a long name loses its middle.

    Where there is no room for MIN_NAME_CELLS of it, the last of the parts are left out, and the first is cut.
    """
    clock: Span = (time.strftime("%H:%M:%S", time.localtime(now)), CLOCK)
    name, mark = printable(name), "…" if unicode else "~"
    least = min(MIN_NAME_CELLS, cells(name))
    space = width - len(clock[0]) - len(GAP)  # for the name and the parts
    rest = _joined(parts)
    for count in range(len(parts) - 1, 0, -1):
        if least + line_cells(rest) <= space:
            break
        rest = _joined(parts[:count])
    rest = cut_line(rest, max(space - least, 0), mark)
    line: Line = [(cut_middle(name, max(space - line_cells(rest), 1), mark), "title"), *rest]
    return cut_line([*line, (" " * max(width - line_cells(line) - len(clock[0]), 0), ""), clock], width, mark)


def _joined(parts: Sequence[Line]) -> Line:
    return [span for part in parts for span in ((GAP, ""), *part)]
