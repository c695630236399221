"""The points of one metric, however they are stored: local mode has files of lines, offline mode has records."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypedDict

from swancli.logdir.nesting import too_deep

if TYPE_CHECKING:
    from swancli.logdir.columns import Columns, Encode
    from swancli.model import Extremes, Point, Value

HARDWARE_PREFIX = "__swanlab__."  # of the names of hardware metrics


class _Point(TypedDict):
    index: int | float | str  # an integer in all but very old runs
    data: Value


class JsonPoint(_Point, total=False):
    """A point as SwanLab writes it, a JSON object; there may be other keys."""

    create_time: str | None
    more: list[Any]  # captions of media


class SummaryFile(TypedDict, total=False):
    """What _summary.json holds: the extremes of the finite values, and the number of points."""

    max: Value
    max_step: int | None
    min: Value
    min_step: int | None
    num: int


class Slice(NamedTuple):
    """A file of points, and its number: SwanLab calls the file of the first thousand points 1000.log."""

    name: str
    number: int
    path: str


class Block(NamedTuple):
    """Consecutive points of a file; `entry` makes the JSON of one of them."""

    keys: Sequence[int]  # the steps as integers, by which points are sorted
    steps: Sequence[int | float | str]  # as printed
    values: Sequence[Value]
    entry: Callable[[int], bytes]
    finite: bool  # whether all values are finite numbers
    columns: Columns | None = None  # of a slice in the usual form; a block without them is kept: parsing is slow
    size: int = 0  # bytes read


class Series(Protocol):
    """The points of one metric."""

    def exists(self) -> bool:
        """Whether there is anything of this metric on disk."""

    def slices(self, fresh: bool = False) -> list[Slice]:
        """The slices in the order of their numbers; listed once unless `fresh`."""

    def block(self, part: Slice) -> Block:
        """The points of one slice."""

    def read(self, path: str) -> bytes:
        """The bytes of a slice."""

    def summary(self) -> SummaryFile | None:
        """What _summary.json holds, None if it is missing or unreadable."""

    def ends(self) -> Extremes:
        """The extremes of the finite values; {} if there are none."""

    def last(self) -> JsonPoint | None:
        """The point written last."""

    def count(self) -> int:
        """How many points there are, without reading them all."""

    def shape(self, width: int) -> list[Value]:
        """At most `width` values spread evenly over the series, read without reading it all."""

    def first_step(self, part: Slice) -> int | None:
        """The step of a slice's first point; None if it is not known without reading the slice."""

    def follow(self) -> Callable[[], list[Point]]:
        """A function that gives the points added since its last call; first all there are."""

    @property
    def encode(self) -> Encode:
        """The function that encodes numbers for `Columns.is_plain`."""


def extremes(found: SummaryFile) -> Extremes:
    """The extremes that a _summary.json holds."""
    return {
        "min": found.get("min"),
        "min_step": found.get("min_step"),
        "max": found.get("max"),
        "max_step": found.get("max_step"),
    }


def point_of(entry: bytes) -> Point:
    """A point's JSON as (step, value, time, captions)."""
    point: JsonPoint = json.loads(entry)
    return point["index"], point["data"], point.get("create_time"), point.get("more")


def step_of(point: JsonPoint) -> int | None:
    """The step of a point: its index as an integer; None if it can't be converted."""
    try:
        return int(point["index"])
    except (ValueError, TypeError, OverflowError):
        return None


def parse_point(line: bytes) -> JsonPoint | None:
    """A line of a slice as a point whose index is a step; None if it is not one."""
    point = readable_point(line)
    return None if point is None or step_of(point) is None else point


def readable_point(line: bytes) -> JsonPoint | None:
    """A line of a slice as a point with any index; None if it is not one."""
    try:
        point: JsonPoint = json.loads(line.decode())
    except (ValueError, RecursionError):
        return None
    if not isinstance(point, dict) or "index" not in point or "data" not in point:
        return None
    return None if too_deep(line, point) else point
