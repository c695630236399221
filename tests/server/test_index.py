"""GET / of `serve`: what it is and how to use it, for whoever may read."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from swancli import __version__
from swancli.demo import write_demo
from swancli.endpoints import ROUTES
from swancli.remote.source import RemoteSource
from swancli.server.index import Index
from swancli.source import LocalSource
from tests.server.test_app import ask
from tests.support.stub_server import serving


@pytest.fixture
def logdir(tmp_path: Path) -> str:
    folder = str(tmp_path / "swanlog")
    write_demo(folder)
    return folder


def test_it_tells_what_there_is_and_how_to_ask(logdir: str) -> None:
    with serving(LocalSource(logdir)) as server:
        status, body, headers = server.ask("/")
        assert (status, headers["content-type"]) == (200, "text/plain; charset=utf-8")
        assert headers["x-content-type-options"] == "nosniff"
        assert int(headers["content-length"]) == len(body)
        text = body.decode()
        assert f"swancli {__version__}" in text
        assert logdir in text
        for route in ROUTES.values():
            assert f"  GET {route.path}\n" in text
        assert f"curl http://127.0.0.1:{server.port}/api/v1/project" in text
        assert f"swancli -u http://127.0.0.1:{server.port} project" in text
        assert "token" not in text.replace("No token is needed", "")


def test_head_has_the_headers_alone(logdir: str) -> None:
    with serving(LocalSource(logdir)) as server:
        length = server.ask("/")[2]["content-length"]
        status, body, headers = server.ask("/", "HEAD")
    assert (status, body, headers["content-length"]) == (200, b"", length)


def test_the_printed_link_opens_it_and_the_token_is_not_shown(logdir: str) -> None:
    with serving(LocalSource(logdir), token="s3cret") as server:
        bearer = {"Authorization": "Bearer s3cret"}
        for found in (server.ask("/?token=s3cret"), server.ask("/", headers=bearer)):
            assert found[0] == 200
            text = found[1].decode()
            assert "s3cret" not in text
            assert f'curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:{server.port}/api/v1/project' in text
            assert f"swancli -u 'http://127.0.0.1:{server.port}/?token=…' project" in text


def test_without_the_token_it_is_401_as_json(logdir: str) -> None:
    with serving(LocalSource(logdir), token="s3cret") as server:
        for path in ("/", "/?token=guess"):
            status, body, headers = server.ask(path)
            assert (status, headers["content-type"]) == (401, "application/json")
            assert body.startswith(b'{"code":3401,')
        assert server.ask("/", "HEAD")[:2] == (401, b"")


def test_a_foreign_host_name_is_refused(logdir: str) -> None:
    with serving(LocalSource(logdir)) as server:
        assert server.ask("/", headers={"Host": "evil.example"})[0] == 403


@pytest.mark.parametrize("path", ["//", "/index.html", "/?", "/x", "/api/v1/"])
def test_other_paths_stay_as_they_are(path: str, logdir: str) -> None:
    with serving(LocalSource(logdir)) as server:
        found = server.ask(path)
    assert found[:2] == ((200, found[1]) if path == "/?" else (404, b'{"detail":"Not Found"}'))


def test_another_method_is_not_allowed(logdir: str) -> None:
    with serving(LocalSource(logdir)) as server:
        status, _, headers = server.ask("/", "POST", headers={"Content-Length": "0"})
    assert (status, headers["allow"]) == (405, "GET, HEAD")


def test_a_relay_names_the_dashboard_behind_it(logdir: str) -> None:
    with (
        serving(LocalSource(logdir)) as behind,
        contextlib.closing(RemoteSource(behind.url)) as source,
        serving(source) as relay,
    ):
        assert behind.url in relay.ask("/")[1].decode()


@pytest.mark.parametrize("host", [b"", b"a b", b"$(id)", b"a;id", b"a'b", b"\xff", b"x" * 256])
def test_a_host_header_that_is_no_host_does_not_stand_in_a_command(host: bytes) -> None:
    text = Index("swanlog", True).text(host)
    assert 'curl -H "Authorization: Bearer $TOKEN" http://HOST:PORT/api/v1/project' in text


def test_an_app_without_it_answers_404(logdir: str) -> None:
    from swancli.server.app import App

    app = App(lambda: LocalSource(logdir))
    assert ask(app, "/").status == 404
    app.close()
