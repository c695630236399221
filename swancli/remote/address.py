"""From what people paste to the address of the API.

A bare origin, an origin behind a proxy's path, a link out of the browser's address bar, a link to the API:
what belongs to the dashboard's own pages is cut off, what is left in front is the proxy's.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from swancli.errors import UsageError

# The pages of swanboard's front end, and the API. Whatever stands in front of the first of them is a prefix.
PAGE = re.compile(
    r"""(?: /api(?:/v1(?:/.*)?)?
          | /experiment/[^/]*(?:/(?:index|chart|log|env(?:/[a-z]*)?))?
          | /charts | /help | /404 | /index\.html | /assets(?:/.*)? | /healthz
        )?/*$""",
    re.VERBOSE | re.DOTALL,
)
SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*)://")


class Address(NamedTuple):
    """Where a dashboard is; `base` has no slash at its end. `token`, `user` (name, password) are secrets."""

    base: str
    host: str
    token: str | None
    user: tuple[str, str] | None

    @property
    def loopback(self) -> bool:
        """Whether it is this machine."""
        return is_loopback(self.host)

    @property
    def secure(self) -> bool:
        """Whether it is https."""
        return self.base.startswith("https:")


def is_loopback(host: str) -> bool:
    """Whether a host's name or address, without brackets, says that it is this machine."""
    from ipaddress import ip_address

    host = host.lower().rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        ip = ip_address(host)
    except ValueError:
        return False
    return (getattr(ip, "ipv4_mapped", None) or ip).is_loopback


def parse(text: str) -> Address:
    """The address that `text` means; UsageError, which shows no token, if it is none."""
    text = text.strip()
    if not text:
        raise UsageError("the URL is empty: give one such as http://localhost:5092")
    if any(ord(sign) < 33 or ord(sign) == 127 or 0xD800 <= ord(sign) < 0xE000 for sign in text) or "\\" in text:
        raise UsageError("the URL holds spaces, backslashes or control characters")
    scheme = SCHEME.match(text)
    if scheme is None:
        text = "http://" + text
    elif scheme[1].lower() not in ("http", "https"):
        raise UsageError(f"{scheme[1]}:// is not supported: the URL of a dashboard begins with http:// or https://")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise UsageError(f"the URL makes no sense: {_plain(error)} (IPv6 stands in brackets)") from error
    if not host or port == 0:
        raise UsageError("the URL names no host: give one such as http://localhost:5092")
    if "%" in host or not re.fullmatch(r"[\w.:-]+", host):
        raise UsageError(f"{host!r} is no host's name")
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError as error:
            raise UsageError(f"{host!r} is no host's name") from error
    prefix = PAGE.sub("", parts.path, count=1)
    netloc = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    return Address(
        f"{parts.scheme}://{netloc}{quote(prefix, safe=SAFE)}",
        host,
        _token(parts.query) or _token(parts.fragment.partition("?")[2]),
        (unquote(parts.username or ""), unquote(parts.password or "")) if "@" in parts.netloc else None,
    )


SAFE = "/%~!$&'()*+,;=:@"


def path_of(template: str, parameters: dict[str, object]) -> str:
    """The path of an endpoint: each parameter quoted, so that one name's path can't be another's.

    Slashes in a metric's name stay slashes, as the API's documentation writes them, unless something on the
    way would tidy them away: "a//b", "../a".
    """
    return template.format_map({name: _quoted(str(value)) for name, value in parameters.items()})


def _quoted(name: str) -> str:
    pieces = name.split("/")
    if all(pieces) and not any(piece in (".", "..") for piece in pieces):
        return quote(name, safe="/", errors="surrogatepass")
    return quote(name, safe="", errors="surrogatepass").replace(".", "%2E")


def _token(query: str) -> str | None:
    return next((value for key, value in parse_qsl(query) if key == "token" and value), None)


def _plain(error: Exception) -> str:
    text = str(error)
    return text if "@" not in text and "token" not in text else "it is malformed"
