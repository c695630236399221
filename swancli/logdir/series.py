"""The points of one metric, however they lie on disk: local mode keeps them in slices, a record file in records."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from swancli.logdir.columns import Columns, Encode
    from swancli.model import Extremes, Point, Value


class Slice(NamedTuple):
    """A file of points, and its number: SwanLab calls 1000.log the one of the first thousand."""

    name: str
    number: int
    path: str


class Block(NamedTuple):
    """Points that follow each other in a file; `entry` makes the JSON of one of them."""

    keys: Sequence[int]  # what points are sorted by
    steps: Sequence[Any]  # as printed: an integer in all but very old runs
    values: list[Any]
    entry: Callable[[int], bytes]
    finite: bool  # whether all values are finite numbers
    columns: Columns | None = None  # what they were split into; a block without is kept, it costs to read again
    size: int = 0  # bytes read


class Series(Protocol):
    """The points of one metric."""

    def exists(self) -> bool:
        """Whether anything on disk is this metric's."""

    def slices(self, fresh: bool = False) -> list[Slice]:
        """The slices in the order of their numbers; listed once unless `fresh`."""

    def block(self, part: Slice) -> Block:
        """The points of one slice."""

    def lines(self, part: Slice) -> list[bytes]:
        """The lines of a slice whose block was columns: the JSON as it stands there, line by line."""

    def read(self, path: str) -> bytes:
        """The bytes of a slice."""

    def summary(self) -> dict[str, Any] | None:
        """What _summary.json says: max, min, their steps, num; None if it says nothing."""

    def ends(self) -> Extremes:
        """The extremes of the finite values."""

    def last(self) -> dict[str, Any] | None:
        """The point written last: index, data, create_time."""

    def count(self) -> int:
        """How many points there are, without reading them all."""

    def shape(self, width: int) -> list[Value]:
        """At most `width` values spread evenly over the series, read without reading it all."""

    def first_step(self, part: Slice) -> int | None:
        """The step of a slice's first point; None if that can't be told without reading the slice."""

    def follow(self) -> Callable[[], list[Point]]:
        """A function that gives the points added since its last call; first all there are."""

    @property
    def encode(self) -> Encode:
        """What spells numbers as JSON the way this series' numbers are to be checked with."""


def point_of(entry: bytes) -> Point:
    """A point's JSON as (step, value, time, captions)."""
    point = json.loads(entry)
    return point["index"], point["data"], point.get("create_time"), point.get("more")


def step_of(point: dict[str, Any]) -> int | None:
    """The step of a point: its index, an integer or what Python makes one of; None where it is neither."""
    try:
        return int(point["index"])
    except (ValueError, TypeError, OverflowError):
        return None
