"""What is taken away from the view: its points as a CSV file, and the command line that shows the same."""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Sequence

from swancli.endpoints import METRIC
from swancli.errors import DataError, SwancliError
from swancli.logdir.locate import enclosing
from swancli.model import Address, Series
from swancli.output.formats.delimited import delimited
from swancli.output.table import shown
from swancli.output.views.metric import metric as view_of_metric
from swancli.screen.control.state import State
from swancli.screen.facts import Facts
from swancli.screen.view import CHARTS, CONSOLE, OVERVIEW, View
from swancli.source import Source


class TakeAway:
    """Exports and copies what is shown."""

    def __init__(self, state: State) -> None:
        self._state = state

    def export(self) -> None:
        """Write the points that are shown to a CSV file in the working directory."""
        state, view = self._state, self._state.view
        metrics = [view.chart] if view.is_full and view.focus == CHARTS else state.charts.in_view()
        pairs = [(one, metric) for one in state.facts.drawn(view) for metric in metrics]
        if not pairs:
            return state.outside.say("nothing to export: no chart is shown", is_bad=True)
        zoom = view.zoom if view.x == "step" else None

        def tell(found: object) -> None:
            is_bad = isinstance(found, Exception)
            state.outside.say(f"not exported: {found}" if is_bad else str(found), is_bad)

        state.outside.ask(lambda source: export(source, pairs, zoom), tell)

    def copy(self) -> None:
        """Copy the command line that shows the same."""
        text = command_line(self._state.facts, self._state.view, self._state.charts.in_view())
        self._state.outside.copy(text)
        self._state.outside.say(f"copied: {text}")


def export(source: Source, pairs: Sequence[tuple[Address, str]], zoom: tuple[float, float] | None) -> str:
    """Write the points of series, within `zoom` if given, to a new CSV file; return a sentence that says where."""
    more: dict[str, object] = {"all": None} if zoom is None else {"steps": (int(zoom[0]), int(zoom[1]) + 1)}
    asked = [{"experiment": one, "metric": metric, **more} for one, metric in pairs]
    found: list[Series] = [one for one in source.details_of_many(METRIC, asked) if not isinstance(one, SwancliError)]
    if not found:
        raise DataError("none of these metrics has points")
    path = os.path.join(folder(), time.strftime("swancli-%Y%m%d-%H%M%S.csv"))
    count = 0
    with open(path, "x", encoding="utf-8", newline="") as file:
        for table in shown(view_of_metric(found), "pipe"):
            for piece in delimited(table, "excel"):
                file.write(piece)
                count += piece.count("\n")
    return f"wrote {path}: {len(found)} series, {count - 1} lines"


def folder() -> str:
    """Where files are written: the working directory, or the user's home directory if that is within a logdir."""
    here = os.getcwd()
    return here if enclosing(here) is None else os.path.expanduser("~")


def command_line(facts: Facts, view: View, in_view: Sequence[str]) -> str:
    """The swancli command that shows what the pane with the focus shows."""
    runs = ",".join(str(one) for one in facts.drawn(view))
    words = ["swancli", *facts.options]
    if view.focus == CHARTS or (view.focus not in (CONSOLE, OVERVIEW) and view.ticked):
        metrics = [view.chart] if view.is_full and view.chart else list(in_view)
        words += ["metric", runs, *metrics]
        if view.x != "step":
            words += ["--x", view.x]
        if view.log_y:
            words.append("--log-y")
        if view.smoothing:
            words += ["--smooth", f"{view.smoothing:g}"]
        if view.zoom is not None and view.x == "step":
            words += ["--steps", f"{int(view.zoom[0])}:{int(view.zoom[1]) + 1}"]
    elif view.focus == CONSOLE:
        words += ["logs", str(view.cursor)]
    elif view.focus == OVERVIEW:
        words += ["experiment", str(view.cursor)]
    else:
        words += ["project"]
    return shlex.join(words)
