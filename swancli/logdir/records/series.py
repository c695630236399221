"""The points of one metric in a record file: a `logdir.series.Series`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, cast

from swancli.logdir import columns
from swancli.logdir.records.run import RecordedRun
from swancli.logdir.series import Block, Slice, extremes
from swancli.reply import dumps
from swancli.values import encoded

if TYPE_CHECKING:
    from swancli.logdir.series import JsonPoint, SummaryFile
    from swancli.model import Extremes, Point, Value


class RecordedSeries:
    """All points are one slice, read from the record file when they are asked for."""

    def __init__(self, recorded: RecordedRun, key: str) -> None:
        self._recorded, self._key = recorded, key

    def exists(self) -> bool:
        """Whether the run has such a metric."""
        return self._recorded.has(self._key)

    def slices(self, fresh: bool = False) -> list[Slice]:
        """A single slice that stands for the whole record file."""
        return [Slice(self._key, 1000, self._recorded.path or "")]

    def summary(self) -> SummaryFile | None:
        """max, min, their steps, and num."""
        return self._recorded.summary(self._key)

    def ends(self) -> Extremes:
        """min, min_step, max, max_step of the finite values."""
        return extremes(self._recorded.summary(self._key))

    def block(self, part: Slice) -> Block:
        """All points."""
        numbers = self._recorded.numbers(self._key)
        if numbers is not None:
            steps, floats, entry = numbers
            total = sum(floats)
            finite = total - total == 0.0 or all(value - value == 0.0 for value in floats)
            return Block(
                steps, steps, floats if finite else list(map(encoded, floats)), lambda n: dumps(entry(n)), finite
            )
        points = list(self._recorded.rows(self._key))
        values = [point["data"] for point in points]
        steps = cast("list[int]", [point["index"] for point in points])
        finite = all(isinstance(value, float) for value in values)  # the others are markers and texts
        return Block(steps, steps, values, lambda n: dumps(points[n]), finite)

    def read(self, path: str) -> bytes:
        """The JSON of all points, as a slice would hold it."""
        return b"".join(dumps(point) + b"\n" for point in self._recorded.rows(self._key))

    def last(self) -> JsonPoint | None:
        """The point written last."""
        return self._recorded.last(self._key)

    def count(self) -> int:
        """How many points there are."""
        return self._recorded.count(self._key)

    def shape(self, width: int) -> list[Value]:
        """At most `width` values spread evenly over the series."""
        return self._recorded.evenly_spaced(self._key, width)

    @property
    def encode(self) -> columns.Encode:
        """Encodes numbers as Python does."""
        return columns.encoded_numbers

    def first_step(self, part: Slice) -> int | None:
        """None: it is not known without reading the points."""
        return None

    def follow(self) -> Callable[[], list[Point]]:
        """A function that gives the points added since its last call; first all there are."""
        seen = 0

        def poll() -> list[Point]:
            nonlocal seen
            self._recorded.refresh()
            found = list(self.after(seen)) if self.exists() else []
            seen += len(found)
            return found

        return poll

    def after(self, count: int) -> Iterator[Point]:
        """The points in the order in which they were written, without the first `count`."""
        for row in self._recorded.rows(self._key, count):
            yield row["index"], row["data"], row["create_time"], row.get("more")
