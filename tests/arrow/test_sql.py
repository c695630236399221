"""`swancli sql`: answers, formats, and which points are read for them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support import arrow
from tests.support.logdirs import Logdir, point, points

pytestmark = [pytest.mark.arrow]

READ = """
import sys
from swancli.api.runs import Runs
from swancli.source import LocalSource
from swancli.sql.query import Query
for text in sys.argv[2:]:
    source = LocalSource(sys.argv[1])
    query = Query(source, Runs(source))
    rows = list(query.run(text).rows)
    print(len(rows), sorted(set(query.views.read)))
    query.close()
"""

# each with the conditions, and once more written so that nothing can be told from its text
QUERIES = """
import sys
from swancli.api.runs import Runs
from swancli.source import LocalSource
from swancli.sql.query import Query
source = LocalSource(sys.argv[1])

def ask(text):
    query = Query(source, Runs(source))
    if ask.blind:
        query._asked = lambda _: None
    rows = sorted(map(str, query.run(text).rows))
    query.close()
    return rows

for text in sys.argv[2:]:
    ask.blind = False
    seeing = ask(text)
    ask.blind = True
    assert seeing == ask(text), text
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A logdir of two runs with two metrics each."""
    logdir = Logdir(tmp_path / "swanlog")
    for name in ("one", "two"):
        run = logdir.run(name, run_id=f"run-20250321_125800-{name}")
        run.metric("train/loss", points(2000))
        run.metric("val/loss", [point(1, "NaN"), point(2, 0.5), point(3, "text")])
        run.file("config.yaml", f"lr: {0.1 if name == 'one' else 0.2}\n")
        run.console("2025-03-21.log", "hello\nbye\n")
    return logdir.close()


def sql(path: Path, *words: str, code: int = 0) -> str:
    """What the command prints."""
    done = arrow.run("-m", "swancli", "sql", *words, "-l", path)
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


def test_answers_are_printed_in_every_format(path: Path) -> None:
    query = "select name, lr.value::double as lr, min(p.value) as best, any_value(p.time) as at from points p join runs r using (run_id) join config lr using (run_id) where metric = 'val/loss' and key = 'lr' group by 1, 2 order by 1"
    assert sql(path, query) == (
        "name\tlr\tbest\tat\none\t0.1\t0.5\t2025-03-21T04:58:06.387000+00:00\ntwo\t0.2\t0.5\t2025-03-21T04:58:06.387000+00:00\n"
    )
    assert sql(path, query, "-o", "csv").startswith("name,lr,best,at\none,0.1,0.5,")
    rows = [json.loads(line) for line in sql(path, query, "-o", "jsonl").splitlines()]
    assert rows[1]["lr"] == 0.2
    assert json.loads(sql(path, query, "-o", "json")) == rows
    assert "one" in sql(path, query, "-o", "table")
    assert sql(path, query, "-o", "md").startswith("| name")


def test_only_what_the_query_names_is_read(path: Path) -> None:
    one, two = "run-20250321_125800-one", "run-20250321_125800-two"
    printed = arrow.script(
        READ, path,
        "select 1 from points where metric = 'val/loss'",
        "select 1 from points where metric like 'train/%' and experiment_id = 2",
        f"select 1 from points where run_id in ('{one}') and metric in ('val/loss', 'x')",
        "select 1 from runs", "select count(*) from console",
        "select max(step) from points",
    ).splitlines()  # fmt: skip
    assert printed[0] == f"4 [('{one}', 'val/loss'), ('{two}', 'val/loss')]"
    assert printed[1] == f"2000 [('{two}', 'train/loss')]"
    assert printed[2] == f"2 [('{one}', 'val/loss')]"
    assert printed[3] == "2 []"
    assert printed[4] == "1 []"
    assert len(printed[5].split("), (")) == 4


def test_answers_are_the_same_as_without_narrowing(path: Path) -> None:
    arrow.script(
        QUERIES, path,
        "select * from points where metric = 'val/loss'",
        "select * from points where metric like '%/loss' and step < 3",
        "select r.name, p.step from runs r left join points p on p.run_id = r.run_id and p.step = 2 where p.metric = 'val/loss'",
        "select r.name, p.step from points p full join runs r on p.run_id = r.run_id and p.step > 1999 where metric = 'train/loss' or metric is null",
        "select count(*) from points a join points b using (run_id, step) where a.metric = 'val/loss' and b.metric = 'train/loss'",
        "select run_id from runs where exists (select 1 from points where metric = 'val/loss' and points.run_id = runs.run_id)",
        "select run_id from runs where run_id not in (select run_id from points where metric = 'nothing')",
        "with points as (select 'x' as metric) select * from points where metric = 'x'",
        "with best as (select run_id, min(value) v from points where metric = 'train/loss' group by 1) select * from best join points using (run_id) where step = 1",
        "select upper(metric) as metric, count(*) from points where metric = 'val/loss' group by 1",
        "select * from text where metric = 'val/loss'",
        "from points where metric = 'val/loss' union all from points where step = 1",
        "select * from (pivot points on metric using max(value) group by run_id)",
        "select row_number() over (order by step) n, step from points where metric = 'val/loss' and experiment_id = 1",
        "describe points",
    )  # fmt: skip


def test_no_progress_bar_is_printed_between_the_rows(path: Path, tmp_path: Path) -> None:
    setting = "select value from duckdb_settings() where name = 'enable_progress_bar'"
    assert sql(path, setting, "-o", "jsonl") == '{"value":"false"}\n'
    script = f"from swancli.export.duckdb import DuckdbTarget; print(DuckdbTarget({str(tmp_path / 'x.duckdb')!r})._db.execute({setting!r}).fetchall())"
    assert arrow.run("-c", script).stdout == "[('false',)]\n"


def test_query_comes_from_standard_input(path: Path) -> None:
    done = arrow.run("-m", "swancli", "sql", "-", "-l", path, input="select count(*) as n\nfrom runs")
    assert done.stdout == "n\n2\n"


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("select nothing from runs", "Binder Error"),
        ("selec 1", "Parser Error"),
        ("", "the query is empty"),
        ("copy runs to '/tmp/never.csv'", "disabled by configuration"),
        ("select * from read_csv('/etc/passwd')", "disabled by configuration"),
        ("install httpfs", "disabled"),
        ("set enable_external_access = true", "Cannot"),
        ("attach '/tmp/never.duckdb'", "disabled by configuration"),
    ],
)
def test_wrong_and_forbidden_queries_are_one_line_and_exit_code_2(path: Path, query: str, wanted: str) -> None:
    error = sql(path, query, code=2)
    assert wanted in error
    assert error.count("\n") == 1


def test_run_that_cannot_be_read_is_the_reader_s_error(path: Path) -> None:
    text = """
import sys
from swancli.api.runs import Runs
from swancli.api.series import Series
from swancli.errors import DataError
from swancli.source import LocalSource
from swancli.sql.query import Query

def fail(self):
    raise DataError("a slice can't be read")
    yield

Series.chunks = fail
source = LocalSource(sys.argv[1])
query = Query(source, Runs(source))
try:
    list(query.run("select count(*) from points").rows)
except DataError as error:
    print(error)
"""
    assert arrow.script(text, path) == "a slice can't be read\n"
