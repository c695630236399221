"""Hostile texts, odd names, and other sources than one logdir."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from swancli.several import Several
from swancli.source import LocalSource
from tests.support.logdirs import Logdir, points
from tests.support.screen import View, run
from tests.trust.hostile import TEXTS, texts

ALL_PANES = (
    "1",
    "2",
    "enter",
    "escape",
    "3",
    "o",
    "escape",
    "a",
    "d",
    "escape",
    "exclamation_mark",
    "escape",
    "c",
    "1",
    "enter",
)


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
def test_hostile_texts_are_shown_and_not_obeyed(tmp_path: Path, size: tuple[int, int]) -> None:
    logdir = texts(tmp_path / "swanlog")

    async def play(view: View) -> None:
        await view.until(lambda: view.facts.rows, "the runs")
        for key in (*ALL_PANES, *["down"] * 3, *ALL_PANES):
            await view.press(key)
            for line in view.lines:
                assert not [char for char in line if unicodedata.category(char) in ("Cc", "Cs")], line
                assert not [char for char in line if char in "\u202e\u2066\u200f\u061c"], line

    run(logdir.path, play, size=size)


def test_the_copied_command_line_holds_no_control_characters_on_the_screen(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    one = logdir.run("x")
    one.metric(TEXTS["shell"] + TEXTS["title"], points(3), folder="m")
    one.chart(TEXTS["shell"] + TEXTS["title"])

    async def play(view: View) -> None:
        await view.settle()
        await view.press("2", "c")
        assert "\x1b" not in view.text
        assert "'$(touch /tmp/owned)" in view.app.clipboard

    run(logdir.path, play)


def test_chinese_and_right_to_left_names_keep_the_panes_in_place(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    for name in ("大语言模型微调实验第一次运行于节点七", "نموذج لغوي كبير", "🙂👩‍👩‍👧‍👦 emoji", "plain"):
        one = logdir.run(name)
        one.metric("损失/训练", points(9))
        one.chart("损失/训练", namespace="损失")

    async def play(view: View) -> None:
        await view.settle()
        board = view.app.board
        for name, box in board.boxes.items():
            for n in range(box.height):
                assert board.strip(name, n).cell_length == box.width
        assert "损失/训练" in view.text
        assert "大语言" in view.text

    run(logdir.path, play)


def test_several_sources_are_one_list(tmp_path: Path) -> None:
    for name in ("one", "two"):
        logdir = Logdir(tmp_path / name)
        run_of = logdir.run(f"run of {name}")
        run_of.metric("loss", points(5))
        run_of.chart("loss")
        run_of.console("2025-03-21.log", f"printed by {name}\n")
        logdir.close()
    source = Several((name, LocalSource(str(tmp_path / name))) for name in ("one", "two"))

    async def play(view: View) -> None:
        await view.settle()
        assert sorted(view.controller.listed) == ["one:1", "two:1"]
        await view.press("space", "space")
        await view.settle()
        assert "of 2 runs" in view.text
        assert "printed by" in view.text

    run(source, play)


@pytest.mark.slow
def test_a_url_shows_what_the_logdir_shows(sample: Path) -> None:
    from swancli.remote.source import RemoteSource
    from tests.support.stub_server import serving

    found: list[str] = []

    async def play(view: View) -> None:
        await view.settle()
        await view.press("end")
        await view.settle()
        found.append("\n".join(view.lines[1:-1]))

    now = 1774000000.0
    run(sample, play, now=lambda: now)
    with serving(LocalSource(str(sample))) as served:
        run(RemoteSource(served.url), play, now=lambda: now)
    assert found[0] == found[1]
