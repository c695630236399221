"""Local-mode runs of 0.6.2 and later lie on disk twice: in a record file, and as database, logs/ and
console/.

What the record file gives is compared with all of that. Every difference must be one that the table explains,
and every line of the table must still be needed.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from swancli.logdir.records import tables as made
from swancli.logdir.records.run import RecordedRun

OFFLINE = Path(__file__).parents[2] / "corpus_offline"
CORPUS = Path(__file__).parents[2] / "corpus"
LOGDIRS = [
    *(OFFLINE / name for name in ("0.6.2-local/mixed", "0.7.20-local/media", "0.7.20-local/mixed")),
    *(OFFLINE / name for name in ("0.8.0-local/mixed", "0.10.3-local/long", "0.10.3-local/mixed")),
    *(OFFLINE / "cases" / name for name in ("ends-0.10.3", "errors-b-0.7.20", "steps-a-0.7.20")),
    *(CORPUS / name / "logdir" for name in ("names-b-0.10.3", "open-0.10.3", "plain-0.8.0", "steps-b-0.10.3")),
    *(CORPUS / name / "logdir" for name in ("typeclash-0.10.3", "values-b-0.10.3")),
]

DEVIATIONS = {
    "start a moment apart": "the database row is made up to 0.5 s before or after the start record",
    "end a moment apart": "the database row is finished some milliseconds before or after the finish record",
    "end not stored": "0.6.2-0.6.3 never update status and finish time of the database row",
    "no colors": "record files have colors from 0.6.8 on",
    "name made unique": "the database appends a number to a name it has; the record keeps the given name",
    "killed": "a killed writer has not flushed: logs/ and console/ hold more than the record file",
    "first of a step": "0.8 and later: of a repeated step the record file has the first row, logs/ the last",
    "other type": "0.8 and later: values of another type than the metric's are in logs/ only",
    "huge step": "0.8 and later: steps above 2^48 are refused by the record file, not by logs/",
    "sections": "0.8 and later: local mode puts all into the namespace default; the sections are given here",
    "hidden": "0.10 and later: local mode knows no hidden charts; here they have the status -1",
    "announced early": "0.10 and later: a metric with an own x axis is announced before others of its call",
    "count": "0.7.12 and later JSON: _summary.json counts no non-finite values behind the last finite one",
    "crash a moment apart": "error.log is stamped some milliseconds before or after the record",
}


class Difference(NamedTuple):
    """A difference between the two forms: of which deviation ("" if none explains it), where, and both
    sides."""

    why: str
    where: str
    recorded: Any
    local: Any


class Local:
    """A run's local form, read plainly."""

    def __init__(self, database: sqlite3.Connection, folder: Path) -> None:
        self.folder = folder
        self._database = database
        (self.experiment,) = self._rows("select * from experiment where run_id = ?", folder.name)
        id = self.experiment["id"]
        self.tags = self._rows("select * from tag where experiment_id = ? order by id", id)
        self.charts = self._rows("select * from chart where experiment_id = ? order by id", id)
        self.namespaces = self._rows("select * from namespace where experiment_id = ? order by id", id)
        joined = "join chart on chart.id = chart_id where chart.experiment_id = ? order by"
        self.sources = self._rows(
            f"select chart_id, source.error, tag.name from source join tag on tag.id = tag_id {joined} source.id", id
        )
        self.displays = self._rows(f"select namespace_id, chart_id from display {joined} display.id", id)

    def _rows(self, query: str, value: object) -> list[dict[str, Any]]:
        return [dict(row) for row in self._database.execute(query, (value,))]

    def rows(self, folder: str) -> list[dict[str, Any]]:
        """The rows of a metric; 0.8 writes bare NaN, Infinity."""
        words = {"NaN": "NaN", "Infinity": "INF", "-Infinity": "-INF"}
        slices = sorted((self.folder / "logs" / folder).glob("*.log"), key=lambda path: int(path.stem))
        lines = [line for path in slices for line in path.read_text("utf-8").split("\n") if line]
        return [json.loads(line, parse_constant=words.__getitem__) for line in lines]

    def summary(self, folder: str) -> dict[str, Any] | None:
        """_summary.json, None if there is none."""
        path = self.folder / "logs" / folder / "_summary.json"
        return json.loads(path.read_text()) if path.exists() else None

    def console(self) -> list[tuple[str, list[str]]]:
        """The lines by day."""
        days = sorted((self.folder / "console").glob("2*.log"))
        return [(day.stem, day.read_text("utf-8").split("\n")[:-1]) for day in days]

    def error_lines(self) -> list[str]:
        """The lines of error.log."""
        path = self.folder / "console" / "error.log"
        return path.read_text("utf-8").split("\n") if path.exists() else []


def seconds(time: str) -> float:
    """An ISO time as seconds."""
    from datetime import datetime

    return datetime.fromisoformat(time).timestamp()


def experiment(run: RecordedRun, local: Local) -> Iterator[Difference]:
    """Differences of the experiment's row."""
    row = local.experiment
    mine = made.experiment_row(run, row["id"], row["sort"], row["version"])
    assert list(mine) == list(row)
    ended = row["finish_time"] or run.finished_at is None
    for name, value in row.items():
        if mine[name] == value:
            continue
        why = ""
        if name == "create_time" or (name == "update_time" and not run.finished_at):
            why = "start a moment apart" if abs(seconds(mine[name]) - seconds(value)) < 0.5 else ""
        elif row["version"] == "0.6.2" and not ended and name in ("status", "finish_time", "update_time"):
            why = "end not stored"
        elif name in ("finish_time", "update_time"):
            why = "end a moment apart" if abs(seconds(mine[name]) - seconds(value)) < 0.1 else ""
        elif name in ("light", "dark") and row["version"] == "0.6.2" and mine[name] is None:
            why = "no colors"
        elif name == "name" and value.startswith(mine[name] + "-"):
            why = "name made unique"
        yield Difference(why, name, mine[name], value)


def tables(run: RecordedRun, local: Local) -> Iterator[Difference]:
    """Differences of the rows of tags, charts, namespaces, displays and sources."""
    proto = run.family == "protobuf"
    id = local.experiment["id"]
    early = any(column.x_axis for column in run.columns())
    hidden = {column.key for column in run.columns() if column.hidden}
    plain = [
        ("tag", made.tags(run, id), local.tags),
        ("chart", made.charts(run, id), local.charts),
        ("source", made.sources(run), local.sources),
    ]
    if not proto:
        plain += [
            ("namespace", made.namespaces(run, id), local.namespaces),
            ("display", made.displays(run), local.displays),
        ]
    ids = {"id", "tag_id", "chart_id", "namespace_id", "create_time", "update_time"}
    for table, mine, theirs in plain:
        if early and table != "source":
            yield Difference("announced early", table, [row["name"] for row in mine], [row["name"] for row in theirs])
            mine = sorted(mine, key=lambda row: row["name"])
            theirs = sorted(theirs, key=lambda row: row["name"])
        assert len(mine) == len(theirs)
        for own, row in zip(mine, theirs, strict=True):
            assert list(own) == list(row)
            for name, value in row.items():
                if name in ids or own[name] == value:
                    continue
                why = "hidden" if table == "chart" and own.get("name") in hidden and own["status"] == -1 else ""
                yield Difference("announced early" if early and not why else why, f"{table}.{name}", own[name], value)
    if proto:
        assert {row["name"] for row in local.namespaces} <= {"default"}
        for own in made.namespaces(run, id):
            assert list(own) == list(local.namespaces[0])
            if own["name"] != "default":
                yield Difference("sections", "namespace.name", own["name"], "default")
        assert [list(row) for row in made.displays(run)] == [list(row) for row in local.displays]
    else:
        names = {row["id"]: row["name"] for row in local.namespaces}
        shown = [names[row["namespace_id"]] for row in local.displays]
        names = {row["id"]: row["name"] for row in made.namespaces(run)}
        assert [names[row["namespace_id"]] for row in made.displays(run)] == shown


def rows(run: RecordedRun, local: Local) -> Iterator[Difference]:
    """Differences of the rows and the summaries of all metrics."""
    proto = run.family == "protobuf"
    folders = {tag["name"]: tag["folder"] for tag in local.tags}
    kinds = {column.key: column.kind for column in run.columns()}
    if not proto:  # those of the system have folders, too
        folders |= {tag["name"]: tag["folder"] for tag in made.system_tags(run)}
    for key, folder in folders.items():
        theirs = local.rows(folder)
        mine = list(run.rows(key))
        assert len(mine) == run.count(key)
        same = mine == theirs
        if proto and not same:
            kept = {row["index"]: row for row in mine}
            for row in list(theirs):
                other = "other type" if (kinds[key] == "line") == isinstance(row["data"], list) else "huge step"
                if row["index"] not in kept and (other == "other type" or row["index"] > 1 << 48):
                    theirs.remove(row)
                    yield Difference(other, f"{key} {row['index']}", None, row)
            for n, row in enumerate(theirs):
                own = kept.get(row["index"])
                if own is not None and own != row and own["create_time"] < row["create_time"]:
                    theirs[n] = own
                    yield Difference("first of a step", f"{key} {row['index']}", own, row)
        if run.status == 0 and mine != theirs:
            yield Difference("killed", key, len(mine), len(theirs))
            theirs = theirs[: len(mine)]
        if mine != theirs:
            yield Difference("", key, mine[:9], theirs[:9])
        elif theirs:
            assert [list(row) for row in mine] == [list(row) for row in theirs]
        summary = local.summary(folder)
        if same and summary is not None and summary != run.summary(key):
            own = run.summary(key)
            count = not proto and {**own, "num": 0} == {**summary, "num": 0} and own["num"] > summary.get("num", 0)
            yield Difference("count" if count else "", f"{key} summary", own, summary)


def console(run: RecordedRun, local: Local) -> Iterator[Difference]:
    """Differences of the console and of the crash's text."""
    mine, theirs = run.console(), local.console()
    if mine != theirs:
        killed = run.status == 0 and [line for _, lines in mine for line in lines] == theirs[0][1][: run.line_count()]
        yield Difference("killed" if killed else "", "console", mine, theirs)
    own, other = run.error_lines(), local.error_lines()
    if own != other:
        moment = own[1:] == other[1:] and own and abs(seconds(own[0]) - seconds(other[0])) < 0.1
        yield Difference("crash a moment apart" if moment else "", "error.log", own, other)


def differences(logdir: Path, scratch: Path) -> Iterator[Difference]:
    """All differences between the two forms of all runs of a logdir that have both."""
    for path in logdir.glob("runs.swanlab*"):
        shutil.copy(path, scratch)
    database = sqlite3.connect(scratch / "runs.swanlab")
    database.row_factory = sqlite3.Row
    try:
        for folder in sorted(logdir.glob("run-*")):
            run = RecordedRun(str(folder))
            assert run.found
            assert not run.damage.damaged
            for compare in (experiment, tables, rows, console):
                yield from compare(run, Local(database, folder))
    finally:
        database.close()


found: set[str] = set()


@pytest.mark.parametrize("logdir", LOGDIRS, ids=lambda path: os.path.relpath(path, OFFLINE.parent))
def test_the_record_file_tells_what_local_mode_recorded(logdir: Path, tmp_path: Path) -> None:
    seen = list(differences(logdir, tmp_path))
    found.update(difference.why for difference in seen)
    assert [difference for difference in seen if difference.why not in DEVIATIONS] == []


def test_every_deviation_of_the_table_occurs(tmp_path: Path) -> None:
    for n, logdir in enumerate(LOGDIRS if not set(DEVIATIONS) <= found else []):
        scratch = tmp_path / str(n)
        scratch.mkdir()
        found.update(difference.why for difference in differences(logdir, scratch))
    assert set(DEVIATIONS) <= found
