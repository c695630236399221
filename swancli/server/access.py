"""Which requests are allowed: on a loopback address, those that name this machine; those with the token, if any."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote

from swancli import tokens
from swancli.remote.address import is_loopback

HOST = re.compile(r"(?:\[([0-9a-fA-F:.]+)\]|([^\[\]:/?#@\s]+))(?::\d{1,5})?")
MAX_KNOWN_HOSTS = 64

Refusal = tuple[int, str]  # HTTP status, and a sentence


class Guard:
    """`loopback`: the Host header must name this machine, or a malicious web page could rebind its own name to
    127.0.0.1 and read the data. `token`: must be sent as a bearer token, as ?token=, or in the page's cookie."""

    def __init__(self, loopback: bool, token: str | None) -> None:
        self._loopback, self._token = loopback, token
        self._known_hosts: set[bytes] = set()

    def refuses(self, hosts: list[bytes], authorization: bytes, query: bytes, cookies: bytes = b"") -> Refusal | None:
        """Why a request with these Host headers, Authorization header, query and cookies is refused, or None."""
        if self._loopback and not (len(hosts) == 1 and self._is_this_machine(hosts[0])):
            return 403, "invalid Host header: use localhost or a loopback address to reach this server"
        if self._token is not None and not (self._has_token(authorization, query) or self._has_cookie(cookies, hosts)):
            return 401, "authentication required: send the token as a bearer token, or as ?token= in the URL"
        return None

    def _is_this_machine(self, host: bytes) -> bool:
        if host in self._known_hosts:
            return True
        found = HOST.fullmatch(host.decode("latin-1"))
        if found is None or not is_loopback(found[1] or found[2]):
            return False
        if len(self._known_hosts) < MAX_KNOWN_HOSTS:
            self._known_hosts.add(host)
        return True

    def _has_token(self, authorization: bytes, query: bytes) -> bool:
        scheme, _, given = authorization.decode("latin-1").partition(" ")
        if scheme.lower() == "bearer" and self._is_token(given.strip()):
            return True
        if b"token=" not in query:
            return False
        pairs = parse_qsl(query.decode("latin-1"), max_num_fields=None)
        return any(self._is_token(value) for key, value in pairs if key == "token")

    def cookie(self, hosts: list[bytes], query: bytes) -> bytes | None:
        """The Set-Cookie header for a browser that opens the printed link: its token, out of reach of scripts."""
        if self._token is None or not self._has_token(b"", query):
            return None
        return b"%s=%s; Path=/; HttpOnly; SameSite=Strict" % (_cookie_name(hosts), quote(self._token, safe="").encode())

    def _has_cookie(self, cookies: bytes, hosts: list[bytes]) -> bool:
        wanted = _cookie_name(hosts)
        for pair in cookies.split(b";"):
            name, _, value = pair.strip().partition(b"=")
            if name == wanted and self._is_token(unquote(value.decode("latin-1"))):
                return True
        return False

    def _is_token(self, given: str) -> bool:
        return self._token is not None and tokens.same(given, self._token)


def _cookie_name(hosts: list[bytes]) -> bytes:
    """The cookie's name, with the port in it: browsers send the cookies of all ports of a host."""
    port = hosts[0].rpartition(b":")[2] if hosts else b""
    return b"swancli-%s" % (port if port.isdigit() else b"80")
