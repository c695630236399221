"""The runs at the left: state as a coloured letter, name, step, age; in front the letter of a run's curve."""

from __future__ import annotations

from collections.abc import Sequence

from swancli.model import Address, Column, RowOfProject
from swancli.output.plot.canvas import letter
from swancli.output.text.escape import printable
from swancli.output.text.numbers import fitted as number
from swancli.output.text.numbers import human
from swancli.output.text.styled import Line, state_style
from swancli.output.text.times import coarse
from swancli.output.text.width import cells, cut_middle, pad
from swancli.screen.facts import MAX_DRAWN, Facts
from swancli.screen.layout import Box
from swancli.screen.panes.frame import Look, framed, title
from swancli.screen.style import CURSOR, SHADE
from swancli.screen.view import RUNS, View
from swancli.times import seconds

LETTERS = {
    "running": "R", "finished": "F", "crashed": "C", "killed": "K", "stopped": "S", "failed": "X", "stale": "?",
}  # fmt: skip
STEP_CELLS, AGE_CELLS, VALUE_CELLS = 7, 5, 10
MIN_NAME_CELLS = 16


class RunsPane:
    """The list, and how far it is scrolled."""

    def __init__(self) -> None:
        self.top = 0

    def lines(
        self, facts: Facts, view: View, listed: Sequence[Address], box: Box, look: Look, columns: Sequence[Column]
    ) -> list[Line]:
        """The lines of the pane."""
        room = max(box.height - 1, 1)
        at = listed.index(view.cursor) if view.cursor in listed and view.cursor is not None else 0
        self.top = max(min(self.top, at, max(len(listed) - room, 0)), at - room + 1, 0)
        drawn = facts.drawn(view)
        letters = {one: letter(n) for n, one in enumerate(drawn)} if len(drawn) > 1 else {}
        shown = listed[self.top : self.top + room]
        width = box.width - 1
        extra = _columns(facts, view, columns, width)
        body = [[*self._line(facts, view, one, letters, extra, width, look), (look.glyphs.bar, "dim")] for one in shown]
        if not listed:
            what = "no run matches" if view.run_filter else "no runs yet" if facts.order else "looking for runs"
            body = [[(f" {what}", "dim")]]
        count = str(len(facts.rows)) if len(listed) == len(facts.rows) else f"{len(listed)}/{len(facts.rows)}"
        words = f"1 runs {count}" + (f" by {view.best}" if view.best and facts.ranked is not None else "")
        words += f" /{view.run_filter}" if view.run_filter else ""
        ticked = len(facts.ticked(view))
        right = f"{MAX_DRAWN}/{ticked} drawn" if ticked > MAX_DRAWN else f"{ticked} ticked" if ticked else ""
        body += [[(" " * width, ""), (look.glyphs.bar, "dim")] for _ in range(room - len(body))]
        return framed(title(words, box.width, look, view.focus == RUNS, right), body, box.width, box.height, look)

    def at(self, line: int) -> int:
        """The index of the run on a line of the pane."""
        return self.top + line - 1

    def _line(
        self,
        facts: Facts,
        view: View,
        one: Address,
        letters: dict[Address, tuple[str, str]],
        extra: Sequence[tuple[Column, str]],
        width: int,
        look: Look,
    ) -> Line:
        row, glyphs = facts.rows[one], look.glyphs
        state = str(row.get("state") or "")
        is_here = one == view.cursor
        under = (CURSOR if view.focus == RUNS else SHADE) if is_here else ""
        sign, style = letters.get(one, (glyphs.tick, "series0") if one in view.ticked else (" ", ""))
        mark = glyphs.pin if one in view.pinned else " "
        step = row.get("last_step")
        source = f"{row['source']}:" if "source" in row else ""
        right = ""
        if width >= MIN_NAME_CELLS + 5 + AGE_CELLS + STEP_CELLS + len(extra) * (VALUE_CELLS + 1):
            right += pad(glyphs.dash if step is None else number(step, STEP_CELLS), STEP_CELLS, right=True)
        right += pad(_age(row, facts.now()) or glyphs.dash, AGE_CELLS + 1, right=True)
        values: Line = []
        for column, _ in extra:
            value = _value(facts, view, one, column)
            text = printable(human(value)) if isinstance(value, str) else number(value, VALUE_CELLS)
            values.append((pad(cut_middle(text, VALUE_CELLS), VALUE_CELLS + 1, right=True), _join("strong", under)))
        room = max(width - 5 - cells(right) - len(values) * (VALUE_CELLS + 1), 4)
        name = pad(cut_middle(printable(source + facts.name(one)), room, glyphs.ellipsis), room)
        return [
            (sign, _join(style, under)),
            (mark, under or "dim"),
            (LETTERS.get(state, glyphs.dash), _join(state_style(state), under)),
            (f" {name} ", under),
            *values,
            (right, under or "dim"),
        ]


def _columns(facts: Facts, view: View, columns: Sequence[Column], width: int) -> list[tuple[Column, str]]:
    """The further columns that there is room for: the best value that the runs are sorted by comes first."""
    wanted = [*([Column("best", view.best)] if view.best and facts.ranked is not None else []), *columns]
    room = width - 5 - MIN_NAME_CELLS - STEP_CELLS - AGE_CELLS - 1
    return [(column, column.text) for column in wanted[: max(room // (VALUE_CELLS + 1), 1 if view.best else 0)]]


def _value(facts: Facts, view: View, one: Address, column: Column) -> object:
    if column.kind == "best":
        return next((value for whose, value in facts.ranked or () if whose == one), None)
    return facts.values.get(one, {}).get(column.text)


def _age(row: RowOfProject, now: float) -> str:
    """How long ago a run was created: "3m"."""
    created = seconds(row.get("create_time"))
    if created is None:
        return ""
    number, unit = coarse(max(now - created, 0.0)).split()
    return number + unit[0]


def _join(style: str, more: str) -> str:
    return f"{style}+{more}" if style and more else style or more
