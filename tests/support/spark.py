"""Spark, in an environment of its own that is made on first use."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".venv-spark"
PYTHON = FOLDER / "bin" / "python"
PATIENCE_SECONDS = 300


def check_installed() -> None:
    """Fail without the environment, which `make spark` makes, or without Java."""
    if not PYTHON.exists():
        pytest.fail(f"there is no {PYTHON}: make spark")
    if shutil.which("java") is None:
        pytest.fail("there is no java: scripts/system-packages.sh")


def environment(**more: str) -> dict[str, str]:
    """What Spark's programs need to know."""
    return {
        **os.environ,
        "PYSPARK_PYTHON": str(PYTHON),
        "PYTHONPATH": str(ROOT),
        "SPARK_LOCAL_IP": "127.0.0.1",
        **more,
    }


def run(module: str, asked: Any, meanwhile: Callable[[Callable[[], bool]], None] | None = None, **more: str) -> Any:
    """What a module of the tests prints as JSON when it is given JSON; `meanwhile` is called while it runs,
    with a function that tells whether it is over."""
    with (
        subprocess.Popen(
            [PYTHON, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environment(**more),
        ) as process,
        ThreadPoolExecutor(1) as pool,
    ):
        output = pool.submit(process.communicate, json.dumps(asked), PATIENCE_SECONDS)
        try:
            if meanwhile is not None:
                meanwhile(output.done)
            stdout, stderr = output.result()
        except BaseException:
            process.kill()
            raise
    assert process.returncode == 0, stderr[-5000:]
    return json.loads(stdout.splitlines()[-1])
