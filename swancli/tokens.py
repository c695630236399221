"""The token that grants access to a server: where it comes from, how it is made and compared."""

from __future__ import annotations

import os

from swancli.errors import UsageError

VARIABLE = "SWANCLI_TOKEN"
MAX_TOKEN_CHARACTERS = 4096


def find(file: str | None) -> str | None:
    """The token in `file`, or else in the environment; None if there is neither. UsageError if it is not valid."""
    if file is not None:
        try:
            with open(os.path.expanduser(file), encoding="utf-8") as stream:
                text = stream.read(MAX_TOKEN_CHARACTERS + 2)  # for a newline, and to notice that there is more
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "not a text file"
            raise UsageError(f"cannot read token file {file}: {reason}") from error
        return _checked(text, f"token file {file}")
    text = os.environ.get(VARIABLE, "")
    return _checked(text, VARIABLE) if text.strip() else None


def generate() -> str:
    """A new random token."""
    from secrets import token_urlsafe

    return token_urlsafe(24)


def same(one: str, other: str) -> bool:
    """Whether two tokens are equal, compared in constant time."""
    from hmac import compare_digest

    return compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def _checked(text: str, source: str) -> str:
    token = text.strip()
    if not token:
        raise UsageError(f"{source} is empty: it must contain a token")
    if len(token) > MAX_TOKEN_CHARACTERS or not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError(
            f"{source} does not contain a valid token: must be a single word of at most {MAX_TOKEN_CHARACTERS}"
            " printable ASCII characters"
        )
    return token
