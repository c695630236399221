"""`swancli export` in the formats that need no extra: what is written, what is refused, what is written again."""

from __future__ import annotations

import csv
import fcntl
import json
import os
import sqlite3
import time
from pathlib import Path

import pytest

from swancli.source import LocalSource
from tests.cli.test_imports import cost
from tests.support.command import swancli
from tests.support.logdirs import Logdir, point, points
from tests.support.stub_server import serving


def written(path: Path) -> Path:
    """A logdir of two runs that nobody writes."""
    logdir = Logdir(path)
    one = logdir.run("one")
    one.metric("loss", points(3))
    one.metric("words", [point(1, 'a\n"b",'), point(2, "NaN")], type="text")
    one.file("config.yaml", "lr: 0.1\nnested:\n  deep: [1, 2]\n")
    one.console("2025-03-21.log", "hello, world\nbye\n")
    two = logdir.run('two, "2"')
    two.metric("loss", [point(1, "INF")])
    one.age(100)
    two.age(100)
    return logdir.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Such a logdir."""
    return written(tmp_path / "swanlog")


def rows(file: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_csv_is_a_file_a_table(path: Path, tmp_path: Path) -> None:
    done = swancli("export", "-l", path, "-o", tmp_path / "out", "--format", "csv")
    assert (done.code, done.out) == (0, b"")
    assert done.err == f"swancli: note: 2 runs with 5 points and 1 text written to {tmp_path / 'out'}\n"
    out = tmp_path / "out"
    assert [(row["name"], row["state"], row["points"], row["project"]) for row in rows(out / "runs.csv")] == [
        ("one", "finished", "4", "llm"), ("two, \"2\"", "finished", "1", "llm"),
    ]  # fmt: skip
    assert [(row["metric"], row["step"], row["value"]) for row in rows(out / "points.csv")] == [
        ("loss", "1", "114.875"), ("loss", "2", "104.75"), ("loss", "3", "94.625"), ("words", "2", "NaN"), ("loss", "1", "INF"),
    ]  # fmt: skip
    assert rows(out / "points.csv")[0]["time"] == "2025-03-21T04:58:06.387+00:00"
    assert [(row["metric"], row["text"]) for row in rows(out / "text.csv")] == [("words", 'a\n"b",')]
    assert [(row["key"], json.loads(row["value"])) for row in rows(out / "config.csv")] == [
        ("lr", 0.1),
        ("nested.deep", [1, 2]),
    ]
    assert [(row["line"], row["text"]) for row in rows(out / "console.csv")] == [("1", "hello, world"), ("2", "bye")]


def test_json_lines_hold_the_same(path: Path, tmp_path: Path) -> None:
    for format in ("csv", "jsonl"):
        assert swancli("export", "-l", path, "-o", tmp_path / format, "--format", format).code == 0
    for table in ("runs", "config", "points", "text", "console"):
        lines = (tmp_path / "jsonl" / f"{table}.jsonl").read_text(encoding="utf-8").splitlines()
        found = [{k: "" if v is None else str(v) for k, v in json.loads(line).items()} for line in lines]
        assert found == rows(tmp_path / "csv" / f"{table}.csv")


def test_sqlite_is_one_file(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "runs.sqlite"
    assert swancli("export", "-l", path, "-o", file).code == 0
    db = sqlite3.connect(file)
    query = "select r.name, count(*), max(value) from points p join runs r using (run_id, experiment_id) group by 1 order by 1"
    assert db.execute(query).fetchall() == [("one", 4, 114.875), ('two, "2"', 1, float("inf"))]
    assert db.execute("select text from text").fetchall() == [('a\n"b",',)]
    assert db.execute("select value from config where key = 'nested.deep'").fetchone() == ("[1, 2]",)
    db.close()
    assert "0 runs" in swancli("export", "-l", path, "-o", file).err


def test_single_file_holds_the_points(path: Path, tmp_path: Path) -> None:
    assert swancli("export", "1", "-l", path, "-o", tmp_path / "points.csv").code == 0
    assert len(rows(tmp_path / "points.csv")) == 4
    assert sorted(os.listdir(tmp_path)) == ["points.csv", "swanlog"]


@pytest.mark.parametrize("format", ["csv", "jsonl", "sqlite"])
def test_second_export_writes_only_what_has_changed(path: Path, tmp_path: Path, format: str) -> None:
    target = tmp_path / ("x.sqlite" if format == "sqlite" else "out")
    words = ("export", "-l", path, "-o", target, "--format", format)
    assert "2 runs" in swancli(*words).err
    assert "0 runs with 0 points written" in swancli(*words).err
    (folder,) = path.glob("run-*abc1def/logs/loss")
    with (folder / "1000.log").open("ab") as file:
        file.write(point(2, 2.5) + b"\n")
    os.utime(folder / "1000.log", (time.time() - 50,) * 2)
    changed = swancli(*words).err
    assert "1 run with 2 points written" in changed
    assert "1 has not changed" in changed
    fresh = tmp_path / ("y.sqlite" if format == "sqlite" else "fresh")
    swancli("export", "-l", path, "-o", fresh, "--format", format)
    if format == "sqlite":
        dumps = []
        for file in (target, fresh):
            db = sqlite3.connect(file)
            dumps.append(sorted(db.execute("select * from points").fetchall(), key=str))
            db.close()
        assert dumps[0] == dumps[1]
    else:
        for table in ("runs", "config", "points", "text", "console"):
            name = f"{table}.{format}"
            assert sorted((target / name).read_bytes().split(b"\n")) == sorted((fresh / name).read_bytes().split(b"\n"))


def test_exports_of_selections_add_up(path: Path, tmp_path: Path) -> None:
    for word in ("2", "1"):
        assert swancli("export", word, "-l", path, "-o", tmp_path / "out", "--format", "csv").code == 0
    assert sorted(row["name"] for row in rows(tmp_path / "out" / "runs.csv")) == ["one", 'two, "2"']
    assert len(rows(tmp_path / "out" / "points.csv")) == 5


def test_conditions_select_what_is_exported(path: Path, tmp_path: Path) -> None:
    assert "1 run with" in swancli("export", "-F", "config.lr < 1", "-l", path, "-o", tmp_path / "a.csv").err
    assert "1 run with" in swancli("export", "two*", "-l", path, "-o", tmp_path / "b.csv").err
    assert swancli("export", "9", "-l", path, "-o", tmp_path / "c.csv").code == 3
    assert not (tmp_path / "c.csv").exists()


@pytest.mark.parametrize(
    "target", ["swanlog/out", "swanlog", "swanlog/x.sqlite", "link/out", "swanlog/run-20250321_125800-abc0def/x.csv"]
)
def test_nothing_is_written_to_a_logdir(path: Path, tmp_path: Path, target: str) -> None:
    (tmp_path / "link").symlink_to(path)
    before = sorted(path.rglob("*"))
    done = swancli("export", "-l", path, "-o", tmp_path / target, "--format", "sqlite" if "sqlite" in target else "csv")
    assert (done.code, done.out) == (2, b"")
    assert "is in the logdir" in done.err
    assert sorted(path.rglob("*")) == before


def test_stdout_is_no_place_for_an_export(path: Path, tmp_path: Path) -> None:
    done = swancli("export", "-l", path, "-o", "-", "--format", "csv", cwd=tmp_path)
    assert (done.code, done.out) == (2, b"")
    assert "not a stream" in done.err
    assert not (tmp_path / "-").exists()


def test_other_files_are_not_overwritten(path: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "points.csv").write_text("mine")
    (tmp_path / "notes.db").write_text("these are my notes, and no database")
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("create table points (mine text)")
    other.close()
    for target, format in (("mine", "csv"), ("notes.db", "sqlite"), ("other.db", "sqlite")):
        done = swancli("export", "-l", path, "-o", tmp_path / target, "--format", format)
        assert done.code == 2, done.err
        assert done.err.count("\n") == 1
    assert (tmp_path / "mine" / "points.csv").read_text() == "mine"
    assert os.listdir(tmp_path / "mine") == ["points.csv"]
    swancli("export", "-l", path, "-o", tmp_path / "out", "--format", "csv")
    assert (
        "contains an export in the format csv"
        in swancli("export", "-l", path, "-o", tmp_path / "out", "--format", "jsonl").err
    )


def test_names_and_formats_must_agree(path: Path, tmp_path: Path) -> None:
    for words in (("-o", tmp_path / "x.csv", "--format", "sqlite"), ("-o", tmp_path / "x", "--format", "xml"), ()):
        done = swancli("export", "-l", path, *words)
        assert done.code == 2
        assert done.err.count("\n") == 1


def test_parquet_without_its_extra_says_the_install_line(path: Path, tmp_path: Path) -> None:
    for target, extra in (("out", "arrow"), ("x.duckdb", "sql")):
        done = swancli("export", "-l", path, "-o", tmp_path / target)
        assert done.code == 2
        assert f"pip install 'swancli[{extra}]'" in done.err
        assert not (tmp_path / target).exists()


def test_one_export_writes_a_folder_at_a_time(path: Path, tmp_path: Path) -> None:
    swancli("export", "-l", path, "-o", tmp_path / "out", "--format", "csv")
    fd = os.open(tmp_path / "out", os.O_RDONLY)
    fcntl.flock(fd, fcntl.LOCK_EX)
    done = swancli("export", "-l", path, "-o", tmp_path / "out", "--format", "csv")
    os.close(fd)
    assert (done.code, done.err) == (2, f"swancli: error: another export is writing to {tmp_path / 'out'}\n")


def test_export_that_has_nothing_to_do_opens_no_slice(path: Path, tmp_path: Path) -> None:
    words = ("export", "-o", str(tmp_path / "out"), "--format", "csv")
    first, second = cost(path, *words), cost(path, *words)
    assert sum("/logs/" in name for name in first["opened"]) >= 3
    assert not [name for name in second["opened"] if "/logs/" in name]


def test_url_is_exported_as_the_logdir_is(path: Path, tmp_path: Path) -> None:
    assert swancli("export", "-l", path, "-o", tmp_path / "here", "--format", "jsonl").code == 0
    with serving(LocalSource(str(path))) as server:
        for _ in range(2):  # what a server serves is exported anew each time
            done = swancli("export", "-u", server.url, "-o", tmp_path / "there", "--format", "jsonl")
            assert (done.code, done.err.count("2 runs with 5 points")) == (0, 1)
    for table in ("runs", "config", "points", "text", "console"):
        name = f"{table}.jsonl"
        assert (tmp_path / "here" / name).read_bytes() == (tmp_path / "there" / name).read_bytes(), table


def test_sample_of_a_dashboard_is_said_to_be_one(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    logdir.run().metric("loss", points(2000))
    with serving(LocalSource(str(logdir.close())), api_only=True) as server:
        done = swancli("export", "-u", server.url, "-o", tmp_path / "x.csv")
    assert "1 run with 1499 points" in done.err
    assert "sample" in done.err


def test_runs_of_several_sources_are_told_apart(path: Path, tmp_path: Path) -> None:
    other = written(tmp_path / "node" / "swanlog")  # with the same ids and run ids
    for target in ("out", "x.sqlite"):
        for wanted in ("4 runs with 10 points", "0 runs"):
            done = swancli(
                "export",
                "-l",
                path,
                "-l",
                other,
                "-o",
                tmp_path / target,
                "--format",
                "csv" if target == "out" else "sqlite",
            )
            assert done.code == 0, done.err
            assert wanted in done.err
    assert len({(row["project"], row["run_id"]) for row in rows(tmp_path / "out" / "runs.csv")}) == 4
    db = sqlite3.connect(tmp_path / "x.sqlite")
    assert db.execute("select count(distinct project), count(*) from points").fetchone() == (2, 10)
    db.close()
