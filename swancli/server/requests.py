"""From a request's path to an endpoint and its parameters."""

from __future__ import annotations

import re
from typing import Any

from swancli.endpoints import ROUTES
from swancli.errors import UsageError
from swancli.selector import BAD_ID

ID = re.compile(r"[+-]?[0-9]+(?:_[0-9]+)*(?:\.0+)?")
LONGEST_ID = 4000  # digits

Asked = tuple[str, dict[str, Any]]


def _pattern(path: str) -> str:
    parts = re.escape(path).replace(r"\{experiment\}", r"(?P<experiment>[^/]+)")
    return parts.replace(r"\{metric\}", r"(?P<metric>.*)")


PATTERNS = [(name, re.compile(_pattern(route.path), re.DOTALL)) for name, route in ROUTES.items()]


def endpoint(path: str) -> tuple[str, dict[str, str]] | None:
    """The endpoint that a decoded path names, and its parameters as they stand there, or None."""
    for name, pattern in PATTERNS:
        found = pattern.fullmatch(path)
        if found is not None:
            return name, found.groupdict()
    return None


def parameters(words: dict[str, str]) -> dict[str, Any]:
    """Parameters as an endpoint takes them; UsageError for an id that is no integer.

    Integers are spelled as swanboard understands them: 01, +1, 1.0, 1_0 and spaces around them are fine.
    """
    found: dict[str, Any] = dict(words)
    if "experiment" in words:
        text = words["experiment"].strip()
        if len(text) > LONGEST_ID or not ID.fullmatch(text):
            raise UsageError("the experiment's id is no integer", BAD_ID)
        found["experiment"] = int(text.partition(".")[0])
    return found
