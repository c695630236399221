"""The sample logdir in the package: small, complete, whole, and telling nothing of where it was made."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path

import pytest

import swancli

SAMPLE = Path(swancli.__file__).parent / "sample"
FILES = sorted(path for path in SAMPLE.rglob("*") if path.is_file())
FINETUNE = {  # the last values in SwanLab's documentation of the API
    "train/loss": 1.1845,
    "train/grad_norm": 1.0172306299209595,
    "train/learning_rate": 3.7463413651718303e-05,
    "train/epoch": 3.288,
    "train/num_input_tokens_seen": 597776,
    "train/global_step": 207,
}


def rows(sql: str) -> list[tuple[object, ...]]:
    """What a query on the sample's database gives."""
    database = sqlite3.connect(f"file:{SAMPLE}/runs.swanlab?immutable=1", uri=True)
    try:
        return database.execute(sql).fetchall()
    finally:
        database.close()


def points(experiment: int, metric: str) -> list[dict[str, object]]:
    """The lines on disk of one metric."""
    sql = "SELECT run_id, folder FROM tag JOIN experiment e ON e.id = tag.experiment_id"
    [(run, folder)] = rows(f"{sql} WHERE e.id = {experiment} AND tag.name = '{metric}'")
    text = (SAMPLE / str(run) / "logs" / str(folder) / "1000.log").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_sample_stays_below_250_kilobytes() -> None:
    assert 0 < sum(path.stat().st_size for path in FILES) < 250_000


def test_database_stands_alone_without_a_write_ahead_log() -> None:
    names = {path.name for path in SAMPLE.iterdir() if path.is_file()}
    assert names == {"runs.swanlab"}
    assert rows("PRAGMA integrity_check") == [("ok",)]


def test_one_run_finished_one_crashed_one_holds_an_evaluation() -> None:
    assert rows("SELECT id, name, status FROM experiment ORDER BY id") == [
        (1, "Qwen2.5-7B/20250321-1130-16bed2e2", 1),
        (2, "Qwen2.5-7B/20250322-0903-lr1e-3", -1),
        (3, "eval/checkpoints", 1),
    ]


@pytest.mark.parametrize("metric", FINETUNE)
def test_fine_tuning_has_207_steps_and_ends_on_the_documented_value(metric: str) -> None:
    series = points(1, metric)
    assert [point["index"] for point in series] == list(range(1, 208))
    assert series[-1]["data"] == FINETUNE[metric]


def test_loss_of_the_fine_tuning_begins_and_ranges_as_documented() -> None:
    values = [point["data"] for point in points(1, "train/loss")]
    assert (values[0], max(values), min(values)) == (1.6858, 1.7614, 0.8499)  # type: ignore[type-var]


def test_crashed_run_ends_in_nan_and_a_traceback() -> None:
    assert [point["data"] for point in points(2, "train/loss")][-2:] == ["NaN", "NaN"]
    [error] = [path for path in FILES if path.name == "error.log"]
    assert "FloatingPointError" in error.read_text(encoding="utf-8")


def test_evaluation_has_text_and_several_namespaces() -> None:
    assert rows("SELECT DISTINCT type FROM tag ORDER BY type") == [("line",), ("text",)]
    names = rows("SELECT name FROM namespace WHERE experiment_id = 3 ORDER BY id")
    assert [name for (name,) in names] == ["eval", "bench", "samples", "default"]


def test_sample_names_no_home_folder_and_no_machine() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in FILES if path.name != "runs.swanlab")
    assert not re.findall(r"/(?:home|root|work|tmp|Users)/[^\s\"']*", text)
    assert set(re.findall(r'"hostname": "([^"]*)"', text)) == {"trainer"}
