"""One metric in the index of a record file."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from operator import lt
from typing import TYPE_CHECKING, Any

from swancli.logdir.records.events import LINE, Column
from swancli.values import MARKERS

if TYPE_CHECKING:
    from swancli.model import Value

LOWEST_STEP = -(1 << 63)


class IndexedMetric:
    """One metric: its column, where its rows are, and its extremes."""

    __slots__ = (
        "checked_repeats",
        "column",
        "first_time",
        "highest_step",
        "is_media",
        "max",
        "max_step",
        "min",
        "min_step",
        "offsets",
        "possible_repeats",
        "steps",
        "values",
    )

    KEPT = ("checked_repeats", "first_time", "highest_step", "max", "max_step", "min", "min_step")  # beside the arrays

    def __init__(self, column: Column) -> None:
        self.column = column
        self.is_media = column.kind != LINE
        self.offsets = array("q")  # of the rows in the file
        self.steps = array("q")
        self.values: array[float] | None = None if self.is_media else array("d")  # None: some are not floats
        self.highest_step = LOWEST_STEP
        self.possible_repeats = array("q")  # positions of rows whose step is not above all earlier ones
        self.checked_repeats = 0  # how many of them `Index.deduplicated` has dealt with
        self.first_time: str | None = None
        self.max: Any = None  # a number; of media in JSON files a list
        self.max_step = 0
        self.min: Any = None
        self.min_step = 0

    def add(self, offset: int, step: int, data: object) -> None:
        """Add a row."""
        if self.values is not None:
            value = MARKERS.get(data, data) if isinstance(data, str) else data
            if isinstance(value, float):
                self.values.append(value)
            else:
                self.values = None
        if step > self.highest_step:
            self.highest_step = step
        else:
            self.possible_repeats.append(len(self.steps))
        self.offsets.append(offset)
        self.steps.append(step)

    def add_many(self, offsets: Iterable[int], steps: Sequence[int], values: Sequence[float]) -> None:
        """Add rows of scalars that follow each other."""
        ascending = isinstance(steps, range) or all(map(lt, steps, steps[1:]))
        if ascending and steps[0] > self.highest_step:
            self.highest_step = steps[-1]
        else:
            for n, step in enumerate(steps, len(self.steps)):
                if step > self.highest_step:
                    self.highest_step = step
                else:
                    self.possible_repeats.append(n)
        self.offsets.extend(offsets)
        self.steps.extend(steps)
        if self.values is not None:
            self.values.extend(values)
        total = sum(values)
        if total - total != 0.0:  # some may not be finite
            pairs = [pair for pair in zip(values, steps) if pair[0] - pair[0] == 0.0]
            if not pairs:
                return
            values, steps = zip(*pairs)
        for value in (max(values), min(values)):  # the first of equal ones stays
            self.add_to_extremes(value, steps[values.index(value)])

    def add_to_extremes(self, value: Value, step: int) -> None:
        """Update maximum and minimum with a value; the first of equal ones stays."""
        try:
            if self.max is None or value > self.max:
                self.max, self.max_step = value, step
            if self.min is None or value < self.min:
                self.min, self.min_step = value, step
        except TypeError:
            pass  # lists whose items have no order
