"""What the project's table shows beyond the answer."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from swancli.errors import MetricNotFound
from tests.support.logdirs import Logdir, details, point


@pytest.fixture
def logdir(tmp_path: Path) -> Logdir:
    """Three runs, of which one has no metric and one no folder."""
    logdir = Logdir(tmp_path)
    first = logdir.run("first")
    first.metric("acc", [point(1, 0.5)])
    first.metric("train/loss", [point(1, 3.0), point(5, 1.0), point(9, 2.0)])
    logdir.run("bare")
    gone = logdir.run("gone")
    gone.metric("train/loss", [point(1, 1)])
    shutil.rmtree(gone.folder)
    return logdir


def test_main_metric_is_the_loss_with_its_last_value_and_step(logdir: Logdir) -> None:
    first, bare, gone = details(logdir, "project")["experiments"]
    assert first["metric"] == {"name": "train/loss", "value": 2.0, "step": 9, "shape": None}
    assert (first["last_step"], first["metrics"], bare["metrics"], gone["metrics"]) == (9, 2, 0, 1)
    assert "metric" not in bare
    assert "metric" not in gone


def test_named_metric_and_its_best_are_shown(logdir: Logdir) -> None:
    first, bare, _ = details(logdir, "project", metric="train/loss", best="min")["experiments"]
    assert first["best"] == {"value": 1.0, "step": 5}
    assert details(logdir, "project", metric="train/loss", best="max")["experiments"][0]["best"]["value"] == 3.0
    assert details(logdir, "project", metric="acc")["experiments"][0]["metric"]["name"] == "acc"
    assert "best" not in bare


def test_metric_that_no_run_has_is_not_found(logdir: Logdir) -> None:
    for name in ("nope", "nope/*"):
        with pytest.raises(MetricNotFound) as caught:
            details(logdir, "project", metric=name)
        assert caught.value.metric == name


def test_glob_shows_every_metric_that_it_matches(logdir: Logdir) -> None:
    first, bare, _ = details(logdir, "project", metric="*")["experiments"]
    assert {name: one["value"] for name, one in first["matched"].items()} == {
        one["key"]: one["value"] for one in details(logdir, "summary", experiment=1)["summaries"]
    }
    assert "metric" not in first
    assert bare["matched"] == {}


def test_run_whose_folder_is_gone_keeps_what_the_database_tells(logdir: Logdir) -> None:
    gone = details(logdir, "project")["experiments"][2]
    assert (gone["name"], gone["state"], gone["duration"]) == ("gone", "finished", 600.0)


def test_shapes_are_read_when_asked_for(logdir: Logdir) -> None:
    assert details(logdir, "project", shapes=True)["experiments"][0]["metric"]["shape"] == [3.0, 1.0, 2.0]
