"""Whether an answer is the API's, and what error it stands for."""

from __future__ import annotations

import json
import re
from typing import Any

from swancli.errors import (
    ConsoleEmpty,
    ConsoleNotFound,
    ExperimentNotFound,
    MetricNotFound,
    NotFound,
    RemoteError,
    SwancliError,
)

NO_API = "is it the URL of a SwanLab dashboard?"
SUM = re.compile(rb'\{"code":0,"message":"success","data":\{"sum":(\d{1,18}),')
WORDS = {
    400: "Bad Request",
    404: "Not Found",
    407: "Proxy Authentication Required",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


def looks_like_page(content_type: str, start: bytes) -> bool:
    """Whether an answer is a web page."""
    start = start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return start == b"<" or (start != b"{" and "html" in content_type)


def parse(body: bytes) -> Any:
    """A body as JSON; ValueError if it is none. NaN and Infinity pass, as Python's own servers write them."""
    from swancli.logdir.nesting import too_deep

    try:
        import orjson

        found = orjson.loads(body)
    except ValueError:
        try:
            found = json.loads(body)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
    if too_deep(body, found):
        raise ValueError("nested too deeply")
    return found


def check(where: str, status: int, content_type: str, body: bytes) -> SwancliError | None:
    """The error that an answer stands for, None if it holds data; RemoteError if it isn't the API's."""
    denied = _denied(where, status)
    try:
        found = parse(body)
    except ValueError as error:
        if denied is not None:
            raise denied from error
        raise foreign(where, status, content_type, body) from error
    if denied is not None:
        return denied
    if not isinstance(found, dict):
        raise RemoteError(f"{where} answers with JSON that is not the API's: {NO_API}")
    if status < 400:
        code = found.get("code")
        if code == 0 and isinstance(found.get("data"), dict):
            return None
        if not isinstance(code, int) or code in (0, 1):  # 1: true
            raise RemoteError(f"{where} answers with JSON that is not the API's: {NO_API}")
    return _failed(where, status, found)


def foreign(where: str, status: int, content_type: str, start: bytes) -> RemoteError:
    """The error for an answer that is no JSON."""
    if looks_like_page(content_type, start):
        what = "with a web page instead of the API"
    elif start.strip():
        what = "with something that is not JSON"
    else:
        what = "with an empty body"
    if status < 400:
        return RemoteError(f"{where} answers {what}: {NO_API}")
    return RemoteError(f"{where} answers {f'{status} {WORDS.get(status, str())}'.strip()}, {what}")


def _denied(where: str, status: int) -> RemoteError | None:
    if status == 401:
        return RemoteError(f"{where} wants a token (401): give it with --token-file or SWANCLI_TOKEN")
    if status == 403:
        return RemoteError(f"{where} refuses (403): the token, or the host's name in the URL, is not allowed")
    if status == 407:
        return RemoteError(f"the proxy in front of {where} wants a password (407)")
    return None


def _failed(where: str, status: int, found: dict[str, Any]) -> SwancliError:
    """What the other side's error means here."""
    message = str(found.get("message") or found.get("detail") or found.get("code") or status)
    code = found.get("code")
    if status == 404 and code is None:
        return RemoteError(f"{where} has no such API: {NO_API}")
    if message.startswith("Experiment does not exist") or message == ExperimentNotFound.api_message:
        return ExperimentNotFound(f"no such experiment at {where}")
    if message in (MetricNotFound.api_message, "'NoneType' object has no attribute 'folder'"):
        return MetricNotFound(f"no such metric at {where}")
    if message in (ConsoleNotFound.api_message, ConsoleEmpty.api_message):
        return ConsoleNotFound(f"{where} answers: {message}", message)
    if code == 3404:
        return NotFound(f"{where} answers: {message}", message)
    return RemoteError(f"{where} failed ({status}): {message[:500]}")
