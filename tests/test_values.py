"""Values of metrics: which are finite, and the words for those that are not."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swancli import values

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@pytest.mark.parametrize(("value", "word"), [(math.nan, "NaN"), (math.inf, "INF"), (-math.inf, "-INF")])
def test_a_number_that_is_not_finite_has_a_word(value: float, word: str) -> None:
    assert values.marker(value) == word
    assert values.is_marker(word)
    assert repr(values.as_float(word)) == repr(value)
    assert values.as_finite(word) is None


@pytest.mark.parametrize("value", ["nan", "inf", "", None, [1.0], {"NaN": 1}])
def test_other_values_are_no_numbers(value: object) -> None:
    assert not values.is_marker(value)
    assert not values.is_number(value)
    assert values.as_float(value) is None


def test_an_integer_beyond_a_float_is_infinite() -> None:
    assert values.as_float(10**400) == math.inf
    assert values.as_float(-(10**400)) == -math.inf


@given(ANY)
def test_a_strict_structure_is_strict_json(value: object) -> None:
    json.dumps(values.strict(value), allow_nan=False)


def test_numbers_are_sorted_before_text() -> None:
    cells = ["b", 2, "a", None, 1.5]
    assert sorted(cells, key=values.sort_key) == [None, 1.5, 2, "a", "b"]
