"""The table of runs, as a person uses it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from swancli.source import LocalSource
from tests.page.browser import Watched, hold_answers, until
from tests.support.logdirs import Logdir, points
from tests.support.stub_server import Serving, serving

NAMES = ".runs tbody .name a"


def test_runs_are_listed_with_their_state_and_the_chosen_columns(look: Callable[..., Watched], demo: Serving) -> None:
    page = look(demo).go("#/runs?columns=config.learning_rate,min(train/loss)")
    page.locator(NAMES).first.wait_for()
    rows = page.locator(".runs tbody:not([aria-hidden]) tr").all_inner_texts()
    assert len(rows) == 3
    crashed = next(row for row in rows if "lr1e-3" in row)
    assert "crashed" in crashed
    assert "0.001" in crashed
    assert "1.543" in crashed
    assert page.locator("h1").inner_text() == "llamafactory"


def test_a_click_on_a_head_sorts_and_back_keeps_the_place(look: Callable[..., Watched], demo: Serving) -> None:
    page = look(demo).go("#/runs?columns=min(train/loss)")
    page.get_by_role("button", name="min(train/loss)").click()
    page.locator("th[aria-sort=ascending]").wait_for()
    assert page.locator(NAMES).first.inner_text() == "Qwen2.5-7B/20250321-1130-16bed2e2"
    page.get_by_role("button", name="min(train/loss)").click()
    page.locator("th[aria-sort=descending]").wait_for()
    assert page.locator(NAMES).first.inner_text() == "Qwen2.5-7B/20250322-0903-lr1e-3"
    page.locator(NAMES).first.click()
    page.locator(".run h1").wait_for()
    page.go_back()
    page.locator("th[aria-sort=descending]").wait_for()


def test_conditions_are_those_of_the_command_line(look: Callable[..., Watched], demo: Serving) -> None:
    watched = look(demo)
    watched.expected = ("422",)
    page = watched.go()
    where = page.get_by_label("Conditions, separated by commas")
    where.fill("state = crashed")
    where.press("Enter")
    page.get_by_text("1 of 3 runs").wait_for()
    where.fill("state ! crashed")
    where.press("Enter")
    page.locator(".runs .problem").get_by_text("is not a condition").wait_for()


def test_a_search_and_groups_by_state(look: Callable[..., Watched], demo: Serving) -> None:
    page = look(demo).go()
    page.get_by_label("Search names").fill("qwen")
    page.get_by_text("2 of 3 runs").wait_for()
    page.get_by_label("By state").check()
    page.locator(".group-row").first.wait_for()
    assert page.locator(".group-row").all_inner_texts() == ["crashed (1)", "finished (1)"]


def test_what_is_typed_before_the_runs_have_come_holds_for_them(look: Callable[..., Watched], demo: Serving) -> None:
    watched = look(demo)
    answer = hold_answers(watched.page)
    page = watched.go()
    page.get_by_label("Search names").fill("qwen")
    page.get_by_label("By state").check()
    page.wait_for_url("**q=qwen**")
    assert page.get_by_role("button", name="Columns…").is_disabled()
    answer()
    page.get_by_text("2 of 3 runs").wait_for()
    assert page.locator(".group-row").all_inner_texts() == ["crashed (1)", "finished (1)"]
    assert page.get_by_role("button", name="Columns…").is_enabled()


def test_columns_are_chosen_in_a_dialog(look: Callable[..., Watched], demo: Serving) -> None:
    page = look(demo).go("#/runs?columns=state")
    page.get_by_role("button", name="Columns…").click()
    page.get_by_label("Search columns").fill("seed")
    page.get_by_label("config.seed").check()
    page.get_by_role("button", name="Show these columns").click()
    page.get_by_role("button", name="config.seed").wait_for()
    assert "config.seed" in page.url


def test_ticked_runs_keep_their_colours_when_another_is_unticked(look: Callable[..., Watched], demo: Serving) -> None:
    page = look(demo).go()
    for name in ("1130-16bed2e2", "lr1e-3", "eval/checkpoints"):
        page.get_by_role("row", name=name).get_by_role("checkbox").check()
    last = page.get_by_role("row", name="eval/checkpoints").locator("path")
    before = last.get_attribute("stroke")
    page.get_by_role("row", name="1130-16bed2e2").get_by_role("checkbox").uncheck()
    assert last.get_attribute("stroke") == before
    assert "runs=,2,3" in page.url
    page.get_by_role("link", name="Charts", exact=True).click()
    page.locator(".chosen li").nth(1).wait_for()
    assert page.locator(".chosen li").count() == 2


def test_the_table_works_by_keyboard(look: Callable[..., Watched], demo: Serving) -> None:
    page = look(demo).go()
    page.locator(NAMES).first.wait_for()
    page.locator(".runs .window").focus()
    for key in ("j", "j", " "):
        page.keyboard.press(key)
    page.locator("tr.cursor[aria-selected=true]").wait_for()
    page.keyboard.press("Enter")
    page.locator(".run h1").wait_for()
    page.keyboard.press("2")
    page.locator(".charts").wait_for()
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keyboard shortcuts").wait_for()


def test_of_five_thousand_runs_only_those_in_view_are_drawn(look: Callable[..., Watched], tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    for n in range(5000):
        logdir.insert(
            "experiment", project_id=1, run_id=f"run-{n:05}", name=f"r{n}", description="", sort=n, status=1, show=1,
            light="", dark="", pinned_opened=1, hidden_opened=0, more="", version="0.7.20",
            create_time=f"2025-03-21T{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}+00:00", update_time="", finish_time="",
        )  # fmt: skip
    with serving(LocalSource(str(logdir.close()))) as server:
        page = look(server).go("#/runs?columns=state")
        page.get_by_text("5000 runs").wait_for()
        assert page.locator(".runs tbody tr").count() < 70
        page.locator(".runs .window").evaluate("element => (element.scrollTop = element.scrollHeight)")
        page.get_by_role("link", name="r0", exact=True).wait_for()
        assert page.locator(".runs tbody tr").count() < 70


def test_a_run_that_begins_and_ends_shows_without_a_reload(look: Callable[..., Watched], tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    logdir.run("first", status=0, finish_time=None).metric("loss", points(1))
    with serving(LocalSource(str(logdir.path))) as server:
        page = look(server).go()
        page.locator(".state.running").wait_for()
        logdir.sql("update experiment set status = 1 where name = 'first'")
        page.locator(".state.finished").wait_for()
        logdir.run("second")
        page.get_by_text("second").first.wait_for()


def test_a_lost_server_is_told_and_found_again(look: Callable[..., Watched], tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    logdir.run("first", status=0, finish_time=None).metric("loss", points(1))
    with serving(LocalSource(str(logdir.path))) as server:
        watched = look(server)
        watched.expected = ("ERR_",)
        page = watched.go()
        page.locator(".state.running").wait_for()
        page.context.set_offline(True)
        page.get_by_text("The server does not answer").wait_for()
        page.context.set_offline(False)
        until(page, "document.querySelector('.connection').textContent === ''")


def test_nothing_is_asked_while_the_page_is_hidden(look: Callable[..., Watched], tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    logdir.run("first", status=0, finish_time=None).metric("loss", points(1))
    with serving(LocalSource(str(logdir.path))) as server:
        watched = look(server)
        page = watched.go()
        page.locator(".state.running").wait_for()
        page.evaluate(
            "() => { Object.defineProperty(document, 'hidden', { value: true, configurable: true });"
            " document.dispatchEvent(new Event('visibilitychange')); }"
        )
        page.wait_for_timeout(300)
        count = len(watched.data_requests())
        page.wait_for_timeout(4000)
        assert len(watched.data_requests()) == count
        page.evaluate(
            "() => { Object.defineProperty(document, 'hidden', { value: false, configurable: true });"
            " document.dispatchEvent(new Event('visibilitychange')); }"
        )
        page.wait_for_timeout(1000)
        assert len(watched.data_requests()) > count
