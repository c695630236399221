"""The environment of the extras: an interpreter with pandas, polars, pyarrow, DuckDB and the SDK of MCP."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import ROOT, environment

PYTHON = Path(os.environ.get("SWANCLI_ARROW") or ROOT / ".venv-arrow") / "bin" / "python"
TIMEOUT_SECONDS = 300


def run(*words: str | os.PathLike[str], **more: Any) -> subprocess.CompletedProcess[str]:
    """Run the interpreter of that environment to its end; the test fails with what it printed if it fails."""
    if not PYTHON.exists():
        pytest.fail(f"there is no {PYTHON}: make arrow")
    if "input" not in more:
        more["stdin"] = subprocess.DEVNULL
    more = {"env": environment(PYTHONWARNINGS="default"), **more}
    done = subprocess.run(
        [str(PYTHON), *map(os.fspath, words)], capture_output=True, text=True, timeout=TIMEOUT_SECONDS, **more
    )
    return done


def script(text: str, *words: str | os.PathLike[str], **more: Any) -> str:
    """What a script prints, which must succeed."""
    done = run("-c", text, *words, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
