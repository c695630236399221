"""The keys: what they are called, what they do, and where the help lists them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from swancli.screen.control.controller import Controller


class Key(NamedTuple):
    """One or several keys with one effect, by Textual's names for them; `shown` is the help's name."""

    names: tuple[str, ...]
    shown: str
    text: str
    section: str
    action: Callable[[Controller], None]
    hint: str = ""  # for the last line of the screen


MOVE, CHOOSE, DRAW, SHOW, TAKE = "Move", "Choose", "Charts", "Panes and pages", "Export, quit"

KEYS = (
    Key(("down", "j"), "↓ j", "down: the next run, chart or line", MOVE, lambda c: c.moving.move(0, 1)),
    Key(("up", "k"), "↑ k", "up", MOVE, lambda c: c.moving.move(0, -1)),
    Key(("right", "l"), "→ l", "right: the next chart; from the runs into the charts", MOVE,
        lambda c: c.moving.move(1, 0)),
    Key(("left", "h"), "← h", "left", MOVE, lambda c: c.moving.move(-1, 0)),
    Key(("pagedown", "ctrl+f"), "PgDn", "a page down", MOVE, lambda c: c.moving.page(1)),
    Key(("pageup", "ctrl+b"), "PgUp", "a page up", MOVE, lambda c: c.moving.page(-1)),
    Key(("home", "g"), "Home g", "to the first", MOVE, lambda c: c.moving.ends(True)),
    Key(("end", "G", "upper_g"), "End G", "to the last", MOVE, lambda c: c.moving.ends(False)),
    Key(("tab",), "Tab", "to the next pane", MOVE, lambda c: c.showing.next_pane(1), "pane"),
    Key(("shift+tab",), "Shift-Tab", "to the previous pane", MOVE, lambda c: c.showing.next_pane(-1)),
    Key(("enter",), "Enter", "show the pane or chart in full screen; on a note, go to its run", MOVE,
        lambda c: c.showing.enter(), "full"),
    Key(("escape",), "Esc", "back: from full screen, a page, a zoom, a filter", MOVE, lambda c: c.showing.back()),
    Key(("slash",), "/", "filter runs: a regular expression, or conditions (state = running and age < 2h)", CHOOSE,
        lambda c: c.filters.begin("/"), "runs"),
    Key(("backslash",), "\\", "filter metrics: a regular expression", CHOOSE,
        lambda c: c.filters.begin("\\"), "metrics"),
    Key(("space",), "Space", "tick a run: its curves are drawn", CHOOSE, lambda c: c.choosing.tick(), "tick"),
    Key(("a",), "a", "tick all listed runs, or none", CHOOSE, lambda c: c.choosing.tick_all()),
    Key(("p",), "p", "pin the run to the top; in the charts, pin the chart", CHOOSE, lambda c: c.choosing.pin()),
    Key(("b",), "b", "sort the runs by their best value of this metric, or by age again", CHOOSE,
        lambda c: c.ranking.sort_by_best(), "best"),
    Key(("s",), "s", "smoothing: 0, 0.3, 0.6, 0.9, 0.97", DRAW, lambda c: c.axes.smooth(), "smooth"),
    Key(("y",), "y", "logarithmic y axis", DRAW, lambda c: c.axes.log()),
    Key(("x",), "x", "x axis: step, time, time since the start", DRAW, lambda c: c.axes.next_x()),
    Key(("plus", "equals_sign", "+", "="), "+", "larger charts", DRAW, lambda c: c.axes.resize(1)),
    Key(("minus", "-"), "-", "smaller charts", DRAW, lambda c: c.axes.resize(-1)),
    Key(("t",), "t", "show a line and the values of all charts at it; again to hide it", DRAW,
        lambda c: c.axes.mark()),
    Key(("comma", ","), ",", "move that line to the left", DRAW, lambda c: c.axes.move_mark(-1)),
    Key(("full_stop", "."), ".", "move that line to the right", DRAW, lambda c: c.axes.move_mark(1)),
    Key(("z",), "z", "zoom in on the x axis, around that line; the wheel does, too", DRAW, lambda c: c.axes.zoom(1)),
    Key(("Z", "upper_z"), "Z", "zoom out; dragging selects a range", DRAW, lambda c: c.axes.zoom(-1)),
    Key(("0",), "0", "the whole x axis", DRAW, lambda c: c.axes.unzoom()),
    *(
        Key((str(n),), str(n), f"the {name} pane", SHOW, lambda c, n=n: c.showing.pane(n))  # type: ignore[misc]
        for n, name in enumerate(("runs", "charts", "console", "overview", "differences", "notes"), 1)
    ),
    Key(("left_square_bracket", "["), "[", "show or hide the runs", SHOW, lambda c: c.showing.sidebar("left")),
    Key(("right_square_bracket", "]"), "]", "show or hide the overview on the right", SHOW,
        lambda c: c.showing.sidebar("right")),
    Key(("o",), "o", "overview of the run: config, system", SHOW, lambda c: c.showing.pane(4), "overview"),
    Key(("d",), "d", "what differs between the ticked runs", SHOW, lambda c: c.showing.pane(5), "differ"),
    Key(("exclamation_mark", "!"), "!", "notes: what happened to runs", SHOW, lambda c: c.showing.pane(6), "notes"),
    Key(("question_mark", "?", "f1"), "?", "this help", SHOW, lambda c: c.showing.help(), "help"),
    Key(("ctrl+l",), "Ctrl-L", "redraw the screen", SHOW, lambda c: c.outside.redraw()),
    Key(("e",), "e", "export the shown points as CSV", TAKE, lambda c: c.takeaway.export()),
    Key(("c",), "c", "copy the swancli command line that shows the same", TAKE, lambda c: c.takeaway.copy(), "copy"),
    Key(("ctrl+z",), "Ctrl-Z", "suspend to the shell; fg comes back", TAKE, lambda c: c.outside.to_shell()),
    Key(("q", "ctrl+c", "ctrl+q"), "q", "quit", TAKE, lambda c: c.outside.leave(), "quit"),
)  # fmt: skip

ACTIONS = {name: key.action for key in KEYS for name in key.names}
HINTS = [(key.shown.split()[0], key.hint) for key in sorted(KEYS, key=lambda key: key.hint != "help") if key.hint]
