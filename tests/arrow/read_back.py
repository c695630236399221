"""Export logdirs in every format and read them back with every reader: `python -m tests.arrow.read_back DIR LOGDIR…`.

Compared with what the core tells point by point: counts, exact values, NaN, infinities, texts, names, times.
"""

from __future__ import annotations

import json
import math
import sqlite3
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import polars
import pyarrow.dataset

from swancli.api.runs import Runs
from swancli.endpoints import METRIC
from swancli.errors import MetricHasNoData, ProjectNotFound
from swancli.export.exporting import export, open_target
from swancli.source import LocalSource
from swancli.times import seconds
from swancli.values import as_float

Row = tuple[Any, ...]  # run_id, metric, step, value, time


def told(source: LocalSource) -> tuple[Counter[Row], Counter[Row]]:
    """The numbers and the texts, by the core's points."""
    numbers: Counter[Row] = Counter()
    texts: Counter[Row] = Counter()
    for row in source.experiments():
        address = row["run_id"] if row["id"] is None else row["id"]
        for name in source.metrics(address):
            try:
                points = list(source.details(METRIC, experiment=address, metric=name, all=True)["points"])
            except MetricHasNoData:
                continue
            for step, value, time, _ in points:
                number = as_float(value)
                head = (row["run_id"], name, int(step))
                if number is None:
                    texts[(*head, None if value is None else str(value), _moment(time))] += 1
                else:
                    numbers[(*head, _key(number), _moment(time))] += 1
    return numbers, texts


def _moment(time: Any) -> int | None:
    found = seconds(time)
    return None if found is None else math.floor(found * 1000 + 5e-4)


def _key(value: Any) -> Any:
    return "NaN" if value is None or value != value else float(value)


def counted(rows: Any) -> Counter[Row]:
    """Rows of a reader, whose times are milliseconds or datetimes."""
    return Counter((run, name, step, value, time) for run, name, step, value, time in rows)


def parquet(path: Path, kind: str, cell: Any) -> list[tuple[str, Counter[Row]]]:
    """What each reader reads of a data set."""
    value = "value" if kind == "points" else "text"
    folder = path / kind
    if not folder.exists():
        return [("none", Counter())]
    columns = f"run_id, metric, step, {value}, epoch_ms(time)"
    query = f"select {columns} from read_parquet('{folder}/**/*.parquet', hive_partitioning = true)"
    found = [("duckdb", duckdb.sql(query).fetchall())]
    frame = (
        polars.scan_parquet(folder, hive_partitioning=True).with_columns(polars.col("time").dt.epoch("ms")).collect()
    )
    found.append(
        ("polars", frame.select("run_id", polars.col("metric").cast(polars.String), "step", value, "time").rows())
    )
    table = pyarrow.dataset.dataset(folder, partitioning="hive").to_table()
    table = table.set_column(table.schema.get_field_index("time"), "time", table["time"].cast("int64"))
    found.append(
        ("pyarrow", [tuple(row[n] for n in ("run_id", "metric", "step", value, "time")) for row in table.to_pylist()])
    )
    return [(name, counted((r, m, s, cell(v), t) for r, m, s, v, t in rows)) for name, rows in found]


def databases(place: Path, kind: str, cell: Any) -> list[tuple[str, Counter[Row]]]:
    """What is read of the databases and of the text files."""
    value = "value" if kind == "points" else "text"
    found: list[tuple[str, Any]] = []
    with duckdb.connect(str(place / "x.duckdb"), read_only=True) as db:
        found.append(
            ("x.duckdb", db.sql(f"select run_id, metric, step, {value}, epoch_ms(time) from {kind}").fetchall())
        )
    lite = sqlite3.connect(place / "x.sqlite")
    found.append(("x.sqlite", lite.execute(f"select run_id, metric, step, {value}, time from {kind}").fetchall()))
    lite.close()
    lines = (place / "jsonl" / f"{kind}.jsonl").read_text(encoding="utf-8").split("\n")
    objects = [json.loads(line) for line in lines if line]
    found.append(("jsonl", [(o["run_id"], o["metric"], o["step"], o[value], o["time"]) for o in objects]))
    types = {"value": "DOUBLE"} if kind == "points" else {"text": "VARCHAR"}
    spelled = ", ".join(
        f"'{name}': '{type}'"
        for name, type in {"step": "BIGINT", "time": "VARCHAR", "metric": "VARCHAR", **types}.items()
    )
    query = f"select run_id, metric, step, {value}, time from read_csv('{place}/csv/{kind}.csv', types = {{{spelled}}}, header = true)"
    found.append(("csv", duckdb.sql(query).fetchall()))
    return [
        (name, counted((r, m, s, cell(as_float(v) if kind == "points" else v), _time(t)) for r, m, s, v, t in rows))
        for name, rows in found
    ]


def _time(time: Any) -> int | None:
    return time if time is None or isinstance(time, int) else _moment(time)


def check(logdir: Path, place: Path) -> int:
    """Export a logdir in every way, twice; how many points there are."""
    source = LocalSource(str(logdir))
    runs = Runs(source)
    try:
        assert isinstance(runs.project, str)
    except ProjectNotFound:
        return 0
    numbers, texts = told(source)
    for name, format in (
        ("set", "parquet"),
        ("x.duckdb", None),
        ("x.sqlite", None),
        ("csv", "csv"),
        ("jsonl", "jsonl"),
    ):
        for _ in range(2):
            done = export(list(runs), runs.project, open_target(str(place / name), format))
            assert not done.failures, done.failures
    for kind, wanted, cell in (("points", numbers, _key), ("text", texts, lambda value: value)):
        for reader, got in [*parquet(place / "set", kind, cell), *databases(place, kind, cell)]:
            if kind == "text" and reader == "csv":  # an empty text and none look the same to its reader
                assert sum(got.values()) == sum(wanted.values()), (logdir, reader)
            elif kind == "text":  # structures are JSON there
                assert sum(got.values()) == sum(wanted.values()), (logdir, reader, kind)
                assert {row[:3] for row in got} == {row[:3] for row in wanted}
                plain = {row for row in wanted if row[3] is not None and not row[3].startswith(("[", "{"))}
                assert plain <= set(got), (logdir, reader, sorted(plain - set(got))[:3])
            else:
                differing = list((wanted - got).items())[:3], list((got - wanted).items())[:3]
                assert got == wanted, (logdir, reader, differing)
    source.close()
    return sum(numbers.values()) + sum(texts.values())


if __name__ == "__main__":
    print(sum(check(Path(logdir), Path(sys.argv[1]) / str(n)) for n, logdir in enumerate(sys.argv[2:])))
