"""Who is let in, and what is never shown."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.types import ASGIApp

from swancli import endpoints
from swancli.demo import write_demo
from swancli.errors import RemoteError, UsageError
from swancli.remote.source import RemoteSource
from swancli.server.access import Guard
from swancli.server.app import App
from swancli.server.middleware import stack
from swancli.server.run import serve
from swancli.source import LocalSource
from tests.server.test_app import ask
from tests.support.stub_server import serving

PROJECT = "/api/v1/project"


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = str(tmp_path_factory.mktemp("access") / "swanlog")
    write_demo(folder)
    return folder


@pytest.fixture
def bare(logdir: str) -> Iterator[App]:
    made = App(lambda: LocalSource(logdir))
    yield made
    made.close()


@pytest.fixture
def app(bare: App) -> ASGIApp:
    return stack(bare, Guard(True, None), None)


@pytest.fixture
def guarded(bare: App) -> ASGIApp:
    return stack(bare, Guard(False, "s3cret"), None)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:5092",
        "127.0.0.1",
        "127.0.0.1:1",
        "127.1.2.3:80",
        "[::1]",
        "[::1]:5092",
        "LOCALHOST:5092",
        "a.localhost:80",
        "[::ffff:127.0.0.1]:5092",
    ],
)
def test_names_of_this_machine_are_let_in(host: str, app: ASGIApp) -> None:
    assert ask(app, PROJECT, host=host).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.com",
        "evil.com:5092",
        "localhost.evil.com",
        "127.0.0.1.evil.com",
        "127.0.0.1.nip.io:5092",
        "0.0.0.0",
        "[::]",
        "10.0.0.1",
        "",
        "localhost, evil.com",
        "evil.com#localhost",
        "user@localhost",
        "localhost/",
        "127.0.0.1:80:80",
        "[::1",
        "localhost:99x",
        "\x00localhost",
        "localhost\xa0",
        " localhost",
        "2130706433",
        "0x7f.1",
    ],
)
@pytest.mark.parametrize("path", [PROJECT, "/nope", "/api/v1/project/"])
def test_any_other_name_is_refused_on_a_loopback_address(host: str, path: str, app: ASGIApp) -> None:
    got = ask(app, path, host=host)
    assert got.status == 403
    assert b"llamafactory" not in got.body
    assert "location" not in got.headers


def test_a_refused_name_stays_refused_after_an_answer(app: ASGIApp) -> None:
    assert ask(app, PROJECT).status == 200
    assert ask(app, PROJECT, host="evil.com").status == 403


def test_no_host_or_two_are_refused() -> None:
    guard = Guard(True, None)
    assert guard.refuses([], b"", b"") is not None
    assert guard.refuses([b"localhost", b"evil.com"], b"", b"") is not None
    assert guard.refuses([b"localhost"], b"", b"") is None


def test_names_do_not_fill_the_memory() -> None:
    guard = Guard(True, None)
    for n in range(1000):
        assert guard.refuses([b"a%d.localhost" % n], b"", b"") is None
    assert len(guard._known_hosts) <= 64


@pytest.mark.parametrize("value", ["Bearer s3cret", "bearer s3cret", "Bearer  s3cret "])
def test_the_token_as_a_header_lets_in(value: str, guarded: ASGIApp) -> None:
    assert ask(guarded, PROJECT, host="anything", authorization=value).status == 200


def test_the_token_in_the_query_lets_in(guarded: ASGIApp) -> None:
    assert ask(guarded, PROJECT, query=b"token=s3cret").status == 200
    assert ask(guarded, PROJECT, query=b"a=b&token=s3cret").status == 200


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer s3cretx",
        "Bearer s3cre",
        "Basic s3cret",
        "s3cret",
        "Bearer \xff",
    ],
)
@pytest.mark.parametrize("path", [PROJECT, "/nope", "/api/v1/project/"])
def test_without_the_token_nothing_is_told(value: str, path: str, guarded: ASGIApp) -> None:
    got = ask(guarded, path, authorization=value)
    assert got.status == 401
    assert got.headers["www-authenticate"] == "Bearer"
    assert b"s3cret" not in got.body


@pytest.mark.parametrize(
    "query", [b"token=", b"token=x", b"xtoken=s3cret", b"token=s3cret%00", b"token[]=s3cret", b"&&="]
)
def test_a_wrong_token_in_the_query_is_refused(query: bytes, guarded: ASGIApp) -> None:
    assert ask(guarded, PROJECT, query=query).status == 401


def test_a_kept_answer_is_not_given_to_who_has_no_token(guarded: ASGIApp) -> None:
    first = ask(guarded, PROJECT, query=b"token=s3cret")
    assert ask(guarded, PROJECT).status == 401
    assert ask(guarded, PROJECT, if_none_match=first.headers["etag"]).status == 401


def test_tokens_are_compared_in_constant_time(guarded: ASGIApp, monkeypatch: pytest.MonkeyPatch) -> None:
    import hmac

    compared: list[tuple[bytes, bytes]] = []
    monkeypatch.setattr(hmac, "compare_digest", lambda one, other: compared.append((one, other)))
    ask(guarded, PROJECT, authorization="Bearer guess")
    assert compared == [(b"guess", b"s3cret")]


def test_healthz_needs_neither_name_nor_token(app: ASGIApp, guarded: ASGIApp) -> None:
    assert ask(app, "/healthz", host="probe.example").status == 200
    assert ask(guarded, "/healthz").status == 200


def test_no_cors_header_unless_asked_for(app: ASGIApp) -> None:
    got = ask(app, PROJECT, origin="http://evil.com")
    assert not any(name.startswith("access-control") for name in got.headers)


def test_cors_for_the_named_origin_only(bare: App) -> None:
    opened = stack(bare, Guard(True, None), None, ["https://notebook.example"])
    for _ in range(2):
        good = ask(opened, PROJECT, origin="https://notebook.example")
        assert good.headers["access-control-allow-origin"] == "https://notebook.example"
        assert "access-control-allow-origin" not in ask(opened, PROJECT, origin="https://evil.com").headers
    preflight = {"origin": "https://notebook.example", "access_control_request_method": "GET"}
    assert ask(opened, PROJECT, "OPTIONS", **preflight).status == 200


def test_a_client_with_the_token_reads_and_one_without_is_told(logdir: str, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cret\n", encoding="utf-8")
    with serving(LocalSource(logdir), token="s3cret") as server:
        for source in (
            RemoteSource(server.url, token_file=str(tmp_path / "token")),
            RemoteSource(server.url + "/?token=s3cret"),
        ):
            assert source.details(endpoints.PROJECT)["name"] == "llamafactory"
            assert "s3cret" not in source.where
            source.close()
        stranger = RemoteSource(server.url)
        with pytest.raises(RemoteError, match="requires a token"):
            stranger.details(endpoints.PROJECT)
        stranger.close()


def test_the_log_has_a_line_a_request_and_no_token(logdir: str, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = io.StringIO()
    monkeypatch.setattr(sys, "stderr", heard)
    with serving(LocalSource(logdir), token="s3cret", quiet=False) as server:
        server.ask(PROJECT + "?token=s3cret")
        server.ask(PROJECT, headers={"Authorization": "Bearer s3cret"})
        server.ask("/api/v1/experiment/1/tag/%1b%5b31mred?token=s3cret")
        server.ask(PROJECT + "?token=guess")
    lines = heard.getvalue().splitlines()
    assert [line.split()[:3] for line in lines] == [
        ["GET", PROJECT, "200"],
        ["GET", PROJECT, "200"],
        ["GET", "/api/v1/experiment/1/tag/%1b%5b31mred", "404"],
        ["GET", PROJECT, "401"],
    ]
    assert all(line.endswith(" ms") and line.isprintable() for line in lines)
    assert "s3cret" not in heard.getvalue()
    assert "guess" not in heard.getvalue()


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_others_are_let_in_only_with_a_token_or_on_purpose(
    host: str, logdir: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SWANCLI_TOKEN", raising=False)
    with pytest.raises(UsageError, match="--generate-token") as caught:
        serve(LocalSource(logdir), host=host, port=0)
    assert "--no-auth" in str(caught.value)


def test_one_way_of_letting_in_is_enough(logdir: str) -> None:
    with pytest.raises(UsageError, match="mutually exclusive"):
        serve(LocalSource(logdir), port=0, generate_token=True, no_auth=True)


@pytest.mark.parametrize("origin", ["notebook", "https://a/b", "null", "https://a b", "javascript:x", ""])
def test_what_is_no_origin_is_a_usage_error(origin: str, logdir: str) -> None:
    with pytest.raises(UsageError, match="origin"):
        serve(LocalSource(logdir), port=0, cors=[origin])
