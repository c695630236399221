"""What the project endpoint answers, byte for byte."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.support.logdirs import LATER, TIME, Logdir, answer, failure, success

COLORS = [
    "#528d59", "#587ad2", "#c24d46", "#9cbe5d", "#6ebad3", "#dfb142", "#6d4ba4", "#8cc5b7",
    "#892d58", "#40877c", "#d0703c", "#d47694", "#e3b292", "#b15fbb", "#905f4a", "#989fa3",
]  # fmt: skip
PALETTE = json.dumps({"light": COLORS, "dark": COLORS}, separators=(",", ":"))


def body(path: Path, sum: str, experiments: list[str]) -> bytes:
    """The whole answer for the project that tests.support.logdirs makes."""
    return success(
        f'{{"id":1,"name":"llm","description":"","sum":{sum},"charts":1,"more":"","pinned_opened":1,"hidden_opened":0,'
        f'"version":"0.7.20","create_time":"{TIME}","update_time":"{TIME}","logdir":"{path}",'
        f'"experiments":[{",".join(experiments)}],"colors":{PALETTE}}}'
    )


def row(id: int, name: str, config: str = "") -> str:
    """One experiment of the answer."""
    return (
        f'{{"id":{id},"run_id":"run-20250321_12580{id - 1}-abc{id - 1}def","name":"{name}","description":"",'
        f'"sort":{id - 1},"status":1,"show":1,"light":"#528d59","dark":"#528d59","pinned_opened":1,"hidden_opened":0,'
        f'"more":"","version":"0.7.20","create_time":"{TIME}","finish_time":"{LATER}","update_time":"{LATER}",'
        f'"experiment_id":{id}{config}}}'
    )


def test_experiments_come_by_id_each_with_its_config(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path)
    logdir.run("训练").file("config.yaml", "a: 1")
    logdir.run("empty").file("config.yaml", "")
    logdir.run("none")
    rows = [row(1, "训练", ',"config":{"a":1}'), row(2, "empty", ',"config":null'), row(3, "none")]
    assert answer(logdir, "project") == (200, body(logdir.path, "3", rows), [])


def test_one_broken_config_is_null_and_the_others_are_answered(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path)
    logdir.run("broken").file("config.yaml", "a: [")
    logdir.run("good").file("config.yaml", "a: 1")
    status, found, notes = answer(logdir, "project")
    rows = [row(1, "broken", ',"config":null'), row(2, "good", ',"config":{"a":1}')]
    assert (status, found) == (200, body(logdir.path, "2", rows))
    assert len(notes) == 1
    assert "run-20250321_125800-abc0def/files/config.yaml is unreadable" in notes[0]


def test_experiment_whose_folder_is_gone_stays_in_the_list(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path)
    shutil.rmtree(logdir.run("gone").folder)
    assert answer(logdir, "project") == (200, body(logdir.path, "1", [row(1, "gone")]), [])


def test_sum_counts_deleted_experiments_and_may_be_null(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path)
    logdir.run("deleted")
    logdir.sql("delete from experiment")
    assert answer(logdir, "project")[1] == body(logdir.path, "1", [])
    logdir.sql("update project set sum = null")
    assert answer(logdir, "project")[1] == body(logdir.path, "null", [])


def test_logdir_is_the_real_path(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "real")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert answer(tmp_path / "link", "project")[1] == body(logdir.path, "0", [])


def test_missing_columns_of_old_databases_are_null(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path)
    logdir.run("old")
    logdir.sql(
        "alter table project drop column sum",
        "alter table experiment drop column finish_time",
        "alter table experiment drop column pinned_opened",
    )
    old = row(1, "old").replace(f'"finish_time":"{LATER}"', '"finish_time":null')
    old = old.replace('"pinned_opened":1', '"pinned_opened":null')
    assert answer(logdir, "project") == (200, body(logdir.path, "null", [old]), [])


def test_no_project_in_the_database_is_not_found(tmp_path: Path) -> None:
    assert answer(Logdir(tmp_path, project=False), "project")[:2] == (404, failure(3404, "project not found"))
