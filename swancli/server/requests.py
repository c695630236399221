"""From a request's path to an endpoint and its parameters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from swancli.endpoints import ROUTES
from swancli.errors import UsageError
from swancli.queries.selector import BAD_ID

if TYPE_CHECKING:
    from swancli.endpoints.route import AnyRoute
    from swancli.model import Address

METHODS = ("GET", "HEAD")
HEALTH_PATH = "/healthz"  # answers whenever the server runs, whatever its logdir
INDEX_PATH = "/"  # answers with what this server is
ID = re.compile(r"[+-]?[0-9]+(?:_[0-9]+)*(?:\.0+)?")
MAX_ID_DIGITS = 4000


def _pattern(path: str) -> str:
    """A route's path as a regular expression."""
    parts = re.escape(path).replace(r"\{experiment\}", r"(?P<experiment>[^/]+)")
    return parts.replace(r"\{metric\}", r"(?P<metric>.*)")


PATTERNS = [(route, re.compile(_pattern(route.path), re.DOTALL)) for route in ROUTES.values()]


def endpoint(path: str) -> tuple[AnyRoute, dict[str, str]] | None:
    """The endpoint that a decoded path names, and its parameters as they stand there, or None."""
    for route, pattern in PATTERNS:
        found = pattern.fullmatch(path)
        if found is not None:
            return route, found.groupdict()
    return None


def key(route: AnyRoute, words: dict[str, str]) -> str:
    """The path under which the answer to a question is cached: the same for all spellings of the question.

    It is not percent-encoded, so that a name with "%41" in it stays different from "A".
    """
    try:
        return route.path.format_map(parameters(words))
    except UsageError:
        return route.path.format_map(words)


def parameters(words: dict[str, str]) -> dict[str, Address]:
    """Parameters as an endpoint takes them; UsageError for an id that is not an integer.

    Integers are spelled as swanboard understands them: 01, +1, 1.0, 1_0 and spaces around them are fine.
    """
    found: dict[str, Address] = dict(words)
    if "experiment" in words:
        text = words["experiment"].strip()
        if len(text) > MAX_ID_DIGITS or not ID.fullmatch(text):
            raise UsageError("invalid experiment id: not an integer", BAD_ID)
        found["experiment"] = int(text.partition(".")[0])
    return found
