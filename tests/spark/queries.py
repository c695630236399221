"""Answers questions with Spark: JSON on stdin, JSON on the last line of stdout."""

from __future__ import annotations

import json
import sys
from typing import Any

from pyspark.sql import DataFrame, Row, SparkSession

from swancli.export.spark import SwanLabDataSource

PUSHDOWN = "spark.sql.python.filterPushdown.enabled"


def session(master: str, **more: str) -> SparkSession:
    """A session that knows the source."""
    builder = SparkSession.builder.master(master).config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.session.timeZone", "UTC").config("spark.sql.shuffle.partitions", "2")
    for key, value in more.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    spark.dataSource.register(SwanLabDataSource)
    return spark


def load(spark: SparkSession, path: str | list[str], table: str = "points", **options: str) -> DataFrame:
    """A table."""
    return spark.read.format("swanlab").options(table=table, **options).load(path)


def with_seconds(frame: DataFrame) -> tuple[DataFrame, list[str]]:
    """The frame with its times as seconds since 1970, and their names."""
    times = [name for name, kind in frame.dtypes if kind == "timestamp"]
    for name in times:
        frame = frame.withColumn(name, frame[name].cast("double"))
    return frame, times


def told(row: Row, times: list[str]) -> list[str]:
    """The cells of a row; times are milliseconds since 1970."""
    return [
        repr(None if cell is None else round(cell * 1000) if name in times else cell)
        for name, cell in row.asDict().items()
    ]


def rows(frame: DataFrame) -> list[list[str]]:
    """All rows in some order."""
    frame, times = with_seconds(frame)
    return sorted(told(row, times) for row in frame.collect())


def answer(spark: SparkSession, question: dict[str, Any]) -> Any:
    """The rows of a table, or of a query over it; or the message of the error."""
    spark.conf.set(PUSHDOWN, str(question.get("push", False)).lower())
    try:
        if "code" in question:
            names: dict[str, Any] = {"spark": spark}
            exec(question["code"], names)
            return eval(question["value"], names)
        if "query" in question:
            for table in question["tables"]:
                load(spark, question["path"], table).createOrReplaceTempView(table)
            return [list(row) for row in spark.sql(question["query"]).collect()]
        frame = load(spark, question["path"], question["table"], **question.get("options", {}))
        if "where" in question:
            frame = frame.where(question["where"])
        if "sql" in question:
            frame.createOrReplaceTempView("t")
            frame = spark.sql(question["sql"])
        if question.get("partitions"):
            return frame.rdd.getNumPartitions()
        if question.get("schema"):
            return frame.dtypes
        return rows(frame)
    except Exception as error:
        return {"error": str(error)}


def main() -> None:
    """Answer all questions."""
    asked = json.load(sys.stdin)
    spark = session(asked.get("master", "local[2]"), **asked.get("conf", {}))
    found = [answer(spark, question) for question in asked["questions"]]
    spark.stop()
    print()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
