"""Reads what there is to read of a stream, up to now, into a Parquet folder: JSON on stdin, the rows on the last line.

With `hold`, a folder, the first task that has rows tells there, in the file `begun`, that it has some, and ends only when
there is a file `go`.
"""

from __future__ import annotations

import json
import os
import sys
import time

from pyspark.sql.functions import udf

from tests.spark.queries import rows, session

PATIENCE_SECONDS = 120


def held_back(folder: str, step: int) -> bool:
    """True, some time."""
    open(f"{folder}/begun", "w").close()
    end = time.monotonic() + PATIENCE_SECONDS
    while not os.path.exists(f"{folder}/go") and time.monotonic() < end:
        time.sleep(0.02)
    return True


def main() -> None:
    """Continue from the checkpoint, once for each step; tell the rows after each."""
    spark = session("local[2]")
    asked = json.load(sys.stdin)
    found = []
    for step in asked["steps"]:
        for path, text in step.items():
            with open(path, "a", encoding="utf-8") as file:
                file.write(text)
        stream = spark.readStream.format("swanlab").load(asked["path"])
        folder = asked.get("hold")
        if folder:
            stream = stream.where(udf(lambda step, at=folder: held_back(at, step), "boolean")("step"))
        writing = stream.writeStream.format("parquet").option("checkpointLocation", asked["checkpoint"])
        writing.option("path", asked["out"]).trigger(availableNow=True).start().awaitTermination()
        found.append(rows(spark.read.parquet(asked["out"]).select("run_id", "metric", "step")))
    spark.stop()
    print()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
