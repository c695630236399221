"""Chromium, driven by Playwright, which has an environment of its own: .venv-browser, or $SWANCLI_BROWSER."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    Page = Any  # Playwright's types are not installed where mypy and the other tests run
    Browser = Any

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-precise-memory-info",
]
PATIENCE_MILLISECONDS = 60_000
WIDE = {"width": 1280, "height": 800}
AXE = Path(__file__).parent / "vendor" / "axe.min.js"


def _playwright() -> Any:
    """Playwright's sync API, from its own environment."""
    folder = Path(os.environ.get("SWANCLI_BROWSER") or ROOT / ".venv-browser")
    for path in folder.glob("lib/python3*/site-packages"):
        if str(path) not in sys.path:
            sys.path.append(str(path))
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise FileNotFoundError(f"Playwright is not installed in {folder}: run `make browser`") from error
    return sync_playwright


@contextmanager
def running() -> Iterator[Browser]:
    """A browser."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        raise FileNotFoundError("no Chromium: sudo apt-get install chromium")
    with _playwright()() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


class Watched:
    """A page, and what must not happen on it: errors, and requests to elsewhere."""

    def __init__(self, browser: Browser, origin: str, **options: Any) -> None:
        given = {"viewport": WIDE, "locale": "en-GB", "timezone_id": "UTC", "reduced_motion": "reduce", **options}
        self.context = browser.new_context(**given)
        self.is_open = True
        self.context.set_default_timeout(PATIENCE_MILLISECONDS)
        self.page = self.context.new_page()
        self.origin = origin
        self.problems: list[str] = []
        self.requests: list[str] = []
        self.expected: tuple[str, ...] = ()  # parts of messages that a test provokes
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("request", lambda request: self._asked(request.url))

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not any(part in text for part in self.expected):
            self.problems.append(text)

    def _asked(self, url: str) -> None:
        self.requests.append(url)
        if not url.startswith((self.origin, "data:", "blob:")):
            self.problems.append(f"a request to {url}")

    def go(self, place: str = "") -> Page:
        """Open the page at a place such as "#/charts"."""
        self.page.goto(self.origin + place)
        return self.page

    def data_requests(self) -> list[str]:
        """The requests for data, without the origin."""
        return [url.removeprefix(self.origin) for url in self.requests if "/swancli/v1" in url]

    def close(self) -> None:
        """Close it; an AssertionError tells what was wrong."""
        self.leave()
        assert not self.problems, self.problems

    def leave(self) -> None:
        """Close the page alone, before its server ends: what it still asks for would fail."""
        if self.is_open:
            self.is_open = False
            self.context.close()


def until(page: Page, expression: str) -> Any:
    """The value of an expression once it is true; evaluated from outside, which the page's policy does not forbid."""
    import time

    deadline = time.monotonic() + PATIENCE_MILLISECONDS / 1000
    while not (found := page.evaluate(expression)):
        assert time.monotonic() < deadline, f"never true: {expression}"
        page.wait_for_timeout(30)
    return found


def hold_answers(page: Page) -> Callable[[], None]:
    """Let all requests for data wait, until what is returned is called."""
    held: list[Any] | None = []

    def meet(route: Any) -> None:
        if held is None:
            route.continue_()
        else:
            held.append(route)

    def answer() -> None:
        nonlocal held
        waiting, held = held or [], None
        for route in waiting:
            route.continue_()

    page.route("**/swancli/v1/**", meet)
    return answer


def violations(page: Page) -> list[str]:
    """What axe-core finds that is serious or critical."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]} {one['nodes'][0].get('failureSummary', '')[:300]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]
