"""What holds on every view: safety, accessibility, languages, a narrow window, the token."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest

from swancli.remote.source import RemoteSource
from swancli.several import Several
from swancli.source import LocalSource
from tests.page.browser import Watched, until, violations
from tests.support.stub_server import Serving, serving

VIEWS = (
    "#/runs?runs=1,2",
    "#/charts?runs=1,2",
    "#/run/2",
    "#/run/2/console",
    "#/run/1/packages",
    "#/compare?runs=1,2&all=1",
)
READY = ".runs .name a, .chart canvas, .leaf, .line, .packages, .compare th a"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(look: Callable[..., Watched], demo: Serving, scheme: str) -> None:
    watched = look(demo, color_scheme=scheme)
    for view in VIEWS:
        page = watched.go(view)
        page.locator(READY).first.wait_for()
        assert violations(page) == [], view
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()
    assert violations(page) == []


def test_every_text_of_a_logdir_is_text(look: Callable[..., Watched], hostile: Path) -> None:
    with serving(LocalSource(str(hostile))) as server:
        watched = look(server)
        for view in (*VIEWS, "#/run/1", "#/run/1/charts", "#/run/1/console", "#/run/1/packages"):
            page = watched.go(view.replace("runs=1,2", "runs=1").replace("/run/2", "/run/1"))
            page.reload()
            page.get_by_text("<img src=x").first.wait_for()
            assert page.evaluate("document.title") != "owned"
            assert page.locator("main img[src=x], main script, main a[href*=evil]").count() == 0
        page = watched.go("#/run/1/charts")
        page.reload()
        page.get_by_role("article", name="picture").locator("img").wait_for(state="attached")
        media = server.ask("/swancli/v1/experiments/1/media/a.svg?name=picture")
        assert media[2]["content-type"] == "application/octet-stream"
        assert media[2]["content-disposition"] == "attachment"
        assert "sandbox" in media[2]["content-security-policy"]


def test_the_policy_forbids_scripts_that_are_not_the_pages(look: Callable[..., Watched], demo: Serving) -> None:
    watched = look(demo)
    watched.expected = ("Content Security Policy", "TrustedScript", "TrustedHTML")
    page = watched.go()
    page.locator(".runs .name a").first.wait_for()
    assert page.evaluate(
        "() => { try { document.body.innerHTML = '<b>x</b>'; return 'set'; } catch (error) { return error.name; } }"
    ) == "TypeError"  # fmt: skip
    page.evaluate(
        "() => { const one = document.createElement('iframe'); one.src = 'https://example.org/'; document.body.append(one); }"
    )
    page.wait_for_timeout(200)
    watched.problems = [one for one in watched.problems if "a request to" in one]


def test_the_printed_links_token_moves_into_a_cookie(look: Callable[..., Watched], demo_path: str) -> None:
    with serving(LocalSource(demo_path), token="s3cret") as server:
        watched = look(server)
        page = watched.go("?token=s3cret#/charts")
        page.locator(".chart canvas").first.wait_for()
        assert "s3cret" not in page.url
        assert page.evaluate("document.cookie") == ""
        cookie = page.context.cookies()[0]
        assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
        assert all("s3cret" not in url for url in watched.requests[1:])
        page.reload()
        page.locator(".chart canvas").first.wait_for()


def test_without_the_token_it_asks_for_it(look: Callable[..., Watched], demo_path: str) -> None:
    with serving(LocalSource(demo_path), token="s3cret") as server:
        watched = look(server)
        watched.expected = ("401",)
        page = watched.go()
        page.get_by_label("This server requires a token").fill("s3cret")
        page.get_by_role("button", name="Open").click()
        page.locator(".runs .name a").first.wait_for()


def test_chinese_by_the_browsers_language_and_by_the_switch(look: Callable[..., Watched], demo: Serving) -> None:
    page = look(demo, locale="zh-CN").go()
    page.get_by_role("link", name="对比").wait_for()
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    page.get_by_role("button", name="English").click()
    page.get_by_role("link", name="Compare").wait_for()
    page.reload()
    page.get_by_role("link", name="Compare").wait_for()


def test_every_text_has_a_chinese_one() -> None:
    import re

    from swancli.page import files

    found = {name: body.decode() for name, body in files().items() if name.endswith(".js") and "vendor" not in name}
    known = set(re.findall(r'^  "?(.*?)"?:(?: "|$)', found.pop("ui/chinese.js"), re.MULTILINE))
    used = {text for source in found.values() for text in re.findall(r'\bt\(\s*"([^"]+)"', source)}
    used |= set(re.findall(r'^  \["[^"]+", "([^"]+)"', found["ui/keys.js"], re.MULTILINE))
    assert used - known == set()


@pytest.mark.parametrize("view", VIEWS)
def test_a_phone_shows_it_without_scrolling_sideways(look: Callable[..., Watched], demo: Serving, view: str) -> None:
    page = look(demo, viewport={"width": 375, "height": 700}).go(view)
    page.locator(READY).first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_a_relay_and_several_sources_work_alike(look: Callable[..., Watched], demo_path: str) -> None:
    with (
        serving(LocalSource(demo_path)) as behind,
        contextlib.closing(RemoteSource(behind.url)) as remote,
        serving(Several([("near", LocalSource(demo_path)), ("far", remote)])) as server,
    ):
        watched = look(server)
        page = watched.go()
        page.get_by_text("6 runs").wait_for()
        for address in ("near:1", "far:1"):
            page = watched.go(f"#/run/{address}/charts")
            page.get_by_role("article", name="train/loss").locator("canvas").wait_for()
            watched.go(f"#/run/{address}/console").locator(".line").first.wait_for()
        watched.go("#/charts?runs=near:1,far:2")
        until(page, "document.querySelectorAll('.chosen li').length === 2")


def test_a_dashboard_without_details_is_shown_too(look: Callable[..., Watched], demo_path: str) -> None:
    with (
        serving(LocalSource(demo_path), api_only=True) as behind,
        contextlib.closing(RemoteSource(behind.url)) as remote,
        serving(remote) as server,
    ):
        watched = look(server)
        watched.expected = ("404",)
        watched.go("#/charts").locator(".chart canvas").first.wait_for()
        watched.go("#/run/1/console").locator(".line").first.wait_for()
