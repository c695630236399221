"""The runs of an export as a Spark data source: those in a list, each as a whole, with its number in a column."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition
from pyspark.sql.types import LongType, StructField, StructType

from swancli.errors import SwancliError
from swancli.export.shares import SHARE_BYTES, Opened, Share, Wanted
from swancli.export.spark_reader import Reader, check_pyarrow, schema

if TYPE_CHECKING:
    from pyarrow import RecordBatch

    from swancli.model import Address

FORMAT = "swanlab_runs"
NUMBER = "run"  # the column


class Listed(NamedTuple):
    """A run: its number, where it is, and the name of its project in the export."""

    number: int
    logdir: str
    address: Address
    project: str


class RunsDataSource(DataSource):
    """A table of the runs in the file `list`, `runsPerTask` in a task; `failed` is a folder for errors."""

    @classmethod
    def name(cls) -> str:
        """The name of the format."""
        return FORMAT

    def schema(self) -> StructType:
        """The columns of the table, and the number."""
        check_pyarrow()
        return StructType([*schema(self.options["table"]).fields, StructField(NUMBER, LongType())])

    def reader(self, schema: StructType) -> DataSourceReader:
        """Reads the runs."""
        options = self.options
        return RunsReader(options["table"], options["list"], int(options["runsPerTask"]), options["failed"])


class RunsReader(DataSourceReader):
    """Reads a table of listed runs."""

    def __init__(self, table: str, listed: str, runs_of_a_task: int, failed: str) -> None:
        self._reader = Reader((), table, Wanted(), SHARE_BYTES, True)
        self._listed, self._runs_of_a_task, self._failed = listed, runs_of_a_task, failed

    def partitions(self) -> Sequence[InputPartition]:
        """The runs, some at a time."""
        with open(self._listed, encoding="utf-8") as file:
            runs = [Listed(*one) for one in json.load(file)]
        step = self._runs_of_a_task
        return [InputPartition(runs[start : start + step]) for start in range(0, len(runs), step)]

    def read(self, partition: InputPartition) -> Iterator[RecordBatch]:
        """The rows of some runs; for one that can't be read, a file says why."""
        for run in cast("list[Listed]", partition.value):
            try:
                opened = Opened(run.logdir)
                try:
                    opened.project = run.project
                    for batch in self._reader.read_share(opened, Share(run.logdir, run.address)):
                        yield _numbered(batch, run.number)
                finally:
                    opened.close()
            except SwancliError as error:
                with open(os.path.join(self._failed, str(run.number)), "w", encoding="utf-8") as file:
                    file.write(str(error))


def _numbered(batch: RecordBatch, number: int) -> RecordBatch:
    import pyarrow

    column: Any = pyarrow.repeat(pyarrow.scalar(number, pyarrow.int64()), batch.num_rows)
    form = batch.schema.append(pyarrow.field(NUMBER, pyarrow.int64()))
    return pyarrow.RecordBatch.from_arrays([*batch.columns, column], schema=form)
