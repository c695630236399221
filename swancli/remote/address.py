"""From a URL as users paste it to the address of the API.

It may be a bare origin, an origin behind a proxy's path, a link from the browser's address bar or a link to the API:
what belongs to the dashboard's own pages is cut off, and what is left in front is the proxy's path.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from swancli.errors import UsageError

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

# The pages of swanboard's front end, and the API. What comes before the first of them is a proxy's path.
PAGE = re.compile(
    r"""(?: /api(?:/v1(?:/.*)?)?
          | /experiment/[^/]*(?:/(?:index|chart|log|env(?:/[a-z]*)?))?
          | /charts | /help | /404 | /index\.html | /assets(?:/.*)? | /healthz
        )?/*$""",
    re.VERBOSE | re.DOTALL,
)
SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*)://")
SAFE = "/%~!$&'()*+,;=:@"  # characters of a path that are not quoted again


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
    """Whether a host name or address, without brackets, is a loopback one."""
    host = host.lower().rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    ip = _ip(host)
    return ip is not None and (getattr(ip, "ipv4_mapped", None) or ip).is_loopback


def _ip(host: str) -> IPv4Address | IPv6Address | None:
    """The IP address that a host, without brackets, is; None for a name."""
    from ipaddress import ip_address

    try:
        return ip_address(host)
    except ValueError:
        return None


def parse(text: str) -> Address:
    """The address of a URL, which may lack its scheme; UsageError, which shows no secret, if it is invalid."""
    text = text.strip()
    if not text:
        raise UsageError("empty URL: specify one such as http://localhost:5092")
    if any(ord(sign) < 33 or ord(sign) == 127 or 0xD800 <= ord(sign) < 0xE000 for sign in text) or "\\" in text:
        raise UsageError("invalid URL: it contains spaces, backslashes or control characters")
    scheme = SCHEME.match(text)
    if scheme is None:
        text = "http://" + text
    elif scheme[1].lower() not in ("http", "https"):
        raise UsageError(f"unsupported URL scheme {scheme[1]}://: use http:// or https://")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise UsageError(f"invalid URL: {_without_secrets(error)} (enclose IPv6 addresses in brackets)") from error
    if not host:
        raise UsageError("invalid URL: no host name; specify a URL such as http://localhost:5092")
    if port == 0:
        raise UsageError("invalid URL: port must be between 1 and 65535")
    if "%" in host or not re.fullmatch(r"[\w.:-]+", host) or (":" in host and _ip(host) is None):
        raise UsageError(f"invalid host name {host!r} in the URL")
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError as error:
            raise UsageError(f"invalid host name {host!r} in the URL") from error
    prefix = PAGE.sub("", parts.path, count=1)
    netloc = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    return Address(
        f"{parts.scheme}://{netloc}{quote(prefix, safe=SAFE)}",
        host,
        _token(parts.query) or _token(parts.fragment.partition("?")[2]),
        (unquote(parts.username or ""), unquote(parts.password or "")) if "@" in parts.netloc else None,
    )


def path_of(template: str, parameters: dict[str, object]) -> str:
    """The path of an endpoint: each parameter quoted, so that no two names share a path.

    Slashes in a metric's name stay slashes, as the API's documentation writes them, except where a proxy or client
    would normalize them away: "a//b", "../a".
    """
    return template.format_map({name: _quoted(str(value)) for name, value in parameters.items()})


def _quoted(name: str) -> str:
    pieces = name.split("/")
    if all(pieces) and not any(piece in (".", "..") for piece in pieces):
        return quote(name, safe="/", errors="surrogatepass")
    return quote(name, safe="", errors="surrogatepass").replace(".", "%2E")


def _token(query: str) -> str | None:
    return next((value for key, value in parse_qsl(query) if key == "token" and value), None)


def _without_secrets(error: Exception) -> str:
    """The reason why a URL is invalid, unless it might quote a password or token."""
    text = str(error)
    return text if "@" not in text and "token" not in text else "malformed"
