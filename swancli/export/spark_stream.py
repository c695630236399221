"""The points of logdirs that grow, as a stream: `spark.readStream.format("swanlab").load("/shared/*/swanlog")`.

An offset says how far each series has been read. Spark keeps it in the checkpoint, so that after a restart each
point comes once. Only complete lines are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

from pyspark.sql.datasource import DataSourceStreamReader, InputPartition

from swancli.errors import SwancliError
from swancli.export import shares
from swancli.export.positions import Ends, Positions, between
from swancli.export.shares import Opened, Share, Wanted
from swancli.export.spark_reader import Reader
from swancli.logdir import disk

if TYPE_CHECKING:
    from pyarrow import RecordBatch

SHARES_OF_A_TASK = 64


class StreamReader(DataSourceStreamReader):
    """Reads what is added to "points" or "text"."""

    def __init__(self, paths: Sequence[str], table: str, wanted: Wanted, size: int) -> None:
        self._paths, self._wanted = paths, wanted
        self._reader = Reader(paths, table, wanted, size, True)
        self._ends: Ends | None = None

    def initialOffset(self) -> dict[str, Any]:
        """Nothing has been read."""
        return {}

    def latestOffset(self, start: object = None, limit: object = None) -> dict[str, Any]:
        """How far all series can be read, by logdir, run id and metric; unchanged for unreadable logdirs."""
        self._ends = self._ends or Ends()
        found: dict[str, Positions] = dict(cast("dict[str, Positions]", start or {}))
        for path in shares.logdirs(self._paths):
            disk.look_again(path)
            try:
                opened = Opened(path)
            except SwancliError:
                continue
            try:
                ends = self._ends.of(opened, self._wanted)
            except SwancliError:
                continue
            finally:
                opened.close()
            found[path] = {**found.get(path, {}), **ends}
        return found

    def partitions(self, start: dict[str, Any], end: dict[str, Any]) -> Sequence[InputPartition]:
        """What was added from one offset to another."""
        found: list[Share] = []
        for path in end:
            if start.get(path) != end[path]:
                opened = Opened(path)
                found += between(opened, self._wanted, start.get(path, {}), end[path])
                opened.close()
        groups = (found[at : at + SHARES_OF_A_TASK] for at in range(0, len(found), SHARES_OF_A_TASK))
        return [InputPartition(group) for group in groups]

    def read(self, partition: InputPartition) -> Iterator[RecordBatch]:
        """The rows of a share."""
        return self._reader.read(partition)

    def commit(self, end: dict[str, Any]) -> None:
        """Do nothing: there is nothing to release."""
