"""Which runs and metrics a query asks for, as its text says; compared with DuckDB's own answers in tests/arrow."""

from __future__ import annotations

from typing import Any

import pytest

from swancli.sql.wanted import wanted


def column(*names: str) -> dict[str, Any]:
    """A column of a parsed query."""
    return {"type": "COLUMN_REF", "column_names": list(names)}


def constant(value: str | int) -> dict[str, Any]:
    """A constant."""
    kind = "INTEGER" if isinstance(value, int) else "STRING"
    return {"type": "VALUE_CONSTANT", "literal": {"kind": kind, "text": str(value)}}


def equal(left: dict[str, Any], right: dict[str, Any]) -> dict[str, Any]:
    """left = right."""
    return {"type": "COMPARE_EQUAL", "left": left, "right": right}


def both(*children: dict[str, Any]) -> dict[str, Any]:
    """AND."""
    return {"type": "CONJUNCTION_AND", "children": list(children)}


def table(name: str, alias: str = "") -> dict[str, Any]:
    """A table in a FROM."""
    return {"type": "BASE_TABLE", "table_name": name, "alias": alias, "sample": None}


def join(left: dict[str, Any], right: dict[str, Any], kind: str = "REGULAR") -> dict[str, Any]:
    """A join."""
    return {"type": "JOIN", "left": left, "right": right, "ref_type": kind}


def select(source: dict[str, Any], where: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A SELECT."""
    return {"type": "SELECT_NODE", "from_table": source, "where_clause": where, "sample": None, **more}


POINTS = table("points")
IS_LOSS = equal(column("metric"), constant("loss"))


@pytest.mark.parametrize(
    ("tree", "loss", "other"),
    [
        (select(POINTS), True, True),
        (select(POINTS, IS_LOSS), True, False),
        (select(table("Points"), equal(constant("loss"), column("METRIC"))), True, False),
        (select(POINTS, both(IS_LOSS, equal(column("step"), constant(1)))), True, False),
        (select(POINTS, {"type": "CONJUNCTION_OR", "children": [IS_LOSS, IS_LOSS]}), True, True),
        (select(POINTS, equal(column("metric"), column("name"))), True, True),
        (select(POINTS, equal(column("metric"), constant(1))), True, True),
        (select(POINTS, {"type": "COMPARE_IN", "children": [column("metric"), constant("a"), constant("loss")]}), True, False),
        (select(POINTS, {"type": "COMPARE_IN", "children": [column("metric"), constant("a"), column("b")]}), True, True),
        (select(POINTS, {"type": "COMPARE_NOTEQUAL", "left": column("metric"), "right": constant("loss")}), True, True),
        (select(join(POINTS, table("runs")), IS_LOSS), True, False),
        (select(join(POINTS, table("mine")), IS_LOSS), True, True),
        (select(join(table("points", "p"), table("mine")), equal(column("p", "metric"), constant("loss"))), True, False),
        (select(join(table("points", "p"), table("mine", "m")), equal(column("m", "metric"), constant("loss"))), True, True),
        (select(join(POINTS, table("text")), IS_LOSS), True, True),
        (select(join(POINTS, table("runs"), "POSITIONAL"), IS_LOSS), True, True),
        (select(join(POINTS, table("runs"), "ASOF"), IS_LOSS), True, True),
        (select(POINTS | {"sample": {"size": 2}}, IS_LOSS), True, True),
        (select(POINTS, IS_LOSS, sample={"size": 2}), True, True),
        ({"type": "SET_OPERATION", "children": [select(POINTS, IS_LOSS), select(POINTS)]}, True, True),
        (select(POINTS, IS_LOSS, cte_map={"map": [{"key": "points", "value": {}}]}), True, True),
        ({"type": "PIVOT", "source": POINTS}, True, True),
    ],
)  # fmt: skip
def test_metrics_are_narrowed_only_where_that_is_certain(tree: dict[str, Any], loss: bool, other: bool) -> None:
    asked = wanted(tree)["points"]
    assert any(one.allows("metric", "loss") for one in asked) == loss
    assert any(one.allows("metric", "other") for one in asked) == other


def test_runs_are_narrowed_by_run_id_and_by_id() -> None:
    (asked,) = wanted(
        select(POINTS, both(equal(column("run_id"), constant("a")), equal(column("experiment_id"), constant(2))))
    )["points"]
    assert asked.allows("run_id", "a")
    assert not asked.allows("run_id", "b")
    assert asked.allows("experiment_id", 2)
    assert not asked.allows("experiment_id", 20)
    assert not asked.allows("experiment_id", None)
    assert asked.allows("metric", "anything")


def test_like_is_matched_as_sql_does() -> None:
    like = {
        "type": "FUNCTION",
        "function_name": "~~",
        "arguments": [{"expression": column("metric")}, {"expression": constant("tr_in/%")}],
    }
    (asked,) = wanted(select(POINTS, like))["points"]
    assert asked.allows("metric", "train/a\nb")
    assert not asked.allows("metric", "Train/loss")
    assert not asked.allows("metric", "val/train/loss")


def test_tables_that_are_not_mentioned_are_absent() -> None:
    assert wanted(select(table("runs"))).keys() == {"runs"}
    assert wanted(select({"type": "EMPTY"})) == {}
