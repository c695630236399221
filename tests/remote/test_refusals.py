"""Who refused, and what to do: Basic authentication, a proxy that is down, a swanboard that cannot answer NaN."""

from __future__ import annotations

import json
import socket
from contextlib import closing

import pytest

from swancli import endpoints
from swancli.endpoints import EXPERIMENT, METRIC, SUMMARY
from swancli.endpoints.route import AnyRoute
from swancli.errors import RemoteError
from swancli.remote import client
from swancli.remote.address import parse
from swancli.remote.proxy import proxy_for, without_credentials
from swancli.remote.source import RemoteSource
from tests.support.stub_server import PROJECT, answer, stub

NAN = "Out of range float values are not JSON compliant"
VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "RETRY_DELAY_SECONDS", 0.0)
    for name in (*VARIABLES, *map(str.lower, VARIABLES), "SWANCLI_TOKEN"):
        monkeypatch.delenv(name, raising=False)


def sentence(url: str, route: AnyRoute = endpoints.PROJECT, timeout: float = 5.0, **parameters: object) -> str:
    """The error that asking a dashboard ends in."""
    with closing(RemoteSource(url, timeout=timeout)) as source, pytest.raises(RemoteError) as caught:
        source.data(route, **parameters)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture
def dead_port() -> int:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@pytest.mark.parametrize("body", [b"<html>Authorization Required</html>", b'{"detail":"no"}', b""])
@pytest.mark.parametrize("challenge", ['Basic realm="swan"', "basic", 'Negotiate, Basic realm="a"'])
def test_basic_authentication_is_told_as_such(body: bytes, challenge: str) -> None:
    asking = answer(body, "401 Unauthorized", "text/html", (f"WWW-Authenticate: {challenge}",))
    with stub(asking) as server:
        message = sentence(server.url + "/team")
        where = f"127.0.0.1:{server.port}/team"
    assert message == (
        f"http://{where} requires a user name and password (401 Basic): use http://USER:PASSWORD@{where}"
    )


@pytest.mark.parametrize("challenge", ["Bearer", 'Bearer realm="Basic"', 'Basic realm="a", Bearer', "Basically", ""])
def test_any_other_challenge_asks_for_a_token(challenge: str) -> None:
    with stub(answer(b"{}", "401 Unauthorized", headers=(f"WWW-Authenticate: {challenge}",))) as server:
        assert "requires a token (401)" in sentence(server.url)


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("scheme", ["http://", ""])
def test_a_proxy_that_is_down_is_named(
    variable: str, scheme: str, dead_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, f"{scheme}me:s3cret@127.0.0.1:{dead_port}")
    assert sentence("http://node7.example:5092") == (
        f"cannot connect to http://node7.example:5092: the proxy http://127.0.0.1:{dead_port} refused the connection"
    )


def test_a_proxy_that_is_down_is_named_for_https(dead_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{dead_port}")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert f"the proxy http://127.0.0.1:{dead_port} refused the connection" in sentence("https://node7.example")


def test_a_proxy_that_is_unknown_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    monkeypatch.setenv("HTTP_PROXY", "http://me:s3cret@proxy.example:3128")
    message = sentence("http://node7.example:5092")
    assert message.startswith("cannot connect to the proxy http://proxy.example:3128: could not resolve host")


@pytest.mark.parametrize("proxy", ["http://me:s3/cret@proxy:1", "http://me:s3cret@proxy:x", "ftp://me:s3cret@proxy"])
def test_a_proxy_that_is_invalid_shows_no_password(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy)
    message = sentence("http://node7.example:5092")
    assert message == "cannot use the proxy set in the environment: invalid URL"


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_proxy_that_hangs_ends_in_a_time_out(start: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(connection: socket.socket, _: bytes) -> None:
        connection.sendall(start)
        while connection.recv(65536):
            pass

    with stub(hang) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        message = sentence("https://node7.example", timeout=0.3)
        assert proxy.requests[0].startswith(b"CONNECT node7.example:443 ")
    assert "0.3 s" in message


def test_credentials_of_a_proxy_are_sent_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with stub(answer(PROJECT)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url.replace("//", "//me:secret@"))
        with closing(RemoteSource("http://node7.example")) as source:
            assert source.get(endpoints.PROJECT).read() == PROJECT
    assert b"Proxy-Authorization: Basic bWU6c2VjcmV0\r\n" in proxy.requests[0]


@pytest.mark.parametrize(
    ("url", "environment", "proxy"),
    [
        ("http://node7", {}, None),
        ("http://node7", {"HTTPS_PROXY": "http://p"}, None),
        ("https://node7", {"HTTPS_PROXY": "http://p", "ALL_PROXY": "http://q"}, "http://p"),
        ("https://node7", {"HTTP_PROXY": "http://p", "ALL_PROXY": "socks5://q"}, "socks5://q"),
        ("http://node7", {"HTTP_PROXY": "p:3128"}, "http://p:3128"),
        ("http://node7", {"HTTP_PROXY": "http://p", "NO_PROXY": "*"}, None),
        ("http://node7:5092/x", {"HTTP_PROXY": "http://p", "NO_PROXY": "a, node7"}, None),
        ("http://node7.example", {"HTTP_PROXY": "http://p", "NO_PROXY": ".example"}, None),
        ("http://node7.example", {"HTTP_PROXY": "http://p", "NO_PROXY": "node7"}, "http://p"),
        ("http://127.0.0.1:5092", {"HTTP_PROXY": "http://p"}, None),
        ("http://[::1]:5092", {"ALL_PROXY": "http://p"}, None),
    ],
)
def test_the_environment_names_the_proxy(
    url: str, environment: dict[str, str], proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert proxy_for(parse(url)) == proxy


@pytest.mark.parametrize(
    ("proxy", "shown"),
    [
        ("http://me:s3cret@p:3128/x?y", "http://p:3128"),
        ("socks5://p", "socks5://p"),
        ("http://me@[::1]:1", "http://[::1]:1"),
        ("http://me:s3cret@p:x", "of the environment"),
    ],
)
def test_a_proxy_is_shown_without_its_credentials(proxy: str, shown: str) -> None:
    assert without_credentials(proxy) == shown


@pytest.mark.parametrize(
    ("route", "parameters", "body"),
    [
        (endpoints.PROJECT, {}, {"code": 3500, "message": f"Get list experiments failed: {NAN}"}),
        (EXPERIMENT, {"experiment": 1}, {"code": 3555, "message": NAN}),
        (SUMMARY, {"experiment": 1}, {"code": 3555, "message": NAN}),
        (METRIC, {"experiment": 1, "metric": "loss"}, {"code": 3555, "message": NAN}),
        (METRIC, {"experiment": 1, "metric": "loss"}, {"code": 3555, "message": f"{NAN}: nan"}),  # Python 3.13
    ],
)
def test_a_swanboard_that_cannot_answer_nan_is_told(
    route: AnyRoute, parameters: dict[str, object], body: dict[str, object]
) -> None:
    with stub(answer(json.dumps(body).encode(), "500 Internal Server Error")) as server:
        message = sentence(server.url, route, **parameters)
    assert message == (
        f"{server.url} cannot return NaN or infinite values: read the logdir with -l, or serve it with swancli serve"
    )


def test_any_other_failure_is_not_laid_on_nan() -> None:
    with stub(answer(b'{"code":3555,"message":"\'index\'"}', "500 Internal Server Error")) as server:
        assert sentence(server.url).endswith("returned an error (500): 'index'")
