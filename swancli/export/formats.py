"""The format that a target is written in, from its name or --format."""

from __future__ import annotations

import os

from swancli.errors import UsageError

FORMATS = ("parquet", "csv", "jsonl", "sqlite", "duckdb")
SUFFIXES = {
    ".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".sqlite": "sqlite", ".sqlite3": "sqlite", ".db": "sqlite",
    ".duckdb": "duckdb",
}  # fmt: skip


def format_of(target: str, given: str | None) -> str:
    """One of FORMATS; a folder is a Parquet data set unless another is `given`. UsageError if they disagree."""
    if target == "-":
        raise UsageError("export writes a directory or a file, not a stream: specify one with -o")
    by_name = SUFFIXES.get(os.path.splitext(target.rstrip("/"))[1].lower())
    if given is not None and given not in FORMATS:
        raise UsageError(f"unknown format {given!r}; formats: {', '.join(FORMATS)}")
    if given is not None and by_name is not None and given != by_name:
        raise UsageError(f"{target} has the suffix of {by_name}, but --format is {given}")
    return given or by_name or "parquet"


def is_file(target: str) -> bool:
    """Whether a target is named like a file."""
    return os.path.splitext(target)[1].lower() in SUFFIXES and not os.path.isdir(target)


def check_outside(target: str) -> None:
    """Raise UsageError if a target lies in a logdir: nothing is ever written to one."""
    from swancli.logdir.locate import enclosing

    if (logdir := enclosing(target)) is not None:
        raise UsageError(f"{target} is in the logdir {logdir}: choose a place outside it")
