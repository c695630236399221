"""A cluster of a master and two workers on loopback: Spark reads there what the core reads, though a worker dies."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from swancli.export.contents import COLUMNS
from swancli.export.spark_session import explained
from tests.spark.core import copy_corpus, expected
from tests.support import arrow, spark
from tests.support.spark_cluster import CONF, REGISTERED, Cluster, cluster

pytestmark = [pytest.mark.spark, pytest.mark.slow]

SAMPLE = spark.ROOT / "swancli" / "sample"
QUERY = """
    select r.name, count(*) as n, min(p.value) as best, max(p.step) as last
    from points p join runs r using (run_id) join config c using (run_id)
    where p.metric in ('train/loss', 'eval/loss') and c.key = 'learning_rate' group by r.name order by best
"""
ON_THE_DATA_SET = """
import duckdb, json
for table in ("runs", "config"):
    duckdb.sql(f"create view {table} as from 'dataset/{table}.parquet'")
duckdb.sql("create view points as from read_parquet('dataset/points/**/*.parquet', hive_partitioning=True)")
print(json.dumps(duckdb.sql(%r).fetchall()))
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster")) as found:
        yield found


@pytest.fixture(scope="module")
def corpus_of_spark(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Path], list[str]]:
    return copy_corpus(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="module")
def found(running: Cluster, corpus_of_spark: tuple[list[Path], list[str]], tmp_path_factory: Any) -> dict[str, Any]:
    """What Spark answers; a worker is killed while both have a task of the job that reads all tables."""
    folder = tmp_path_factory.mktemp("begun")
    place = running.workers[1].folder

    def begun() -> list[str]:
        return [path.read_text() for path in folder.iterdir() if not path.name.startswith(".")]

    def disturb(over: Callable[[], bool]) -> None:
        homes = [worker.folder for worker in running.workers]

        def both() -> bool:
            return all(any(Path(at).is_relative_to(home) for at in begun()) for home in homes)

        while not (over() or both()):
            time.sleep(0.02)
        running.workers[1].kill()
        (folder / "go").touch()

    asked = {
        "master": running.master,
        "conf": {**CONF, "spark.cores.max": "2"},
        "questions": [{"path": str(SAMPLE), "tables": ["points", "runs", "config"], "query": QUERY}],
        "path": corpus_of_spark[1],
        "folder": str(folder),
    }
    answer: dict[str, Any] = spark.run("tests.spark.cluster", asked, meanwhile=disturb)
    answer["killed"] = [
        path.name for path in folder.iterdir() if path.name != "go" and Path(path.read_text()).is_relative_to(place)
    ]
    answer["begun"] = sorted(path.name for path in folder.iterdir())
    return answer


def test_every_table_of_the_corpus_is_read_row_for_row_though_a_worker_dies(
    found: dict[str, Any], corpus_of_spark: tuple[list[Path], list[str]]
) -> None:
    core = expected(*corpus_of_spark[0])
    assert sum(map(len, core.values())) > 10_000
    for table in COLUMNS:
        assert found["tables"][table] == core[table], table


def test_the_tasks_of_the_dead_worker_were_done_again(found: dict[str, Any]) -> None:
    assert found["killed"]
    for name in found["killed"]:
        partition, _, attempt = name.partition("-")
        assert f"{partition}-{int(attempt) + 1}" in found["begun"]


def test_a_query_has_the_same_answer_in_sql_on_the_data_set_and_on_two_workers(
    found: dict[str, Any], tmp_path: Path
) -> None:
    lines = arrow.run("-m", "swancli", "sql", "-l", SAMPLE, "-o", "jsonl", QUERY).stdout.splitlines()
    sql = [list(json.loads(line).values()) for line in lines]
    assert len(sql) == 2
    done = arrow.run("-m", "swancli", "export", "-l", SAMPLE, "-o", "dataset", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(arrow.script(ON_THE_DATA_SET % QUERY, cwd=tmp_path)) == sql
    assert found["answers"][0] == sql


def test_an_export_is_written_by_a_cluster(found: dict[str, Any], running: Cluster, tmp_path: Path) -> None:
    conf = tmp_path / "conf"
    conf.mkdir()
    (conf / "spark-defaults.conf").write_text("".join(f"{key} {value}\n" for key, value in CONF.items()))
    words = ["-l", SAMPLE, "export", "--engine", "spark", "--master", running.master, "-o", tmp_path / "dataset"]
    done = subprocess.run(
        [spark.PYTHON, "-m", "swancli", *map(str, words)],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=spark.ROOT,
        env=spark.environment(SPARK_CONF_DIR=str(conf)), timeout=spark.PATIENCE_SECONDS,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "3 runs with 1400 points and 4 texts written" in done.stderr
    assert done.stderr.count("\n") == 1  # nothing of what Java says


def test_a_worker_without_pyarrow_says_what_it_lacks(found: dict[str, Any], running: Cluster, tmp_path: Path) -> None:
    blocked = tmp_path / "pyarrow"
    blocked.mkdir()
    (blocked / "__init__.py").write_text("raise ModuleNotFoundError(\"No module named 'pyarrow'\", name='pyarrow')")
    running.workers[0].kill()
    running.add(PYTHONPATH=f"{tmp_path}{os.pathsep}{spark.ROOT}").wait_for(REGISTERED)
    conf = {**CONF, "spark.cores.max": "1"}
    asked = {"master": running.master, "conf": conf, "questions": [{"path": str(SAMPLE), "table": "runs"}]}
    (answer,) = spark.run("tests.spark.queries", asked)
    assert answer["error"].rstrip().endswith("ModuleNotFoundError: No module named 'pyarrow'")
    assert "EOFException" not in answer["error"]
    error = explained(answer["error"])
    assert str(error) == "the Python of Spark's workers, PYSPARK_PYTHON, has no pyarrow: pip install 'swancli[spark]'"
