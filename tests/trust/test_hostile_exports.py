"""Exports and answers to agents of data that is made to hurt: each ends, and what can be read is there."""

from __future__ import annotations

import contextlib
import csv
import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from swancli.errors import SwancliError
from swancli.mcp.bounds import MAX_CHARACTERS
from swancli.mcp.server import call
from swancli.mcp.tools import TOOLS
from swancli.source import LocalSource
from tests.support.command import swancli
from tests.support.logdirs import Logdir, point
from tests.trust import hostile

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A logdir of a run for each hostile config, and one with each hostile value in a metric, a time and a step."""
    logdir = Logdir(tmp_path_factory.mktemp("hostile") / "swanlog")
    for n, text in enumerate(hostile.CONFIGS.values()):
        run = logdir.run(f"config {n}", run_id=f"run-20250321_125800-{n:04}")
        run.file("config.yaml", text)
        run.metric("loss", [point(1, 1.5)])
    run = logdir.run(
        "\x1b[2J\x00\ud800".encode("utf-8", "replace").decode() + "x" * 3000, run_id="run-20250321_125900-points"
    )
    for n, text in enumerate(hostile.DOCUMENTS.values()):
        lines = [b'{"index": 1, "data": ' + text + b', "create_time": "x"}', point(9, 9.5)]
        lines += [
            b'{"index": ' + text + b', "data": 1, "create_time": "x"}',
            b'{"index": 3, "data": 1, "create_time": ' + text + b"}",
        ]
        run.metric(f"value {n}", lines, folder=f"value{n}")
    run.metric("names/\n\t\"',\\\x1b]0;x\x07", [point(1, "\ud83d\x00\x1b[31m")], folder="names")
    run.console("2025-03-21.log", b"\xff\xfe\x00\x1b[2J\r\n" + b"y" * 100_000 + b"\n")
    return logdir.close()


@pytest.mark.parametrize("format", ["csv", "jsonl", "sqlite"])
def test_hostile_runs_are_exported_as_far_as_they_can_be_read(path: Path, tmp_path: Path, format: str) -> None:
    target = tmp_path / ("x.sqlite" if format == "sqlite" else "out")
    for _ in range(2 if format == "sqlite" else 1):
        done = swancli("export", "-l", path, "-o", target, "--format", format)
        assert done.code == 0, done.err[-1000:]
        assert "unexpected" not in done.err
        assert "\x1b" not in done.err
    runs = len(hostile.CONFIGS) + 1
    if format == "sqlite":
        db = sqlite3.connect(target)
        assert db.execute("select count(*) from runs").fetchone() == (runs,)
        assert db.execute("select count(*) from points where value = 9.5").fetchone() == (len(hostile.DOCUMENTS),)
        db.close()
    elif format == "jsonl":
        lines = (target / "points.jsonl").read_text(encoding="utf-8").split("\n")
        assert sum(json.loads(line)["value"] == 9.5 for line in lines if line) == len(hostile.DOCUMENTS)
    else:
        csv.field_size_limit(1 << 30)
        with (target / "points.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(line.replace("\x00", "") for line in file))
        assert sum(row["value"] == "9.5" for row in rows) == len(hostile.DOCUMENTS)


def test_agents_are_told_of_hostile_runs_within_bounds(path: Path) -> None:
    source = LocalSource(str(path))
    last = len(hostile.CONFIGS) + 1
    asked = [
        ("list_runs", {}),
        ("find_runs", {"columns": ["config.a", "loss"]}),
        ("compare_runs", {"runs": list(range(1, 10))}),
    ]
    asked += [(name, {"run": run}) for name in ("get_run", "get_summary", "get_logs") for run in range(1, last + 1)]
    asked += [("get_metric", {"run": last, "metric": f"value {n}"}) for n in range(len(hostile.DOCUMENTS))]
    assert {name for name, _ in asked} <= {tool.name for tool in TOOLS}
    for name, arguments in asked:
        found: dict[str, Any] = {}
        with contextlib.suppress(SwancliError):
            found = call(source, name, arguments, threading.Event())
        assert len(json.dumps(found)) < 6 * MAX_CHARACTERS, name
