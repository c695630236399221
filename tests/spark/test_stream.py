"""A stream gives each point once, though the process that reads it is killed in the midst of a batch."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.spark.core import OFFLINE, expected
from tests.support import spark
from tests.support.logdirs import Logdir, points
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.spark, pytest.mark.slow]


def text(lines: list[bytes]) -> str:
    """Whole lines."""
    return b"".join(line + b"\n" for line in lines).decode()


def start_and_kill(asked: dict[str, Any], folder: Path) -> None:
    """Read until the first batch has begun, and kill Python and Java both."""
    folder.mkdir()
    with (
        open(folder / "asked", "w+") as file,
        open(folder / "log", "w") as log,
    ):
        json.dump({**asked, "hold": str(folder), "steps": [{}]}, file)
        file.seek(0)
        process = subprocess.Popen(
            [spark.PYTHON, "-m", "tests.spark.stream"],
            stdin=file, stdout=log, stderr=log, cwd=spark.ROOT, env=spark.environment(), start_new_session=True,
        )  # fmt: skip
    try:
        wait_until(lambda: (folder / "begun").exists() or process.poll() is not None, "the first batch")
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        (folder / "go").touch()
    assert (folder / "begun").exists(), (folder / "log").read_text()


def test_a_stream_gives_each_point_once_though_it_is_killed_and_restarted(tmp_path: Path) -> None:
    spark.check_installed()
    logdir = Logdir(tmp_path / "a" / "swanlog")
    path = logdir.run("one").metric("loss", points(1500))
    logdir.close()
    offline = tmp_path / "b" / "swanlog"
    shutil.copytree(OFFLINE / "0.10.3-offline" / "mixed", offline)
    records = {path: path.read_bytes() for path in offline.glob("run-*/*.swanlab")}
    for path_of_run, whole in records.items():
        path_of_run.write_bytes(whole[: len(whole) // 2])
    asked = {"path": str(tmp_path / "*" / "swanlog"), "checkpoint": str(tmp_path / "c"), "out": str(tmp_path / "o")}
    start_and_kill(asked, tmp_path / "killed")
    assert (tmp_path / "c" / "offsets" / "0").exists()
    assert not (tmp_path / "c" / "commits" / "0").exists()

    for path_of_run, whole in records.items():
        path_of_run.write_bytes(whole)
    steps = [
        {str(path / "2000.log"): text(points(10, 1501))},
        {},
        {str(path / "2000.log"): text(points(10, 1511)) + '{"index": 1521, '},
        {str(path / "2000.log"): '"data": 0.5}\n', str(path / "3000.log"): text(points(5, 2001))},
    ]
    found = spark.run("tests.spark.stream", {**asked, "steps": steps})
    (run_id,) = {row[1] for row in expected(tmp_path / "a" / "swanlog")["points"]}
    known = [sorted(int(row[2]) for row in rows if row[0] == run_id) for rows in found]
    assert known[0] == list(range(1, 1501))  # the batch again, as far as it went then
    assert known[1] == list(range(1, 1511))
    assert known[2] == list(range(1, 1521))
    assert known[3] == [*range(1, 1522), *range(2001, 2006)]
    of_offline = [[row for row in rows if row[0] != run_id] for rows in found]
    core = sorted([row[1], row[3], row[4]] for row in expected(offline)["points"])
    assert 0 < len(of_offline[0]) < len(core)
    assert of_offline[1] == of_offline[3] == core
