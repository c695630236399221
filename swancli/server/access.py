"""Who may read: requests for this machine by its own name, on a loopback address; requests with the token."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from swancli import tokens
from swancli.remote.address import is_loopback

HOST = re.compile(r"(?:\[([0-9a-fA-F:.]+)\]|([^\[\]:/?#@\s]+))(?::\d{1,5})?")
MAX_KNOWN_HOSTS = 64

Refusal = tuple[int, str]  # HTTP status, and a sentence


class Guard:
    """`loopback`: the Host header must name this machine, or a malicious web page could rebind its own name to
    127.0.0.1 and read the data. `token`: must be sent as a bearer token or as ?token=."""

    def __init__(self, loopback: bool, token: str | None) -> None:
        self._loopback, self._token = loopback, token
        self._known_hosts: set[bytes] = set()

    def refuses(self, hosts: list[bytes], authorization: bytes, query: bytes) -> Refusal | None:
        """Why a request with these Host headers, Authorization header and query is refused, or None."""
        if self._loopback and not (len(hosts) == 1 and self._is_this_machine(hosts[0])):
            return 403, "invalid Host header: use localhost or a loopback address to reach this server"
        if self._token is not None and not self._has_token(authorization, query):
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

    def _is_token(self, given: str) -> bool:
        return self._token is not None and tokens.same(given, self._token)
