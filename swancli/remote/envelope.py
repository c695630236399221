"""Whether a response is the API's, and which error it stands for."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from swancli.errors import (
    ConsoleEmpty,
    ConsoleNotFound,
    ExperimentNotFound,
    MetricNotFound,
    NotFound,
    RemoteError,
    SwancliError,
)

if TYPE_CHECKING:
    from swancli.model import Data
    from swancli.remote.client import Answer

NO_API = "is this the URL of a SwanLab dashboard?"
MAX_QUOTED_CHARACTERS = 500  # of the other side's message
NO_NAN = "Out of range float values are not JSON compliant"  # Python's words where swanboard meets NaN or an infinity
SUM = re.compile(rb'\{"code":0,"message":"success","data":\{"sum":(\d{1,18}),')
BASIC = re.compile(r"(?:^|,)\s*basic(?:\s|,|$)", re.IGNORECASE)  # in a WWW-Authenticate header
PHRASES = {
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
    """Whether a response is a web page."""
    start = start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return start == b"<" or (start != b"{" and "html" in content_type)


def parse(body: bytes) -> Any:
    """A body as JSON; ValueError if it is invalid. NaN and Infinity are accepted, since Python writes them."""
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


def check(where: str, answer: Answer, body: bytes) -> SwancliError | None:
    """The error that an answer stands for, None if it holds data; raises RemoteError if it isn't the API's."""
    status, content_type = answer.status, answer.content_type
    denied = _denied(where, status, answer.challenge)
    try:
        found = parse(body)
    except ValueError as error:
        if denied is not None:
            raise denied from error
        raise foreign(where, status, content_type, body) from error
    if denied is not None:
        return denied
    if not isinstance(found, dict):
        raise RemoteError(f"{where} returned JSON that is not from the SwanLab API: {NO_API}")
    if status < 400:
        code = found.get("code")
        if code == 0 and isinstance(found.get("data"), dict):
            return None
        if not isinstance(code, int) or code in (0, 1):  # 1: true
            raise RemoteError(f"{where} returned JSON that is not from the SwanLab API: {NO_API}")
    return _failed(where, status, found)


def foreign(where: str, status: int, content_type: str, start: bytes) -> RemoteError:
    """The error for a response that is not JSON."""
    if looks_like_page(content_type, start):
        what = "a web page instead of JSON"
    elif start.strip():
        what = "a response that is not JSON"
    else:
        what = "an empty response"
    if status < 400:
        return RemoteError(f"{where} returned {what}: {NO_API}")
    return RemoteError(f"{where} returned {f'{status} {PHRASES.get(status, str())}'.strip()} with {what}")


def _denied(where: str, status: int, challenge: str) -> RemoteError | None:
    if status == 401 and BASIC.search(challenge) and "bearer" not in challenge.lower():
        url = where.replace("://", "://USER:PASSWORD@", 1)
        return RemoteError(f"{where} requires a user name and password (401 Basic): use {url}")
    if status == 401:
        return RemoteError(f"{where} requires a token (401): specify it with --token-file or SWANCLI_TOKEN")
    if status == 403:
        return RemoteError(f"{where} denied access (403): the token or the host name in the URL is not accepted")
    if status == 407:
        return RemoteError(f"the proxy for {where} requires authentication (407): put user:password@ in its URL")
    return None


def _failed(where: str, status: int, found: Data) -> SwancliError:
    """The error to raise here for the other side's error."""
    message = str(found.get("message") or found.get("detail") or found.get("code") or status)
    code = found.get("code")
    if status == 404 and code is None:
        return RemoteError(f"{where} does not provide the SwanLab API: {NO_API}")
    if message.startswith("Experiment does not exist") or message == ExperimentNotFound.api_message:
        return ExperimentNotFound(f"no such experiment at {where}")
    if message in (MetricNotFound.api_message, "'NoneType' object has no attribute 'folder'"):
        return MetricNotFound(f"no such metric at {where}", "")
    if message in (ConsoleNotFound.api_message, ConsoleEmpty.api_message):
        return ConsoleNotFound(f"{where} returned an error: {message}", message)
    if status >= 500 and NO_NAN in message:
        return RemoteError(
            f"{where} cannot return NaN or infinite values: read the logdir with -l, or serve it with swancli serve"
        )
    if code == 3404:
        return NotFound(f"{where} returned an error: {message}", message)
    return RemoteError(f"{where} returned an error ({status}): {message[:MAX_QUOTED_CHARACTERS]}")
