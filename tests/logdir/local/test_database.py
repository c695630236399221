"""The database: honoured with its WAL, read without a trace, and never trusted."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import sqlite3
import struct
from pathlib import Path
from typing import Any

import pytest

from swancli.endpoints import ROUTES
from swancli.errors import DataError, NotFound, SwancliError
from swancli.logdir.local.database import Database
from swancli.source import LocalSource
from tests.support.corpus_cases import fingerprint
from tests.support.logdirs import SCHEMA, Logdir, answer, details, failure, point


def names(path: Path) -> list[str]:
    """The names of the experiments in a logdir."""
    return [row["name"] for row in json.loads(answer(path, "project")[1])["data"]["experiments"]]


def copy_of_open(logdir: Logdir, target: Path) -> Path:
    """Copy a logdir whose database is open, WAL and all, as a killed writer leaves it."""
    shutil.copytree(logdir.path, target)
    (target / "runs.swanlab-shm").unlink(missing_ok=True)
    return target


def test_rows_that_only_the_wal_holds_are_read_and_nothing_is_made(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "live", wal=True)
    logdir.run("in the wal").metric("loss", [point(1, 1)])
    left = copy_of_open(logdir, tmp_path / "left")
    assert (left / "runs.swanlab").stat().st_size < (left / "runs.swanlab-wal").stat().st_size
    before = fingerprint(left)
    assert names(left) == ["in the wal"]
    assert answer(left, "metric", experiment=1, metric="loss")[0] == 200
    assert fingerprint(left) == before
    assert "runs.swanlab-shm" not in before


def test_what_a_live_writer_commits_is_seen_at_the_next_look(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path, wal=True)
    source = LocalSource(str(tmp_path))
    for n in range(3):
        logdir.run(f"run {n}")
        source.refresh()
        assert len(source.experiments()) == n + 1
    logdir.sql("begin immediate")  # a writer in the middle of a transaction is neither waited for nor disturbed
    logdir.run("not yet")
    source.refresh()
    assert len(source.experiments()) == 3
    logdir.sql("commit", "pragma wal_checkpoint(truncate)")
    source.refresh()
    assert len(source.experiments()) == 4
    source.close()


def test_empty_wal_of_an_idle_database_is_no_wal(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path)
    logdir.run("base")
    (tmp_path / "runs.swanlab-wal").write_bytes(b"")
    assert names(tmp_path) == ["base"]


def test_wal_of_rubbish_is_ignored_as_sqlite_does(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path)
    logdir.run("base")
    logdir.close()
    (tmp_path / "runs.swanlab-wal").write_bytes(b"rubbish" * 1000)
    before = fingerprint(tmp_path)
    assert names(tmp_path) == ["base"]
    assert fingerprint(tmp_path) == before


def test_hot_rollback_journal_is_rolled_back_in_a_private_copy(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "live")
    logdir.run("base")
    logdir.sql("pragma cache_size = 1", "pragma cache_spill = 1", "begin")
    for n in range(300):  # more than the cache holds: uncommitted pages reach the file
        logdir.sql(f"update project set description = 'spilled {n}'")
        logdir.insert("chart", experiment_id=1, name=f"chart {n}" * 30, system=0, type="line", reference="step",
                      status=0, create_time="", update_time="")  # fmt: skip
    left = copy_of_open(logdir, tmp_path / "left")
    assert (left / "runs.swanlab-journal").stat().st_size > 0
    before = fingerprint(left)
    data = json.loads(answer(left, "charts", experiment=1)[1])["data"]
    assert data["charts"] == []
    assert json.loads(answer(left, "project")[1])["data"]["description"] == ""
    assert fingerprint(left) == before


def test_journal_that_names_another_file_deletes_nothing(tmp_path: Path) -> None:
    victim = tmp_path / "precious.txt"
    victim.write_bytes(b"\0")
    logdir = Logdir(tmp_path / "live")
    logdir.run("base")
    logdir.sql("pragma cache_size = 1", "begin")
    for n in range(300):
        logdir.insert("chart", experiment_id=1, name=f"chart {n}" * 30, system=0, type="line", reference="step",
                      status=0, create_time="", update_time="")  # fmt: skip
    left = copy_of_open(logdir, tmp_path / "left")
    name = os.fsencode(victim)
    magic = bytes.fromhex("d9d505f920a163d7")
    with (left / "runs.swanlab-journal").open("ab") as journal:
        journal.write(struct.pack(">I", 2**30 // 4096 + 1) + name + struct.pack(">II", len(name), sum(name)) + magic)
    status, body, _ = answer(left, "project")
    assert victim.exists()
    assert (status, json.loads(body)["code"]) == (500, 3500)


def test_side_files_that_are_pipes_or_lead_out_are_not_waited_for(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    logdir.run("base")
    logdir.close()
    os.mkfifo(logdir.path / "runs.swanlab-wal")
    assert names(logdir.path) == ["base"]
    (logdir.path / "runs.swanlab-journal").write_bytes(b"x")
    assert answer(logdir.path, "project")[0] == 500
    (logdir.path / "runs.swanlab-wal").unlink()
    (tmp_path / "outside").write_bytes(b"y" * 100)
    (logdir.path / "runs.swanlab-wal").symlink_to(tmp_path / "outside")
    assert answer(logdir.path, "project")[0] == 500


@pytest.mark.parametrize("content", [b"SQLite format 3\0", b"garbage" * 999, b"\0" * 4096])
def test_what_is_no_database_is_damaged_data_that_names_the_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "runs.swanlab").write_bytes(content)
    status, body, _ = answer(tmp_path, "project")
    message = json.loads(body)["message"]
    assert (status, json.loads(body)["code"]) == (500, 3500)
    assert str(tmp_path / "runs.swanlab") in message
    assert "restore it from a copy" in message


def test_database_cut_short_is_damaged_data(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path)
    logdir.run("base")
    path = logdir.close() / "runs.swanlab"
    path.write_bytes(path.read_bytes()[:5000])
    assert answer(tmp_path, "summary", experiment=1)[0] == 500


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_database_that_is_no_file_is_damaged_data(tmp_path: Path, make: Any) -> None:
    make(tmp_path / "runs.swanlab")
    with pytest.raises(DataError, match=r"runs\.swanlab"):
        Database(str(tmp_path))


def test_database_that_leads_out_of_the_logdir_is_not_read(tmp_path: Path) -> None:
    outside = Logdir(tmp_path / "outside")
    outside.run("secret")
    (tmp_path / "swanlog").mkdir()
    (tmp_path / "swanlog/runs.swanlab").symlink_to(outside.close() / "runs.swanlab")
    status, body, _ = answer(tmp_path / "swanlog", "project")
    assert status == 500
    assert b"secret" not in body


def test_no_database_is_not_found(tmp_path: Path) -> None:
    assert answer(tmp_path, "project")[:2] == (404, failure(3404, "project not found"))


@pytest.mark.parametrize("tables", range(8))
def test_database_of_a_writer_that_only_began_has_no_project(tmp_path: Path, tables: int) -> None:
    (tmp_path / "runs.swanlab").write_bytes(b"")
    with contextlib.closing(sqlite3.connect(tmp_path / "runs.swanlab")) as db:
        for statement in SCHEMA.split(";")[:tables]:
            db.execute(statement)
    assert answer(tmp_path, "project")[:2] == (404, failure(3404, "project not found"))
    assert answer(tmp_path, "status", experiment=1)[:2] == (404, failure(3404, "experiment not found"))


@pytest.mark.parametrize("name", ["a b", "a%20b", "a#b?c=d", "训练", os.fsdecode(b"\xff\xfe"), "a'b\"c", "a\nb"])
def test_logdir_of_any_name_is_read(tmp_path: Path, name: str) -> None:
    for wal in (False, True):
        logdir = Logdir(tmp_path / name / str(wal), wal=wal)
        logdir.run("base")
        assert LocalSource(str(tmp_path / name / str(wal))).experiments()[0]["name"] == "base"


def test_undecodable_text_is_read_with_replacement_characters(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path)
    logdir.run("base")
    logdir.sql("update experiment set description = cast(x'61ff62' as text)")
    assert json.loads(answer(tmp_path, "experiment", experiment=1)[1])["data"]["description"] == "a\ufffdb"


HOSTILE = [None, 0, 1, -1, 2**63 - 1, 1.5, float("inf"), "", "x", "1", "../..", "\0", b"\xff", b"", "[" * 5000]


@pytest.mark.parametrize("seed", range(12))
def test_cells_of_any_type_never_break_an_answer(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    db = sqlite3.connect(tmp_path / "runs.swanlab")
    for statement in SCHEMA.split(";")[:-1]:
        table, _, columns = statement.strip().removeprefix("create table ").partition(" ")
        bare = [column.split()[0].lstrip("(") for column in columns.split(",")]
        db.execute(f"create table {table} ({', '.join(bare)})")
        for id in (1, 1, 2, "1", None):
            row = [rng.choice(HOSTILE) if rng.random() < 0.4 else 1 for _ in bare]
            row[0] = id
            db.execute(f"insert into {table} values ({', '.join('?' * len(row))})", row)
    db.commit()
    db.close()
    source = LocalSource(str(tmp_path))
    rows = source.experiments()
    for route in ROUTES:
        for id in [row["id"] for row in rows] if route != "project" else [None]:
            more = {} if id is None and route == "project" else {"experiment": id}
            if route == "metric":
                more["metric"] = "x"
            assert json.loads(source.get(ROUTES[route], **more).read())["code"] in (0, 3404, 3500)
            try:
                details(tmp_path, route, **more)
            except SwancliError:
                continue
    source.close()


def test_views_and_triggers_of_a_hostile_database_run_no_function(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "runs.swanlab")
    db.execute("create view project as select load_extension('/tmp/x.so') as id")
    db.close()
    with pytest.raises((DataError, NotFound)):
        details(tmp_path, "project")


@pytest.mark.parametrize(
    "column", ["display.chart_id", "display.namespace_id", "source.chart_id", "source.error", "tag.name"]
)
def test_column_spelled_otherwise_is_no_unexpected_error(tmp_path: Path, column: str) -> None:
    """As a flipped bit in the schema leaves it: SQLite doesn't mind the case of names, Python does."""
    logdir = Logdir(tmp_path)
    run = logdir.run()
    run.metric("loss", [point(1, 1)])
    run.chart("loss")
    table, name = column.split(".")
    logdir.sql(f"alter table {table} rename column {name} to {name.upper()}")
    logdir.close()
    status, body, _ = answer(tmp_path, "charts", experiment=1)
    assert (status, json.loads(body)["code"]) in ((200, 0), (500, 3500))
