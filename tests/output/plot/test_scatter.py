"""Scatter plots: where the marks are, and which axes are logarithmic."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swancli.model import Column
from swancli.output.plot.options import PlotOptions
from swancli.output.plot.scatter import Axis, scatter
from swancli.output.text.width import cells
from swancli.output.views.columns import scattered

X, Y = Column("config", "lr"), Column("min", "loss")


def lines(pairs: list[tuple[object, object]], width: int = 60, height: int = 12, unicode: bool = True) -> list[str]:
    options = PlotOptions(width, height, unicode=unicode)
    drawn = scattered((X, Y), pairs, options)  # type: ignore[arg-type]
    return ["".join(text for text, _ in line) for line in drawn]


def test_every_run_with_both_values_is_a_mark() -> None:
    found = lines([(0.1, 1.0), (0.2, 2.0), (0.3, 3.0), (None, 1.0), (0.4, "NaN"), (0.5, None)])
    assert sum(line.count("●") for line in found) == 3
    assert "min(loss) against config.lr" in found[0]
    columns = [line.index("●") for line in found if "●" in line]
    assert columns == sorted(columns, reverse=True)


@pytest.mark.parametrize(
    ("values", "is_logarithmic"),
    [([1e-5, 1e-1], True), ([0.001, 0.1], True), ([0.01, 0.1], False), ([0.0, 100.0], False), ([-1, 1000], False), ([], False)],
)  # fmt: skip
def test_axis_is_logarithmic_where_positive_values_span_decades(values: list[float], is_logarithmic: bool) -> None:
    assert Axis("x", values).is_logarithmic == is_logarithmic


def test_marks_of_decades_are_evenly_spaced() -> None:
    found = lines([(10.0**-n, 1.0 + n) for n in range(1, 6)])
    places = sorted(line.index("●") for line in found if "●" in line)
    gaps = {b - a for a, b in pairwise(places)}
    assert len(places) == 5
    assert max(gaps) - min(gaps) <= 1
    assert "(log)" in found[0]


def test_texts_are_places_on_the_axis_by_name() -> None:
    found = lines([("resnet18", 1.0), ("resnet50", 2.0), ("resnet18", 3.0)], unicode=False)
    assert "resnet18" in found[-1]
    assert found[-1].index("resnet18") < found[-1].index("resnet50")
    assert sum(line.count("*") for line in found) == 3
    assert all(line.isascii() for line in found)


def test_nothing_to_draw_is_no_plot() -> None:
    assert lines([]) == []
    assert lines([(None, 1.0)]) == []


@given(
    st.lists(
        st.tuples(st.floats(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False, allow_infinity=False))
    ),
    st.integers(24, 120),
    st.integers(6, 40),
)
def test_any_values_are_drawn_within_the_size(pairs: list[tuple[float, float]], width: int, height: int) -> None:
    x, y = Axis("x", [one for one, _ in pairs]), Axis("y", [other for _, other in pairs])
    found = ["".join(text for text, _ in line) for line in scatter(x, y, PlotOptions(width, height))]
    assert len(found) == (height if pairs else 0)
    assert all(cells(line) <= width for line in found)
