"""What the errors of requests to object storage mean for people: one sentence each, without secrets."""

from __future__ import annotations

import os
import re

from swancli.errors import RemoteError

CREDENTIALS = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    "gs": "GOOGLE_APPLICATION_CREDENTIALS",
    "az": "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
}
NO_CREDENTIALS = (  # in a message; the first two are where a machine in a cloud looks for its own
    "169.254.", "latest/api/token", "credential", "account must be", "401 unauthorized", "invalidaccesskeyid",
    "signaturedoesnotmatch", "expiredtoken", "invalidtoken", "tokenrefreshrequired",
)  # fmt: skip
WRONG_REGION = ("permanentredirect", "authorizationheadermalformed", "incorrectly configured region")
PROFILES = "~/.aws/credentials"
EXPORT_PROFILE = 'eval "$(aws configure export-credentials --format env)"'  # prints what the variables must hold
MAX_QUOTED_CHARACTERS = 300  # of an answer
SECRET_NAME = re.compile(r"(AWS|AZURE|GOOGLE)_.*(KEY|TOKEN|SECRET|SAS|PASSWORD)")
MIN_SECRET_CHARACTERS = 6  # of a value that is looked for: shorter ones are no secrets
USER_OF_URL = re.compile(r"(?<=://)[^\s/@]*@")
QUERY_OF_URL = re.compile(r"(?<=://)([^\s?\"')]*)\?[^\s\"')]*")


def failure(
    error: BaseException, url: str, what: str, endpoint: str | None = None, timeout_seconds: float = 0.0
) -> RemoteError:
    """The error to raise for a failed request to the bucket `url`; `what` is what was requested."""
    scheme, _, name = url.partition("://")
    whole = str(error)
    text = without_secrets(" ".join(whole.partition("Debug source:")[0].split()))
    lower, kind = text.lower(), type(error).__name__
    at = f" at {without_secrets(endpoint)}" if endpoint is not None else ""
    if isinstance(error, FileNotFoundError) or "nosuchbucket" in lower or "containernotfound" in lower:
        return RemoteError(f"no bucket {name!r}{at}, or these credentials have no access to it")
    if kind == "UnauthenticatedError" or any(word in lower for word in NO_CREDENTIALS):
        return RemoteError(f"no valid credentials for {url}{at}: set {CREDENTIALS[scheme]}{_profile(scheme)}")
    if any(word in lower for word in WRONG_REGION):
        return RemoteError(f"{url}{at} is in another region: set AWS_REGION to that of the bucket")
    if kind == "PermissionDeniedError" or "403 forbidden" in lower:
        return RemoteError(f"no permission to read {what}{at}")
    if "kind: Timeout" in whole or "timed out" in lower:
        return RemoteError(f"no answer from {url}{at} within {timeout_seconds:g} s")
    if "certificate" in whole.lower():
        return RemoteError(f"{url}{at} can't be reached: its certificate can't be verified")
    if "error sending request" in lower or "connect" in lower:
        return RemoteError(f"{url}{at} can't be reached")
    return RemoteError(f"{what} can't be read{at}: {text[:MAX_QUOTED_CHARACTERS]}")


def without_secrets(text: str) -> str:
    """A text without the users and queries of URLs, and without the values of secret variables."""
    text = QUERY_OF_URL.sub(r"\1", USER_OF_URL.sub("", text))
    for name, value in os.environ.items():
        if len(value) >= MIN_SECRET_CHARACTERS and SECRET_NAME.fullmatch(name) and value in text:
            text = text.replace(value, f"${name}")
    return text


def _profile(scheme: str) -> str:
    """What to do if there are profiles, which the library does not read."""
    if scheme != "s3" or not (os.environ.get("AWS_PROFILE") or os.path.exists(os.path.expanduser(PROFILES))):
        return ""
    return f"; for those of a profile: {EXPORT_PROFILE}"
