"""Small logdirs as SwanLab writes them, made by a test that says only what it is about.

    logdir = Logdir(tmp_path / "swanlog")
    run = logdir.run("base")
    run.metric("loss", points(3))
    run.console("2025-03-21.log", "hello\\n")

Rows are committed at once. `sql` changes what no method of these does.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from swancli.endpoints import ROUTES

TIME = "2025-03-21T04:58:06.387383+00:00"
LATER = "2025-03-21T05:08:06.387383+00:00"
VERSION = "0.7.20"
SCHEMA = """
create table project (id integer not null primary key, name varchar(100) not null, description varchar(255),
    sum integer, charts integer not null, pinned_opened integer not null, hidden_opened integer not null,
    more varchar(255), version varchar(30) not null, create_time varchar(30) not null,
    update_time varchar(30) not null);
create table experiment (id integer not null primary key, project_id integer not null, run_id text not null,
    name varchar(100) not null, description varchar(255), sort integer not null, status integer not null,
    show integer not null, light varchar(20), dark varchar(20), pinned_opened integer not null,
    hidden_opened integer not null, more text, version varchar(30) not null, create_time varchar(30) not null,
    finish_time varchar(30), update_time varchar(30) not null);
create table chart (id integer not null primary key, experiment_id integer, project_id integer,
    name varchar(100) not null, description varchar(255), system integer not null, type varchar(10) not null,
    reference varchar(10) not null, status integer not null, sort integer, config text, more text,
    create_time varchar(30) not null, update_time varchar(30) not null);
create table namespace (id integer not null primary key, experiment_id integer, project_id integer,
    name varchar(100) not null, description varchar(255), sort integer not null, opened integer not null, more text,
    create_time varchar(30) not null, update_time varchar(30) not null);
create table display (id integer not null primary key, chart_id integer not null, namespace_id integer not null,
    sort integer not null, more text, create_time varchar(30) not null, update_time varchar(30) not null);
create table tag (id integer not null primary key, experiment_id integer not null, name varchar(255) not null,
    folder varchar(255), type varchar(10) not null, description varchar(100), system integer not null,
    sort integer not null, more text, create_time varchar(30) not null, update_time varchar(30) not null);
create table source (id integer not null primary key, tag_id integer not null, chart_id integer not null,
    sort integer not null, error text, more text, create_time varchar(30) not null, update_time varchar(30) not null);
"""


def point(step: Any, value: Any, **more: Any) -> bytes:
    """One line of a slice, without its newline, as SwanLab spells it."""
    return json.dumps({"index": step, "data": value, **({"create_time": TIME} | more)}).encode()


def points(count: int, first: int = 1) -> list[bytes]:
    """Lines of a made-up curve: steps from `first` on."""
    return [point(step, ((step * 7919) % 1000) / 8) for step in range(first, first + count)]


class Logdir:
    """A logdir that is being written; `path` is its folder, `db` its open database."""

    def __init__(self, path: Path, project: bool = True, wal: bool = False) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self.path = path.resolve()
        # the garbage collector may close it in any thread
        self.db = sqlite3.connect(self.path / "runs.swanlab", isolation_level=None, check_same_thread=False)
        if wal:
            self.db.execute("pragma journal_mode = wal")
            self.db.execute("pragma wal_autocheckpoint = 0")
        else:
            self.db.execute("pragma synchronous = off")
        self.db.executescript(SCHEMA)
        if project:
            self.insert(
                "project", name="llm", description="", sum=0, charts=1, pinned_opened=1, hidden_opened=0, more="",
                version=VERSION, create_time=TIME, update_time=TIME,
            )  # fmt: skip

    def sql(self, *statements: str) -> Logdir:
        """Change the database."""
        for statement in statements:
            self.db.execute(statement)
        return self

    def insert(self, table: str, **row: Any) -> int:
        """Add a row; gives its id."""
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        found = self.db.execute(f"insert into {table} ({names}) values ({marks})", list(row.values())).lastrowid
        assert found is not None
        return found

    def run(self, name: str = "base", run_id: str | None = None, **row: Any) -> Run:
        """Add an experiment with its folder; finished unless `status` says another thing."""
        count = self.db.execute("select count(*) from experiment").fetchone()[0]
        run_id = run_id or f"run-20250321_1258{count:02}-abc{count}def"
        given = {
            "project_id": 1, "run_id": run_id, "name": name, "description": "", "sort": count, "status": 1, "show": 1,
            "light": "#528d59", "dark": "#528d59", "pinned_opened": 1, "hidden_opened": 0, "more": "",
            "version": VERSION, "create_time": TIME, "finish_time": LATER, "update_time": LATER, **row,
        }  # fmt: skip
        id = self.insert("experiment", **given)
        self.sql("update project set sum = sum + 1")
        return Run(self, id, self.path / run_id)

    def close(self) -> Path:
        """Let go of the database; gives the logdir's folder."""
        self.db.close()
        return self.path

    def __del__(self) -> None:
        self.db.close()


class Run:
    """A run that is being written."""

    def __init__(self, logdir: Logdir, id: int, folder: Path) -> None:
        self.logdir, self.id, self.folder = logdir, id, folder
        for name in ("logs", "files", "console"):
            (folder / name).mkdir(parents=True)

    def metric(
        self,
        name: str,
        lines: Iterable[bytes] | dict[str, bytes] = (),
        folder: str | None = None,
        summary: dict[str, Any] | str | None = None,
        **row: Any,
    ) -> Path:
        """Add a metric and its slices: a thousand lines a file, or file names with their content."""
        count = self.logdir.db.execute("select count(*) from tag where experiment_id = ?", [self.id]).fetchone()[0]
        folder = quote(name, safe="") if folder is None else folder
        self.logdir.insert(
            "tag",
            **{
                "experiment_id": self.id, "name": name, "folder": folder, "type": "line", "description": "",
                "system": 0, "sort": count, "more": None, "create_time": TIME, "update_time": TIME, **row,
            },
        )  # fmt: skip
        path = self.folder / "logs" / folder
        path.mkdir(parents=True, exist_ok=True)
        if not isinstance(lines, dict):
            held = list(lines)
            lines = {
                f"{start + 1000}.log": b"".join(line + b"\n" for line in held[start : start + 1000])
                for start in range(0, len(held), 1000)
            }
        for file, content in lines.items():
            (path / file).write_bytes(content)
        if summary is not None:
            text = summary if isinstance(summary, str) else json.dumps(summary)
            (path / "_summary.json").write_text(text)
        return path

    def chart(self, metric: str, namespace: str = "default", error: str = "", **row: Any) -> int:
        """Add a chart of a metric, and its namespace if that is new; gives the chart's id."""
        db, times = self.logdir.db, {"create_time": TIME, "update_time": TIME}
        tag = db.execute("select id from tag where experiment_id = ? and name = ?", [self.id, metric]).fetchone()[0]
        given: dict[str, Any] = {
            "experiment_id": self.id, "name": metric, "system": 0, "type": "line", "reference": "step", "status": 0,
            **times, **row,
        }  # fmt: skip
        chart = self.logdir.insert("chart", **given)
        self.logdir.insert("source", tag_id=tag, chart_id=chart, sort=0, error=error, more="", **times)
        found = db.execute(
            "select id from namespace where experiment_id = ? and name = ?", [self.id, namespace]
        ).fetchone()
        shown = found[0] if found else self.logdir.insert(
            "namespace", experiment_id=self.id, name=namespace, sort=0, opened=1, **times
        )  # fmt: skip
        self.logdir.insert("display", chart_id=chart, namespace_id=shown, sort=0, more="", **times)
        return chart

    def console(self, name: str, text: str | bytes) -> Path:
        """Write a console file."""
        return self._write("console", name, text)

    def file(self, name: str, text: str | bytes) -> Path:
        """Write a side file: config.yaml or swanlab-metadata.json."""
        return self._write("files", name, text)

    def _write(self, folder: str, name: str, text: str | bytes) -> Path:
        path = self.folder / folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def age(self, seconds: float) -> None:
        """Make every file of the run look as if it was written that long ago."""
        when = time.time() - seconds
        for path in sorted(self.folder.rglob("*"), reverse=True):
            os.utime(path, (when, when), follow_symlinks=False)


def success(data: str) -> bytes:
    """The body of an answer, given its data as JSON text."""
    return b'{"code":0,"message":"success","data":' + data.encode() + b"}"


def failure(code: int, message: str) -> bytes:
    """The body of an error."""
    return f'{{"code":{code},"message":"{message}"}}'.encode()


def answer(logdir: Path | Logdir, route: str, **parameters: Any) -> tuple[int, bytes, list[str]]:
    """Status, body and warnings of one answer."""
    from swancli.source import LocalSource

    source = LocalSource(str(logdir.path if isinstance(logdir, Logdir) else logdir))
    try:
        reply = source.get(ROUTES[route], **parameters)
        return reply.status, reply.read(), list(source.notes)
    finally:
        source.close()


def details(logdir: Path | Logdir, route: str, **parameters: Any) -> dict[str, Any]:
    """What a table would show; lazily read points and lines are read."""
    from swancli.source import LocalSource

    source = LocalSource(str(logdir.path if isinstance(logdir, Logdir) else logdir))
    try:
        found = source.details(ROUTES[route], **parameters)
        for key in ("points", "lines"):
            if key in found:
                found[key] = list(found[key])
        return found
    finally:
        source.close()
