"""What people paste as a URL, and the paths that are made of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swancli.errors import UsageError
from swancli.remote.address import is_loopback, parse, path_of

METRIC = "/api/v1/experiment/{experiment}/tag/{metric}"


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("http://node7:5092", "http://node7:5092"),
        ("http://node7:5092/", "http://node7:5092"),
        ("node7:5092", "http://node7:5092"),
        ("localhost", "http://localhost"),
        ("  127.0.0.1:5092\n", "http://127.0.0.1:5092"),
        ("HTTPS://Node7", "https://node7"),
        ("http://[::1]:5092/", "http://[::1]:5092"),
        ("[::1]:5092", "http://[::1]:5092"),
        ("http://h/experiment/1/chart", "http://h"),
        ("http://h/experiment/12/index", "http://h"),
        ("http://h/experiment/3/log", "http://h"),
        ("http://h/experiment/3/env/hardware", "http://h"),
        ("http://h/experiment/3/env/requirements/", "http://h"),
        ("http://h/experiment/3", "http://h"),
        ("http://h/charts", "http://h"),
        ("http://h/help#top", "http://h"),
        ("http://h/#/experiment/1/chart", "http://h"),
        ("http://h/index.html", "http://h"),
        ("http://h/api/v1/project", "http://h"),
        ("http://h/api/v1/experiment/1/tag/a/b", "http://h"),
        ("http://h/api/v1/experiment/1/tag/api/v1/project", "http://h"),
        ("http://h/api", "http://h"),
        ("https://hub/user/me/proxy/5092", "https://hub/user/me/proxy/5092"),
        ("https://hub/user/me/proxy/5092/", "https://hub/user/me/proxy/5092"),
        ("https://hub/user/me/proxy/5092/experiment/1/chart", "https://hub/user/me/proxy/5092"),
        ("https://hub/user/me/proxy/5092/api/v1/project?x=1", "https://hub/user/me/proxy/5092"),
        ("https://hub/user/%E6%88%91/proxy", "https://hub/user/%E6%88%91/proxy"),
        ("https://hub/user/我/proxy/", "https://hub/user/%E6%88%91/proxy"),
    ],
)
def test_base_is_what_stands_in_front_of_the_dashboards_own_pages(text: str, base: str) -> None:
    assert parse(text).base == base


def test_token_of_a_link_is_taken_out() -> None:
    found = parse("http://node7:5092/?token=s%2Bcret")
    assert found.token == "s+cret"
    assert found.base == "http://node7:5092"


def test_token_behind_a_hash_route_is_taken_out() -> None:
    assert parse("http://node7:5092/#/charts?token=abc").token == "abc"


def test_user_and_password_are_taken_out() -> None:
    found = parse("https://me:p%40ss@node7/x/")
    assert found.user == ("me", "p@ss")
    assert found.base == "https://node7/x"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "ftp://h",
        "file:///etc/passwd",
        "http://",
        "http:///x",
        "::1:5092",
        "http://[::1",
        "http://[::]:9@[t::]:9",
        "http://h:0",
        "http://h:99999",
        "http://h:x",
        "http://a b",
        "http://h\\@evil",
        "http://h\x00",
        "http://h%2fx",
        "http://h\r\nX: y",
    ],
)
def test_what_is_no_url_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError):
        parse(text)


def test_errors_show_no_secret() -> None:
    with pytest.raises(UsageError) as caught:
        parse("http://me:hunter2@h:99999999/?token=s3cret")
    assert "hunter2" not in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST.", "a.localhost", "127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"]
)
def test_names_of_this_machine_are_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["localhost.evil.com", "evil-localhost", "127.0.0.1.nip.io", "0.0.0.0", "::", "10.0.0.1", "127.1"]
)
def test_other_names_are_not_loopback(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("train/loss", "train/loss"),
        ("a b", "a%20b"),
        ("a%20b", "a%2520b"),
        ("name/slash", "name/slash"),
        ("name%2Fslash", "name%252Fslash"),
        ("q?mark=1&x=2", "q%3Fmark%3D1%26x%3D2"),
        ("hash#tag", "hash%23tag"),
        ("p%25q", "p%2525q"),
        ("损失/训练", "%E6%8D%9F%E5%A4%B1/%E8%AE%AD%E7%BB%83"),
        ("s1//m", "s1%2F%2Fm"),
        ("/lead", "%2Flead"),
        ("../../project", "%2E%2E%2F%2E%2E%2Fproject"),
        ("a/./b", "a%2F%2E%2Fb"),
        ("new\nline", "new%0Aline"),
    ],
)
def test_metric_names_are_quoted_once(name: str, path: str) -> None:
    assert path_of(METRIC, {"experiment": 1, "metric": name}) == "/api/v1/experiment/1/tag/" + path


@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1))
def test_a_path_survives_httpx_and_means_the_same_name(name: str) -> None:
    from urllib.parse import unquote

    import httpx

    path = path_of(METRIC, {"experiment": 1, "metric": name})
    sent = httpx.URL("http://h/prefix" + path).raw_path.decode()
    assert unquote(sent) == "/prefix/api/v1/experiment/1/tag/" + name


@given(st.text(st.characters(min_codepoint=1, exclude_categories=("Cs",))))
def test_any_text_is_an_address_or_a_usage_error(text: str) -> None:
    import httpx

    try:
        found = parse(text)
    except UsageError:
        return
    assert httpx.URL(found.base + "/api/v1/project").raw_path.endswith(b"/api/v1/project")
