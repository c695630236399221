"""What Spark's workers run: the partitions of a table of logdirs, and the rows of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

from pyspark.sql.datasource import (
    DataSourceReader,
    EqualTo,
    Filter,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    InputPartition,
    LessThan,
    LessThanOrEqual,
)
from pyspark.sql.types import DataType, DoubleType, LongType, StringType, StructField, StructType, TimestampType

from swancli.api import batches
from swancli.api.chunks import in_batches
from swancli.errors import MissingExtra, SwancliError
from swancli.export import shares
from swancli.export.shares import Opened, Share, Wanted
from swancli.export.spark_batches import ROWS, TABLES, points, rows

if TYPE_CHECKING:
    from pyarrow import RecordBatch

TYPES: dict[str, type[DataType]] = {
    "text": StringType, "integer": LongType, "number": DoubleType, "time": TimestampType,
}  # fmt: skip
NO_PYARROW = "the Python that Spark starts on this machine, PYSPARK_PYTHON, has no pyarrow"


class Reader(DataSourceReader):
    """Reads a table of all logdirs that match patterns."""

    def __init__(self, paths: Sequence[str], table: str, wanted: Wanted, size: int, counts: bool) -> None:
        self._paths, self._table, self._size, self._counts = paths, table, size, counts
        self._wanted = wanted

    def partitions(self) -> Sequence[InputPartition]:
        """The shares; a logdir that can't be read is left to the table of problems."""
        found: list[list[Share]] = []
        for path in shares.logdirs(self._paths):
            try:
                opened = Opened(path)
            except SwancliError:
                found += [[Share(path, "")]] if self._table == "problems" else []
                continue
            if self._table == "points":
                found += shares.shares(opened, self._wanted, self._size)
            else:
                found += shares.runs(opened, self._wanted)
            opened.close()
        return [InputPartition(group) for group in found] or [InputPartition([])]

    def read(self, partition: InputPartition) -> Iterator[RecordBatch]:
        """The rows of a share."""
        opened: Opened | None = None
        try:
            for share in cast("list[Share]", partition.value):
                try:
                    if opened is None or opened.path != share.logdir:
                        if opened is not None:
                            opened.close()
                        opened = None
                        opened = Opened(share.logdir)
                    yield from self.read_share(opened, share)
                except SwancliError as error:
                    if self._table == "problems":
                        yield from rows("problems", iter([(share.logdir, None, share.run or None, str(error))]))
        finally:
            if opened is not None:
                opened.close()

    def read_share(self, opened: Opened, share: Share) -> Iterator[RecordBatch]:
        """The rows of the table in a part of a run."""
        if self._table == "problems":
            run_id = opened.source.logdir.experiment(share.run).row["run_id"]
            found = shares.problems(opened, share)
            yield from rows("problems", ((share.logdir, opened.project, run_id, text) for text in found))
            return
        contents = opened.contents(share.run)
        owner = contents.owner
        if self._table in ("points", "text"):
            choose = batches.numbers if self._table == "points" else batches.only_texts
            for name, parts in opened.chunks(share, self._wanted):
                for chunk in in_batches(map(choose, parts), ROWS):
                    yield points(self._table, owner, name, chunk)
        elif self._table == "config":
            yield from rows("config", map(tuple, contents.config()))
        elif self._table == "console":
            lines = enumerate(contents.run.lines(), 1)
            yield from rows("console", ((*owner, n, line) for n, line in lines))
        else:
            if self._counts:
                contents.count_points()
            row = contents.row()
            yield from rows("runs", iter([tuple(row if self._counts else [*row[:-1], None])]))


class PushingReader(Reader):
    """A reader that accepts filters; Spark allows them if spark.sql.python.filterPushdown.enabled is true."""

    def pushFilters(self, filters: list[Filter]) -> Iterable[Filter]:
        """Apply filters on project, run_id, metric and step when reading; yield those that Spark still has to apply."""
        for one in filters:
            (column, *deeper) = getattr(one, "attribute", ("",))
            values = _values(one)
            if deeper or not self._takes(column, one, values):
                yield one

    def _takes(self, column: str, one: Filter, values: frozenset[Any] | None) -> bool:
        """Apply a filter, if it is a known one; return whether nothing of it is left to Spark."""
        field = {"project": "projects", "run_id": "run_ids", "metric": "metrics"}.get(column)
        if field is not None and values is not None and (column != "metric" or self._table in ("points", "text")):
            known = getattr(self._wanted, field)
            more: dict[str, Any] = {field: values if known is None else known & values}
            self._wanted = self._wanted._replace(**more)
            return self._table != "problems"
        if column == "step":  # only parts of a series are left out; Spark still has to compare its rows
            low, high = self._wanted.first_step, self._wanted.last_step
            value = getattr(one, "value", None)
            if isinstance(one, (EqualTo, GreaterThan, GreaterThanOrEqual)) and isinstance(value, int):
                low = value if low is None else max(low, value)
            if isinstance(one, (EqualTo, LessThan, LessThanOrEqual)) and isinstance(value, int):
                high = value if high is None else min(high, value)
            self._wanted = self._wanted._replace(first_step=low, last_step=high)
        return False


def schema(table: str) -> StructType:
    """The columns of a table, with Spark's types."""
    return StructType([StructField(name, TYPES[kind]()) for name, kind in TABLES[table]])


def check_pyarrow() -> None:
    """MissingExtra if this Python has no pyarrow."""
    try:
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise MissingExtra(NO_PYARROW, "spark") from error


def _values(one: Filter) -> frozenset[Any] | None:
    """The values that a filter allows; None if it does not list them."""
    if isinstance(one, EqualTo):
        return frozenset([one.value])
    return frozenset(one.value) if isinstance(one, In) else None
