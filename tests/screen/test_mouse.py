"""What the mouse does."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events

from swancli.screen.app import Top
from tests.support.screen import View, run


def place(view: View, metric: str, share: float) -> tuple[int, int]:
    """A cell of a chart, so far from its left edge."""
    box = view.app.board.boxes["charts"]
    charts = view.controller.charts
    for y in range(box.height):
        for x in range(box.width):
            found, _, line = charts.metric_at(x, y)
            if found == metric and line == 3:
                return box.x + x + int(share * charts.width), box.y + y
    raise AssertionError(f"{metric} is not in view")


async def wheel(view: View, at: tuple[int, int], down: int) -> None:
    """Turn the wheel."""
    kind = events.MouseScrollDown if down > 0 else events.MouseScrollUp
    view.app.post_message(kind(None, *at, 0, down, 0, False, False, False, *at))
    await view.pilot.pause()
    await view.settle()


def test_a_click_chooses_a_run_and_a_chart(sample: Path) -> None:
    async def play(view: View) -> None:
        await view.settle()
        box = view.app.board.boxes["runs"]
        await view.pilot.click(offset=(box.x + 5, box.y + 3))
        assert (view.view.cursor, view.view.focus) == (1, "runs")
        await view.settle()
        await view.pilot.click(offset=place(view, "train/grad_norm", 0.5))
        assert (view.view.chart, view.view.focus) == ("train/grad_norm", "charts")

    run(sample, play)


@pytest.mark.parametrize("share", [0.3, 0.8])
def test_the_wheel_zooms_around_the_place_it_is_turned_at(sample: Path, share: float) -> None:
    async def play(view: View) -> None:
        await view.settle()
        await view.press("end")
        await view.settle()
        at = place(view, "train/loss", share)
        whole = view.controller.charts.span(view.facts, view.view, "train/loss")
        assert whole == (1, 207)
        await wheel(view, at, -1)
        low, high = view.view.zoom or (0, 0)
        assert high - low < 206
        assert (low + high < 208) == (share < 0.5)
        assert view.facts.curves
        await wheel(view, at, 1)
        await wheel(view, at, 1)
        assert view.view.zoom is None

    run(sample, play)


def test_dragging_selects_a_range(sample: Path) -> None:
    async def play(view: View) -> None:
        await view.settle()
        await view.press("end")
        await view.settle()
        await view.pilot.mouse_down(offset=place(view, "train/loss", 0.5))
        await view.pilot.mouse_up(offset=place(view, "train/loss", 0.8))
        low, high = view.view.zoom or (0, 0)
        assert 60 < low < 120 < high < 200
        assert f"{low:.0f} to {high:.0f}" in view.text

    run(sample, play)


def test_the_wheel_scrolls_lists(sample: Path) -> None:
    async def play(view: View) -> None:
        await view.settle()
        box = view.app.board.boxes["runs"]
        await wheel(view, (box.x + 3, box.y + 3), 1)
        assert view.view.cursor == 2
        await view.press("end")
        await view.settle()
        console = view.app.board.boxes["console"]
        await wheel(view, (console.x + 3, console.y + 3), -1)
        assert view.controller.texts["console"].offset > 0
        await wheel(view, (console.x + 3, console.y + 3), 1)
        assert view.controller.texts["console"].offset == 0

    run(sample, play)


def test_a_click_puts_the_line_whose_values_are_told(sample: Path) -> None:
    async def play(view: View) -> None:
        await view.settle()
        await view.press("end")
        await view.settle()
        await view.press("t")
        await view.settle()
        before = view.view.mark
        await view.pilot.click(offset=place(view, "train/loss", 0.9))
        assert view.view.mark is not None
        assert before is not None
        assert view.view.mark > before

    run(sample, play)


def test_the_view_takes_no_key_of_textual_itself() -> None:
    assert not Top.ENABLE_COMMAND_PALETTE
