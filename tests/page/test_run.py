"""The page of one run, and the comparison of several."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from swancli.source import LocalSource
from tests.page.browser import Watched, hold_answers, until
from tests.support.logdirs import Logdir, point
from tests.support.stub_server import Serving, serving


def test_a_nested_config_is_a_tree_that_is_searched(look: Callable[..., Watched], demo: Serving) -> None:
    page = look(demo).go("#/run/1")
    page.locator(".tree").first.get_by_text("q_proj").wait_for()
    assert "object Object" not in page.locator("body").inner_text()
    page.get_by_label("Search the config").fill("alpha")
    until(page, "document.querySelectorAll('.cards section:nth-child(2) .leaf').length === 1")


def test_the_card_tells_what_swanboards_does(look: Callable[..., Watched], demo: Serving) -> None:
    page = look(demo).go("#/run/1")
    page.get_by_text("1h 7m").wait_for()
    page.locator(".cards").get_by_text("1.1845").first.wait_for()
    text = page.locator(".cards").inner_text()
    for part in ("trainer", "3.11.7", "Linux", "train.py finetune", "0.7.20", "1.1845", "21 Mar 2025"):
        assert part in text
    page.get_by_role("link", name="Packages").click()
    until(page, "document.querySelector('.packages').textContent.length > 5")


def test_the_config_is_compared_with_that_of_another_run(look: Callable[..., Watched], demo: Serving) -> None:
    page = look(demo).go("#/run/1")
    box = page.get_by_label("Compare the config with another run")
    box.fill("2")
    box.press("Enter")
    page.locator(".differences").get_by_text("learning_rate").wait_for()
    page.locator(".tree .marked").first.wait_for()


def test_the_traceback_of_a_crash_is_in_sight_first(look: Callable[..., Watched], demo: Serving) -> None:
    page = look(demo).go("#/run/2")
    crash = page.locator(".crash")
    crash.get_by_text("FloatingPointError").wait_for()
    assert crash.bounding_box()["y"] < 300


def test_a_long_console_is_read_in_windows_and_searched(look: Callable[..., Watched], tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    run = logdir.run()
    lines = [f"{n} line {n} " + "x" * 80 for n in range(60_000)]
    lines[31_234] += " \x1b[31mNEEDLE\x1b[0m"
    run.console("2025-03-21.log", "\n".join(lines) + "\n")
    with serving(LocalSource(str(logdir.close()))) as server:
        page = look(server).go("#/run/1/console")
        page.get_by_text("line 59999 ").wait_for()
        assert page.locator(".line").count() < 4000
        page.get_by_role("button", name="Start").click()
        page.get_by_text("0 line 0 ", exact=False).first.wait_for()
        page.get_by_label("Search the console").fill("needle")
        page.keyboard.press("Enter")
        page.locator(".line.found mark").wait_for()
        assert "line 31234 " in page.locator(".line.found").inner_text()
        assert page.locator(".line.found .fg-c1").inner_text() == "NEEDLE"
        lines_box = page.locator(".lines")
        for _ in range(12):
            lines_box.evaluate("element => (element.scrollTop = 0)")
            page.wait_for_timeout(60)
        assert page.locator(".line").count() < 4500


def test_the_console_of_a_running_run_is_followed(look: Callable[..., Watched], tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    run = logdir.run(status=0, finish_time=None)
    path = run.console("2025-03-21.log", "1 begin\n")
    with serving(LocalSource(str(logdir.path))) as server:
        page = look(server).go("#/run/1/console")
        page.get_by_text("1 begin").wait_for()
        with path.open("a") as stream:
            stream.write("2 more\n")
        page.get_by_text("2 more").wait_for()


def test_media_are_shown_by_step(look: Callable[..., Watched], corpus: Callable[[str], Path]) -> None:
    with serving(LocalSource(str(corpus("media-a-0.5.2")))) as server:
        page = look(server).go("#/run/1/charts?find=img|aud|text/out")
        image = page.get_by_role("article", name="img/gray").locator("img")
        image.wait_for()
        until(page, "[...document.querySelectorAll('.media img')].every(one => one.naturalWidth > 0)")
        step = page.get_by_label("Step of img/gray")
        first = image.get_attribute("src")
        step.focus()
        page.keyboard.press("ArrowLeft")
        page.get_by_role("article", name="img/gray").get_by_text("g0").wait_for()
        assert image.get_attribute("src") != first
        assert page.get_by_role("article", name="aud/beep").locator("audio").count() == 1
        page.get_by_role("article", name="text/out").get_by_text("line2").wait_for()


def test_an_echarts_table_is_shown_as_data(look: Callable[..., Watched], tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    run = logdir.run()
    run.metric("table", [point(1, ["001-ab.json"], more=[None])], folder="5", type="echarts")
    run.chart("table", type="echarts")
    folder = run.folder / "media" / "5"
    folder.mkdir(parents=True)
    (folder / "001-ab.json").write_text('{"headers": ["name", "score"], "rows": [["swan", 0.75]]}')
    with serving(LocalSource(str(logdir.close()))) as server:
        page = look(server).go("#/run/1/charts")
        page.get_by_role("cell", name="0.75").wait_for()


def test_the_comparison_shows_what_differs_and_on_demand_the_rest(look: Callable[..., Watched], demo: Serving) -> None:
    page = look(demo).go("#/compare?runs=1,2")
    page.get_by_role("rowheader", name="learning_rate", exact=True).wait_for()
    assert page.get_by_role("rowheader", name="model_name_or_path").count() == 0
    assert "★" in page.get_by_role("row", name="min(train/loss)").inner_text()
    page.get_by_label("Include what is the same").check()
    page.get_by_role("rowheader", name="model_name_or_path").wait_for()


def test_what_is_searched_before_the_comparison_has_come_holds_for_it(
    look: Callable[..., Watched], demo: Serving
) -> None:
    watched = look(demo)
    answer = hold_answers(watched.page)
    page = watched.go("#/compare?runs=1,2")
    page.get_by_label("Search keys and values").fill("learning_r")
    page.wait_for_url("**find=learning_r**")
    answer()
    page.get_by_role("rowheader", name="learning_rate", exact=True).wait_for()
    assert all("learning_r" in name for name in page.get_by_role("rowheader").all_inner_texts())
