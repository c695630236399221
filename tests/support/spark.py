"""Spark, in an environment of its own that is made on first use."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".venv-spark"
REQUIREMENTS = ROOT / "tests" / "spark" / "requirements.txt"
PYTHON = FOLDER / "bin" / "python"
PATIENCE_SECONDS = 300


def install() -> None:
    """Make the environment, and install a Java runtime if there is none and this can be done."""
    made = FOLDER / ".made"
    FOLDER.mkdir(exist_ok=True)
    with open(FOLDER / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists() or made.stat().st_mtime < REQUIREMENTS.stat().st_mtime:
            subprocess.run([sys.executable, "-m", "venv", FOLDER], check=True)
            pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "-q", "install"]
            subprocess.run([*pip, "-r", REQUIREMENTS, "-e", f"{ROOT}[s3]"], check=True)
            made.touch()
        if shutil.which("java") is None:
            subprocess.run(["apt-get", "install", "-y", "-q", "default-jre-headless"], check=True)


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
