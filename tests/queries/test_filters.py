"""Conditions: how they are spelled, and which values meet them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swancli.errors import UsageError
from swancli.model import Column
from swancli.queries.filters import GRAMMAR, parse_condition


@pytest.mark.parametrize(
    ("text", "column", "operator", "value"),
    [
        ("config.lr < 1e-3", Column("config", "lr"), "<", "1e-3"),
        ("config.lr<1e-3", Column("config", "lr"), "<", "1e-3"),
        ("state=running", Column("fact", "state"), "=", "running"),
        ("min(val/loss) <= 0.5", Column("min", "val/loss"), "<=", "0.5"),
        ("name ~ resnet*", Column("fact", "name"), "~", "resnet*"),
        ("name != 'a = b'", Column("fact", "name"), "!=", "a = b"),
        ("'a=b' == 3", Column("metric", "a=b"), "=", "3"),
        ("at(loss, 10) >= -2", Column("at", "loss", 10), ">=", "-2"),
        ("train/loss is nan", Column("metric", "train/loss"), "is", "nan"),
        ("train/loss IS NOT NaN", Column("metric", "train/loss"), "is not", "nan"),
        ("config.lr is missing", Column("config", "lr"), "is", "missing"),
        ("train/loss = nan", Column("metric", "train/loss"), "is", "nan"),
        ("what is this is not missing", Column("metric", "what is this"), "is not", "missing"),
        ("config.note = it is nan", Column("config", "note"), "=", "it is nan"),
    ],
)
def test_text_is_a_condition(text: str, column: Column, operator: str, value: str) -> None:
    found = parse_condition(text)
    assert (found.column, found.operator, found.value) == (column, operator, value)


@pytest.mark.parametrize(
    ("text", "yes", "no"),
    [
        ("config.lr < 1e-3", [0.0001, 0, -1, "-INF"], [0.001, 1, "NaN", "text", None, True]),
        ("config.lr >= 0.1", [0.1, 1, "INF"], [0.01, "NaN", None, [1]]),
        ("config.lr = 0.001", [1e-3], [0.002, None, "0.0010"]),
        ("config.lr = 1", [1, 1.0], [True, 2]),
        ("config.model = resnet18", ["resnet18"], ["resnet", None, 18]),
        ("config.model != resnet18", ["resnet", 18], ["resnet18", None]),
        ("config.bf16 = True", [True], [False, 1, None]),
        ("config.bf16 = false", [False], [True, 0]),
        ("config.tag = '1'", ["1"], [2]),
        ("config.layers = [1,2]", [[1, 2]], [[1], "x"]),
        ("name ~ res*18", ["resnet18"], ["Resnet18", None, "resnet"]),
        ("config.path = ~/data", ["~/data"], ["/data"]),
        ("config.lr ~ 0.0*", [0.01], [0.1]),
        ("loss is nan", ["NaN"], [0.5, "INF", None]),
        ("loss is not nan", [0.5, "INF", "text"], ["NaN", None]),
        ("loss is missing", [None], [0, "NaN"]),
        ("loss is not missing", [0, "NaN"], [None]),
        ("age < 2h", [7199.0], [7200.0, None]),
        ("duration >= 1h30m", [5400.0, 9000], [5399.9]),
        ("duration < 90", [89.9], [90]),
        ("created >= 2025-03-21", ["2025-03-21T00:00:00+00:00", "2025-04-01 10:00:00"], ["2025-03-20T23:59:59", None]),
        ("created = 2025-03-21", ["2025-03-21T23:59:59+00:00"], ["2025-03-22T00:00:00+00:00"]),
        ("created < 2025-03-21 12:00", ["2025-03-21T11:59:00Z"], ["2025-03-21T12:00:00Z"]),
        ("created ~ 2025-03-*", ["2025-03-21T23:59:59+00:00"], ["2025-04-01T00:00:00+00:00"]),
        ("swanlab >= 0.9", ["0.10.3", "0.9.0"], ["0.8.4", None]),
    ],
)
def test_values_meet_a_condition_or_do_not(text: str, yes: list[Any], no: list[Any]) -> None:
    condition = parse_condition(text)
    assert [value for value in yes if not condition.holds(value)] == []
    assert [value for value in no if condition.holds(value)] == []


@pytest.mark.parametrize(
    "text", ["loss", "config.lr", "loss =< 3", "loss => 3", "loss <> 3", "loss =", "< 3", "loss ! 3", "name =~ x"]
)
def test_wrong_condition_shows_the_grammar_in_three_lines(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_condition(text)
    assert caught.value.more == GRAMMAR
    assert len(GRAMMAR) == 3


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("state = runing", "no state 'runing'; did you mean running?"),
        ("age < soon", "'soon' is not a length of time for age"),
        ("created > yesterday", "'yesterday' is not a time for created"),
        ("config.lr < small", "'small' is not a number"),
        ("mni(loss) < 1", "no function 'mni'"),
    ],
)
def test_wrong_value_is_named(text: str, says: str) -> None:
    with pytest.raises(UsageError, match="^" + says.replace("(", r"\(").replace(")", r"\)").replace("?", r"\?")):
        parse_condition(text)


def test_condition_says_what_is_wanted() -> None:
    assert parse_condition("min(val/loss)<=.5").wanted == "<= .5"
    assert parse_condition("loss is not nan").text == "loss is not nan"


@given(
    st.text(alphabet="ab.(),'\"\\=<>~! 1nilogst@", max_size=30),
    st.one_of(st.none(), st.floats(), st.integers(), st.text(), st.booleans()),
)
def test_any_text_is_a_condition_or_a_usage_error(text: str, value: Any) -> None:
    try:
        found = parse_condition(text)
    except UsageError:
        return
    assert found.holds(value) in (True, False)
    again = parse_condition(f"{found.column.text} is missing")
    assert again.column == found.column
