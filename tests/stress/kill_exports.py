"""Kill exports at random moments beside a writer: `.venv-arrow/bin/python -m tests.stress.kill_exports [TIMES]`.

A process appends points (value = step) to several runs as fast as it can. Each time an export of them is killed at a random
moment, in turn in every format. Checked after each: what is there can be read; each metric is an unbroken beginning of what
was written, and never shorter than before. At the end, when the writer has stopped, an export that is not killed holds every
point, and another one has nothing to do.

    --seed N    what the moments depend on (1)

Exit code 0 if nothing was wrong.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow.dataset
import pyarrow.parquet

from swancli.export.atomic import PARTIAL
from tests.support.command import ROOT
from tests.support.logdirs import Logdir, points

RUNS, METRICS = 4, 3
TARGETS = {"set": "parquet", "csv": "csv", "jsonl": "jsonl", "x.sqlite": "sqlite", "x.duckdb": "duckdb"}
Counts = dict[tuple[str, str], int]  # by run and metric: how many points

WRITER = """
import itertools, sys
paths = sys.argv[1:]
for step in itertools.count(1):
    for path in paths:
        with open(f"{path}/{(step - 1) // 1000 * 1000 + 1000}.log", "ab") as file:
            file.write(b'{"index": %d, "data": %d.0, "create_time": "2026-11-23T14:19:08.148198+00:00"}\\n' % (step, step))
"""


def logdir(path: Path) -> tuple[Path, list[Path]]:
    """A logdir whose metrics are empty, and their folders."""
    made = Logdir(path)
    folders = []
    for n in range(RUNS):
        run = made.run(f"run {n}", status=0, finish_time=None)
        folders += [run.metric(f"m/{m}") for m in range(METRICS)]
        run.console("2025-03-21.log", "hello\n")
        run.metric("still", points(5000))
    return made.close(), folders


def start(source: Path, place: Path, target: str) -> subprocess.Popen[bytes]:
    """An export."""
    words = [sys.executable, "-m", "swancli", "export", "-l", str(source), "-o", str(place / target)]
    words += ["--format", TARGETS[target]]
    return subprocess.Popen(words, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def counted(rows: list[tuple[str, str, int, int, int, float]], where: str) -> Counts:
    """The counts of run, metric, points, lowest and highest step and sum of values, which must fit together."""
    found = {}
    for run, metric, count, low, high, total in rows:
        if metric.startswith("m/"):
            assert (low, high, total) == (1, count, count * (count + 1) / 2), (where, run, metric, count, low, high)
        found[run, metric] = count
    return found


QUERY = "select run_id, metric, count(*), min(step), max(step), sum(value) from {} group by all"


def read_set(path: Path) -> Counts:
    """What is in a Parquet data set; each of its files is read as a whole."""
    for file in path.rglob("*.parquet"):
        if PARTIAL not in file.parts:
            pyarrow.parquet.read_table(file, partitioning=None)
    if not (path / "points").exists():
        return {}
    pyarrow.dataset.dataset(path / "points", partitioning="hive").count_rows()
    source = f"read_parquet('{path}/points/**/*.parquet', hive_partitioning = true)"
    return counted(duckdb.sql(QUERY.format(source)).fetchall(), "set")


def read_text(path: Path, format: str) -> Counts:
    """What is in a folder of CSV or JSON lines."""
    file = path / f"points.{format}"
    if not file.exists():
        return {}
    if format == "csv":
        return counted(duckdb.sql(QUERY.format(f"read_csv('{file}', header = true)")).fetchall(), format)
    return counted(duckdb.sql(QUERY.format(f"read_json('{file}', format = 'newline_delimited')")).fetchall(), format)


def read_sqlite(path: Path) -> Counts:
    """What is in a database of SQLite."""
    db = sqlite3.connect(path)
    try:
        if not db.execute("select 1 from sqlite_master where name = 'points'").fetchone():
            return {}
        return counted(db.execute(QUERY.format("points").replace("all", "1, 2")).fetchall(), "sqlite")
    finally:
        db.close()


def read_duckdb(path: Path) -> Counts:
    """What is in a database of DuckDB."""
    with duckdb.connect(str(path)) as db:
        if not db.execute("select 1 from duckdb_tables() where table_name = 'points'").fetchall():
            return {}
        return counted(db.execute(QUERY.format("points")).fetchall(), "duckdb")


READ: dict[str, Callable[[Path], Counts]] = {
    "set": read_set,
    "csv": lambda path: read_text(path, "csv"),
    "jsonl": lambda path: read_text(path, "jsonl"),
    "x.sqlite": read_sqlite,
    "x.duckdb": read_duckdb,
}


def main() -> int:
    """Kill exports; 1 if something was wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("times", nargs="?", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    moments = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        source, folders = logdir(place / "swanlog")
        writer = subprocess.Popen([sys.executable, "-c", WRITER, *map(str, folders)])
        before: dict[str, Counts] = {target: {} for target in TARGETS}
        killed = 0
        try:
            for n in range(given.times):
                target = list(TARGETS)[n % len(TARGETS)]
                export = start(source, place, target)
                time.sleep(moments.uniform(0.15, 1.5))
                export.send_signal(signal.SIGKILL)
                _, err = export.communicate()
                killed += export.returncode == -signal.SIGKILL
                assert export.returncode in (0, -signal.SIGKILL), err.decode()
                if not (place / target).exists():
                    continue
                found = READ[target](place / target)
                shorter = {
                    key: (count, found.get(key)) for key, count in before[target].items() if found.get(key, 0) < count
                }
                assert not shorter, (target, shorter)
                before[target] = found
        finally:
            writer.kill()
            writer.wait()
        written = sum(file.read_bytes().count(b"\n") for path in folders for file in path.glob("*.log"))
        for target in TARGETS:
            for again in (False, True):
                time.sleep(0.1)
                export = start(source, place, target)
                _, err = export.communicate()
                assert export.returncode == 0, err.decode()
                assert not again or b" 0 runs " in b" " + err.partition(b"note:")[2], err.decode()
            found = READ[target](place / target)
            got = sum(count for (_, metric), count in found.items() if metric.startswith("m/"))
            assert got == written, (target, got, written)
        left = [str(path) for path in place.rglob("*") if path.name.endswith((".part", ".partial"))]
        assert not left, left
        print(f"{given.times} exports, {killed} killed; {written} points written beside them; nothing wrong")
    return 0


if __name__ == "__main__":
    os.environ.setdefault("SWANCLI_CACHE", "off")
    sys.exit(main())
