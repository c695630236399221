"""The table of findings in Markdown, and what it was measured with."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterable
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path

from benchmarks.measure import Finding
from benchmarks.rows import MIB
from tests.oracle.swanboard import environment

OURS = ("swancli", "typer", "rich", "orjson", "PyYAML", "starlette", "uvicorn")
THEIRS = ("swanboard", "swanlab", "fastapi", "uvicorn", "peewee")
HEAD = ("what", "ours", "reference", "", "ratio", "target", "aim", "met")


def table(found: Iterable[Finding]) -> list[str]:
    """The lines of the table."""
    lines = [HEAD, ("---", "---:", "---:", "---", "---:", "---:", "---:", "---")]
    lines += [_cells(finding) for finding in found]
    return [f"| {' | '.join(cells)} |" for cells in lines]


def _cells(finding: Finding) -> tuple[str, ...]:
    row, goal = finding.row, finding.goal
    figure = f"{finding.figure:{',.0f' if finding.figure >= 100 else '.3g'}} {goal.unit}"
    sign = "≥" if "faster" in goal.unit else "≤"
    target, aim = (f"{sign} {wanted:g}" if wanted is not None else "" for wanted in (goal.target, goal.aim))
    if goal.unit == MIB:
        return f"{row.what}: peak memory", figure, "", "", "", f"{target} MiB", aim, finding.met
    ours, reference = (_figure(value, row.rates) for value in (finding.ours, finding.reference))
    return row.what, ours, reference, row.against, figure, target, aim, finding.met


def _figure(value: float, rate: bool) -> str:
    if rate:
        return f"{value:,.0f}/s" if value >= 100 else f"{value:.3g}/s"
    return f"{value * 1000:,.0f} ms" if value >= 0.1 else f"{value * 1000:.3g} ms"


def now() -> str:
    """The time of the measurements."""
    return f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC"


def load(averages: list[float]) -> str:
    """The load averages seen meanwhile."""
    return f"load average {min(averages):.1f} to {max(averages):.1f}"


def versions() -> list[str]:
    """What was measured, and on what; it names no machine."""
    return [
        f"- {os.cpu_count()} CPUs; {platform.system()}; {platform.python_implementation()} {platform.python_version()};"
        f" {', '.join(f'{name} {version(name)}' for name in OURS)}",
        f"- beside it {_versions(environment() / 'bin' / 'python', THEIRS)}",
    ]


def _versions(python: Path, names: Iterable[str]) -> str:
    """The versions of packages in another environment."""
    script = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]))"
    found = subprocess.run([python, "-I", "-c", script, *names], capture_output=True, text=True, check=True)
    return ", ".join(f"{name} {number}" for name, number in zip(names, found.stdout.split(), strict=True))
