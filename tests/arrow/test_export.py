"""Exports of the whole corpus, read back by DuckDB, pyarrow, polars and SQLite."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import arrow
from tests.support.command import ROOT, environment
from tests.support.corpus_cases import cases, copy_logdir
from tests.support.logdirs import Logdir, point, points

pytestmark = [pytest.mark.arrow, pytest.mark.slow]


def read_back(place: Path, *logdirs: Path) -> int:
    """How many points were compared."""
    done = arrow.run("-m", "tests.arrow.read_back", place, *logdirs, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    return int(done.stdout)


def test_corpus_is_read_back_as_it_is(tmp_path: Path) -> None:
    paths = [copy_logdir(case, tmp_path / case / "swanlog") for case in cases()]
    paths = [path for path in paths if (path / "runs.swanlab").exists() or list(path.glob("run-*"))]
    assert read_back(tmp_path / "out", *paths) > 10_000


def test_offline_runs_are_read_back_as_they_are(tmp_path: Path) -> None:
    paths = sorted(path for path in (ROOT / "tests" / "corpus_offline").glob("*/*") if path.is_dir())
    assert paths
    assert read_back(tmp_path / "out", *paths) > 100


def test_odd_names_and_values_are_read_back_as_they_are(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    logdir.sql("update project set name = 'a/b=c 名 %2F'")
    run = logdir.run("base", run_id="run-20250321_125800-\u00e9 =%25名")
    run.metric("损失/γ", points(2500), folder="one")
    run.metric(
        "quo\"te, 'n' \\ new\nline", [point(1, 0.1), point(2, "NaN"), point(2, "INF"), point(2, "-INF")], folder="two"
    )
    run.metric(
        "text",
        [point(1, 'a,b\n"c"'), point(2, "NaN"), point(3, "\u00fc名"), point(4, ""), point(5, 1.5)],
        type="text",
        folder="three",
    )
    run.metric(
        "times",
        [
            point(1, 1, create_time=None),
            point(2, 2, create_time="2025-03-21T12:58:06"),
            point(3, 3, create_time="soon"),
        ],
        folder="four",
    )
    run.metric("large", [point(1, 2**62), point(2, -(2**62) + 1), point(2**60, 1e308)], folder="five")
    run.metric("empty", folder="six")
    logdir.run("nothing")
    assert read_back(tmp_path / "out", logdir.close()) > 2500


def test_second_export_writes_only_what_has_changed(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    for name in ("one", "two"):
        run = logdir.run(name)
        run.metric("loss", points(10))
        run.age(100)
    logdir.close()
    out, words = tmp_path / "out", ("-m", "swancli", "export", "-l", logdir.path, "-o", tmp_path / "out")
    assert "2 runs with 20 points" in arrow.run(*words).stderr
    parts = sorted((out / "points").rglob("*.parquet"))
    before = [path.stat().st_ino for path in parts]
    assert "0 runs" in arrow.run(*words).stderr
    with (run.folder / "logs" / "loss" / "1000.log").open("ab") as file:
        file.write(point(11, 1.0) + b"\n")
    assert "1 run with 11 points" in arrow.run(*words).stderr
    after = [path.stat().st_ino for path in parts]
    assert after[0] == before[0]
    assert after[1] != before[1]
    total = (
        "import sys, duckdb; print(duckdb.sql(f\"select sum(points) from '{sys.argv[1]}/runs.parquet'\").fetchall())"
    )
    assert arrow.script(total, out).strip() == "[(21,)]"


def test_row_groups_have_statistics_and_names_are_dictionaries(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    logdir.run().metric("loss", points(140_000))
    arrow.run("-m", "swancli", "export", "-l", logdir.close(), "-o", tmp_path / "out")
    text = """
import sys, pyarrow.parquet
from pathlib import Path
(path,) = Path(sys.argv[1], "points").rglob("*.parquet")
file = pyarrow.parquet.ParquetFile(path)
assert [file.metadata.row_group(n).num_rows for n in range(2)] == [131072, 140000 - 131072]
column = file.metadata.row_group(1).column(2)
assert column.statistics.min == 131073 and column.compression == "ZSTD", column
print([str(field.type) for field in file.schema_arrow])
"""
    assert arrow.script(text, tmp_path / "out").strip() == str(
        ["int64", "dictionary<values=string, indices=int32, ordered=0>", "int64", "double", "timestamp[ms, tz=UTC]"]
    )


def test_memory_does_not_grow_with_the_points(tmp_path: Path) -> None:
    text = """
import re, sys
from swancli.cli.commands import main
assert main(["export", "-l", sys.argv[1], "-o", sys.argv[2]]) == 0
print(re.search("VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])  # ru_maxrss counts whoever forked, too
"""
    peaks: dict[str, list[int]] = {"parquet": [], "x.duckdb": []}
    for count in (200_000, 800_000):
        logdir = Logdir(tmp_path / str(count) / "swanlog")
        logdir.run().metric("loss", points(count))
        path = logdir.close()
        for target, found in peaks.items():
            found.append(int(arrow.script(text, path, path.parent / target)))
    for target, (some, many) in peaks.items():
        assert many < 150 << 10, (target, many)
        assert many < some * 1.25, (target, some, many)


def test_killed_exports_leave_whole_data_sets(tmp_path: Path) -> None:
    done = arrow.run("-m", "tests.stress.kill_exports", "10", cwd=ROOT, env=environment(TMPDIR=str(tmp_path)))
    assert done.returncode == 0, done.stderr
    assert "nothing wrong" in done.stdout
