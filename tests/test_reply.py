"""How an answer becomes bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swancli import reply
from swancli.reply import dumps, rows, success

NUMBERS = st.integers() | st.floats() | st.sampled_from([1e16, 1e22, 1e-5, 1e-7, -0.0, 2**63, -(2**63) - 1, 5e-324])
TEXTS = st.text() | st.sampled_from(["\x7f\x80\u2028", "\x00\x1f\b\f\n\r\t", '"\\/', "\ud800", "中文 🦢", "<b>&'"])
CELLS = st.none() | st.booleans() | NUMBERS | TEXTS
VALUES = st.recursive(
    CELLS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS | st.integers(), inner), max_leaves=8
)


@given(st.lists(st.dictionaries(TEXTS, VALUES, max_size=6), max_size=5))
def test_rows_are_spelled_as_any_other_value(items: list[dict[str, Any]]) -> None:
    assert rows(items) == dumps(items)


@pytest.mark.parametrize("items", [[], [[]], [1, 2.5, None], [{1: 2}], [{"a": b"x"}], [{"a": {None: [float("nan")]}}]])
def test_rows_that_are_no_objects_of_plain_cells(items: list[Any]) -> None:
    assert rows(items) == dumps(items)


def test_value_that_many_rows_share_is_spelled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    config = {"lr": 1e-5, "layers": [1, 2]}
    calls: list[Any] = []
    monkeypatch.setattr(reply, "dumps", lambda value: calls.append(value) or dumps(value))
    body = success({"experiments": [{"id": n, "config": config} for n in range(reply.LONG)], "sum": 1}).read()
    assert calls.count(config) == 1
    assert json.loads(body)["data"]["experiments"][-1] == {"id": reply.LONG - 1, "config": config}
    assert body == dumps({"code": 0, "message": "success", "data": json.loads(body)["data"]})


def test_values_that_differ_are_spelled_together(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []
    monkeypatch.setattr(reply, "dumps", lambda value: calls.append(value) or dumps(value))
    charts = [{"id": n, "source": [str(n)]} for n in range(reply.LONG)]
    assert json.loads(success({"charts": charts}).read())["data"]["charts"] == charts
    assert calls == ["charts", charts]
