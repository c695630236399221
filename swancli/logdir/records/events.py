"""What a record file says, in one vocabulary for both families of files.

None means that the file does not say. Times are ISO strings in UTC. Annotations are evaluated here, not kept
as text: typing would compile the text of each of these many fields, which takes three times as long.
"""

from typing import NamedTuple

JSON, PROTOBUF = "json", "protobuf"  # the families: backup.swanlab, and run-<id>.swanlab of 0.8 and later

LINE, IMAGE, AUDIO, TEXT = "line", "image", "audio", "text"  # the kinds that local mode has a tag for


class Malformed(ValueError):
    """A record that can't be decoded."""


class Start(NamedTuple):
    """The run's identity; JSON files spread it over three records."""

    project: str | None = None
    workspace: str | None = None
    public: bool | None = None
    name: str | None = None
    description: str | None = None
    tags: list[str] | None = None
    group: str | None = None
    job_type: str | None = None
    colors: tuple[str, str] | None = None  # light, dark
    id: str | None = None
    started_at: str | None = None

    def merged(self, other: "Start") -> "Start":
        """This, with fields that it does not know taken from `other`."""
        return other._replace(**{name: value for name, value in self._asdict().items() if value is not None})


class Column(NamedTuple):
    """A metric is announced."""

    key: str
    kind: str  # line, image, audio, text, video, echarts, object3d, molecule, html, ...
    system: bool = False  # hardware, measured by SwanLab
    reference: str = "step"  # or "time"
    section: str | None = None
    section_type: str = "public"  # pinned, hidden, public, system, custom
    kid: str | None = None  # the folder under logs/ and media/; JSON files only
    error: dict[str, str] | None = None  # data_class, excepted: a first value of a wrong type
    name: str | None = None  # to be displayed
    chart_name: str | None = None
    chart_index: str | None = None  # equal: same chart
    metric_name: str | None = None
    colors: tuple[str, str] | None = None
    y_range: tuple[float | None, float | None] | None = None
    x_axis: str | None = None
    hidden: bool | None = None


class Row(NamedTuple):
    """A value of a metric."""

    key: str
    step: int
    data: int | float | str | list[object]  # "NaN", "INF", "-INF" if not finite; for media, texts or file names
    create_time: str | None
    more: list[object] | None = None  # of media: None or {"caption": ...} per item
    epoch: int | None = None
    kind: str | None = None  # as Column.kind; None: some kind of media


class LogLine(NamedTuple):
    """A line of the console, or, with the level ERROR, the text of a crash."""

    text: str
    epoch: int | None  # its number, from 1
    level: str  # INFO, WARN, ERROR
    time: str | None


class Finish(NamedTuple):
    """The run ended in an orderly way."""

    state: str  # running (not recorded), finished, crashed, stopped
    error: str | None
    finished_at: str | None


Event = Start | Column | Row | LogLine | Finish
