"""`swancli export --engine spark`: the Parquet data set, written by the machines of a Spark cluster.

Spark writes the files of up to RUNS_OF_A_BATCH runs at a time to a temporary folder in the data set, and this process
gives them their names. So the target must be a folder that all machines share, like the logdirs.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from swancli import progress
from swancli.errors import SwancliError, UsageError
from swancli.export.atomic import PARTIAL
from swancli.export.contents import Contents
from swancli.export.exporting import Result, contents_of, failure
from swancli.export.formats import check_outside, format_of, is_file
from swancli.export.parquet import ROW_GROUP, DataSet, key_of
from swancli.export.spark_session import LOCAL, session

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from swancli.api.run import Run
    from swancli.model import Address

TABLES = ("points", "text", "console")
RUNS_OF_A_BATCH = 2048  # at most so many runs have to be done again after an export was interrupted
TASKS_OF_A_BATCH = 256
BATCH = "batch"  # the folder of what Spark has written


class Due(NamedTuple):
    """A run that is to be written."""

    key: str
    contents: Contents
    fingerprint: str | None
    logdir: str
    address: Address  # of the run in that logdir


def export(runs: Sequence[Run], project: str, path: str, format: str | None, master: str | None) -> Result:
    """Write the runs that have changed; UsageError if Spark can't write this format there."""
    kind = format_of(path, format)
    check_outside(path)
    if kind != "parquet" or is_file(path):
        raise UsageError(f"--engine spark writes a Parquet data set, a directory, not {kind}")
    target = SparkTarget(path)
    failed = True
    failures: list[str] = []
    try:
        due, unchanged = target.due(runs, project, failures)
        written: list[Contents] = []
        if due:
            with session(master or LOCAL) as spark:
                for start in range(0, len(due), RUNS_OF_A_BATCH):
                    progress.report(start, len(due), "runs")
                    written += target.write(spark, due[start : start + RUNS_OF_A_BATCH], failures)
        failed = False
    finally:
        target.close(failed)
        progress.report(1, 1)
    points, texts = sum(one.points for one in written), sum(one.texts for one in written)
    return Result(len(written), unchanged, points, texts, failures)


class SparkTarget(DataSet):
    """A data set that Spark writes."""

    def due(self, runs: Sequence[Run], project: str, failures: list[str]) -> tuple[list[Due], int]:
        """The runs that are new or have changed, and how many others there are."""
        found: list[Due] = []
        unchanged = 0
        for contents in contents_of(runs, project):
            run = contents.run
            try:
                # before anything is read, so that what is written later is noticed next time
                fingerprint = run.fingerprint()
                if self.holds(contents, fingerprint):
                    unchanged += 1
                else:
                    found.append(Due(key_of(contents), contents, fingerprint, *run.place()))
            except UsageError:
                raise
            except SwancliError as error:
                failures.append(failure(run, error))
        return found, unchanged

    def write(self, spark: SparkSession, due: Sequence[Due], failures: list[str]) -> list[Contents]:
        """Write some runs; return what was written."""
        from swancli.export.spark_runs import FORMAT, NUMBER, RunsDataSource

        batch = os.path.join(self._folder.path, PARTIAL, BATCH)
        shutil.rmtree(batch, ignore_errors=True)
        failed, listed = os.path.join(batch, "failed"), os.path.join(batch, "runs.json")
        os.makedirs(failed)
        places = [(n, one.logdir, one.address, one.contents.owner.project) for n, one in enumerate(due)]
        with open(listed, "w", encoding="utf-8") as file:
            json.dump(places, file)
        options = {
            "list": os.path.abspath(listed), "failed": os.path.abspath(failed),
            "runsPerTask": str(-(-len(due) // TASKS_OF_A_BATCH)),
        }  # fmt: skip
        spark.dataSource.register(RunsDataSource)
        for table in TABLES:
            frame = spark.read.format(FORMAT).options(table=table, **options).load().drop("project", "run_id")
            writer = frame.write.partitionBy(NUMBER).option("compression", "zstd")
            writer = writer.option("parquet.block.row.count.limit", str(ROW_GROUP))
            writer.parquet(f"file://{os.path.abspath(batch)}/{table}")
        written = []
        for n, one in enumerate(due):
            try:
                with open(os.path.join(failed, str(n)), encoding="utf-8") as file:
                    failures.append(failure(one.contents.run, file.read()))
            except FileNotFoundError:
                try:
                    self._take(one, {table: os.path.join(batch, table, f"{NUMBER}={n}") for table in TABLES})
                    written.append(one.contents)
                except SwancliError as error:
                    failures.append(failure(one.contents.run, error))
        shutil.rmtree(batch)
        self._save()
        return written

    def write_table(self, name: str, columns: tuple[tuple[str, str], ...], rows: list[list[Any]]) -> None:
        """Write a file of rows."""
        from pyarrow import Table, array, int64, parquet, string, timestamp

        kinds = {"text": string(), "integer": int64(), "time": timestamp("ms", tz="UTC")}
        cells = list(zip(*rows)) if rows else [()] * len(columns)
        arrays = [array(values, kinds[kind]) for values, (_, kind) in zip(cells, columns)]
        with self._folder.file(f"{name}.parquet") as path:
            table = Table.from_arrays(arrays, names=[name for name, _ in columns])
            parquet.write_table(table, path, compression="zstd", row_group_size=ROW_GROUP)

    def _take(self, one: Due, folders: dict[str, str]) -> None:
        """Give the files of a run their names in the data set."""
        from pyarrow import parquet

        files = []
        for table, folder in folders.items():
            name = f"{table}/{one.key}.parquet"
            found = [entry for entry in _names(folder) if entry.endswith(".parquet")]
            if not found:
                self._folder.remove(name)
                continue
            (part,) = (os.path.join(folder, entry) for entry in found)
            count = parquet.read_metadata(part).num_rows
            if table == "points":
                one.contents.points = count
            elif table == "text":
                one.contents.texts = count
            self._folder.take(part, name)
            files.append(name)
        self._done(one.key, one.contents, one.fingerprint, files)


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except FileNotFoundError:
        return []
