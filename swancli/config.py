"""The configuration file, `$XDG_CONFIG_HOME/swancli/config.toml` (`~/.config/swancli/config.toml`).

    [sources.node7]
    logdir = "node7:/data/swanlog"

    [columns]
    lr = "name, config.lr, min(val/loss)"

It is only read when it is needed. A missing file counts as an empty one; a mistake in it is a UsageError.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from swancli.errors import UsageError

TABLES = ("sources", "columns", "top")


def path() -> str:
    """Where the configuration file is, or would be."""
    home = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    return os.path.join(home, "swancli", "config.toml")


def table(name: str) -> dict[str, object]:
    """One of the file's TABLES; empty if the file lacks it."""
    found = load().get(name, {})
    if not isinstance(found, dict):
        raise UsageError(f"{path()}: {name} must be a table")
    return found


def load() -> Mapping[str, object]:
    """The whole file."""
    try:
        with open(path(), "rb") as file:
            data = file.read()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise UsageError(f"cannot read {path()}: {error.strerror or error}") from error
    try:
        found = _toml(data.decode())
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path()}: {error}") from error
    check_keys(found, TABLES, "table")
    return found


def check_keys(found: Mapping[str, object], known: tuple[str, ...], what: str) -> None:
    """Raise UsageError if a key is unknown; `what` says what kind of key it is."""
    for key in found:
        if key not in known:
            raise UsageError(f"{path()}: unknown {what} {key!r}; known: {', '.join(known)}")


def _toml(text: str) -> dict[str, object]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    found: dict[str, object] = tomllib.loads(text)
    return found
