"""A series: every point of a metric, as columns of 64-bit numbers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from swancli.api.chunks import NO_TIME, Chunk, chunks, joined, one_by_one
from swancli.endpoints import METRIC, SUMMARY
from swancli.errors import MetricHasNoData
from swancli.values import as_float

if TYPE_CHECKING:
    import threading
    from array import array

    import pandas
    import polars

    from swancli.model import Address, MetricSummary, Value
    from swancli.source import Source


class Series:
    """The points of a metric in the order of their steps; they are read when they are first asked for, and kept.

    NumPy, and whatever takes buffers, views `steps`, `values` and `times` without a copy; pandas, polars, pyarrow and
    DuckDB read the whole by the Arrow PyCapsule interface.
    """

    def __init__(
        self, source: Source, lock: threading.RLock, experiment: Address, name: str, run: str, *, sampled: bool = False
    ) -> None:
        self.name, self.run = name, run
        self.is_sampled = False  # whether some points are left out; known once they were read
        self._source, self._lock, self._experiment, self._wants_sample = source, lock, experiment, sampled
        self._read: Chunk | None = None
        self._known: MetricSummary | None = None

    @property
    def steps(self) -> array[int]:
        """The steps, int64."""
        return self._columns.steps

    @property
    def values(self) -> array[float]:
        """The values, float64; NaN and infinities as they were logged, NaN where a value is a text."""
        return self._columns.values

    @property
    def times(self) -> array[int]:
        """The times in milliseconds since 1970, UTC, int64; -2**63, NumPy's NaT, where a point has none."""
        return self._columns.times

    @property
    def text(self) -> list[str | None] | None:
        """The values that are texts, or names of media files, None where one is a number; None if all are numbers."""
        return self._columns.texts

    @property
    def last(self) -> Value:
        """The value that was written last: a number, or a text, or a list of the names of media files."""
        value = self._summary.get("value")
        number = as_float(value)
        return value if number is None or isinstance(value, int) else number

    @property
    def min(self) -> float | None:
        """The lowest finite value; None if there is none."""
        return as_float(self._summary.get("min"))

    @property
    def max(self) -> float | None:
        """The highest finite value; None if there is none."""
        return as_float(self._summary.get("max"))

    @property
    def min_step(self) -> int | None:
        """The step of the lowest value."""
        return self._summary.get("min_step")

    @property
    def max_step(self) -> int | None:
        """The step of the highest value."""
        return self._summary.get("max_step")

    def sampled(self) -> Series:
        """The points that the dashboard's chart shows: of more than 1500, 1499."""
        return Series(self._source, self._lock, self._experiment, self.name, self.run, sampled=True)

    def __len__(self) -> int:
        return len(self._columns.steps)

    def __iter__(self) -> Iterator[tuple[int, float | str | None, datetime | None]]:
        """(step, value, time) of each point."""
        for chunk in (self._columns,):
            texts = chunk.texts or [None] * len(chunk.steps)
            for step, value, time, text in zip(chunk.steps, chunk.values, chunk.times, texts):
                moment = None if time == NO_TIME else datetime.fromtimestamp(time / 1000, timezone.utc)
                yield step, value if text is None else text, moment

    def chunks(self) -> Iterator[Chunk]:
        """The points, some thousands at a time; they are not kept."""
        if self._read is not None:
            yield self._read
            return
        with self._lock:
            # None: all that the source can give, as a dashboard may only have a sample
            try:
                details = self._source.details(
                    METRIC, experiment=self._experiment, metric=self.name, all=False if self._wants_sample else None
                )
            except MetricHasNoData:
                return
            self.is_sampled = bool(details.get("sampled"))
            parts = chunks(details["points"])
        yield from one_by_one(parts, self._lock)

    def to_pandas(self) -> pandas.DataFrame:
        """A DataFrame of step, value, time and, where values are texts, text."""
        from swancli.api.frames import points_to_pandas

        return points_to_pandas(self._columns)

    def to_polars(self) -> polars.DataFrame:
        """A DataFrame of step, value, time and, where values are texts, text."""
        from swancli.api.frames import points_to_polars

        return points_to_polars(self._columns)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """step int64, value float64, time timestamp[ms, UTC] and, where there is one, text; needs swancli[arrow]."""
        from swancli.api.arrow import stream_of_series

        return stream_of_series(self._columns, requested_schema)

    def svg(self, width: int = 640, height: int = 240) -> str:
        """A plot of the values, as the text of an SVG."""
        from swancli.api.html import svg

        return svg(self._columns, width, height)

    @property
    def _columns(self) -> Chunk:
        with self._lock:
            if self._read is None:
                self._read = joined(self.chunks())
            return self._read

    @property
    def _summary(self) -> MetricSummary:
        with self._lock:
            if self._known is None:
                found = self._source.details(SUMMARY, experiment=self._experiment, names=[self.name])["summaries"]
                self._known = found[0] if found else {"key": self.name}
            return self._known

    def __repr__(self) -> str:
        return f"<Series {self.name} of {self.run}>"

    def _repr_html_(self) -> str:
        from swancli.api.html import table

        row = (self.name, len(self), self.last, self.min, self.max)
        return self.svg() + table(["metric", "points", "last", "min", "max"], [row])
