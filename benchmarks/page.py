"""The page in Chromium beside swanboard's: how long until every chart of a run was drawn, and the memory it takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import probes
from benchmarks.probes import Failed, Probe, Sample
from tests.page.browser import WIDE, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.probes import Server

PATIENCE_MILLISECONDS = 300_000
IN_VIEW = """[...document.querySelectorAll("article.chart")].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.bottom > 0 && box.top < innerHeight;
})"""
FIRST_SCREEN = f"""() => {{
  const charts = {IN_VIEW};
  return charts.length > 2 && charts.every((one) => one.querySelector("canvas"));
}}"""
# scrolls on as soon as all charts in view are drawn and one frame has shown them, and gives how many there were
SCROLL = """async () => {
  const charts = [...document.querySelectorAll("article.chart")];
  const frame = () => new Promise(requestAnimationFrame);
  let above = 0; // charts that have left the window
  let seen = 0;
  for (;;) {
    while (above < charts.length && charts[above].getBoundingClientRect().bottom <= 0) above++;
    let below = above;
    while (below < charts.length && charts[below].getBoundingClientRect().top < innerHeight) below++;
    const isDrawn = charts.slice(above, below).every((one) => one.querySelector("canvas"));
    if (isDrawn) seen = Math.max(seen, below);
    await frame();
    if (!isDrawn) continue;
    if (scrollY + innerHeight >= document.documentElement.scrollHeight - 2) return seen;
    scrollBy(0, innerHeight * 0.9);
  }
}"""
DRAWN_AT_ONCE = "(count) => document.querySelectorAll('canvas').length >= count"


def first_screen(logdir: Path) -> Probe:
    """Seconds until all charts in the window are drawn, with the heap then in MiB."""
    return _looking(lambda: probes.serve(logdir), "/#/charts?runs=1", lambda page: None)


def every_chart(logdir: Path, charts: int) -> Probe:
    """Seconds until one has scrolled through all charts, each of them drawn, with the heap then in MiB."""

    def scroll(page: Any) -> None:
        if (seen := page.evaluate(SCROLL)) < charts:
            raise Failed(f"{seen} of {charts} charts were shown")

    return _looking(lambda: probes.serve(logdir), "/#/charts?runs=1", scroll)


def first_of_swanboard(logdir: Path) -> Probe:
    """Seconds until swanboard's page shows a chart."""
    return _looking(lambda: probes.swanboard(logdir), "/experiment/1/chart", None, 1)


def every_chart_of_swanboard(logdir: Path, charts: int) -> Probe:
    """Seconds until swanboard's page, which draws all charts whether they are in view or not, has drawn them."""
    return _looking(lambda: probes.swanboard(logdir), "/experiment/1/chart", None, charts)


def _looking(start: Callable[[], Server], path: str, then: Callable[[Any], None] | None, canvases: int = 0) -> Probe:
    def measure() -> Sample:
        with start() as server, _page() as page:
            begun = time.perf_counter()
            page.goto(f"http://127.0.0.1:{server.port}{path}", wait_until="commit")
            if then is None:
                page.wait_for_function(DRAWN_AT_ONCE, arg=canvases, polling=50)
            else:
                page.wait_for_function(FIRST_SCREEN)
                then(page)
            taken = time.perf_counter() - begun
            return Sample(taken, page.evaluate("performance.memory.usedJSHeapSize") / 2**20)

    return measure


@contextmanager
def _page() -> Iterator[Any]:
    try:
        with running() as browser:
            page = browser.new_page(viewport=WIDE)
            page.set_default_timeout(PATIENCE_MILLISECONDS)
            yield page
    except FileNotFoundError as error:
        raise Failed(str(error)) from error
