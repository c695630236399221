"""Every key does what the help says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from swancli.screen.control.keys import ACTIONS, KEYS
from tests.support.logdirs import Logdir, points
from tests.support.screen import View, run

# By key: keys to press before it, and what it must change.
EFFECTS: dict[str, tuple[tuple[str, ...], Callable[[View], object]]] = {
    "down": ((), lambda v: v.view.cursor),
    "up": (("down",), lambda v: v.view.cursor),
    "right": (("2",), lambda v: v.view.chart),
    "left": (("2", "right"), lambda v: v.view.chart),
    "pagedown": ((), lambda v: v.view.cursor),
    "pageup": (("end",), lambda v: v.view.cursor),
    "home": (("end",), lambda v: v.view.cursor),
    "end": ((), lambda v: v.view.cursor),
    "tab": ((), lambda v: v.view.focus),
    "shift+tab": ((), lambda v: v.view.focus),
    "enter": (("2",), lambda v: v.view.is_full),
    "escape": (("2", "enter"), lambda v: v.view.is_full),
    "slash": ((), lambda v: v.controller.filters.sign),
    "backslash": ((), lambda v: v.controller.filters.sign),
    "space": ((), lambda v: len(v.view.ticked)),
    "a": ((), lambda v: len(v.view.ticked)),
    "p": ((), lambda v: len(v.view.pinned)),
    "b": (("end",), lambda v: v.view.best),
    "s": ((), lambda v: v.view.smoothing),
    "y": ((), lambda v: v.view.log_y),
    "x": ((), lambda v: v.view.x),
    "plus": ((), lambda v: v.controller.charts.grid.bands),
    "minus": ((), lambda v: v.view.grid),
    "t": ((), lambda v: v.view.mark),
    "comma": (("t",), lambda v: v.view.mark),
    "full_stop": (("t",), lambda v: v.view.mark),
    "z": ((), lambda v: v.view.zoom),
    "Z": (("z", "z"), lambda v: v.view.zoom),
    "0": (("z",), lambda v: v.view.zoom),
    "1": (("2",), lambda v: v.view.focus),
    "2": ((), lambda v: v.view.focus),
    "3": ((), lambda v: v.view.focus),
    "4": ((), lambda v: "config" in v.text),
    "5": ((), lambda v: v.view.page),
    "6": ((), lambda v: v.view.page),
    "left_square_bracket": ((), lambda v: "1 runs" in v.text),
    "right_square_bracket": ((), lambda v: "4 overview" in v.text),
    "o": ((), lambda v: v.view.focus),
    "d": ((), lambda v: v.view.page),
    "exclamation_mark": ((), lambda v: v.view.page),
    "question_mark": ((), lambda v: "temperature" in v.text or "larger charts" in v.text),
    "e": ((), lambda v: list(Path.cwd().glob("swancli-*.csv"))),
    "c": ((), lambda v: "copied: swancli" in v.text),
    "q": ((), lambda v: v.app.return_code),
}

IN_A_TERMINAL = {"ctrl+l", "ctrl+z"}  # tried in test_start.py


def test_the_effect_of_every_key_is_tried_below() -> None:
    assert set(EFFECTS) | IN_A_TERMINAL == {key.names[0] for key in KEYS}


def test_no_two_keys_have_one_name() -> None:
    assert len(ACTIONS) == sum(len(key.names) for key in KEYS)


@pytest.mark.parametrize("key", EFFECTS)
def test_key_does_what_it_says(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    before, effect = EFFECTS[key]

    async def play(view: View) -> None:
        await view.settle()
        for one in before:
            await view.press(one)
        await view.settle()
        old = effect(view)
        await view.press(key)
        await view.until(lambda: effect(view) != old, f"the effect of {key}")

    run(sample, play, size=(160, 30) if key == "right_square_bracket" else (140, 44))


@pytest.mark.parametrize(
    ("key", "same"), [("j", "down"), ("k", "up"), ("l", "right"), ("h", "left"), ("g", "home"), ("G", "end")]
)
def test_letters_do_what_arrows_do(key: str, same: str) -> None:
    assert ACTIONS[key] is ACTIONS[same]


def pressed(sample: Path, *keys: str, size: tuple[int, int] = (120, 40)) -> dict[str, Any]:
    """What the view is like after some keys."""
    found: dict[str, Any] = {}

    async def play(view: View) -> None:
        await view.settle()
        for key in keys:
            await view.press(key)
        await view.settle()
        found.update(text=view.text, view=view.view, listed=list(view.controller.listed), facts=view.facts)

    run(sample, play, size=size)
    return found


def test_a_filter_of_runs_is_a_regular_expression(sample: Path) -> None:
    found = pressed(sample, "slash", *"lr1e", "enter")
    assert found["listed"] == [2]
    assert "1 runs 1/3 /lr1e" in found["text"]


def test_a_filter_of_runs_may_be_conditions(sample: Path) -> None:
    found = pressed(sample, "slash", *"state = crashed and config.learning_rate < 0.1", "enter")
    assert found["facts"].meeting == {2}
    assert found["listed"] == [2]


def test_escape_while_a_filter_is_typed_brings_the_one_before_back(sample: Path) -> None:
    found = pressed(sample, "slash", *"eval", "enter", "slash", *"xyz", "escape")
    assert (found["view"].run_filter, found["listed"]) == ("eval", [3])


def test_what_is_no_regular_expression_yet_is_said_and_looked_for_as_it_is(sample: Path) -> None:
    async def play(view: View) -> None:
        await view.settle()
        for key in ("slash", *"checkpoints("):
            await view.press(key)
        assert "not a regular expression yet" in view.text
        await view.press("backspace", "enter")
        assert view.controller.listed == [3]

    run(sample, play)


def test_a_filter_of_metrics_leaves_the_charts_that_match(sample: Path) -> None:
    found = pressed(sample, "backslash", *"acc", "enter")
    assert "eval/accuracy" in found["text"]
    assert "eval/loss" not in found["text"]
    assert "2 charts 1 \\acc" in found["text"]


def test_ticked_runs_are_drawn_together_each_with_its_letter(sample: Path) -> None:
    found = pressed(sample, "down", "space", "space")
    assert "of 2 runs" in found["text"]
    lines = found["text"].splitlines()
    assert any(line.startswith("A C Qwen2.5") for line in lines)
    assert any(line.startswith("B F Qwen2.5") for line in lines)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_that_not_all_of_many_ticked_runs_are_drawn_is_said(tmp_path: Path, size: tuple[int, int]) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    for n in range(30):
        one = logdir.run(f"run {n}", create_time=f"2025-03-21T04:{n:02}:00+00:00")
        one.metric("loss", points(3))
        one.chart("loss")

    async def play(view: View) -> None:
        await view.settle()
        await view.press("a")
        assert "30 runs are ticked: the newest 26 are drawn" in view.text
        await view.press("down")
        assert "26/30 drawn" in view.text
        await view.press("2")
        assert "of 26 of 30 runs" in view.text
        assert view.facts.name(view.facts.drawn(view.view)[0]) == "run 29"

    run(logdir.close(), play, size=size)


def test_a_pinned_run_comes_first(sample: Path) -> None:
    assert pressed(sample, "end", "p")["listed"] == [1, 3, 2]


def test_a_pinned_chart_comes_first(sample: Path) -> None:
    text = pressed(sample, "2", "end", "p")["text"]
    assert text.index("pinned") < text.index("eval/loss")


def test_the_best_run_by_the_chart_under_the_cursor_comes_first(sample: Path) -> None:
    found = pressed(sample, "end", "2", "b", "1")
    assert (found["view"].best, found["listed"][:2]) == ("train/loss", [1, 2])
    assert "1 runs 3 by train/loss" in found["text"]
    assert "0.8499" in found["text"]


def test_differences_of_ticked_runs(sample: Path) -> None:
    async def play(view: View) -> None:
        await view.settle()
        await view.press("end", "space", "up", "space", "d")
        await view.until(lambda: "learning_rate" in view.text, "the differences")
        assert "5e-05" in view.text
        assert "0.001" in view.text

    run(sample, play)


def test_the_copied_command_line_shows_the_same_and_is_quoted(sample: Path) -> None:
    async def play(view: View) -> None:
        await view.settle()
        for key in ("end", "2", "s", "y", "z"):
            await view.press(key)
            await view.settle()
        await view.settle()
        await view.press("c")
        assert view.app.clipboard.startswith("swancli -l 'my logs' metric 1 train/loss train/grad_norm")
        assert "--log-y --smooth 0.3 --steps" in view.app.clipboard

    run(sample, play, options=["-l", "my logs"])


def test_exported_points_are_those_of_the_zoom(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    async def play(view: View) -> None:
        await view.settle()
        for key in ("end", "2", "enter", "z", "e"):
            await view.press(key)
            await view.settle()
        await view.until(lambda: "wrote" in view.text, "the file")
        low, high = view.view.zoom or (0, 0)
        (path,) = Path.cwd().glob("*.csv")
        lines = path.read_text().splitlines()
        steps = [int(line.split(",")[lines[0].split(",").index("step")]) for line in lines[1:]]
        assert steps
        assert min(steps) >= int(low)
        assert max(steps) <= int(high) + 1

    run(sample, play)


def test_nothing_is_exported_into_a_logdir(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sample)
    monkeypatch.setenv("HOME", str(tmp_path))

    async def play(view: View) -> None:
        await view.settle()
        await view.press("e")
        await view.until(lambda: list(tmp_path.glob("swancli-*.csv")), "the file")

    run(sample, play)
    assert not list(sample.rglob("*.csv"))
