"""The pages: overview of a run, differences, notes, help."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from swancli.output.formats.terminal import render_all
from swancli.output.text.escape import printable
from swancli.output.text.styled import Line, state_style
from swancli.output.text.width import pad, wrap
from swancli.output.views.compare import compare
from swancli.output.views.experiment import experiment
from swancli.screen.facts import Facts
from swancli.screen.panes.frame import Look
from swancli.screen.reading.questions import Differences
from swancli.screen.style import CURSOR
from swancli.screen.view import View

if TYPE_CHECKING:
    from swancli.screen.control.keys import Key

KEY_CELLS = 10


def overview(facts: Facts, view: View, width: int, look: Look) -> list[Line]:
    """Times, config and system of the run under the cursor."""
    run = facts.about.get(view.cursor) if view.cursor is not None else None
    if run is None or view.cursor is None:
        return [[("reading the run" if view.cursor is not None else "", "dim")]]
    row = facts.rows.get(view.cursor) or {}
    told = {key: row[key] for key in ("state", "duration", "stale_for", "last_write") if row.get(key) is not None}
    return render_all(experiment({**run, **told}), width, look.unicode, facts.now())  # type: ignore[typeddict-item]


def differences(found: object, width: int, look: Look) -> list[Line]:
    """What differs between the ticked runs."""
    if found is None:
        return [[("reading what differs", "dim")]]
    if not isinstance(found, Differences):
        return [[(part, "dim")] for part in wrap(str(found), width)]
    return render_all(compare(found.runs, found.rows, found.same), width, look.unicode)


def notes(facts: Facts, at: int, width: int) -> list[Line]:
    """What happened to runs, the latest first; `at` is the one under the cursor."""
    lines: list[Line] = []
    for n, note in enumerate(reversed(facts.notes)):
        when = time.strftime("%H:%M:%S", time.localtime(note.when))
        under = f"+{CURSOR}" if n == at else ""
        style = state_style(note.what) if note.what != "appeared" else "busy"
        line: Line = [(f"{when} ", "dim" + under), (pad(note.what, 9), style + under)]
        lines.append([*line, (f" {printable(note.name)}", under.lstrip("+")), (f"  {printable(note.detail)}", "dim")])
    return lines or [[("nothing has happened since the view was opened", "dim")]]


def help(keys: Sequence[Key], width: int) -> list[Line]:
    """All keys, by section, in two columns where there is room."""
    columns = 2 if width >= 150 else 1
    each = width // columns
    lines: list[Line] = []
    for section in dict.fromkeys(key.section for key in keys):
        if lines:
            lines.append([])
        lines.append([(section, "head")])
        entries: list[Line] = []
        for key in keys:
            if key.section == section:
                parts = wrap(key.text, max(each - KEY_CELLS - 3, 10))
                entries.append([(f"  {pad(key.shown, KEY_CELLS)}", "key"), (parts[0], "")])
                entries += [[(" " * (KEY_CELLS + 2) + part, "")] for part in parts[1:]]
        half = -(-len(entries) // columns)
        for n in range(half):
            line = list(entries[n])
            for more in entries[n + half : n + half + 1] if columns > 1 else ():
                used = sum(len(text) for text, _ in line)
                line += [(" " * max(each - used, 1), ""), *more]
            lines.append(line)
    return lines
