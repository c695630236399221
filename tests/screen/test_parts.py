"""The parts of the view that need no screen."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swancli.errors import UsageError
from swancli.output.text.width import cells
from swancli.queries.matching import conditions, pattern
from swancli.screen.estimate import Estimate, estimate, pace
from swancli.screen.panes.grid import MIN_HEIGHT, MIN_WIDTH, grid
from swancli.screen.panes.headline import meters
from swancli.screen.reading.kept import MAX_POINTS, Kept, thinned
from swancli.screen.style import Palette, style_of


def timed(count: int, seconds_each: float = 2.0) -> list[Any]:
    """Points whose steps are so many seconds apart."""
    return [(step, 1.0, 1_700_000_000.0 + step * seconds_each, None) for step in range(1, count + 1)]


def test_the_pace_is_told_by_the_latest_points() -> None:
    assert pace(timed(500)) == 0.5
    slow = timed(200, 1.0)
    slow += [(200 + n, 1.0, slow[-1][2] + n * 10.0, None) for n in range(1, 200)]
    assert pace(slow) == 0.1


@pytest.mark.parametrize("points", [[], timed(1), [(1, 1, None, None), (2, 1, None, None)], [(5, 1, 3.0, None), (5, 1, 4.0, None)],
                                    [("x", 1, 1.0, None), ("y", 1, 2.0, None)], [(1, 1, 9.0, None), (2, 1, 3.0, None)]])  # fmt: skip
def test_no_pace_is_made_up(points: list[Any]) -> None:
    assert pace(points) is None


@pytest.mark.parametrize(
    ("config", "latest", "step", "expected"),
    [
        ([("max_steps", 200)], {}, 50, Estimate(0.5, 0.25, 300.0)),
        ([("trainer.Max_Steps", 200)], {}, 50, Estimate(0.5, 0.25, 300.0)),
        ([("max_steps", -1), ("num_train_epochs", 4)], {"train/epoch": 1.0}, 50, Estimate(0.5, 0.25, 300.0)),
        ([("max_steps", 1000)], {"train/global_step": 500}, 50, Estimate(0.5, 0.5, 100.0)),
        ([("epochs", 3)], {}, 50, Estimate(0.5)),
        ([("max_steps", 10)], {}, 50, Estimate(0.5)),
        ([("max_steps", "NaN")], {}, 50, Estimate(0.5)),
        ([("max_steps", True)], {}, 50, Estimate(0.5)),
        ([], {}, None, Estimate(0.5)),
    ],
)
def test_the_time_that_is_left(config: Any, latest: Any, step: int | None, expected: Estimate) -> None:
    assert estimate(config, latest, step, timed(50), 100.0) == expected


@given(st.lists(st.one_of(st.floats(), st.sampled_from(["NaN", "INF", "-INF"])), max_size=400), st.integers(2, 100))
def test_thinning_keeps_the_extremes_and_the_last_point(values: list[Any], count: int) -> None:
    points = [(step, value, None, None) for step, value in enumerate(values)]
    found = thinned(points, count)
    assert found == sorted(found, key=lambda point: point[0])
    finite = [value for value in values if isinstance(value, float) and math.isfinite(value)]
    kept = [value for _, value, _, _ in found if isinstance(value, float) and math.isfinite(value)]
    assert (min(kept, default=0), max(kept, default=0)) == (min(finite, default=0), max(finite, default=0))
    assert not points or found[-1][0] == points[-1][0]
    assert any(value not in finite for value in values) == any(value not in finite for _, value, _, _ in found)


def test_points_that_are_kept_stay_few() -> None:
    kept = Kept([])
    for start in range(0, 50_000, 500):
        kept.add([(step, math.sin(step), None, None) for step in range(start, start + 500)])
        assert len(kept.points) <= MAX_POINTS
    assert (kept.total, kept.last_step) == (50_000, 49_999)


@pytest.mark.parametrize(("width", "height"), [(30, 8), (79, 21), (90, 30), (150, 45), (400, 100)])
@pytest.mark.parametrize("level", [-9, -1, 0, 1, 9])
def test_every_chart_has_a_place_of_a_good_size(width: int, height: int, level: int) -> None:
    groups = [("train", tuple(f"t{n}" for n in range(7))), ("val", ("v",))]
    made = grid(groups, width, height, level)
    assert made.metrics == [*groups[0][1], "v"]
    assert made.across == 1 or width // made.across >= MIN_WIDTH
    assert all(band.height >= MIN_HEIGHT for band in made.bands if band.metrics)
    tops = [band.top for band in made.bands]
    assert tops == [sum(band.height for band in made.bands[:n]) for n in range(len(tops))]


def test_moving_through_the_grid_ends_at_its_edges() -> None:
    made = grid([("a", ("1", "2", "3", "4", "5"))], 90, 30, 0)
    assert made.across == 2
    assert [made.moved("1", 1, 0), made.moved("1", 0, 1), made.moved("1", -1, 0), made.moved("1", 0, -1)] == [
        "2",
        "3",
        "1",
        "1",
    ]
    assert [made.moved("4", 0, 1), made.moved("5", 0, 1), made.moved("nothing", 1, 0)] == ["5", "5", "1"]


def test_larger_charts_are_fewer() -> None:
    groups = [("a", tuple(map(str, range(40))))]
    sizes = [
        (grid(groups, 180, 50, level).across, -grid(groups, 180, 50, level).bands[1].height) for level in range(-3, 4)
    ]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) > 4


def test_styles_are_the_colours_of_the_terminal_itself() -> None:
    many, few, none = Palette(256), Palette(16), Palette(0)
    assert style_of(many.code("series0")).color is not None
    assert style_of(many.code("series0")).color.number == 32  # type: ignore[union-attr]
    assert style_of(few.code("bad")).color.number == 1  # type: ignore[union-attr]
    assert style_of(few.code("bad")).bold
    assert style_of(none.code("good")).color is None
    assert style_of(none.code("good+cursor")).reverse
    assert style_of(few.code("good+cursor")).color.number == 2  # type: ignore[union-attr]


def test_a_line_is_exactly_as_wide_as_it_must_be() -> None:
    palette = Palette(256)
    for text in ("", "abc", "名字很长的一个实验", "a" * 100, "\x1b[2Jx", "e\u0301" * 30):
        for width in (1, 2, 7, 20):
            found = palette.cells([(text, "good")], width)
            strip = palette.strip_of(found)
            assert len(found) == strip.cell_length == width == cells(strip.text)
            assert "\x1b" not in strip.text


def test_text_that_the_terminal_can_not_show_is_replaced() -> None:
    assert "".join(char for char, _ in Palette(16, utf8=False).cells([("名 ok", "")], 8)) == "? ok    "


@pytest.mark.parametrize(
    ("text", "count"),
    [("state = running", 1), ("config.lr<1e-3", 1), ("min(loss) < 1 and age < 2h", 2), ("val/loss < 1", 1), ("a=b", None),
     ("resnet", None), ("state = runing", None), ("", None), ("lr|acc", None)],
)  # fmt: skip
def test_conditions_are_told_from_names(text: str, count: int | None) -> None:
    found = conditions(text)
    assert (None if found is None else len(found)) == count


def test_a_regular_expression_without_capitals_ignores_case() -> None:
    assert pattern("resnet").search("ResNet")
    assert not pattern("ResNet").search("resnet")
    with pytest.raises(UsageError, match="not a regular expression"):
        pattern("(")


def test_hardware_is_told_by_short_names_gpus_first() -> None:
    values = {"__swanlab__.cpu.pct": 12.0, "__swanlab__.gpu.0.mem.ptc": 250.0, "__swanlab__.mem.proc": 5.0, "loss.pct": 1.0,
              "__swanlab__.mem.pct": "NaN"}  # fmt: skip
    assert meters(values) == [("gpu 0 mem", 100.0), ("cpu", 12.0)]
