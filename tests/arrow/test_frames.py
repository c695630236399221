"""Series and tables in pandas, polars, pyarrow and DuckDB: every point of the corpus, and without a copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import arrow
from tests.support.corpus_cases import cases, copy_logdir

pytestmark = pytest.mark.arrow

NO_COPY = """
import sys, swancli
import numpy, pandas, polars, pyarrow, duckdb
runs = swancli.open(sys.argv[1])
s = runs[1].metric("train/loss")
address = lambda column: column.buffer_info()[0]
assert numpy.asarray(s.values).ctypes.data == address(s.values)
table = pyarrow.table(s)
assert [str(field.type) for field in table.schema] == ["int64", "double", "timestamp[ms, tz=UTC]"]
for name, column in ("step", s.steps), ("value", s.values), ("time", s.times):
    assert table[name].chunk(0).buffers()[1].address == address(column), name
    assert table[name].null_count == 0
frame = pandas.DataFrame.from_arrow(s)
assert frame.equals(s.to_pandas()), (frame.dtypes, s.to_pandas().dtypes)
assert polars.DataFrame(s).equals(s.to_polars())
assert duckdb.sql("select count(*), sum(value) from s").fetchall() == [(len(s), sum(s.values))]
"""

CORPUS = """
import math, sys, swancli
import pandas, polars, pyarrow, duckdb
count = 0
for path in sys.argv[1:]:
    runs = swancli.open(path)
    for run in runs:
        for name in run.metrics:
            s = run.metric(name)
            table = pyarrow.table(s)
            frames = [table.to_pandas(), s.to_pandas(), polars.DataFrame(s).to_pandas(), s.to_polars().to_pandas()]
            for frame in frames:
                assert list(frame["step"]) == list(s.steps), (path, name)
                same = [(a == b) or (math.isnan(a) and math.isnan(b)) for a, b in zip(frame["value"], s.values)]
                assert all(same), (path, name, list(frame["value"])[:5], list(s.values)[:5])
                if s.text is not None:
                    assert [None if pandas.isna(t) else t for t in frame["text"]] == s.text, (path, name)
            assert table["value"].null_count == sum(t is not None for t in s.text or ())
            assert duckdb.sql("select count(*) from s").fetchall() == [(len(s),)]
            count += len(s)
print(count)
"""


def test_columns_are_read_without_a_copy(tmp_path: Path) -> None:
    from swancli.demo import write_demo

    write_demo(str(tmp_path / "swanlog"))
    arrow.script(NO_COPY, tmp_path / "swanlog")


def test_every_reader_sees_every_point_of_the_corpus(tmp_path: Path) -> None:
    paths = []
    for case in cases():
        path = copy_logdir(case, tmp_path / case / "swanlog")
        if any(path.iterdir()):
            paths.append(path)
    assert int(arrow.script(CORPUS, *paths)) > 10_000
