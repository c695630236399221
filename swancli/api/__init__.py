"""The Python API: `swancli.open` returns Runs; each Run in it gives Series. docs/python.md describes it."""

from __future__ import annotations

from swancli.api.run import Run
from swancli.api.runs import Runs
from swancli.api.series import Series
from swancli.api.table import Table

__all__ = ["Run", "Runs", "Series", "Table"]
