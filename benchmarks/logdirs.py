"""Large logdirs for measuring: one that SwanLab wrote, cloned until it is as large as asked for.

Rows are inserted into a copy of its database, files are written byte for byte as SwanLab writes them. What was made
once is kept in the folder for temporary files.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple

from tests.support import record_files

SAMPLE = Path(__file__).parent.parent / "tests" / "corpus" / "plain-0.5.2" / "logdir"
BEGUN = datetime(2026, 11, 23, 13, 48, 19, 560812, tzinfo=timezone.utc)
BETWEEN = timedelta(milliseconds=37.213)  # points
SLICE = 1000  # points a file
KILLED_SECONDS_AGO = 7200
SHORT = 100  # points of a short metric
ODD, RESUMED = "nan", "resumed"  # kinds of metrics
OTHER_METRICS = ("train/loss", "train/grad_norm", "lr", "eval/acc", "epoch")  # of the further experiments
OTHER_POINTS = 60
LAYOUT = 1  # to be raised when what is written here changes: older logdirs are then not used again


class Size(NamedTuple):
    """What experiment 1 gets beside what the sample has, and how many experiments there are."""

    points: tuple[int, ...] = ()  # a metric p/N of N points for each
    metrics: int = 0  # so many metrics t0/0000 … of 1000 points
    charts: int = 0  # so many charts of metrics that have no data
    experiments: int = 1
    console: int = 0  # bytes
    others: int = 0  # metrics of each further experiment, in the place of OTHER_METRICS
    other_points: int = OTHER_POINTS  # of each of them
    killed: bool = False  # the further experiments are marked running, and nothing has been written for two hours
    wal: int = 0  # transactions that are in the WAL only
    odd: int = 0  # points of a metric nan/N, of which one in a slice is NaN
    resumed: int = 0  # points of a metric resumed/N, whose steps start again in the middle, a quarter of them before
    short: int = 0  # so many metrics m/0000 … of 100 points
    bare: bool = False  # the folders of the further experiments are empty, and they have no metrics

    @property
    def name(self) -> str:
        """A folder's name for it."""
        points = "+".join(map(str, self.points)) or "0"
        name = f"v{LAYOUT}-p{points}-m{self.metrics}-c{self.charts}-e{self.experiments}-l{self.console}"
        rest = (self.others, self.other_points, int(self.killed), self.wal)
        if rest != (0, OTHER_POINTS, 0, 0):
            name += f"-o{'-'.join(map(str, rest))}"
        more = {"n": self.odd, "r": self.resumed, "s": self.short, "b": int(self.bare)}
        return name + "".join(f"-{key}{count}" for key, count in more.items() if count)


def _shelf() -> Path:
    """Where logdirs are kept."""
    shelf = Path(tempfile.gettempdir()).resolve() / f"swancli-bench-{os.getuid()}"
    shelf.mkdir(mode=0o700, exist_ok=True)
    if shelf.stat().st_uid != os.getuid():
        raise PermissionError(f"{shelf} belongs to somebody else")
    return shelf


def kept(size: Size) -> Path:
    """A logdir of that size, made if there is none yet."""
    shelf = _shelf()
    path = shelf / size.name / "swanlog"
    if not path.exists():
        part = shelf / f"{size.name}.{os.getpid()}"
        make(part / "swanlog", size)
        shutil.rmtree(path.parent, ignore_errors=True)
        part.rename(path.parent)
    return path


def make(path: Path, size: Size) -> None:
    """Write a logdir."""
    shutil.copytree(SAMPLE, path)
    with contextlib.closing(sqlite3.connect(path / "runs.swanlab", isolation_level=None)) as db:
        db.execute("pragma synchronous = off")
        db.execute("begin")
        _Writer(path, db).write(size)
        db.execute("commit")
        db.execute("pragma wal_checkpoint(truncate)")
        if size.wal:
            _leave_wal(path, db, size.wal)


def _leave_wal(path: Path, db: sqlite3.Connection, transactions: int) -> None:
    """Leave a WAL as a killed writer does."""
    db.execute("pragma journal_mode = wal")
    db.execute("pragma wal_autocheckpoint = 0")
    (most,) = db.execute("select max(id) from tag").fetchone()
    for n in range(transactions):
        db.execute("update tag set description = ? where id = ?", [f"change {n}", 1 + n * 7919 % most])
    files = [path / "runs.swanlab", path / "runs.swanlab-wal"]
    for file in files:
        shutil.copy(file, path / f"{file.name}.kept")
    db.close()
    for file in files:
        (path / f"{file.name}.kept").rename(file)


def kept_offline(runs: int, rows: int) -> Path:
    """A logdir of so many offline runs whose only metric has so many rows, made if there is none yet."""
    path = _shelf() / f"v{LAYOUT}-offline-{runs}x{rows}" / "swanlog"
    if not path.exists():
        part = path.parent.with_name(f"{path.parent.name}.{os.getpid()}")
        for n in range(runs):
            _offline_run(part / "swanlog", n, rows)
        shutil.rmtree(path.parent, ignore_errors=True)
        part.rename(path.parent)
    return path


def _offline_run(logdir: Path, n: int, rows: int) -> None:
    """A finished run with a record file as SwanLab 0.8 and later write it."""
    chance = random.Random(n).random
    begun = int(BEGUN.timestamp()) + 1000 * n

    def stamp(seconds: float) -> bytes:
        return record_files.number(1, begun + int(seconds)) + record_files.number(2, int(chance() * 1e6) * 1000)

    def record(field: int, message: bytes, num: int, seconds: float) -> bytes:
        return record_files.number(1, num) + record_files.blob(2, stamp(seconds)) + record_files.blob(field, message)

    blob, number, double = record_files.blob, record_files.number, record_files.double
    start = blob(1, "demo") + blob(4, f"run {n}") + blob(10, f"{n:08x}") + blob(12, stamp(0))
    records = [record(10, start, -1, 0), record(12, number(1, 1) + number(2, 1) + blob(3, "train/loss"), 1, 0)]
    for row in range(1, rows + 1):
        seconds = row * BETWEEN.total_seconds()
        point = blob(1, "train/loss") + number(2, row) + number(3, 1) + blob(4, stamp(seconds))
        records.append(record(13, point + blob(5, double(1, chance())), row + 1, seconds))
    records.append(record(11, number(1, 1) + blob(3, stamp(rows)), -2, rows))
    files = logdir / f"run-{BEGUN:%Y%m%d_%H%M%S}-{n:08x}" / "files"
    files.mkdir(parents=True)
    (files.parent / f"run-{n:08x}.swanlab").write_bytes(record_files.framed(records))
    (files / "config.yaml").write_text(f"lr:\n  desc: ''\n  sort: 0\n  value: {0.001 * (n + 1)}\n", encoding="utf-8")
    (files / "swanlab-metadata.json").write_text(json.dumps({"swanlab": {"version": "0.10.3"}}), encoding="utf-8")


class _Writer:
    """Adds rows and files to a logdir; `random` starts the same each time."""

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self.path, self.db, self.random = path, db, random.Random(0)
        columns = [row[1] for row in db.execute("pragma table_info(experiment)")]
        self.first = dict(zip(columns, db.execute("select * from experiment where id = 1").fetchone(), strict=True))
        self.spaces: dict[tuple[int, str], int] = {}

    def write(self, size: Size) -> None:
        """Add everything."""
        run = self.path / self.first["run_id"]
        (sort,) = self.db.execute("select max(sort) + 1 from tag where experiment_id = 1").fetchone()
        wanted = [(f"p/{count}", count) for count in size.points]
        wanted += [(f"t{n % 10}/{n:04}", SLICE) for n in range(size.metrics)]
        wanted += [(f"c{n % 10}/{n:04}", 0) for n in range(size.charts)]
        wanted += [(f"{kind}/{count}", count) for kind, count in ((ODD, size.odd), (RESUMED, size.resumed)) if count]
        wanted += [(f"m/{n:04}", SHORT) for n in range(size.short)]
        for n, (name, count) in enumerate(wanted, sort):
            self.metric(1, run, name, n, count)
        for id in range(2, size.experiments + 1):
            self.experiment(id, run, size)
        if size.console:
            self.console(run / "console" / f"{BEGUN:%Y-%m-%d}.log", size.console)

    def experiment(self, id: int, like: Path, size: Size) -> None:
        """One more experiment, with the config and the console of another."""
        run = self.path / f"run-{BEGUN:%Y%m%d_%H%M%S}-{id:08x}"
        row = {**self.first, "id": id, "run_id": run.name, "name": f"exp{id:05}", "sort": id}
        self.insert("experiment", **(row | {"status": 0, "finish_time": None} if size.killed else row))
        if size.bare:
            run.mkdir()
            return
        for folder in ("files", "console"):
            shutil.copytree(like / folder, run / folder)
        (run / "media").mkdir()
        names = [f"m{n % 10}/{n:04}" for n in range(size.others)] or OTHER_METRICS
        for sort, name in enumerate(names):
            self.metric(id, run, name, sort, size.other_points)
        if size.killed:
            written = time.time() - KILLED_SECONDS_AGO
            for file in run.rglob("*.*"):
                os.utime(file, (written, written))

    def metric(self, experiment: int, run: Path, name: str, sort: int, count: int) -> None:
        """A metric, its chart, its namespace if that is new, its points."""
        times = dict.fromkeys(("create_time", "update_time"), _time(0))
        line = {"experiment_id": experiment, "name": name, "system": 0, "type": "line", **times}
        tag = self.insert("tag", **line, folder=str(sort), description="", sort=sort)
        chart = self.insert("chart", **{**line, "system": 1}, reference="step", status=0)
        self.insert("source", tag_id=tag, chart_id=chart, sort=0, error="", more="", **times)
        space = self.namespace(experiment, name.split("/")[0], times)
        self.insert("display", chart_id=chart, namespace_id=space, sort=100 + chart, more="", **times)
        if count:
            self.points(run / "logs" / str(sort), count, name.split("/")[0])

    def namespace(self, experiment: int, name: str, times: dict[str, str]) -> int:
        """The id of a namespace."""
        key = experiment, name
        if key not in self.spaces:
            mine = "from namespace where experiment_id = ?"
            found = self.db.execute(f"select id {mine} and name = ?", key).fetchone()
            (sort,) = self.db.execute(f"select coalesce(max(sort), -1) + 1 {mine}", key[:1]).fetchone()
            row = {"experiment_id": experiment, "name": name, "sort": sort, "opened": 1, **times}
            self.spaces[key] = found[0] if found else self.insert("namespace", **row)
        return self.spaces[key]

    def points(self, folder: Path, count: int, kind: str) -> None:
        """A falling curve with some noise, in slices; of the ODD and RESUMED kinds as Size says."""
        folder.mkdir(parents=True)
        ends: list[tuple[float, int]] = []
        for start in range(0, count, SLICE):
            steps = range(start, min(start + SLICE, count))
            values = [2 * math.exp(-n / (count / 5 + 1)) + self.random.random() * 0.05 for n in steps]
            back = count // 4 if kind == RESUMED and start >= count // 2 else 0
            data: list[float | str] = [*values]
            if kind == ODD:
                data[len(data) // 2] = "NaN"
            lines = [
                json.dumps({"index": n + 1 - back, "data": value, "create_time": _time(n)}) + "\n"
                for n, value in zip(steps, data, strict=True)
            ]
            (folder / f"{start + SLICE}.log").write_text("".join(lines), encoding="utf-8")
            pairs = list(zip(values, (n + 1 for n in steps), strict=True))
            ends = [min([*ends[:1], min(pairs)]), max([*ends[1:], max(pairs)])]
        (low, low_step), (high, high_step) = ends
        found = {"max": high, "max_step": high_step, "min": low, "min_step": low_step, "num": count}
        (folder / "_summary.json").write_text(json.dumps(found), encoding="utf-8")

    def console(self, path: Path, size: int) -> None:
        """Lines as a trainer prints them, not all ASCII, until the file has so many bytes."""
        chance = self.random.random
        with path.open("a", encoding="utf-8", newline="\n") as file:
            n = 0
            while file.tell() < size:
                file.writelines(
                    f"{{'loss': {chance():.4f}, 'grad_norm': {chance() * 9:.3f}, 'epoch': {step / 1000:.2f}}}"
                    f" step {step} 训练\n"
                    for step in range(n, n + 100)
                )
                n += 100

    def insert(self, table: str, **row: Any) -> int:
        """Add a row; gives its id."""
        names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
        found = self.db.execute(f'insert into "{table}" ({names}) values ({marks})', list(row.values())).lastrowid
        assert found is not None
        return found


def _time(n: int) -> str:
    """When point `n` was logged."""
    return (BEGUN + n * BETWEEN).isoformat()


def slices(path: Path, metric: str) -> Iterator[Path]:
    """The files that a metric of experiment 1 lies in."""
    with contextlib.closing(sqlite3.connect(f"file:{path / 'runs.swanlab'}?mode=ro&immutable=1", uri=True)) as db:
        run, folder = db.execute(
            "select run_id, folder from tag join experiment on experiment.id = experiment_id"
            " where experiment_id = 1 and tag.name = ?",
            [metric],
        ).fetchone()
    yield from sorted((path / run / "logs" / folder).glob("*.log"), key=lambda file: int(file.stem))
