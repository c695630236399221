"""Beside the real SwanLab: short runs of tests/stress/soak.py and tests/stress/kill_writers.py, which run longer by hand."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.oracle.swanboard import environment
from tests.support.command import ROOT

pytestmark = pytest.mark.oracle
TIMEOUT_SECONDS = 1500  # each wait within is bounded too


def script(name: str, *words: str) -> dict[str, Any]:
    """What a script reports; it ends by itself."""
    argv = [sys.executable, "-m", f"tests.stress.{name}", *words, "--python", str(environment() / "bin/python")]
    done = subprocess.run(argv, capture_output=True, timeout=TIMEOUT_SECONDS, cwd=ROOT)
    found: dict[str, Any] = json.loads(done.stdout)
    assert (done.returncode, found["wrong"]) == (0, []), done.stderr.decode()
    return found


@pytest.mark.parametrize("mode", ["local", "offline"])
def test_reading_beside_writers_is_whole_true_and_silent(mode: str) -> None:
    found = script("soak", "3", "--mode", mode, "--clients", "6", "--least", "6")
    assert found["points"] > 1000
    assert min(found["commands"], found["requests"], found["frames"]) > 5


def test_killed_writer_leaves_what_is_told() -> None:
    found = script("kill_writers", "8", "--seed", "3", "--points", "101")
    assert found["kills"] >= 8
    assert found["points"] > 100
