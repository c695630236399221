"""Plots: looked at in snapshots, and never a failure whatever the values."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from swancli.output.plot.curves import PlotSeries, from_points, smooth
from swancli.output.plot.options import PlotOptions
from swancli.output.plot.plot import plot
from swancli.output.text.styled import Line, line_cells, paint, plain
from swancli.output.views.curve import curve, height_for
from tests.support import details as details

STEPS = list(range(1, 208))
LOSS = details.curve(207)
HURT: list[Any] = [
    *LOSS[:49], "NaN", *LOSS[50:59], *["NaN"] * 10, *LOSS[69:99], "INF", *LOSS[100:149], "-INF", *LOSS[150:]
]  # fmt: skip
T0 = 1742533112.0


def _text(lines: list[Line]) -> str:
    return "\n".join(plain(line) for line in lines)


def _plot(series: Sequence[PlotSeries], width: int = 80, height: int = 14, **options: Any) -> list[Line]:
    return plot(series, PlotOptions(width, height, **options))


PLOTS: dict[str, dict[str, Any]] = {
    "one": {"series": [PlotSeries("train/loss", STEPS, LOSS)]},
    "two_without_colour": {
        "series": [
            PlotSeries("train/loss", STEPS, LOSS),
            PlotSeries("验证/loss", STEPS[::4], [y * 0.8 for y in LOSS[::4]]),
        ],
        "color": False,
    },
    "gaps": {"series": [PlotSeries("train/loss", STEPS, HURT)]},
    "smoothed": {"series": [PlotSeries("train/loss", STEPS, LOSS)], "smoothing": 0.8},
    "logarithmic": {
        "series": [PlotSeries("lr", STEPS, [10 ** (-n / 50) for n in STEPS[:-1]] + [0.0])],
        "log_y": True,
    },
    "time": {"series": [PlotSeries("loss", [T0 + 20 * n for n in STEPS], LOSS)], "x": "time"},
    "relative": {"series": [PlotSeries("loss", [T0 + 20 * n for n in STEPS], LOSS)], "x": "relative"},
    "constant": {"series": [PlotSeries("c", STEPS, [5] * 207)]},
    "huge": {"series": [PlotSeries("c", STEPS, [1.6e308 * (-1) ** n for n in STEPS])]},
    "nothing": {"series": []},
    "only_nan": {"series": [PlotSeries("c", [1, 2], ["NaN", "NaN"])]},
}


@pytest.mark.parametrize("unicode", [True, False], ids=["braille", "ascii"])
@pytest.mark.parametrize("name", PLOTS)
def test_plot(name: str, unicode: bool, snapshot: SnapshotAssertion) -> None:
    assert _text(_plot(**PLOTS[name], unicode=unicode)) == snapshot


@pytest.mark.parametrize("width", [40, 120])
def test_plot_at_other_sizes(width: int, snapshot: SnapshotAssertion) -> None:
    assert _text(_plot(PLOTS["gaps"]["series"], width, 10)) == snapshot


def test_plot_in_colour(snapshot: SnapshotAssertion) -> None:
    lines = _plot(PLOTS["two_without_colour"]["series"], 60, 10)
    assert "\n".join(paint(line, 256) for line in lines) == snapshot


VALUE = st.floats() | st.integers() | st.sampled_from(["NaN", "INF", "-INF", None, "text", 10**400, True, [1]])
POINTS = st.lists(st.tuples(st.floats() | st.integers() | st.none(), VALUE), max_size=80)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(POINTS, max_size=3), st.integers(1, 130), st.integers(1, 40), st.booleans(),
    st.none() | st.floats(0, 1), st.sampled_from(["step", "time", "relative"]), st.booleans(), st.booleans(),
)  # fmt: skip
def test_plot_never_raises_and_fills_its_size(
    points: list[list[tuple[Any, Any]]], width: int, height: int, log_y: bool, weight: float | None, x: str,
    color: bool, unicode: bool,
) -> None:  # fmt: skip
    series = [PlotSeries(f"s{n}\x1b中", [a for a, _ in some], [b for _, b in some]) for n, some in enumerate(points)]
    lines = plot(series, PlotOptions(width, height, log_y, weight, x, color, unicode))
    assert len(lines) == height
    assert {line_cells(line) for line in lines} == {width}


@settings(deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=30), st.booleans())
def test_axis_labels_tell_ticks_apart(values: list[float], log_y: bool) -> None:
    lines = [plain(line) for line in _plot([PlotSeries("s", STEPS[: len(values)], values)], 80, 16, log_y=log_y)]
    labels = [line.split("┤")[0].strip() for line in lines if "┤" in line]
    assert len(labels) == len(set(labels))


def test_points_out_of_order_make_the_same_curve() -> None:
    order = sorted(range(207), key=lambda n: (n * 7919) % 207)
    shuffled = PlotSeries("train/loss", [STEPS[n] for n in order], [LOSS[n] for n in order])
    assert _plot([shuffled]) == _plot([PlotSeries("train/loss", STEPS, LOSS)])


def test_every_value_that_is_not_finite_is_counted_and_marked() -> None:
    lines = _text(_plot([PlotSeries("s", STEPS, HURT)], 80, 14)).splitlines()
    assert lines[0].endswith("× 11 NaN, ▲ 1 INF, ▼ 1 -INF")
    assert "▲" in lines[1]
    assert lines[-2].count("×") >= 5
    assert "▼" in lines[-2]


def test_a_gap_is_not_bridged() -> None:
    ys: list[Any] = [0.0] * 40 + ["NaN"] * 20 + [0.0] * 40
    lines = _text(_plot([PlotSeries("s", list(range(100)), ys)], 60, 9)).splitlines()
    (row,) = [line for line in lines if any("\u2801" <= c <= "\u28ff" for c in line)]
    assert "  " in row.split("┤")[-1].strip()


def test_a_single_spike_in_a_million_points_is_seen() -> None:
    ys = [0.0] * 100_000
    ys[54_321] = 1.0
    ys[54_322] = -1.0
    lines = _text(_plot([PlotSeries("s", list(range(100_000)), ys)], 60, 12)).splitlines()
    drawn = [any("\u2801" <= c <= "\u28ff" for c in line) for line in lines[1:-2]]
    assert all(drawn)


def test_points_that_have_no_logarithm_are_counted() -> None:
    lines = _text(_plot([PlotSeries("s", [1, 2, 3, 4], [-1.0, 0.0, 1.0, 10.0])], 60, 12, log_y=True)).splitlines()
    assert "2 not above 0 left out" in lines[0]


def test_smoothing_is_that_of_tensorboard() -> None:
    # last = last * w + (1 - w) * y, divided by 1 - w ** n
    assert smooth([1.0, 2.0, math.nan, 4.0], 0.5)[:2] == [1.0, pytest.approx(5 / 3)]
    assert smooth([1.0, 2.0, math.nan, 4.0], 0.5)[3] == pytest.approx((((0.5 * 0.5) + 1) * 0.5 + 2) / (1 - 0.125))
    assert math.isnan(smooth([1.0, math.nan], 0.5)[1])
    assert smooth([3.0] * 5, 0.9) == pytest.approx([3.0] * 5)


def test_overlaid_curves_carry_their_letters() -> None:
    text = _text(_plot(PLOTS["two_without_colour"]["series"], 80, 14, color=False))
    body = "\n".join(text.splitlines()[2:])
    assert body.count("A") >= 2
    assert body.count("B") >= 2


def test_many_series_leave_room_for_the_plot() -> None:
    series = [PlotSeries(f"s{n}", STEPS, [y + n for y in LOSS]) for n in range(30)]
    lines = _text(_plot(series, 80, 16)).splitlines()
    assert lines[3] == "… and 27 more"
    assert "┤" in "".join(lines[4:])


def test_points_become_series_by_step_and_by_time() -> None:
    points = [(1, 2.0, "2025-03-21T04:58:32+00:00"), ("3", 4.0, "2025-03-21T04:58:33Z"), (5, 6.0, None)]
    assert from_points("s", points) == PlotSeries("s", [1.0, 3.0, 5.0], [2.0, 4.0, 6.0])
    assert from_points("s", points, "time") == PlotSeries("s", [T0, T0 + 1], [2.0, 4.0])


def test_details_become_curves_and_keep_their_points() -> None:
    data = details.metric()
    data["points"] = iter(data["points"])
    lines = curve([data], PlotOptions(80, height_for(24, below=11)))
    assert len(lines) == 13
    assert len(data["points"]) == 207


def test_text_is_not_plotted() -> None:
    assert curve([{"name": "t", "experiment_id": 1, "points": [(1, ["text"], None, None)]}], PlotOptions(80, 10)) == []


def _metric(name: str, ys: Sequence[float], run: str = "") -> PlotSeries:
    return PlotSeries(f"{run}{name}", STEPS[: len(ys)], ys, name)


LR = [1e-4 * (1 - n / 300) for n in STEPS]
ACCURACY = [n / 207 for n in STEPS]


def _panels(lines: list[Line]) -> list[list[str]]:
    """The names of each panel's legend."""
    return [re.findall(r"━━ (\S+)", text) for text in _text(lines).splitlines() if "━━" in text and "┤" not in text]


def test_metrics_of_unlike_scale_are_drawn_one_above_another(snapshot: SnapshotAssertion) -> None:
    lines = _plot([_metric("loss", LOSS), _metric("lr", LR)], 80, 18)
    assert _text(lines) == snapshot
    assert _panels(lines) == [["loss"], ["lr"]]
    axis = {line.index("│") for line in _text(lines).splitlines() if "│" in line}
    assert len(axis) == 1
    assert _text(lines).count("└") == 1


@pytest.mark.parametrize(
    ("series", "options", "expected"),
    [
        ([("loss", LOSS), ("acc", ACCURACY)], {}, 1),
        ([("loss", LOSS), ("lr", LR)], {}, 2),
        ([("loss", LOSS), ("lr", LR)], {"overlay": True}, 1),
        ([("loss", LOSS), ("acc", ACCURACY)], {"overlay": False}, 2),
        ([("loss", LOSS), ("acc", [1000 + y for y in ACCURACY])], {}, 2),
        ([("loss", LOSS), ("constant", [0.5] * 207)], {}, 1),
        ([("loss", LOSS), ("constant", [5000] * 207)], {}, 2),
        ([("loss", LOSS), ("lr", LR)], {"log_y": True}, 1),
        ([("a", [0, 29]), ("b", [0, 1])], {}, 1),
        ([("a", [0, 31]), ("b", [0, 1])], {}, 2),
        ([("a", ["NaN", "NaN"]), ("b", [0, 1])], {}, 1),
        ([("a", [-1.7e308, 1.7e308]), ("b", [0, 1])], {}, 2),
        # with room for two panels, those of the closest scales share one
        ([("loss", LOSS), ("lr", LR), ("tokens", [n * 1e6 for n in STEPS])], {"height": 8}, 2),
        ([("loss", LOSS), ("lr", LR)], {"height": 7}, 1),
    ],
)
def test_scales_decide_how_many_plots_there_are(
    series: list[tuple[str, list[float]]], options: dict[str, Any], expected: int
) -> None:
    height = options.pop("height", 30)
    lines = _plot([_metric(name, ys) for name, ys in series], 80, height, unicode=False, color=False, **options)
    assert len(lines) == height
    plots = re.findall(r"(?m)^((?: *[-+.\de]*[|+](?!-).*\n?)+)", _text(lines))
    assert len(plots) == expected


def test_runs_of_one_metric_stay_over_each_other() -> None:
    series = [_metric(name, ys, f"{run}:") for run in "12" for name, ys in (("loss", LOSS), ("lr", LR))]
    assert _panels(_plot(series, 80, 24)) == [["1:loss"], ["2:loss"], ["1:lr"], ["2:lr"]]
    # where there is less room they share a line of the legend
    assert _panels(_plot(series, 80, 12)) == [["1:loss", "2:loss"], ["1:lr", "2:lr"]]


def test_marks_of_an_upper_plot_are_in_its_lowest_row() -> None:
    lines = _text(_plot([_metric("loss", HURT), _metric("lr", LR)], 80, 18)).splitlines()
    lower = next(n for n, line in enumerate(lines) if "lr" in line)
    assert lines[lower - 1].count("×") >= 5
    assert "×" not in "".join(lines[lower:])


def test_one_line_of_a_legend_names_as_many_curves_as_fit() -> None:
    lines = _text(_plot([PlotSeries(f"curve{n}", STEPS, LOSS) for n in range(9)], 80, 6)).splitlines()
    assert re.findall(r"curve\d", lines[0]) == ["curve0", "curve1", "curve2", "curve3"]
    assert lines[0].endswith("… and 5 more")


@pytest.mark.parametrize(("lines", "below", "height"), [(24, 13, 11), (50, 16, 34), (100, 16, 84), (10, 13, 6)])
def test_a_plot_fills_what_the_rest_leaves(lines: int, below: int, height: int) -> None:
    assert height_for(lines, below) == height


def test_each_metric_gets_its_plot_where_that_is_asked_for() -> None:
    data: list[Any] = [{"name": str(n)} for n in range(6)]
    assert height_for(24, 18, data, overlay=False) == 20
    assert height_for(24, 18, data, overlay=None) == 6
