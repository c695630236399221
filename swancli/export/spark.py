"""Logdirs as a Spark data source: `spark.read.format("swanlab").option("table", "points").load("/shared/*/swanlog")`.

The tables are those of an export, points, text, runs, config and console, and problems, which lists what could not be
read. Shares of about `partitionBytes` are read independently, on as many machines as there are.
"""

from __future__ import annotations

import json

from pyspark.sql.datasource import DataSource, DataSourceReader, DataSourceStreamReader
from pyspark.sql.types import StructType

from swancli.errors import UsageError
from swancli.export.shares import SHARE_BYTES, Wanted
from swancli.export.spark_batches import TABLES
from swancli.export.spark_reader import PushingReader, Reader, check_pyarrow, schema

STREAMED = ("points", "text")


class SwanLabDataSource(DataSource):
    """The format "swanlab". Options beside `table`: metric, run_id and project narrow what is read, as filters do."""

    @classmethod
    def name(cls) -> str:
        """The name of the format."""
        return "swanlab"

    def schema(self) -> StructType:
        """The columns of the table."""
        check_pyarrow()
        return schema(self._table)

    def reader(self, schema: StructType) -> DataSourceReader:
        """Reads the table as it is now."""
        counts = self.options.get("countPoints", "true").lower() != "false"
        # only on request: Spark 4.1 to 4.3 reuse a reader with its filters for later queries of the same frame
        pushes = self.options.get("pushFilters", "false").lower() == "true" and _pushes_filters()
        kind = PushingReader if pushes else Reader
        return kind(self._paths, self._table, self._wanted, self._size, counts)

    def streamReader(self, schema: StructType) -> DataSourceStreamReader:
        """Reads what is added to the table."""
        from swancli.export.spark_stream import StreamReader

        if self._table not in STREAMED:
            raise UsageError(f"the table {self._table} can't be read as a stream: {' and '.join(STREAMED)} can")
        return StreamReader(self._paths, self._table, self._wanted, self._size)

    @property
    def _paths(self) -> tuple[str, ...]:
        if self.options.get("paths"):  # how Spark passes on a list of several
            return tuple(map(str, json.loads(self.options["paths"])))
        if not self.options.get("path"):
            raise UsageError('specify logdirs: spark.read.format("swanlab").load("/shared/*/swanlog")')
        return (str(self.options["path"]),)

    @property
    def _size(self) -> int:
        given = self.options.get("partitionBytes", str(SHARE_BYTES))
        if not given.isdecimal() or int(given) < 1:
            raise UsageError(f"partitionBytes must be a number of bytes, not {given!r}")
        return int(given)

    @property
    def _wanted(self) -> Wanted:
        project, run_id, metric = (_names(self.options.get(key)) for key in ("project", "run_id", "metric"))
        return Wanted(project, run_id, metric)

    @property
    def _table(self) -> str:
        found = str(self.options.get("table", "points"))
        if found not in TABLES:
            raise UsageError(f"no table {found!r}; tables: {', '.join(TABLES)}")
        return found


def _names(text: str | None) -> frozenset[str] | None:
    """The name that an option gives, or the names in a list as JSON."""
    if text is None or not text.startswith("["):
        return None if text is None else frozenset([text])
    try:
        return frozenset(map(str, json.loads(text)))
    except ValueError:
        return frozenset([text])


def _pushes_filters() -> bool:
    """Whether this process plans a query for a Spark that passes filters on; others refuse a reader that takes them."""
    import sys

    return "pyspark.sql.worker.data_source_pushdown_filters" in sys.modules
