"""What can be known about a project, its runs, their metrics, charts and consoles: read this module first.

`Source.details` returns these types, from a logdir and from a URL alike; tables are made from them. They are plain
dicts: a key is absent if the source does not provide it. Times are ISO texts as SwanLab wrote them, or seconds since
1970 where the type is float; durations are seconds. A value of a metric is a number, one of the words "NaN", "INF" and
"-INF", or for text and media a list. Annotations are evaluated here, not kept as text: typing would compile the text of
each of these many fields, at every start.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeAlias, TypedDict

Address: TypeAlias = int | str  # an experiment's id, or the run id of a run that has none
Value: TypeAlias = bool | int | float | str | list[Any] | dict[str, Any] | None
Point: TypeAlias = tuple[Any, Value, str | None, Any]  # step, value, time, captions of media
Data: TypeAlias = dict[str, Any]  # the `data` of an API answer, whose form is the API's
Steps: TypeAlias = tuple[int | None, int | None]  # first and last, both included; None leaves an end open

TREND_VALUES = 60  # how many values of a metric are read for its sparkline
STATES = ("running", "stale", "finished", "crashed", "stopped", "killed", "failed", "unknown")
ENDED = frozenset(("finished", "crashed", "stopped", "killed", "failed"))  # states that a run does not leave
GIVEN_UP = ENDED | {"stale"}  # states at which waiting for the end of a run is over
# by a run's status in the database, where nothing else is known; -1 is crashed or stopped
STATE_OF_STATUS: dict[object, str] = {0: "running", 1: "finished", -1: "failed"}


FACTS = (
    "id", "name", "state", "source", "created", "started", "duration", "age", "host", "swanlab", "mode", "step",
    "metrics",
)  # fmt: skip
FUNCTIONS = ("min", "max", "last", "first", "mean", "step", "points", "at")
SPECIAL = re.compile(r"""^[\s-]|\s$|[,()"'=!<>~\\]|\sis\s""")  # a name with one of these needs quotes in a column


class Column(NamedTuple):
    """A column of a table of runs; `swancli.queries.columns` parses its text.

    `kind` is "fact", "config", "metric" (its latest value) or one of FUNCTIONS, of a metric; `name` is the fact, the
    config key with dots, or the metric.
    """

    kind: str
    name: str
    step: int | None = None  # of at(METRIC, STEP)

    @property
    def text(self) -> str:
        """The text that the column is parsed from."""
        if self.kind == "fact":
            return self.name
        if self.kind == "config":
            return f"config.{_quoted(self.name)}"
        if self.kind == "metric":
            return _quoted(self.name, self.name in FACTS or self.name.startswith("config."))
        more = "" if self.step is None else f", {self.step}"
        return f"{self.kind}({_quoted(self.name)}{more})"


def _quoted(name: str, always: bool = False) -> str:
    if name and not always and not SPECIAL.search(name):
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Known(NamedTuple):
    """A value of a run in a comparison; a run without the value has None instead."""

    value: Value


class Compared(NamedTuple):
    """A row of a comparison: a section and a key, a cell for each run, and the positions of the best cells."""

    section: str
    key: str
    cells: Sequence[Known | None]
    best: tuple[int, ...] = ()


TIMEOUT = "timeout"  # used instead of a state as the reason for the end of a wait


class Ended(NamedTuple):
    """How the wait for a run ended."""

    address: Address
    name: str
    state: str
    reason: str  # a state, the text of a condition, "not" and that text, or TIMEOUT
    value: Value  # that the condition was about
    exit_code: int
    duration: float | None  # of the run, in seconds
    waited: float  # seconds


class Checked(NamedTuple):
    """Whether a condition holds of a run: `condition` is its column, `wanted` its operator and value."""

    address: Address
    name: str
    holds: bool
    condition: str
    value: Value
    wanted: str


class RunState(TypedDict, total=False):
    """How a run is doing, by what its files tell; a dashboard can't tell crashed from stopped: both are "failed"."""

    state: str  # one of STATES
    stale_for: float | None  # seconds without a write, of a stale run
    last_write: float | None
    duration: float | None
    mode: str  # local or offline
    swanlab_version: Any
    on_disk_only: bool  # no row in the database names it


class Extremes(TypedDict, total=False):
    """The lowest and the highest finite value of a metric, and where they are."""

    min: Value
    min_step: int | None
    max: Value
    max_step: int | None


class Latest(TypedDict):
    """The value of a metric that was written last."""

    name: str
    value: Value
    step: int | None
    shape: list[Value] | None  # TREND_VALUES of the metric, if asked for


class Best(TypedDict):
    """A metric's lowest or highest value."""

    value: Value
    step: int | None


class RowOfProject(RunState, total=False):
    """One run of a project."""

    source: str  # where the run is, if several sources are read
    id: int | None
    run_id: str
    name: str
    description: Any
    version: Any
    status: Any  # the database's number
    create_time: Any
    finish_time: Any
    config: Any
    metrics: int  # how many
    last_step: int | None
    metric: Latest  # the main one, or the one that was asked for
    matched: dict[str, Latest]  # by name, the metrics that a glob matches
    best: Best
    values: dict[str, Value]  # by the text of a Column, those that were asked for; what a source can't tell is absent


class Project(TypedDict, total=False):
    """A project and its runs, by id; runs that only lie on disk come last."""

    id: int
    name: str | None  # of runs without a database, what their record files tell
    logdir: str
    experiments: list[RowOfProject]


class Run(RunState, total=False):
    """One run: who it is, how it was set up, and the machine it ran on."""

    source: str  # where the run is, if several sources are read
    id: int | None
    run_id: str
    name: str
    description: Any
    version: Any
    create_time: Any
    finish_time: Any
    config: Any
    system: Any
    project: str  # from here on what only record files hold
    workspace: str
    public: bool
    tags: list[str]
    group: str
    job_type: str
    crash: str  # the text of the error
    requirements: list[str] | None  # the lines of requirements.txt, if asked for; None if the run has none


class Chart(TypedDict):
    """A chart, as the API describes it (see docs/schema/charts.json for all of its keys)."""

    id: int
    name: str
    type: str
    reference: str
    status: int | None  # 1 pinned, -1 hidden, else 0; null in databases of 0.1.5 to 0.2.3
    source: list[str]  # names of metrics
    error: dict[str, Any]


class Namespace(TypedDict):
    """A group of charts, by their ids."""

    id: int
    name: str
    charts: list[int]


class MetricShape(TypedDict, total=False):
    """What a charts table says of a metric."""

    type: Any
    points: int
    shape: list[Value] | None


class Charts(TypedDict, total=False):
    """The charts of a run, the namespaces that show them, and the metrics that they draw, by name."""

    charts: list[Chart]
    namespaces: list[Namespace]
    metrics: dict[str, MetricShape]


class Status(RunState, total=False):
    """Whether a run runs, and its charts."""

    id: int | None
    name: str
    status: Any
    create_time: Any
    update_time: Any
    finish_time: Any
    charts: Charts
    last_step: int | None  # of the run's main metric


class MetricSummary(Extremes, total=False):
    """One metric of a run."""

    key: str  # its name
    type: Any
    value: Value  # the latest
    step: int | None
    points: int
    shape: list[Value] | None


class Summary(TypedDict):
    """The metrics of a run in the order of their charts."""

    summaries: list[MetricSummary]


class Series(Extremes, total=False):
    """The points of one metric; of an excerpt, only min and max are the whole series'."""

    name: str
    experiment_id: Address | None  # with its source in front if several are read
    experiment: str  # its name
    count: int  # points, in all or of the sample that is all there is
    total: int
    shown: int  # points in `points`
    sampled: bool
    nonfinite: int  # values that are NaN, INF or -INF
    first_step: int
    last_step: int
    last: Value
    points: Iterable[Point] | Sequence[Point]


class ConsoleText(TypedDict):
    """What a run printed, and the text of its crash, as lines."""

    lines: Iterable[str]
    error: list[str]


class Console(ConsoleText, total=False):
    """The console of a run."""

    next: int  # where to go on, if only new lines were asked for


class Window(TypedDict):
    """Some lines of a console, in one piece. Positions only mean something to the console that gave them."""

    lines: list[str]
    start: int  # the position of the first line
    end: int  # where the next window begins
    size: int  # the position behind the last line


class SourceState(TypedDict):
    """How a source is doing."""

    name: str
    where: str  # a path, an SSH address or a URL
    answers: bool
    version: str | None  # of swancli there; None if it is none or there is none
    runs: int | None
    running: int | None
    seconds: float  # until it answered
    error: str | None
