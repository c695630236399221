"""What the tools answer and how much, without the protocol around them."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from swancli import model
from swancli.errors import SwancliError
from swancli.mcp.bounds import MAX_CHARACTERS, MAX_TEXT_CHARACTERS, Bounds
from swancli.mcp.schema import schema_of
from swancli.mcp.server import call
from swancli.mcp.tools import MAX_POINTS, TOOLS
from swancli.source import LocalSource
from tests.support.logdirs import Logdir, point, points


@pytest.fixture
def source(tmp_path: Path) -> LocalSource:
    """A logdir of two runs."""
    logdir = Logdir(tmp_path / "swanlog")
    one = logdir.run("one")
    one.metric("loss", points(4000))
    one.metric("odd", [point(1, "NaN"), point(2, ["a.png"], more=[{"caption": "x"}])])
    one.file("config.yaml", "lr: 0.1\nnested:\n  a: [1, 2]\n")
    one.console("2025-03-21.log", "".join(f"line {n}\n" for n in range(3000)))
    two = logdir.run("two", status=0, finish_time=None)
    two.metric("loss", [point(1, 0.5)])
    two.file("config.yaml", "lr: 0.2\n")
    return LocalSource(str(logdir.close()))


def ask(source: LocalSource, name: str, **arguments: Any) -> dict[str, Any]:
    """The result of a tool, which is as its schema says."""
    found = call(source, name, arguments, threading.Event())
    (tool,) = (tool for tool in TOOLS if tool.name == name)
    jsonschema.validate(found, tool.returns)
    json.dumps(found, allow_nan=False)
    return found


def test_runs_are_listed_from_the_newest(source: LocalSource) -> None:
    found = ask(source, "list_runs")
    assert (found["project"], found["total"]) == ("llm", 2)
    assert [run["name"] for run in found["runs"]] == ["two", "one"]
    assert [run["name"] for run in ask(source, "list_runs", limit=1, offset=1)["runs"]] == ["one"]


def test_runs_are_found_by_conditions(source: LocalSource) -> None:
    found = ask(source, "find_runs", conditions=["config.lr < 0.15"], columns=["max(loss)", "name"])
    assert found["total"] == 1
    assert found["runs"][0]["values"] == {"max(loss)": 124.875, "name": "one", "config.lr": 0.1}
    assert [run["name"] for run in ask(source, "find_runs", sort="-config.lr")["runs"]] == ["two", "one"]
    with pytest.raises(SwancliError, match="no operator"):
        ask(source, "find_runs", conditions=["lr"])


def test_run_is_told_with_its_config(source: LocalSource) -> None:
    found = ask(source, "get_run", run="one")
    assert found["config"] == {"lr": 0.1, "nested": {"a": [1, 2]}}
    assert found["metrics"] == ["loss", "odd"]
    assert found["state"] == "finished"


def test_metric_is_spread_over_all_of_it(source: LocalSource) -> None:
    found = ask(source, "get_metric", run=1, metric="loss", max_points=5)
    steps = [one["step"] for one in found["points"]]
    assert (len(steps), steps[0], steps[-1], found["total"], found["shown"]) == (5, 1, 4000, 4000, 5)
    assert len(ask(source, "get_metric", run=1, metric="loss", max_points=MAX_POINTS)["points"]) == MAX_POINTS
    excerpt = ask(source, "get_metric", run=1, metric="loss", first_step=10, last_step=12)
    assert [one["step"] for one in excerpt["points"]] == [10, 11, 12]
    assert [one["step"] for one in ask(source, "get_metric", run=1, metric="loss", tail=2)["points"]] == [3999, 4000]
    assert [one["value"] for one in ask(source, "get_metric", run=1, metric="odd")["points"]] == ["NaN", ["a.png"]]


def test_last_lines_of_a_log_are_told(source: LocalSource) -> None:
    assert ask(source, "get_logs", run=1, tail=2)["lines"] == ["line 2998", "line 2999"]
    assert ask(source, "get_logs", run=2)["lines"] == []


def test_long_lines_leave_out_the_first_not_the_last(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path)
    logdir.run().console("2025-03-21.log", "".join(f"{n}{'x' * 3000}\n" for n in range(500)))
    found = ask(LocalSource(str(logdir.close())), "get_logs", run=1, tail=500)
    assert found["lines"][-1].startswith("499x")
    assert found["left_out"] == 500 - len(found["lines"]) > 400
    assert len(json.dumps(found)) < MAX_CHARACTERS


def test_runs_are_compared(source: LocalSource) -> None:
    rows = {row["key"]: row for row in ask(source, "compare_runs", runs=[1, "two"])["rows"]}
    assert rows["lr"]["values"] == [0.1, 0.2]
    assert rows["min(loss)"]["best"] == [0]


def test_wait_ends_with_the_run_or_a_condition_or_the_time(source: LocalSource) -> None:
    assert ask(source, "wait_for_run", run=1)["reason"] == "finished"
    met = ask(source, "wait_for_run", run=2, until=["loss < 1"])
    assert (met["reason"], met["values"]) == ("loss < 1", {"loss": 0.5})
    over = ask(source, "wait_for_run", run=1, until=["loss < -1"], timeout_seconds=0)
    assert over["reason"] == "not loss < -1"


def test_nobody_waits_longer_than_the_caller(source: LocalSource, tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "live" / "swanlog")
    logdir.run("running", status=0, finish_time=None).metric("loss", [point(1, 1)])
    stop = threading.Event()
    stop.set()
    found = call(LocalSource(str(logdir.close())), "wait_for_run", {"run": 1, "timeout_seconds": 300}, stop)
    assert found["reason"] == model.TIMEOUT
    assert found["ended"] is False


@pytest.mark.parametrize(
    ("name", "arguments", "wanted"),
    [
        ("get_run", {}, "'run' is a required property"),
        ("get_run", {"run": 9}, "no experiment 9"),
        ("get_run", {"run": 1, "more": 1}, "Additional properties"),
        ("get_metric", {"run": 1, "metric": "los"}, "nearest: loss"),
        ("get_metric", {"run": 1, "metric": "loss", "max_points": MAX_POINTS + 1}, "maximum"),
        ("compare_runs", {"runs": [1]}, "runs: "),
        ("nothing", {}, "no tool 'nothing'"),
    ],
)
def test_wrong_arguments_are_errors_that_say_what_is_wrong(
    source: LocalSource, name: str, arguments: dict[str, Any], wanted: str
) -> None:
    with pytest.raises(SwancliError, match=wanted):
        call(source, name, arguments, threading.Event())


def test_results_are_bounded_whatever_the_logdir_holds(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path)
    run = logdir.run("x" * 50_000, description="y" * 100_000)
    run.file("config.yaml", "".join(f"key{n}: {'v' * 5000}\n" for n in range(2000)))
    for n in range(50):
        run.metric(f"m{n}/" + "z" * 200, [point(1, "t" * 10_000)], type="text", folder=f"m{n}")
    source = LocalSource(str(logdir.close()))
    for name, arguments in (("list_runs", {}), ("get_run", {"run": 1}), ("get_summary", {"run": 1})):
        found = ask(source, name, **arguments)
        assert found["truncated"] is True
        assert len(json.dumps(found)) < 2 * MAX_CHARACTERS


def test_bounds_cut_texts_lists_and_depth() -> None:
    bounds = Bounds()
    assert bounds.cut({"a": [1, 2.5, None, True, float("nan")]}) == {"a": [1, 2.5, None, True, "NaN"]}
    assert not bounds.truncated
    assert len(bounds.cut("x" * 10_000)) < MAX_TEXT_CHARACTERS + 50
    assert bounds.truncated
    deep: Any = 1
    for _ in range(100):
        deep = [deep]
    assert json.dumps(Bounds().cut(deep)).count("[") < 20
    assert Bounds().cut("\ud800") == "?"


def test_schemas_are_those_of_the_model() -> None:
    run = schema_of(model.Run)["properties"]
    assert run["state"] == {"type": "string"}
    assert run["id"] == {"type": ["integer", "null"]}
    assert run["tags"] == {"type": "array", "items": {"type": "string"}}
    assert schema_of(model.Summary)["properties"]["summaries"]["items"]["properties"]["min_step"] == {
        "type": ["integer", "null"]
    }
