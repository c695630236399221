"""Who is let in: who calls this machine by its own name, on a loopback address; who has the token."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from swancli import tokens
from swancli.remote.address import is_loopback

HOST = re.compile(r"(?:\[([0-9a-fA-F:.]+)\]|([^\[\]:/?#@\s]+))(?::\d{1,5})?")
REMEMBERED = 64

Refusal = tuple[int, str]  # HTTP status, and a sentence


class Guard:
    """`loopback`: the Host header must be a name of this machine, or a web page that somebody else made could
    rebind its own name to 127.0.0.1 and read along. `token`: to be sent as a bearer token or as ?token=."""

    def __init__(self, loopback: bool, token: str | None) -> None:
        self._loopback, self._token = loopback, token
        self._known: set[bytes] = set()

    def refuses(self, hosts: list[bytes], authorization: bytes, query: bytes) -> Refusal | None:
        """Why a request is not answered, or None."""
        if self._loopback and not (len(hosts) == 1 and self._is_this_machine(hosts[0])):
            return 403, "this server is reached by a name of this machine only, such as localhost"
        if self._token is not None and not self._has_token(authorization, query):
            return 401, "a token is needed: send it as a bearer token, or as ?token= in the URL"
        return None

    def _is_this_machine(self, host: bytes) -> bool:
        if host in self._known:
            return True
        found = HOST.fullmatch(host.decode("latin-1"))
        if found is None or not is_loopback(found[1] or found[2]):
            return False
        if len(self._known) < REMEMBERED:
            self._known.add(host)
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
