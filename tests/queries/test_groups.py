"""Groups of runs, and the numbers that are worked out for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from swancli.errors import UsageError
from swancli.model import Column
from swancli.queries.groups import AGGREGATES, GRAMMAR, Aggregate, Groups
from swancli.queries.values import Runs
from swancli.source import LocalSource
from tests.support.sweep import sweep


@pytest.fixture
def source(tmp_path: Path) -> Iterator[LocalSource]:
    made = LocalSource(str(sweep(tmp_path / "swanlog")))
    yield made
    made.close()


def table(source: LocalSource, *arguments: Any) -> tuple[Any, ...]:
    """Keys, titles and rows."""
    runs, groups = Runs(source), Groups(*arguments)
    runs.read(groups.columns)
    return tuple(groups.table(runs))


def test_a_row_a_group_with_the_runs_that_lack_the_key_last(source: LocalSource) -> None:
    assert table(source, "config.model", "count, mean(min(val/loss)), best(val/loss), best(max(acc))") == (
        ["config.model"],
        ["count", "mean(min(val/loss))", "best(val/loss)", "best(max(acc))"],
        [["resnet18", 2, 1.25, 0.5, 0.5], ["resnet50", 2, 2.125, 0.75, 0.5], [None, 1, None, None, None]],
    )


def test_values_that_are_not_finite_do_not_count(source: LocalSource) -> None:
    _, _, rows = table(source, "config.model", "min(val/loss),max(val/loss),median(val/loss),std(min(val/loss))")
    assert rows[1] == ["resnet50", 0.75, 0.75, 0.75, pytest.approx(2.6516504)]
    assert rows[2] == [None] * 5


def test_rows_are_sorted_by_a_column_of_the_table(source: LocalSource) -> None:
    keys = "config.opt.lr"
    assert [row[0] for row in table(source, keys, None)[2]] == [0.001, 0.1, None]
    found = table(source, keys, "count,mean(min(val/loss))", "-mean( min(val/loss) )")
    assert [row[0] for row in found[2]] == [0.1, 0.001, None]
    with pytest.raises(UsageError, match=r"--sort must be a column of the table, not 'id': config\.opt\.lr, count"):
        table(source, keys, None, "id")


def test_pivot_shows_the_second_key_across(source: LocalSource) -> None:
    assert table(source, "config.model,config.opt.lr", "mean(min(val/loss))", None, True) == (
        ["config.model"],
        ["config.opt.lr=0.001", "config.opt.lr=0.1", "config.opt.lr=–"],
        [["resnet18", 0.5, 2.0, None], ["resnet50", 0.25, 4.0, None], [None, None, None, None]],
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("config.a", "min(a),b"), "'b' has one value for each run, not for each group"),
        (("config.a", "maen(a)"), "no aggregate 'maen' in 'maen(a)'; did you mean mean?"),
        (("config.a", "count", None, True), "--pivot requires two columns in --group-by, not 1"),
        (("a,b", "count,mean(a)", None, True), "--pivot shows one column, not 2"),
    ],
)
def test_wrong_groups_say_what_is_wrong(arguments: tuple[Any, ...], says: str) -> None:
    with pytest.raises(UsageError) as caught:
        Groups(*arguments)
    assert str(caught.value) == says
    if "--pivot" not in says:
        assert caught.value.more == GRAMMAR


@pytest.mark.parametrize("function", AGGREGATES)
def test_the_largest_numbers_have_aggregates_too(function: str) -> None:
    values = [1.7e308, 1.7e308, -1.7e308, 2**2000]
    assert Aggregate(function, Column("min", "loss")).of(values) is not None
    assert Aggregate(function, Column("min", "loss")).of([2**2000, "NaN"]) is None
