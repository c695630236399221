"""Reads what there is to read of a stream, up to now, into a Parquet folder: JSON on stdin, the number of its rows."""

from __future__ import annotations

import json
import sys

from tests.spark.queries import rows, session


def main() -> None:
    """Continue from the checkpoint, once for each line of standard input; print the rows after each."""
    spark = session("local[2]")
    asked = json.load(sys.stdin)
    found = []
    for step in asked["steps"]:
        for path, text in step.items():
            with open(path, "a", encoding="utf-8") as file:
                file.write(text)
        stream = spark.readStream.format("swanlab").load(asked["path"])
        writing = stream.writeStream.format("parquet").option("checkpointLocation", asked["checkpoint"])
        writing.option("path", asked["out"]).trigger(availableNow=True).start().awaitTermination()
        found.append(rows(spark.read.parquet(asked["out"]).select("run_id", "metric", "step")))
    spark.stop()
    print()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
