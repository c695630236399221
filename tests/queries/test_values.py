"""What columns are of many runs, and that no more is read than what they need."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from swancli.endpoints import PROJECT
from swancli.errors import NotFound, UsageError
from swancli.queries.columns import parse_columns
from swancli.queries.filters import parse_condition
from swancli.queries.values import Runs, parse_sort
from swancli.source import LocalSource
from tests.support.sweep import sweep


@pytest.fixture
def source(tmp_path: Path) -> Iterator[LocalSource]:
    made = LocalSource(str(sweep(tmp_path / "swanlog")))
    yield made
    made.close()


@pytest.fixture
def asked(source: LocalSource, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The parameters of the requests for a project."""
    found: list[dict[str, Any]] = []
    details = LocalSource.details

    def counted(self: LocalSource, route: Any, *args: Any, **parameters: Any) -> Any:
        if route is PROJECT:
            found.append(parameters)
        return details(self, route, *args, **parameters)

    monkeypatch.setattr(LocalSource, "details", counted)
    return found


def values(source: LocalSource, text: str) -> list[list[Any]]:
    """The values of the columns, run by run."""
    runs, columns = Runs(source), parse_columns(text)
    runs.read(columns)
    return [[runs.value(row, column) for column in columns] for row in runs.rows]


def test_facts_and_config(source: LocalSource) -> None:
    found = values(source, "id,name,created,started,duration,swanlab,mode,metrics,step,config.model,config.opt.lr")
    time = "2025-03-21T10:00:00+00:00"
    assert found[0] == [1, "resnet18-a", time, time, 5400.0, "0.7.20", "local", 2, 3, "resnet18", 0.1]
    assert found[4][7:] == [0, None, None, None]


def test_functions_of_a_metric(source: LocalSource) -> None:
    text = "val/loss,last(val/loss),min(val/loss),max(val/loss),first(val/loss),mean(val/loss),step(val/loss)"
    assert values(source, text + ",points(val/loss),at(val/loss,2)") == [
        [2.5, 2.5, 2.0, 3.0, 3.0, 2.5, 3, 3, 2.0],
        [0.5, 0.5, 0.5, 3.0, 3.0, 1.5, 3, 3, 1.0],
        ["NaN", "NaN", 4.0, 4.0, 4.0, 4.0, 2, 2, "NaN"],
        [0.75, 0.75, 0.25, 4.0, 4.0, 1.75, 4, 4, 2.0],
        [None] * 9,
    ]


def test_host_comes_from_the_metadata_of_each_generation(source: LocalSource) -> None:
    folders = sorted(Path(source.path).glob("run-*"))
    (folders[0] / "files" / "swanlab-metadata.json").write_text('{"hostname": "gpu01"}')
    (folders[1] / "files" / "swanlab-metadata.json").write_text('{"runtime": {"hostname": "gpu02"}}')
    assert values(source, "host")[:3] == [["gpu01"], ["gpu02"], [None]]


def test_conditions_read_metrics_only_of_the_runs_that_are_left(
    source: LocalSource, asked: list[dict[str, Any]]
) -> None:
    runs = Runs(source)
    conditions = ["min(val/loss) < 0.4", "config.opt.lr < 0.01", "name ~ resnet*"]
    runs.keep([parse_condition(text) for text in conditions])
    runs.sort(parse_sort("min(val/loss)"))
    assert runs.addresses == [4]
    read = [(found["ids"], [column.text for column in found["values"]]) for found in asked]
    assert read == [([1, 2, 3, 4], ["config.opt.lr"]), ([2, 4], ["min(val/loss)"])]


def test_what_a_row_tells_is_not_asked_for(source: LocalSource, asked: list[dict[str, Any]]) -> None:
    runs = Runs(source)
    runs.keep([parse_condition("id >= 2"), parse_condition("created < 2025-03-24"), parse_condition("age > 1d")])
    runs.sort(parse_sort("-created"))
    assert runs.addresses == [3, 2]
    assert asked == []


@pytest.mark.parametrize(
    ("by", "ids"),
    [
        ("min(val/loss)", [4, 2, 1, 3, 5]),
        ("-min(val/loss)", [3, 1, 2, 4, 5]),
        ("val/loss", [2, 4, 1, 3, 5]),
        ("-val/loss", [1, 4, 2, 3, 5]),
        ("config.model, -config.opt.lr", [1, 2, 3, 4, 5]),
        ("-config.model,config.opt.lr", [4, 3, 2, 1, 5]),
        ("-id", [5, 4, 3, 2, 1]),
    ],
)
def test_runs_without_a_number_come_last_in_either_direction(source: LocalSource, by: str, ids: list[int]) -> None:
    runs = Runs(source)
    runs.sort(parse_sort(by))
    assert runs.addresses == ids


def test_limit_keeps_the_first_or_the_newest(source: LocalSource) -> None:
    runs = Runs(source)
    runs.limit(2, newest=True)
    assert runs.addresses == [4, 5]
    runs.limit(1, newest=False)
    assert runs.addresses == [4]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("config.opt.lrr < 1", r"no run in .* has config.opt.lrr; did you mean config.opt.lr\?"),
        ("min(val/los) < 1", r"no run in .* has a metric 'val/los'; did you mean val/loss\?"),
        ("stat = running", r"no run in .* has a metric 'stat'; did you mean state\?"),
        ("config.opt < 1", r"has config.opt; did you mean config.opt.lr\?"),
    ],
)
def test_name_that_no_run_has_says_what_is_near(source: LocalSource, text: str, says: str) -> None:
    with pytest.raises(NotFound, match=says):
        Runs(source).keep([parse_condition(text)])


def test_name_that_only_other_runs_have_is_a_note(source: LocalSource) -> None:
    runs = Runs(source)
    runs.keep([parse_condition("name = plain")])
    runs.read(parse_columns("min(val/loss),config.nothing"))
    assert sorted(runs.notes) == [
        "none of these runs has a metric 'val/loss'",
        "none of these runs has config.nothing",
    ]


def test_missing_is_what_a_condition_may_ask_for(source: LocalSource) -> None:
    runs = Runs(source)
    runs.keep([parse_condition("config.ema is missing"), parse_condition("val/loss is missing")])
    assert runs.addresses == [5]
    runs = Runs(source)
    runs.keep([parse_condition("val/loss is nan")])
    assert runs.addresses == [3]


def test_condition_on_what_the_source_does_not_tell_is_an_error(
    source: LocalSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    details = LocalSource.details

    def silent(self: LocalSource, route: Any, *args: Any, **parameters: Any) -> Any:
        found = details(self, route, *args, **parameters)
        found["experiments"][0]["values"].pop("host", None)
        return found

    monkeypatch.setattr(LocalSource, "details", silent)
    with pytest.raises(UsageError, match=r"does not provide host of 1 of 5 runs"):
        Runs(source).keep([parse_condition("host = gpu01")])
