"""Spark reads what the core reads, row for row: every table of every recorded logdir, with two threads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from swancli.export.contents import COLUMNS, TABLES
from tests.spark.core import OFFLINE, copy_corpus, expected
from tests.support import spark
from tests.support.corpus_cases import copy_logdir
from tests.support.logdirs import Logdir, point, points
from tests.support.object_store import ObjectStore, object_store

pytestmark = [pytest.mark.spark, pytest.mark.objects, pytest.mark.slow]

Place: TypeAlias = "Path | str | list[str]"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Path], list[str]]:
    """Copies of all recorded logdirs, and patterns that name them."""
    return copy_corpus(tmp_path_factory.mktemp("spark"))


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A logdir with a long series, one out of order, and a damaged run."""
    logdir = Logdir(tmp_path_factory.mktemp("grown") / "swanlog")
    run = logdir.run("long")
    run.metric("loss", points(5500))
    run.metric("backwards", [point(step, step) for step in range(2500, 0, -1)])
    run.metric("text", [point(1, "a\tb"), point(2, "名\u2028"), point(3, 1.5)], type="text")
    damaged = logdir.run("damaged")
    damaged.metric("loss", {"1000.log": b"\0\0garbage\n" + points(1)[0] + b"\n"})
    return logdir.close()


class Answers:
    """What Spark answered, by what was asked."""

    def __init__(self, questions: list[dict[str, Any]], **environment: str) -> None:
        found = spark.run("tests.spark.queries", {"questions": questions}, **environment)
        self._found = {json.dumps(question, sort_keys=True): answer for question, answer in zip(questions, found)}

    def __call__(self, path: Place, table: str, **more: Any) -> Any:
        return self._found[json.dumps(question(path, table, **more), sort_keys=True)]


def question(path: Place, table: str, **more: Any) -> dict[str, Any]:
    """A question to tests.spark.queries."""
    return {"path": path if isinstance(path, list) else str(path), "table": table, **more}


BUCKET, BUCKET_OF_0 = "s3://runs/team/*/swanlog", "s3://runs/team/0/swanlog"
SMALL = {"partitionBytes": "20000"}
PUSHED: dict[str, Any] = {"push": True, "options": {"pushFilters": "true"}}
TWICE = """
    select 'loss' as which, count(*) as n from t where metric = 'loss'
    union all select 'backwards', count(*) from t where metric = 'backwards' union all select 'all', count(*) from t
"""
BY_METRIC = "select metric, count(*) as n, round(avg(value), 6) as mean from t group by metric"


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    with object_store(tmp_path_factory.mktemp("s3")) as found:
        yield found


@pytest.fixture(scope="module")
def in_bucket(s3: ObjectStore, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Logdirs that also lie in the bucket, as team/NAME/swanlog."""
    folder = tmp_path_factory.mktemp("bucket")
    found = [copy_logdir(case, folder / case / "swanlog") for case in ("plain-0.5.2", "points-small-0.5.2")]
    found.append(OFFLINE / "0.10.3-offline" / "mixed")
    for n, path in enumerate(found):
        s3.upload(path, f"team/{n}/swanlog")
    return found


@pytest.fixture(scope="module")
def answers(corpus: tuple[list[Path], list[str]], grown: Path, s3: ObjectStore, in_bucket: list[Path]) -> Answers:
    spark.check_installed()
    questions = [question(corpus[1], table) for table in TABLES]
    questions += [question(BUCKET, table) for table in TABLES]
    questions.append(question([f"{BUCKET_OF_0}", str(grown)], "points"))
    for table in (*TABLES, "problems"):
        questions += [question(grown, table), question(grown, table, schema=True)]
    questions += [
        question(grown, "points", options=SMALL),
        question(grown, "points", options=SMALL, partitions=True),
        question(grown, "points", sql=BY_METRIC),
        question(grown, "points", where="metric = 'loss' and step > 5490", **PUSHED),
        question(grown, "points", where="metric = 'loss' and step > 5490"),
        question(grown, "points", where="metric in ('backwards', 'text') and run_id like 'run-%'", **PUSHED),
        question(grown, "points", options={"metric": "backwards"}),
        question(grown, "points", where="project = 'another'", **PUSHED),
        question(grown, "points", sql=TWICE, push=True),
        question(grown, "points", options={"metric": '["backwards", "text"]'}),
        question(grown.parent.parent / "*" / "swanlog", "runs", options={"countPoints": "false"}),
        question("/nowhere/at/all", "points"),
        question(grown, "lines"),
    ]
    return Answers(questions, **s3.environment)


def test_every_row_of_the_corpus_is_read(corpus: tuple[list[Path], list[str]], answers: Answers) -> None:
    core = expected(*corpus[0])
    assert sum(map(len, core.values())) > 10_000
    for table in TABLES:
        assert answers(corpus[1], table) == core[table], table


def test_a_bucket_gives_the_rows_that_the_disk_gives(in_bucket: list[Path], answers: Answers) -> None:
    core = expected(*in_bucket)
    for table in TABLES:
        found = answers(BUCKET, table)
        if table == "runs":  # when a run was last written is told otherwise, and with it whether one is stale
            found, core[table] = ([[*row[:4], *row[5:]] for row in rows] for rows in (found, core[table]))
        assert core[table], table
        assert found == core[table], table


def test_several_paths_are_one_table(in_bucket: list[Path], grown: Path, answers: Answers) -> None:
    assert answers([BUCKET_OF_0, str(grown)], "points") == expected(in_bucket[0], grown)["points"]


def test_schemas_are_those_of_an_export(grown: Path, answers: Answers) -> None:
    kinds = {"text": "string", "integer": "bigint", "number": "double", "time": "timestamp"}
    for table, columns in COLUMNS.items():
        assert answers(grown, table, schema=True) == [[name, kinds[kind]] for name, kind in columns]


def test_long_series_are_divided_between_tasks(grown: Path, answers: Answers) -> None:
    assert answers(grown, "points", options=SMALL, partitions=True) > 5
    assert answers(grown, "points", options=SMALL) == answers(grown, "points") == expected(grown)["points"]


def test_filters_give_the_same_rows_whether_they_are_passed_on_or_not(grown: Path, answers: Answers) -> None:
    all_ = expected(grown)["points"]
    where = "metric = 'loss' and step > 5490"
    wanted = [row for row in all_ if row[3] == "'loss'" and int(row[4]) > 5490]
    assert len(wanted) == 10
    assert answers(grown, "points", where=where, **PUSHED) == wanted
    assert answers(grown, "points", where=where) == wanted
    where = "metric in ('backwards', 'text') and run_id like 'run-%'"
    assert answers(grown, "points", where=where, **PUSHED) == [row for row in all_ if row[3] != "'loss'"]
    assert answers(grown, "points", where="project = 'another'", **PUSHED) == []
    both = [row for row in all_ if row[3] != "'loss'"]
    assert answers(grown, "points", options={"metric": '["backwards", "text"]'}) == both
    assert answers(grown, "points", options={"metric": "backwards"}) == [r for r in all_ if r[3] == "'backwards'"]


def test_filters_of_one_query_do_not_reach_another_of_the_same_frame(grown: Path, answers: Answers) -> None:
    found = {row[0]: int(row[1]) for row in answers(grown, "points", sql=TWICE, push=True)}
    assert found == {"'loss'": 5501, "'backwards'": 2500, "'all'": 8002}


def test_spark_groups_and_averages(grown: Path, answers: Answers) -> None:
    found = {row[0]: int(row[1]) for row in answers(grown, "points", sql=BY_METRIC)}
    assert found == {"'loss'": 5501, "'backwards'": 2500, "'text'": 1}


def test_what_is_damaged_has_a_row_among_the_problems(grown: Path, answers: Answers) -> None:
    (row,) = answers(grown, "problems")
    assert "damaged line" in row[3]


def test_runs_are_listed_without_reading_points(grown: Path, answers: Answers) -> None:
    rows = answers(grown.parent.parent / "*" / "swanlog", "runs", options={"countPoints": "false"})
    assert {row[-1] for row in rows} == {"None"}
    assert len(rows) >= 2


def test_mistakes_are_explained_in_one_sentence(grown: Path, answers: Answers) -> None:
    assert "no logdir at /nowhere/at/all" in answers("/nowhere/at/all", "points")["error"]
    assert "no table 'lines'; tables: runs, config, points" in answers(grown, "lines")["error"]
