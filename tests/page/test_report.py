"""A report: one file that opens from a disk."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from swancli.export.report import report
from swancli.source import LocalSource
from tests.page.browser import Watched, until
from tests.support.logdirs import Logdir, point


def written(tmp_path: Path, logdir: str | Path, *ids: int, all: bool = False, title: str = "A report") -> str:
    """The URL of a report on some runs."""
    html, _ = report(LocalSource(str(logdir)), ids, title, all)
    path = tmp_path / "report.html"
    path.write_text(html, encoding="utf-8")
    return path.as_uri()


def test_it_shows_what_the_page_shows_without_a_server(
    look: Callable[..., Watched], demo_path: str, tmp_path: Path
) -> None:
    url = written(tmp_path, demo_path, 1, 2)
    watched = look(url)
    page = watched.go()
    page.get_by_text("2 runs").wait_for()
    assert page.title() == "A report"
    page.get_by_role("link", name="Charts").click()
    loss = page.get_by_role("article", name="train/loss")
    loss.locator("canvas").wait_for()
    assert sorted(loss.locator(".legend .value").all_inner_texts()) == ["1.1845", "NaN"]
    page.get_by_label("X axis").select_option("time")
    loss.locator("canvas").wait_for()
    page.get_by_role("link", name="Compare").click()
    page.get_by_role("rowheader", name="learning_rate", exact=True).wait_for()
    page = watched.go("#/run/2/console")
    page.get_by_text("FloatingPointError").first.wait_for()
    page.locator(".line").first.wait_for()
    assert watched.data_requests() == []


def test_media_are_in_it(look: Callable[..., Watched], corpus: Callable[[str], Path], tmp_path: Path) -> None:
    page = look(written(tmp_path, corpus("media-a-0.5.2"), 1)).go("#/run/1/charts?find=img")
    page.locator(".media img").first.wait_for()
    until(page, "[...document.querySelectorAll('.media img')].every(one => one.naturalWidth > 0)")


def test_its_texts_are_text(look: Callable[..., Watched], hostile: Path, tmp_path: Path) -> None:
    title = "</title></script><script>document.title='owned'</script>"
    page = look(written(tmp_path, hostile, 1, title=title)).go("#/run/1/charts")
    page.get_by_text("<img src=x").first.wait_for()
    assert "owned'" in page.title()
    assert page.title() != "owned"


def test_its_size_is_at_most_one_megabyte_and_twelve_bytes_a_point(tmp_path: Path) -> None:
    draw = random.Random(1)
    logdir = Logdir(tmp_path / "swanlog")
    run = logdir.run()
    count, metrics = 5000, 10
    for n in range(metrics):
        lines = [
            point(
                step,
                draw.random(),
                create_time=f"2025-03-21T{4 + step // 3600:02}:{step // 60 % 60:02}:{step % 60:02}.{draw.randrange(10**6):06}+00:00",
            )
            for step in range(count)
        ]
        run.metric(f"m{n}", lines)
        run.chart(f"m{n}")
    html, _ = report(LocalSource(str(logdir.close())), [1], "Large", all=True)
    assert len(html.encode()) < 1_000_000 + 12 * count * metrics
    sampled, _ = report(LocalSource(str(tmp_path / "swanlog")), [1], "Large")
    assert len(sampled) < len(html)
