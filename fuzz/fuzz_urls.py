"""Addresses and request paths of any text: an address or a usage error; a name's path means that name."""

from __future__ import annotations

from urllib.parse import unquote

from swancli.endpoints import METRIC
from swancli.errors import UsageError
from swancli.remote import address
from swancli.server import requests
from swancli.server.access import Guard


def check(data: bytes) -> None:
    """The bytes as a URL, as the name of a metric, as a path, as headers."""
    text = data.decode("utf-8", "surrogateescape")
    try:
        found = address.parse(text)
    except UsageError as error:
        assert "\n" not in str(error)
    else:
        again = address.parse(found.base)
        assert again.host == found.host and again.token is None and again.user is None
        assert found.base.startswith(("http://", "https://")) and found.base.isascii()
        assert not set(found.base) & set(' \t\r\n\\#?"<>')
    name = data.decode("utf-8", "replace")
    path = address.path_of(METRIC.path, {"experiment": 1, "metric": name})
    assert path.isascii() and ".." not in path.split("/") and not set(path) & set(" ?#\r\n\\")
    if name:
        assert requests.endpoint(unquote(path)) == (METRIC, {"experiment": "1", "metric": name})
    asked = requests.endpoint(name)
    if asked is not None:
        try:
            given = requests.parameters(asked[1])
        except UsageError:
            return
        assert "experiment" not in given or isinstance(given["experiment"], int)
    guard = Guard(True, "a-token-that-nobody-guesses")
    assert guard.refuses([data], data, data) is not None or b"a-token-that-nobody-guesses" in data
