"""What the person at the keys has chosen: all that the keys change."""

from __future__ import annotations

from dataclasses import dataclass, field

from swancli.model import Address

RUNS, CHARTS, CONSOLE, OVERVIEW, DIFFERENCES, NOTES, HELP = (
    "runs", "charts", "console", "overview", "differences", "notes", "help",
)  # fmt: skip
PANES = (RUNS, CHARTS, CONSOLE, OVERVIEW, DIFFERENCES, NOTES)  # by their numbers, from 1 on
PAGES = frozenset((DIFFERENCES, NOTES, HELP))  # that take the place of the charts
AXES = ("step", "time", "relative")
SMOOTHINGS = (0.0, 0.3, 0.6, 0.9, 0.97)
MAX_GRID = 9  # steps by which charts are larger or smaller


@dataclass
class View:
    """The choices; addresses are those of runs."""

    cursor: Address | None = None
    chart: str = ""  # the metric under the cursor
    ticked: set[Address] = field(default_factory=set)
    pinned: list[Address] = field(default_factory=list)
    pinned_metrics: list[str] = field(default_factory=list)
    run_filter: str = ""
    metric_filter: str = ""
    best: str = ""  # the metric by whose best value the runs are sorted
    smoothing: float = 0.0
    log_y: bool = False
    x: str = "step"
    grid: int = 0  # larger charts above 0, smaller ones below
    left: bool = True
    right: bool | None = None  # None: if the screen is wide
    bottom: bool = True
    focus: str = RUNS
    is_full: bool = False  # whether the pane with the focus has the whole screen
    page: str = ""  # one of PAGES
    zoom: tuple[float, float] | None = None  # of the x axis
    mark: float | None = None  # the place on the x axis whose values are shown

    @property
    def smooth(self) -> float | None:
        """The smoothing as a plot wants it."""
        return self.smoothing or None
