"""When the wait for a run is over, and with which exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from swancli.errors import UsageError
from swancli.queries.conditions import Look, look, missing, verdict
from swancli.queries.filters import parse_condition
from swancli.source import LocalSource
from tests.support.logdirs import Logdir, point, points


def seen(state: str, **values: object) -> Look:
    """A look at a run."""
    return Look(1, "run-x", "base", state, 1.0, "local", values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "loss", "wanted", "refused", "reason", "code"),
    [
        ("running", 1, [], [], None, None), ("finished", 1, [], [], "finished", 0), ("crashed", 1, [], [], "crashed", 5),
        ("stopped", 1, [], [], "stopped", 5), ("killed", 1, [], [], "killed", 5), ("stale", 1, [], [], "stale", 5),
        ("failed", 1, [], [], "failed", 5), ("unknown", 1, [], [], None, None),
        ("running", 1, ["loss < 2"], [], "loss < 2", 0), ("running", 3, ["loss < 2"], [], None, None),
        ("running", 1, ["loss < 2", "loss > 5"], [], None, None),
        ("running", 1, ["loss < 2", "loss > 0"], [], "loss < 2 and loss > 0", 0),
        ("running", None, ["loss < 2"], [], None, None), ("finished", 3, ["loss < 2"], [], "not loss < 2", 6),
        ("finished", 1, ["loss < 2"], [], "loss < 2", 0), ("crashed", 3, ["loss < 2"], [], "crashed", 5),
        ("running", "NaN", ["loss < 2"], ["loss is nan"], "loss is nan", 6),
        ("finished", "NaN", [], ["loss is nan"], "loss is nan", 6), ("finished", 1, [], ["loss is nan"], "finished", 0),
        ("running", 1, ["loss < 2"], ["loss > 0", "loss < 0"], "loss > 0", 6),
    ],
)  # fmt: skip
def test_verdict(
    state: str, loss: object, wanted: list[str], refused: list[str], reason: str | None, code: int | None
) -> None:
    found = verdict(seen(state, loss=loss), [*map(parse_condition, wanted)], [*map(parse_condition, refused)])
    assert (found and found.reason, found and found.code) == (reason, code)


@pytest.fixture
def source(tmp_path: Path) -> LocalSource:
    """Two runs."""
    logdir = Logdir(tmp_path / "swanlog")
    one = logdir.run("one")
    one.metric("train/loss", [point(1, 3.5), point(2, 2.5)])
    one.file("config.yaml", "learning_rate:\n  value: 0.1\n  desc: ''\n  sort: 0\n")
    logdir.run("two", status=0, finish_time=None).metric("x", points(3))
    return LocalSource(str(logdir.close()))


def test_a_look_tells_state_and_values_of_the_runs_that_are_there(source: LocalSource) -> None:
    conditions = [parse_condition("train/loss < 3"), parse_condition("config.learning_rate = 0.1")]
    one, two = look(source, [1, 2, 9], conditions)
    assert (one.address, one.name, one.state) == (1, "one", "finished")
    assert [one.value(condition) for condition in conditions] == [2.5, 0.1]
    assert (two.state, [two.value(condition) for condition in conditions]) == ("running", [None, None])
    source.close()


def test_what_a_run_lacks_is_told_with_what_is_near(source: LocalSource) -> None:
    conditions = [parse_condition(text) for text in ("train/los < 1", "config.learning_rat = 1", "x is missing")]
    (one,) = look(source, [1], conditions)
    assert list(missing(source, one, conditions)) == [
        ("train/los", "; nearest: train/loss"), ("config.learning_rat", "; nearest: config.learning_rate"),
    ]  # fmt: skip
    source.close()


def test_what_a_source_can_not_tell_is_an_error() -> None:
    source = LocalSource("somewhere")
    with pytest.raises(UsageError, match="somewhere does not provide loss of experiment 1"):
        seen("running").check_told(source, [parse_condition("loss < 1")])
