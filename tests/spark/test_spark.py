"""Spark reads what the core reads, row for row: every table of every recorded logdir, with two threads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import swancli
from swancli.api.batches import numbers, only_texts
from swancli.api.chunks import NO_TIME
from swancli.export.contents import COLUMNS, TABLES, Contents
from tests.support import spark
from tests.support.corpus_cases import cases, copy_logdir
from tests.support.logdirs import Logdir, point, points

pytestmark = [pytest.mark.spark, pytest.mark.slow]

OFFLINE = spark.ROOT / "tests" / "corpus_offline"
CASES = [case for case in cases() if case != "dmg-db-truncated"]


def expected(path: Path) -> dict[str, list[list[str]]]:
    """The rows of all tables of a logdir, as the core reads them."""
    found: dict[str, list[list[Any]]] = {table: [] for table in TABLES}
    with swancli.open(path) as runs:
        for run in runs:
            contents = Contents(run, runs.project)
            for name, parts in contents.series():
                for part in parts:
                    for table, chunk in (("points", numbers(part)), ("text", only_texts(part))):
                        cells = chunk.values if table == "points" else chunk.texts or []
                        times = [None if time == NO_TIME else time for time in chunk.times]
                        rows = zip(chunk.steps, cells, times)
                        found[table] += [[*contents.owner, name, *row] for row in rows]
            found["config"] += contents.config()
            found["console"] += [[*contents.owner, n, line] for n, line in enumerate(run.lines(), 1)]
            found["runs"].append(contents.row())
    return {table: sorted([repr(_clean(cell)) for cell in row] for row in rows) for table, rows in found.items()}


def _clean(cell: Any) -> Any:
    return cell.encode("utf-8", "replace").decode() if isinstance(cell, str) else cell


@pytest.fixture(scope="module")
def logdirs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    spark.install()
    folder = tmp_path_factory.mktemp("spark")
    found = [copy_logdir(case, folder / case / "swanlog") for case in CASES]
    found = [path for path in found if (path / "runs.swanlab").exists() or list(path.glob("run-*"))]
    return [*found, *sorted(path for path in OFFLINE.glob("*/*") if path.is_dir())]


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

    def __init__(self, questions: list[dict[str, Any]]) -> None:
        found = spark.run("tests.spark.queries", {"questions": questions})
        self._found = {json.dumps(question, sort_keys=True): answer for question, answer in zip(questions, found)}

    def __call__(self, path: Path | str, table: str, **more: Any) -> Any:
        return self._found[json.dumps(question(path, table, **more), sort_keys=True)]


def question(path: Path | str, table: str, **more: Any) -> dict[str, Any]:
    """A question to tests.spark.queries."""
    return {"path": str(path), "table": table, **more}


SMALL = {"partitionBytes": "20000"}
BY_METRIC = "select metric, count(*) as n, round(avg(value), 6) as mean from t group by metric"


@pytest.fixture(scope="module")
def answers(logdirs: list[Path], grown: Path) -> Answers:
    questions = [question(path, table) for path in logdirs for table in ("points", "text")]
    questions += [question(path, table) for path in [*logdirs[:4], *logdirs[-2:]] for table in TABLES[:2] + TABLES[4:]]
    for table in (*TABLES, "problems"):
        questions += [question(grown, table), question(grown, table, schema=True)]
    questions += [
        question(grown, "points", options=SMALL),
        question(grown, "points", options=SMALL, partitions=True),
        question(grown, "points", sql=BY_METRIC),
        question(grown, "points", where="metric = 'loss' and step > 5490", push=True),
        question(grown, "points", where="metric = 'loss' and step > 5490"),
        question(grown, "points", where="metric in ('backwards', 'text') and run_id like 'run-%'", push=True),
        question(grown, "points", options={"metric": "backwards"}),
        question(grown, "points", where="project = 'another'", push=True),
        question(grown.parent.parent / "*" / "swanlog", "runs", options={"countPoints": "false"}),
        question("/nowhere/at/all", "points"),
        question(grown, "lines"),
    ]
    return Answers(questions)


def test_every_point_of_the_corpus_is_read(logdirs: list[Path], answers: Answers) -> None:
    count = 0
    for path in logdirs:
        core = expected(path)
        for table in ("points", "text"):
            assert answers(path, table) == core[table], (path, table)
            count += len(core[table])
    assert count > 10_000


def test_the_other_tables_are_those_of_an_export(logdirs: list[Path], answers: Answers) -> None:
    for path in [*logdirs[:4], *logdirs[-2:]]:
        core = expected(path)
        for table in ("runs", "config", "console"):
            assert answers(path, table) == core[table], (path, table)


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
    assert answers(grown, "points", where=where, push=True) == wanted
    assert answers(grown, "points", where=where) == wanted
    where = "metric in ('backwards', 'text') and run_id like 'run-%'"
    assert answers(grown, "points", where=where, push=True) == [row for row in all_ if row[3] != "'loss'"]
    assert answers(grown, "points", where="project = 'another'", push=True) == []
    assert answers(grown, "points", options={"metric": "backwards"}) == [r for r in all_ if r[3] == "'backwards'"]


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
    assert "no table 'lines': there are runs, config, points" in answers(grown, "lines")["error"]


def test_a_stream_gives_each_point_once_across_restarts(tmp_path: Path) -> None:
    spark.install()
    logdir = Logdir(tmp_path / "a" / "swanlog")
    path = logdir.run("one").metric("loss", points(1500))
    logdir.close()

    def text(lines: list[bytes]) -> str:
        return b"".join(line + b"\n" for line in lines).decode()

    steps = [
        {},
        {},
        {str(path / "2000.log"): text(points(10, 1501)) + '{"index": 1511, '},
        {str(path / "2000.log"): '"data": 0.5}\n', str(path / "3000.log"): text(points(5, 2001))},
    ]
    asked = {"path": str(tmp_path / "*" / "swanlog"), "checkpoint": str(tmp_path / "c"), "out": str(tmp_path / "o")}
    found = spark.run("tests.spark.stream", {**asked, "steps": steps})
    known = [sorted(int(row[2]) for row in rows) for rows in found]
    assert known[0] == known[1] == list(range(1, 1501))
    assert known[2] == list(range(1, 1511))
    assert known[3] == [*range(1, 1512), *range(2001, 2006)]
