"""The token that lets a client in: where it comes from, how it is made and compared."""

from __future__ import annotations

import os

from swancli.errors import UsageError

VARIABLE = "SWANCLI_TOKEN"
MOST = 4096  # characters


def find(file: str | None) -> str | None:
    """The token in `file`, or else that of the environment; None without either."""
    if file is not None:
        try:
            with open(os.path.expanduser(file), encoding="utf-8") as stream:
                text = stream.read(MOST + 2)
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not text"
            raise UsageError(f"the token file {file} can't be read: {reason}") from error
        return _checked(text, f"the token file {file}")
    text = os.environ.get(VARIABLE, "")
    return _checked(text, VARIABLE) if text.strip() else None


def generate() -> str:
    """A new token that nobody can guess."""
    from secrets import token_urlsafe

    return token_urlsafe(24)


def same(one: str, other: str) -> bool:
    """Whether two tokens are equal, in a time that doesn't tell where they differ."""
    from hmac import compare_digest

    return compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def _checked(text: str, source: str) -> str:
    token = text.strip()
    if not token:
        raise UsageError(f"{source} is empty: it should hold a token")
    if len(token) > MOST or not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError(f"{source} holds no token: one is a single word of at most {MOST} ASCII characters")
    return token
