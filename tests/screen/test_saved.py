"""What is kept between two views, and what the configuration file says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from swancli.errors import UsageError
from swancli.screen import saved
from swancli.screen.settings import Settings, settings
from swancli.screen.view import View as Choices
from tests.support.screen import View, run


def test_ticks_filters_and_looks_are_there_again(sample: Path, home: Path) -> None:
    async def choose(view: View) -> None:
        await view.settle()
        for key in ("space", "space", "s", "y", "x", "plus", "left_square_bracket", "backslash", *"loss", "enter"):
            await view.press(key)
        assert view.view.ticked == {3, 2}

    async def again(view: View) -> None:
        await view.settle()
        assert view.view.ticked == {3, 2}
        assert (view.view.smoothing, view.view.log_y, view.view.x, view.view.grid, view.view.left) == (
            0.3,
            True,
            "time",
            1,
            False,
        )
        assert view.view.metric_filter == "loss"

    run(sample, choose)
    (path,) = home.rglob("*.json")
    assert path.stat().st_mode & 0o777 == 0o600
    run(sample, again)
    assert not [
        path for path in sample.rglob("*") if path.suffix == ".json" and path.stat().st_mtime > (home.stat().st_mtime)
    ]


def test_each_project_has_its_own(sample: Path, tmp_path: Path) -> None:
    assert saved.path(str(sample)) != saved.path(str(tmp_path))
    assert saved.path(str(sample)) == saved.path(f"{sample}/../{sample.name}")
    assert saved.path("http://node7:5092") != saved.path("http://node8:5092")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"ticked": 5, "x": "y", "grid": 1e9, "smoothing": "a", "left": 1, "run_filter": []}',
                                  '{"grid": 99999999999999999999, "pinned": [null, {}, true], "smoothing": NaN}', "[" * 5000])  # fmt: skip
def test_a_damaged_file_is_passed_over(text: str) -> None:
    path = Path(saved.path("somewhere"))
    path.parent.mkdir(parents=True)
    path.write_text(text)
    view = Choices()
    saved.load("somewhere", view)
    view.grid = 0
    assert view == Choices()


def test_what_can_not_be_written_is_not(home: Path) -> None:
    home.write_text("a file where the folder should be")
    saved.save("somewhere", Choices())
    assert home.read_text() == "a file where the folder should be"


def configure(tmp_path: Path, text: str) -> None:
    (tmp_path / "config" / "swancli").mkdir(parents=True)
    (tmp_path / "config" / "swancli" / "config.toml").write_text(text)


def test_settings_of_the_configuration_file(tmp_path: Path) -> None:
    assert settings() == Settings()
    configure(
        tmp_path,
        '[top]\nmetrics = "loss|acc"\ncolumns = "config.lr, min(loss)"\nsmoothing = 0.6\ntheme = "mono"\ninterval = 2\n',
    )
    found = settings()
    assert (found.metrics, [one.text for one in found.columns], found.smoothing) == (
        "loss|acc",
        ["config.lr", "min(loss)"],
        0.6,
    )
    assert (found.colors, found.interval) == (0, 2)


@pytest.mark.parametrize(
    ("text", "problem"),
    [("smoothing = 1", "top.smoothing must be from 0 to below 1"), ('smoothing = "a"', "must be a number"),
     ('theme = "pink"', "must be one of mono, terminal, 256"), ("metrics = 1", "must be a string"), ('metrics = "("', "not a regular"),
     ("interval = 0", "must be at least"), ("color = 1", "unknown key of top 'color'"), ('columns = "min("', "min(")],
)  # fmt: skip
def test_a_mistake_in_the_configuration_file_is_said(tmp_path: Path, text: str, problem: str) -> None:
    configure(tmp_path, f"[top]\n{text}\n")
    with pytest.raises(UsageError) as found:
        settings()
    assert problem in str(found.value)


def test_the_view_begins_as_the_settings_say(sample: Path, tmp_path: Path) -> None:
    configure(tmp_path, '[top]\nmetrics = "acc"\nsmoothing = 0.9\ncolumns = "config.temperature"\n')

    async def play(view: View) -> None:
        await view.settle()
        assert "2 charts 1 \\acc" in view.text
        assert view.view.smoothing == 0.9
        await view.press("1", "enter")
        await view.until(lambda: "0.2" in view.lines[3], "the column")

    run(sample, play, settings=settings())
    assert json.loads(next((tmp_path / "state").rglob("*.json")).read_text())["metric_filter"] == "acc"
