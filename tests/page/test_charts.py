"""The charts, as a person looks at them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

from swancli.source import LocalSource
from tests.page.browser import Watched, until
from tests.support.logdirs import Logdir, point, points
from tests.support.stub_server import Serving, serving

DRAWN = "document.querySelectorAll('.chart canvas').length"
COUNT_CANVASES = """() => { window.canvases = 0; const make = document.createElement;
document.createElement = function (tag) { window.canvases += tag === "canvas"; return make.apply(this, arguments); }; }"""
MAX_HEAP_BYTES = 150_000_000


def test_charts_stand_in_their_groups_with_all_ticked_runs(look: Callable[..., Watched], demo: Serving) -> None:
    page = look(demo).go("#/charts?runs=1,2")
    loss = page.get_by_role("article", name="train/loss")
    loss.locator("canvas").wait_for()
    assert page.locator(".group h2").all_inner_texts()[0] == "train"
    assert loss.locator(".legend .value").all_inner_texts() == ["1.1845", "NaN"]
    strokes = [path.get_attribute("stroke") for path in loss.locator(".legend path").all()]
    assert len(set(strokes)) == 2


def test_pinned_charts_come_first_and_hidden_ones_are_folded(look: Callable[..., Watched], tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    run = logdir.run()
    for name, status in (("a", 0), ("b", 1), ("c", -1)):
        run.metric(name, points(3))
        run.chart(name, status=status)
    with serving(LocalSource(str(logdir.close()))) as server:
        page = look(server).go("#/charts")
        page.get_by_role("article", name="b").locator("canvas").wait_for()
        assert page.locator(".group h2").all_inner_texts() == ["Pinned", "default", "Hidden"]
        assert page.get_by_role("article", name="c").count() == 0
        page.get_by_text("Hidden").click()
        page.get_by_role("article", name="c").locator("canvas").wait_for()


def test_what_the_url_says_is_what_one_sees(look: Callable[..., Watched], demo: Serving) -> None:
    page = look(demo).go("#/charts?runs=1&x=relative&smooth=0.6&log=1&range=100:2000&find=grad")
    page.get_by_role("article", name="train/grad_norm").locator("canvas").wait_for()
    assert page.locator("article.chart").count() == 1
    assert page.get_by_label("X axis").input_value() == "relative"
    assert page.get_by_label("Log y").is_checked()
    assert page.get_by_text("0.60").is_visible()
    page.get_by_role("button", name="Whole range").click()
    assert "range" not in page.url
    page.go_back()
    page.get_by_role("button", name="Whole range").wait_for()


def test_dragging_chooses_a_range_for_all_charts(look: Callable[..., Watched], demo: Serving) -> None:
    page = look(demo).go("#/charts?runs=1")
    box = page.get_by_role("article", name="train/loss").locator(".u-over").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 60, steps=4)
    page.mouse.up()
    page.get_by_role("button", name="Whole range").wait_for()
    assert "range=" in page.url
    page.get_by_role("article", name="train/loss").locator(".u-over").dblclick()
    page.get_by_role("button", name="Whole range").wait_for(state="hidden")


def test_the_cursors_of_all_charts_move_in_step_and_c_copies_the_point(
    look: Callable[..., Watched], demo: Serving
) -> None:
    watched = look(demo, permissions=["clipboard-read", "clipboard-write"])
    page = watched.go("#/charts?runs=1")
    page.get_by_role("article", name="train/epoch").locator("canvas").wait_for()
    box = page.get_by_role("article", name="train/loss").locator(".u-over").bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 40)
    page.mouse.move(box["x"] + 101, box["y"] + 41)
    at = page.get_by_role("article", name="train/loss").locator(".at").inner_text()
    assert at.isdecimal()
    assert page.get_by_role("article", name="train/epoch").locator(".at").inner_text() == at
    page.keyboard.press("c")
    page.get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").startswith(
        f"train/loss\nQwen2.5-7B/20250321-1130-16bed2e2\t{at}\t"
    )


def test_values_that_are_not_finite_are_marked_where_they_are(look: Callable[..., Watched], tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    run = logdir.run()
    run.metric("plain", [point(n, 1.0) for n in range(5)])
    run.metric("odd", [point(n, "NaN" if n == 2 else 1.0) for n in range(5)])
    run.chart("plain")
    run.chart("odd")
    with serving(LocalSource(str(logdir.close()))) as server:
        page = look(server).go("#/charts")
        until(page, f"{DRAWN} === 2")
        # along the lower edge there is a mark in the one chart, and nothing but the grid in the other
        dark = """name => { const canvas = document.querySelector(`article[aria-label=${name}] canvas`);
            const { width, height } = canvas, context = canvas.getContext('2d');
            const { data } = context.getImageData(70, height - 36, width - 90, 8);
            let found = 0;
            for (let n = 0; n < data.length; n += 4) if (data[n + 3] > 200 && data[n] < 60 && data[n + 2] > 120) found++;
            return found; }"""
        assert page.evaluate(dark, "odd") > 0
        assert page.evaluate(dark, "plain") == 0


def test_one_chart_large_has_its_extremes_and_its_points(look: Callable[..., Watched], demo: Serving) -> None:
    page = look(demo).go("#/charts?runs=1")
    page.get_by_label("Enlarge train/loss").click()
    dialog = page.get_by_role("dialog", name="train/loss")
    dialog.get_by_text("0.8499 at step 176").wait_for()
    assert dialog.locator(".window tbody:not([aria-hidden]) tr").count() > 10
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    until(page, "!location.hash.includes('chart=')")


def test_a_chart_is_saved_as_csv_svg_and_png(look: Callable[..., Watched], demo: Serving) -> None:
    page = look(demo).go("#/charts?runs=1,2")
    page.get_by_role("article", name="train/loss").locator("canvas").wait_for()
    saved = {}
    for kind in ("CSV", "SVG", "PNG"):
        page.get_by_label("Save train/loss").click()
        with page.expect_download() as download:
            page.get_by_role("button", name=kind).locator("visible=true").click()
        saved[kind] = Path(download.value.path()).read_bytes()
    rows = list(csv.DictReader(io.StringIO(saved["CSV"].decode())))
    assert len(rows) == 207 + 46
    assert rows[0]["value"] == "1.6858"
    assert rows[-1]["value"] == "NaN"
    assert saved["SVG"].startswith(b"<svg")
    assert saved["PNG"].startswith(b"\x89PNG")


def test_smoothing_and_axes_by_keyboard(look: Callable[..., Watched], demo: Serving) -> None:
    page = look(demo).go("#/charts?runs=1")
    page.get_by_role("article", name="train/loss").locator("canvas").wait_for()
    for key in ("s", "s", "x", "l"):
        page.keyboard.press(key)
    assert page.url.endswith("smooth=0.2&x=time&log=1")


def test_of_five_hundred_charts_those_in_view_are_drawn(look: Callable[..., Watched], many_charts: Path) -> None:
    with serving(LocalSource(str(many_charts))) as server:
        watched = look(server)
        page = watched.go("#/charts")
        until(page, f"{DRAWN} >= 12")
        draws = "performance.getEntriesByName('swancli-draw').length"
        assert page.evaluate(draws) < 40
        assert len(watched.data_requests()) <= 5
        page.evaluate(COUNT_CANVASES)
        page.evaluate(
            """async () => { const frame = () => new Promise(requestAnimationFrame);
            while (scrollY + innerHeight < document.documentElement.scrollHeight - 2) {
                scrollBy(0, innerHeight); for (let n = 0; n < 4; n++) await frame(); } }"""
        )
        page.get_by_role("article", name="g9/m499").locator("canvas").wait_for()
        assert page.evaluate(DRAWN) < 60
        assert page.evaluate("window.canvases") < 100, "canvases that nothing shows any more are not used again"
        assert page.evaluate("performance.memory.usedJSHeapSize") < MAX_HEAP_BYTES


def test_a_canvas_that_is_used_again_shows_the_values_of_its_new_chart(
    look: Callable[..., Watched], tmp_path: Path
) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    run = logdir.run("wide")
    for n in range(60):
        run.metric(f"m{n:02}", [point(1, n), point(2, n + 0.25), point(3, n + 0.5)])
        run.chart(f"m{n:02}")
    with serving(LocalSource(str(logdir.close()))) as server:
        page = look(server).go("#/charts")
        page.get_by_role("article", name="m00").locator("canvas").wait_for()
        page.evaluate(COUNT_CANVASES)
        for name in ("m59", "m00", "m59"):
            page.get_by_role("article", name=name).scroll_into_view_if_needed()
            page.get_by_role("article", name=name).locator("canvas").wait_for()
        chart = page.get_by_role("article", name="m59")
        assert page.evaluate("window.canvases") < 60
        chart.locator(".u-over").hover()
        chart.locator(".legend .value").get_by_text("59.25").wait_for()
        assert page.get_by_role("article", name="m58").locator(".legend .value").inner_text() == "58.25"


def test_what_a_run_adds_is_drawn_and_only_that_is_asked_for(look: Callable[..., Watched], tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    run = logdir.run("live", status=0, finish_time=None)
    path = run.metric("loss", points(10))
    run.chart("loss")
    with serving(LocalSource(str(logdir.path))) as server:
        watched = look(server)
        page = watched.go("#/charts")
        page.locator("canvas").wait_for()
        with (path / "1000.log").open("ab") as stream:
            stream.write(point(11, 77.25) + b"\n")
        page.locator(".legend .value").get_by_text("77.25").wait_for()
        asked = [url for url in watched.data_requests() if "/metrics" in url]
        assert len([url for url in asked if "after" not in url]) == 1
