"""The table `top` of the configuration file.

[top]
metrics = "loss|acc"       # which charts are shown at first: a regular expression
columns = "config.lr"      # further columns of the runs, where there is room
smoothing = 0.6
theme = "terminal"         # terminal, 256 or mono
interval = 2               # seconds between two looks
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from swancli import config
from swancli.errors import UsageError
from swancli.queries.columns import Column, parse_columns
from swancli.queries.matching import pattern

THEMES = {"mono": 0, "terminal": 16, "256": 256}  # and how many colours they use
MIN_INTERVAL = 0.2


class Settings(NamedTuple):
    """How the view begins."""

    metrics: str = ""
    columns: Sequence[Column] = ()
    smoothing: float | None = None
    colors: int | None = None  # None is what the terminal has
    interval: float = 1.0


def settings() -> Settings:
    """The settings of the configuration file; UsageError for a mistake."""
    found = config.table("top")
    config.check_keys(found, (*Settings._fields[:3], "theme", "interval"), "key of top")
    metrics, columns, theme = (_text(found, key) for key in ("metrics", "columns", "theme"))
    smoothing, interval = (_number(found, key) for key in ("smoothing", "interval"))
    if metrics:
        pattern(metrics)
    if smoothing is not None and not 0 <= smoothing < 1:
        raise _wrong("smoothing", "must be from 0 to below 1")
    if interval is not None and interval < MIN_INTERVAL:
        raise _wrong("interval", f"must be at least {MIN_INTERVAL}")
    if theme and theme not in THEMES:
        raise _wrong("theme", f"must be one of {', '.join(THEMES)}")
    return Settings(
        metrics,
        parse_columns(columns) if columns else (),
        smoothing,
        THEMES[theme] if theme else None,
        interval or Settings._field_defaults["interval"],
    )


def _text(found: dict[str, object], key: str) -> str:
    value = found.get(key, "")
    if not isinstance(value, str):
        raise _wrong(key, "must be a string")
    return value


def _number(found: dict[str, object], key: str) -> float | None:
    value = found.get(key)
    if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
        raise _wrong(key, "must be a number")
    return value


def _wrong(key: str, what: str) -> UsageError:
    return UsageError(f"{config.path()}: top.{key} {what}")
