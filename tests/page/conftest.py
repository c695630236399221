"""A browser for all tests of a process, and logdirs that are looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from swancli.demo import write_demo
from swancli.source import LocalSource
from tests.page.browser import Watched, running
from tests.support.logdirs import Logdir, point, points
from tests.support.stub_server import Serving, serving

if TYPE_CHECKING:
    from tests.page.browser import Browser

HOSTILE = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.path).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")  # Playwright's event loop would be in the way of other packages' tests
def browser() -> Iterator[Browser]:
    with running() as found:
        yield found


@pytest.fixture(scope="session")
def demo_path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The sample."""
    folder = str(tmp_path_factory.mktemp("page") / "swanlog")
    write_demo(folder)
    return folder


@pytest.fixture(scope="package")  # or its threads would outlive the tests of this package
def demo(demo_path: str) -> Iterator[Serving]:
    """A server of the sample."""
    with serving(LocalSource(demo_path)) as server:
        yield server


@pytest.fixture
def look(browser: Browser) -> Iterator[Callable[..., Watched]]:
    """A function that opens a page of an origin; at the end, nothing may have gone wrong on it."""
    with ExitStack() as stack:

        def open_page(server: Serving | str, **options: Any) -> Watched:
            origin = server if isinstance(server, str) else f"{server.url}/"
            watched = Watched(browser, origin, **options)
            stack.callback(watched.close)
            if not isinstance(server, str):
                server.before_close.append(watched.leave)
            return watched

        yield open_page


@pytest.fixture(scope="session")
def many_charts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A logdir of one run with 500 charts of 1,000 points."""
    logdir = Logdir(tmp_path_factory.mktemp("charts") / "swanlog")
    run = logdir.run("wide")
    lines = points(1000)
    for n in range(500):
        run.metric(f"g{n % 10}/m{n:03}", lines)
        run.chart(f"g{n % 10}/m{n:03}", f"g{n % 10}")
    return logdir.close()


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A logdir whose every text is HTML."""
    logdir = Logdir(tmp_path_factory.mktemp("hostile") / "swanlog")
    run = logdir.run(HOSTILE, description=HOSTILE)
    run.metric(HOSTILE, [point(1, 0.5), point(2, 0.25)], folder="0")
    run.chart(HOSTILE, HOSTILE)
    run.metric("words", [point(1, [HOSTILE], more=[{"caption": HOSTILE}])], folder="1", type="text")
    run.chart("words", "media", type="text")
    run.metric("picture", [point(1, ["a.svg"], more=[None])], folder="2", type="image")
    run.chart("picture", "media", type="image")
    media = run.folder / "media" / "2"
    media.mkdir(parents=True)
    (media / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" onload="document.title=\'owned\'"/>')
    run.console(
        "2025-03-21.log", f"{HOSTILE}\n\x1b[31m{HOSTILE}\x1b[0m\n\x1b]8;;http://evil.example\x07link\x1b]8;;\x07\n"
    )
    run.file("config.yaml", f"lr:\n  value: '{HOSTILE.replace(chr(39), chr(39) * 2)}'\n  desc: ''\n  sort: 0\n")
    run.file("requirements.txt", HOSTILE)
    return logdir.close()
