"""The page's files, who gets them, and the cookie."""

from __future__ import annotations

import gzip
import re

import pytest

from swancli.demo import write_demo
from swancli.page import files
from swancli.server import run
from swancli.source import LocalSource
from tests.server.test_app import ask
from tests.support.stub_server import serving

HTML = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = str(tmp_path_factory.mktemp("page") / "swanlog")
    write_demo(folder)
    return folder


def test_a_browser_gets_the_page_and_curl_the_text(logdir: str) -> None:
    with serving(LocalSource(logdir)) as server:
        status, body, headers = server.ask("/", headers=HTML)
        assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")
        assert b"<script>" not in body
        assert b"style=" not in body
        assert server.ask("/", headers={"Accept": "*/*"})[2]["content-type"].startswith("text/plain")


def test_every_file_of_the_page_is_served_with_its_type_and_kept_for_ever(logdir: str) -> None:
    with serving(LocalSource(logdir)) as server:
        html = server.ask("/", headers=HTML)[1].decode()
        base = re.search(r'"(swancli/page/\w+/)app\.js"', html)[1]
        for name, content in files().items():
            if name == "index.html":
                continue
            status, body, headers = server.ask(f"/{base}{name}")
            assert (status, body) == (200, content)
            kind = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}[name.rpartition(".")[2]]
            assert headers["content-type"].startswith(kind)
            assert "immutable" in headers["cache-control"]
        packed = server.ask(f"/{base}app.js", headers={"Accept-Encoding": "gzip"})
        assert gzip.decompress(packed[1]) == files()["app.js"]
        assert server.ask(f"/{base}app.js", "HEAD")[1] == b""


@pytest.mark.parametrize("path", ["/swancli/page/", "/swancli/page/x/app.js", "/swancli/page/../../pyproject.toml"])
def test_nothing_else_is_below_its_path(path: str, logdir: str) -> None:
    with serving(LocalSource(logdir)) as server:
        assert server.ask(path)[0] == 404


def test_unknown_paths_of_the_api_are_the_apis_404_for_browsers_too(logdir: str) -> None:
    with serving(LocalSource(logdir)) as server:
        assert server.ask("/api/v1/nothing", headers=HTML)[:2] == (404, b'{"detail":"Not Found"}')


def test_without_the_page_browsers_get_the_text(logdir: str) -> None:
    with serving(LocalSource(logdir), page=False) as server:
        assert server.ask("/", headers=HTML)[2]["content-type"].startswith("text/plain")
        assert server.ask("/swancli/page/x/app.js")[0] == 404


def test_the_cookie_of_the_printed_link_lets_a_browser_read(logdir: str) -> None:
    with serving(LocalSource(logdir), token="s3;cret=%") as server:
        given = server.ask("/?token=s3%3Bcret%3D%25", headers=HTML)[2]["set-cookie"]
        assert given.endswith("; Path=/; HttpOnly; SameSite=Strict")
        cookie = given.split(";")[0]
        assert cookie.startswith(f"swancli-{server.port}=")
        path = "/api/v1/project"
        assert server.ask(path, headers={"Cookie": f"other=1; {cookie}"})[0] == 200
        for wrong in (cookie + "x", cookie.replace("swancli-", "swancli-1"), ""):
            assert server.ask(path, headers={"Cookie": wrong})[0] == 401
        # the page itself holds no data: it asks for the token
        status, _, headers = server.ask("/", headers=HTML)
        assert (status, "set-cookie" in headers) == (200, False)
        assert "set-cookie" not in server.ask("/?token=wrong", headers=HTML)[2]
        assert server.ask("/", headers={**HTML, "Host": "evil.example"})[0] == 403


def test_the_wheel_takes_less_than_200_kilobytes_for_it() -> None:
    assert sum(len(gzip.compress(body)) for body in files().values()) < 200_000


@pytest.mark.parametrize(("connection", "is_printed"), [("10.0.0.1 1 10.0.0.2 22", True), ("", False)])
def test_over_ssh_the_command_that_forwards_the_port_is_printed(
    connection: str, is_printed: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", connection)
    run._print_forwarding(5092, True)
    assert ("ssh -N -L 5092:127.0.0.1:5092 " in capsys.readouterr().err) == is_printed
    run._print_forwarding(5092, False)
    assert "ssh" not in capsys.readouterr().err


def test_the_app_alone_knows_no_page(logdir: str) -> None:
    from swancli.server.app import App

    app = App(lambda: LocalSource(logdir))
    assert ask(app, "/swancli/page/x/app.js").status == 404
    app.close()


def test_files_of_the_page_have_a_header_and_no_html_of_text() -> None:
    for name, body in files().items():
        if name.endswith(".js") and not name.startswith("vendor/"):
            text = body.decode()
            assert text.startswith("// "), name
            for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
                assert word not in text, name
