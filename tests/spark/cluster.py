"""Reads tables on a cluster while it is disturbed: JSON on stdin, JSON on the last line of stdout.

Each task of the second job tells in a file that it has begun, and goes on once there is a file `go`: so that what is done
to the cluster meanwhile falls into the job.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

from pyspark.sql import Row

from swancli.export.contents import COLUMNS
from tests.spark.queries import answer, load, session, told, with_seconds

PATIENCE_SECONDS = 120


def held_back(rows: Iterator[Any], folder: str) -> Iterator[Any]:
    """The rows of a task, which ends when there is a file `go` in a folder."""
    from pyspark import TaskContext

    context = TaskContext.get()
    assert context is not None
    name = f"{context.partitionId()}-{context.attemptNumber()}"
    with open(f"{folder}/.{name}", "w") as file:
        file.write(os.getcwd())
    os.rename(f"{folder}/.{name}", f"{folder}/{name}")
    yield from rows
    end = time.monotonic() + PATIENCE_SECONDS
    while not os.path.exists(f"{folder}/go"):
        if time.monotonic() > end:
            raise TimeoutError("nobody wrote the file go")
        time.sleep(0.02)


def main() -> None:
    """Answer the questions, then read all tables in one job that waits."""
    asked = json.load(sys.stdin)
    folder = asked["folder"]
    spark = session(asked["master"], **asked["conf"])
    answers = [answer(spark, question) for question in asked["questions"]]
    parts = []
    for table in COLUMNS:
        frame, times = with_seconds(load(spark, asked["path"], table, partitionBytes="100000"))
        parts.append(frame.rdd.map(partial(as_told, table, times)))
    found = spark.sparkContext.union(parts).mapPartitions(partial(held_back, folder=folder)).collect()
    tables = {table: sorted(cells for of, cells in found if of == table) for table in COLUMNS}
    spark.stop()
    print()
    print(json.dumps({"answers": answers, "tables": tables}))


def as_told(table: str, times: list[str], row: Row) -> tuple[str, list[str]]:
    """A row with the name of its table."""
    return table, told(row, times)


if __name__ == "__main__":
    main()
