"""What was read, as the reading thread passes it to the drawing thread; and what is to be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from swancli.model import Address, Point, RowOfProject, Run, Value

Group: TypeAlias = "tuple[str, tuple[str, ...]]"  # a namespace and its metrics


class Wanted(NamedTuple):
    """What is in view, and so is read again and again."""

    cursor: Address | None = None
    drawn: tuple[Address, ...] = ()
    metrics: tuple[str, ...] = ()  # of the charts in view
    console: bool = False
    steps: tuple[int, int] | None = None  # whose points are all wanted
    pace: str = ""  # the metric whose points tell the pace of the run under the cursor


class Rows(NamedTuple):
    """Runs that are new or have changed; `order` has all runs, the newest first, if runs came or went."""

    rows: Sequence[RowOfProject]
    order: Sequence[Address] | None = None
    project: str | None = None


class Metrics(NamedTuple):
    """The metrics with curves of a run, by namespace."""

    address: Address
    groups: Sequence[Group]


class Points(NamedTuple):
    """Points of a metric, in the order of their steps; `total` is how many there are in all."""

    address: Address
    metric: str
    points: Sequence[Point]
    total: int
    steps: tuple[int, int] | None = None  # if only points of these were read


class Lines(NamedTuple):
    """New lines of a run's console; with `anew`, all known ones. `error` is the text of its crash."""

    address: Address
    lines: Sequence[str]
    anew: bool
    error: Sequence[str] = ()


class Crash(NamedTuple):
    """The text of the error that ended a run just now."""

    address: Address
    error: Sequence[str]


class About(NamedTuple):
    """A run's config and system."""

    address: Address
    run: Run


class Latest(NamedTuple):
    """The latest values of metrics that tell how far a run is, and how busy its machine, by name."""

    address: Address
    values: dict[str, Value]


class Trouble(NamedTuple):
    """What could not be read; an empty text once it can be again."""

    text: str


Change: TypeAlias = "Rows | Metrics | Points | Lines | Crash | About | Latest | Trouble"
