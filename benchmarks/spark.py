"""What Spark's source costs beside DuckDB on the Parquet data set, and beside spark.read.json of the slices.

    python -m benchmarks.spark [--logdirs N]

Needs .venv-spark and .venv-arrow (`make spark arrow`). Each side is measured three times after one warm-up, in a
session that has started; the median counts.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.logdirs import Size, make

ROOT = Path(__file__).parent.parent
SPARK, ARROW = (ROOT / name / "bin" / "python" for name in (".venv-spark", ".venv-arrow"))
LOGDIRS, METRICS = 200, 5  # metrics of a thousand points
ROUNDS = 3
QUERY = "select metric, count(*) as n, avg(value) as mean from points group by metric order by metric"
JSON_QUERY = "select metric, count(*) as n, avg(data) as mean from json group by metric order by metric"
TABLE = "| | points a second | relative to the source on as many cores |\n|---|---|---|"


def main() -> None:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser("python -m benchmarks.spark", description=main.__doc__)
    parser.add_argument("--logdirs", type=int, default=LOGDIRS)
    parser.add_argument("--child", nargs=2, metavar=("KIND", "CORES"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        kind, cores = given.child
        print(json.dumps({"spark": _spark, "duckdb": _duckdb}[kind](given.folder, int(cores))))
        return
    folder = Path(tempfile.mkdtemp(prefix="swancli-spark-"))
    try:
        _make(folder, given.logdirs)
        found = {"export": _export(folder, given.logdirs)}
        for cores in (1, 2):
            for kind, python in (("spark", SPARK), ("duckdb", ARROW)):
                for what, seconds in _child(python, kind, cores, folder).items():
                    found[f"{what}, {cores}"] = seconds
    finally:
        shutil.rmtree(folder)
    print(f"load average {os.getloadavg()[0]:.1f}\n")
    points = found.pop("points, 1")
    found.pop("points, 2")
    fixed = [found.pop(f"a query on one logdir, {cores}") for cores in (1, 2)]
    print(f"{points:.0f} points\n\n{TABLE}")
    for what, seconds in found.items():
        base = found.get(f"source, {what.rpartition(', ')[2]}", found["source, 1"])
        print(f"| {what} | {points / seconds:,.0f} | {base / seconds:.2f} |")
    print(f"\na query on one logdir: {fixed[0]:.1f} s on one core, {fixed[1]:.1f} s on two")


def _make(folder: Path, count: int) -> None:
    first = folder / "0" / "swanlog"
    first.parent.mkdir()
    make(first, Size(metrics=METRICS))
    for n in range(1, count):
        shutil.copytree(first, folder / str(n) / "swanlog")


def _export(folder: Path, count: int) -> float:
    """The seconds of the export to the data set that DuckDB reads."""
    words = [word for n in range(count) for word in ("-l", str(folder / str(n) / "swanlog"))]
    before = time.perf_counter()
    subprocess.run(
        [ARROW, "-m", "swancli", *words, "export", "-o", folder / "dataset"], check=True, stderr=subprocess.DEVNULL
    )
    return time.perf_counter() - before


def _child(python: Path, kind: str, cores: int, folder: Path) -> dict[str, float]:
    words = ["-m", "benchmarks.spark", "--child", kind, str(cores), "--folder", str(folder)]
    more = {"PYSPARK_PYTHON": str(SPARK), "SPARK_LOCAL_IP": "127.0.0.1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [python, *words], check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, **more}
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _timed(ask: Callable[[], Any]) -> float:
    """The median of some rounds, in seconds."""
    ask()
    found = []
    for _ in range(ROUNDS):
        before = time.perf_counter()
        ask()
        found.append(time.perf_counter() - before)
    return median(found)


def _spark(folder: Path, cores: int) -> dict[str, float]:
    """Seconds of the query on the source and by spark.read.json, and of planning."""
    from pyspark.sql import SparkSession, functions

    from swancli.export import shares
    from swancli.export.spark import SwanLabDataSource

    builder = SparkSession.builder.master(f"local[{cores}]").config("spark.ui.enabled", "false")
    spark = builder.config("spark.sql.shuffle.partitions", str(cores)).getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    spark.dataSource.register(SwanLabDataSource)

    def source(load: str) -> list[Any]:
        spark.read.format("swanlab").load(load).createOrReplaceTempView("points")
        return spark.sql(QUERY).collect()

    def plain() -> list[Any]:
        frame = spark.read.schema("index long, data double").json(f"{folder}/*/swanlog/run-*/logs/*/*.log")
        metric = functions.regexp_extract(functions.input_file_name(), "/logs/([^/]+)/[^/]+$", 1)
        frame.withColumn("metric", metric).createOrReplaceTempView("json")
        return spark.sql(JSON_QUERY).collect()

    def plan() -> None:
        wanted = shares.Wanted()
        for path in shares.logdirs((f"{folder}/*/swanlog",)):
            opened = shares.Opened(path)
            list(shares.shares(opened, wanted))
            opened.close()

    counted = sum(row["n"] for row in source(f"{folder}/*/swanlog"))
    assert counted == sum(row["n"] for row in plain())
    found = {
        "source": _timed(lambda: source(f"{folder}/*/swanlog")),
        "source, of which planning": _timed(plan),
        "a query on one logdir": _timed(lambda: source(f"{folder}/0/swanlog")),
        "spark.read.json": _timed(plain),
        "points": counted,
    }
    spark.stop()
    return found


def _duckdb(folder: Path, cores: int) -> dict[str, float]:
    """Seconds of the query on the data set."""
    import duckdb

    db = duckdb.connect(config={"threads": str(cores)})
    db.execute(f"create view points as from read_parquet('{folder}/dataset/points/**/*.parquet')")
    return {"DuckDB on the data set": _timed(lambda: db.execute(QUERY).fetchall())}


if __name__ == "__main__":
    sys.exit(main())
