"""The lines above and below the panes: the project, the run under the cursor, the keys."""

from __future__ import annotations

from collections.abc import Sequence

from swancli.model import Value
from swancli.output.text.escape import printable
from swancli.output.text.styled import Line, line_cells, state_style
from swancli.output.text.times import duration
from swancli.output.text.width import cells, cut_end, cut_middle
from swancli.output.views.heading import CLOCK_CELLS, GAP, of_place
from swancli.screen.facts import Facts
from swancli.screen.panes.frame import Look, fitted
from swancli.screen.reading.reader import HARDWARE, PERCENT
from swancli.screen.view import View
from swancli.values import as_finite

METER_CELLS = 6
MIN_NAME_CELLS = 12


def top(facts: Facts, seen: int, width: int, look: Look) -> Line:
    """The first line: project, what is wrong, runs by state, notes that were not looked at, source, the clock."""
    parts: list[Line] = []
    if facts.trouble:
        room = width - min(MIN_NAME_CELLS, cells(facts.project)) - CLOCK_CELLS - 2 * len(GAP)
        parts.append([(cut_middle(printable(facts.trouble), max(room, 1), look.glyphs.ellipsis), "bad")])
    parts.append(facts.counts)
    unseen = len(facts.notes) - seen
    if unseen > 0:
        parts.append([(f"! {unseen} new", "warn")])
    parts.append([(facts.where, "dim")])
    return fitted(of_place(facts.project, parts, width, look.unicode, facts.now()), width, look.glyphs.ellipsis)


def of_run(facts: Facts, view: View, width: int, look: Look) -> Line:
    """The second line: state, step, pace, remaining and elapsed time of the run under the cursor, its machine."""
    one = view.cursor
    row = facts.rows.get(one) if one is not None else None
    if one is None or row is None:
        return fitted([("", "")], width)
    state = str(row.get("state") or "unknown")
    found = facts.estimate(one)
    dash = look.glyphs.dash
    step = row.get("last_step")
    parts: list[Line] = [[(state, state_style(state))], [("step ", "dim"), (dash if step is None else str(step), "")]]
    if state == "running":
        pace = dash if found.pace is None else f"{found.pace:.3g}"
        parts.append([(pace, ""), (" steps/s", "dim")])
    if found.left is not None and found.done is not None:
        parts.append([("left ~", "dim"), (_roughly(found.left), ""), (f" est., {found.done:.0%} done", "dim")])
    parts.append([("elapsed ", "dim"), (_duration(row.get("duration"), dash), "")])
    for name, value in meters(facts.latest.get(one, {})):
        parts.append(_meter(name, value, look))
    least = min(MIN_NAME_CELLS, cells(printable(facts.name(one))))
    line: Line = []
    for part in parts:
        if line_cells(line) + line_cells(part) + least + 4 > width:
            break
        line += [("  ", ""), *part]
    name = cut_middle(printable(facts.name(one)), max(width - line_cells(line) - 1, least), look.glyphs.ellipsis)
    return fitted([(name, "title"), *line], width, look.glyphs.ellipsis)


def meters(latest: dict[str, Value]) -> list[tuple[str, float]]:
    """The hardware metrics in per cent, with short names, GPUs first."""
    found = []
    for name, value in latest.items():
        if name.startswith(HARDWARE) and name.endswith(PERCENT) and (number := as_finite(value)) is not None:
            short = name[len(HARDWARE) :].rpartition(".")[0].replace(".", " ")
            found.append((short, min(max(number, 0.0), 100.0)))
    return sorted(found, key=lambda pair: (not pair[0].startswith("gpu"), pair[0]))


def _meter(name: str, value: float, look: Look) -> Line:
    full = round(value / 100 * METER_CELLS)
    style = "bad" if value >= 95 else "warn" if value >= 80 else "good"
    glyphs = look.glyphs
    bar = glyphs.full * full
    return [(f"{name} ", "dim"), (bar, style), (glyphs.empty * (METER_CELLS - full), "dim"), (f" {value:.0f}%", "")]


def _roughly(seconds: float) -> str:
    """A duration for an estimate: hours without seconds, days without minutes."""
    parts = duration(seconds).split()
    return " ".join(parts[:2] if len(parts) > 2 else parts)


def _duration(value: object, dash: str) -> str:
    return dash if value is None else duration(value)


def keys(hints: Sequence[tuple[str, str]], message: str, is_bad: bool, width: int, look: Look) -> Line:
    """The last line: a message, or else the most important keys."""
    if message:
        return fitted(
            [(cut_end(f" {printable(message)}", width, look.glyphs.ellipsis), "bad" if is_bad else "strong")], width
        )
    line: Line = []
    for key, name in hints:
        part: Line = [(f" {key}", "key+strong"), (f" {name} ", "")]
        if line_cells(line) + line_cells(part) > width:
            break
        line += part
    return fitted(line, width)


def prompt(sign: str, text: str, problem: str, width: int, look: Look) -> Line:
    """The last line while a filter is typed."""
    shown = printable(text)
    room = max(width - cells(problem) - 6, 10)
    if cells(shown) > room:
        shown = "…" + shown[-(room - 1) :]
    return fitted([(f" {sign}", "key+strong"), (shown, ""), (" ", "cursor"), (f"  {problem}", "bad")], width)
