"""Configs and metadata of any bytes: plain values that JSON can hold, or Unreadable."""

from __future__ import annotations

import json

from swancli.logdir import files
from swancli.reply import dumps
from swancli.run_config import flatten


def check(data: bytes) -> None:
    """Parse and print."""
    files._parsed.clear()
    for parse in (files.parse_config, files.parse_metadata):
        try:
            value = parse(data)
        except files.Unreadable as error:
            assert "\n" not in str(error) and len(str(error)) < 1000
            continue
        json.loads(dumps(value))
        flatten(value)
