"""Which logdir on another machine is meant: `node7:/data/swanlog`, `user@node7:swanlog`, `ssh://node7:2222/data/swanlog`.

The first two are written as for scp: what stands before the first colon is the host, if there is no slash in it. A
path that does not begin with a slash is relative to the home directory there.
"""

from __future__ import annotations

import os
import re
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from swancli.errors import UsageError

SCHEME = "ssh://"
HOST = re.compile(r"(?:[^@/:\s]+@)?(?:\[[0-9a-fA-F:.]+(?:%\w+)?\]|[^@/:\[\]\s]+)")


class SshTarget(NamedTuple):
    """A logdir on another machine; `host` may hold a user's name, `path` is "" for the default there."""

    host: str
    port: int | None
    path: str

    @property
    def where(self) -> str:
        """The target, for messages."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{SCHEME}{host}:{self.port}/{self.path.lstrip('/')}" if self.port else f"{host}:{self.path}"


def is_ssh(text: str) -> bool:
    """Whether the name of a logdir means one on another machine; a folder of that name wins."""
    if text.startswith(SCHEME):
        return True
    head, colon, _ = text.partition("/")[0].rpartition(":") if text.startswith("[") else text.partition(":")
    return bool(colon and head and "/" not in head and "://" not in text and not os.path.exists(text))


def parse(text: str) -> SshTarget:
    """The target of a text for which `is_ssh` is true; UsageError if it is invalid."""
    port: int | None = None
    if text.startswith(SCHEME):
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError as error:
            raise UsageError(f"invalid SSH address {text!r}: {error}") from error
        if parts.password is not None:
            raise UsageError("an SSH address cannot hold a password: use a key, or type it when ssh asks for it")
        host = unquote(parts.netloc.rpartition("@")[0])
        host += ("@" if host else "") + (parts.hostname or "")
        path = unquote(parts.path)
        if path.startswith("/~"):
            path = path[1:]
    else:
        found = re.match(rf"({HOST.pattern}):", text)
        if found is None:
            raise UsageError(f"invalid SSH address {text!r}: specify HOST:PATH, such as node7:/data/swanlog")
        host, path = found[1].replace("[", "").replace("]", ""), text[found.end() :]
    # ssh would take such a host for an option
    if not host or host.startswith("-") or "@-" in host or any(ord(sign) < 33 for sign in host):
        raise UsageError(f"invalid host name {host!r} in {text!r}")
    if "\0" in path or "\n" in path:
        raise UsageError("invalid path in an SSH address: it contains control characters")
    return SshTarget(host, port, path)
