"""Logdirs made to attack."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from tests.support.logdirs import TIME, Logdir, Run, point, points

# What a terminal would obey, or a reader be misled by.
TEXTS = {
    "link": "\x1b]8;;file:///etc/passwd\x1b\\click\x1b]8;;\x1b\\",
    "clipboard": "\x1b]52;c;cm0gLXJmIH4=\x07",
    "title": "\x1b]0;OWNED\x07\x1b]2;OWNED\x1b\\\x1bkOWNED\x1b\\",
    "cursor": "\x1b[2J\x1b[H\x1b[10;10Howned\x1b[A\x1b[999D\x1b7\x1b8\x1b[s\x1b[u",
    "screen": "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?6h\x1b[2;5r\x1b[4h\x1b[20h",
    "mouse": "\x1b[?1000h\x1b[?1003h\x1b[?1006h",
    "paste": "\x1b[?2004h\x1b[200~rm -rf ~\n\x1b[201~",
    "reset": "\x1bc\x1b#8\x1b(0\x1b)0\x0e",
    "answerback": "\x1b[6n\x1b[c\x1b[>c\x1b]10;?\x07\x1b[21t\x05",
    "strings": '\x1bP$q"p\x1b\\\x1b_G;x\x1b\\\x1b^x\x1b\\\x1bX x\x1b\\',
    "eight bits": "\x9b2J\x9d0;OWNED\x9c\x90x\x9c\x84\x85\x8d",
    "over": "\b\b\b\b\rsafe\x7f\x0b\x0c\x07",
    "colour": "\x1b[31;8mhidden\x1b[7",
    "markup": "[bold red]x[/] [link=file:///etc/passwd]y[/link] [/nothing] :smile: \\[z]",
    "bidi": "\u202egnp.exe\u2066\u2067\u2068\u202a\u202b\u202d\u200f\u200e\u061c",
    "lines": "one\ntwo\r\nthree\u2028four\u2029five\x1e\x85six",
    "nul": "a\0b\0",
    "unseen": "\ufeff\u200b\u00ad\ufff9\U000e0041",
    "heap": "e" + "\u0301" * 500 + "👩‍👩‍👧‍👦" * 50 + "漢" * 100,
    "tab": "\t\ta\tb",
    "formula": "=cmd|'/C calc'!A0",
    "shell": "$(touch /tmp/owned)`id`;'\"",
}
LONG = "n" * 1_000_000


def texts(path: Path) -> Logdir:
    """A logdir whose every text attacks: names, descriptions, kinds, times, config, metadata, console, values."""
    logdir = Logdir(path)
    everything = " ".join(TEXTS.values())
    logdir.db.execute("update project set name = ?, description = ?, version = ?, create_time = ?", [everything] * 4)
    run = _attacking(logdir, everything)
    for name, text in TEXTS.items():
        run.metric(text, points(3), folder=f"f {name}", type=text[:10], description=text)
        run.chart(text, namespace=text, type=text, reference=text, description=text)
    run.metric("values", [json.dumps({"index": n, "data": text, "create_time": text, "more": text}).encode()
                          for n, text in enumerate(TEXTS.values())])  # fmt: skip
    run.chart("values", error=json.dumps({"data_class": everything, "excepted": everything}))
    run.metric("ends", points(3), summary=dict.fromkeys(("min", "max", "min_step", "max_step", "num"), everything))
    run.metric("raw", {"1000.log": b"\x1b]0;OWNED\x07\n\xff\xfe\x00\n" + point(1, 2) + b"\n"})
    run.metric("surrogate", {"1000.log": b'{"index": 1, "data": "\\ud800\\udfff \\ud83d", "create_time": "\\udc00"}\n'})
    _attacking(logdir, TEXTS["lines"]).metric("loss", points(2))
    return logdir


def _attacking(logdir: Logdir, text: str) -> Run:
    """A run with `text` wherever there is text."""
    run = logdir.run(text, description=text, light=text, dark=text, more=text, version=text, create_time=text,
                     update_time=text, finish_time=text, status=-1)  # fmt: skip
    run.console("2025-03-21.log", "\n".join(TEXTS.values()) + "\n" + text)
    run.console("error.log", text)
    config = {text: {"value": text, "desc": text, "sort": 0}, "plain": text, "list": [text, {text: [text]}]}
    run.file("config.yaml", json.dumps(config))
    words = (
        "swanlab",
        "logdir",
        "hostname",
        "pid",
        "python",
        "os",
        "git",
        "command",
        "memory",
        "cpu",
        "gpu",
        "requirements",
    )
    run.file(
        "swanlab-metadata.json", json.dumps(dict.fromkeys(words, text) | {text: {text: [text]}, "gpu": {text: [text]}})
    )
    return run


def long_names(path: Path) -> Logdir:
    """A logdir in which names are a megabyte long."""
    logdir = Logdir(path)
    logdir.db.execute("update project set name = ?", [LONG])
    run = logdir.run(LONG, description=LONG)
    run.metric(LONG, points(3), folder="f")
    run.metric("odd", points(3), folder="g")
    run.chart("odd", namespace=LONG, error=LONG)
    logdir.db.execute(
        "insert into tag select 99, 1, ?, ?, type, '', 0, 9, '', '', '' from tag limit 1", [LONG + "x", LONG]
    )
    run.console("2025-03-21.log", LONG + "\n" + LONG + "\n")
    run.console("error.log", LONG)
    run.file("config.yaml", f"{LONG}: {{value: {LONG}, desc: {LONG}, sort: 1}}\n")
    run.file("swanlab-metadata.json", json.dumps({"hostname": LONG, "swanlab": {"version": LONG}}))
    (path / run.folder / "logs/f/2000.log").write_bytes(point(1001, LONG) + b"\n")
    return logdir


def escaping(path: Path, outside: Path) -> Logdir:
    """A logdir whose every name and link leads to `outside`, which is a logdir's run with a secret in each file."""
    logdir = Logdir(path)
    away = os.path.relpath(outside, path)
    for run_id in (away, str(outside), "../../../../../../../../etc", "/etc", "..", "", ".", "a/../..", "\0"):
        logdir.insert(
            "experiment", project_id=1, run_id=run_id, name=run_id, description="", sort=0, status=0, show=1, light="",
            dark="", pinned_opened=1, hidden_opened=0, more="", version="0.7.20", create_time=TIME, finish_time=None,
            update_time=TIME,
        )  # fmt: skip
    (path / "run-20250101_000000-aaaaaaaa").symlink_to(outside)
    logdir.sql("update experiment set run_id = 'run-20250101_000000-aaaaaaaa' where run_id = ''")
    run = logdir.run("links")
    for folder in ("logs", "files", "console"):
        os.rmdir(run.folder / folder)
        (run.folder / folder).symlink_to(outside / folder)
    for file in ("backup.swanlab", "run-abc.swanlab"):
        (run.folder / file).symlink_to(outside / file)
    run = logdir.run("deep links")
    for place in ("console/2025-03-21.log", "console/error.log", "files/config.yaml", "files/swanlab-metadata.json"):
        (run.folder / place).symlink_to(outside / place)
    (run.folder / "logs/loss").symlink_to(outside / "logs/loss")
    (run.folder / "logs/half").mkdir()
    for name in ("1000.log", "_summary.json"):
        (run.folder / "logs/half" / name).symlink_to(
            os.path.relpath(outside / "logs/loss" / name, run.folder / "logs/half")
        )
    for id in range(1, run.id + 1):
        for name, folder in (("loss", "loss"), ("half", "half"), ("up", "../../../../../../etc"), ("abs", str(outside)),
                             ("dots", ".."), ("away", f"../../{away}/logs/loss")):  # fmt: skip
            logdir.insert("tag", experiment_id=id, name=name, folder=folder, type="line", description="", system=0,
                          sort=0, more="", create_time=TIME, update_time=TIME)  # fmt: skip
    return logdir


def with_config(path: Path, text: str | bytes) -> Logdir:
    """A logdir with one run whose config this is, and a metric that is sound."""
    logdir = Logdir(path)
    run = logdir.run()
    run.metric("loss", points(3))
    run.console("2025-03-21.log", "hello\n")
    run.file("config.yaml", text)
    return logdir


def commands(metric: str = "loss") -> list[list[str]]:
    """Every command on experiment 1."""
    lines: list[Any] = [
        "project", "project -m loss --best min", "experiment 1", "charts 1", "charts 1 --system", ["metric", "1", metric],
        "metric 1 *", "logs 1", "logs 1 -n 3", "status 1", "summary 1", "summary 1 --sort value",
    ]  # fmt: skip
    return [line.split() if isinstance(line, str) else line for line in lines]


FORMATS = ([], ["--json"], ["-o", "csv"], ["-o", "jsonl"], ["-o", "md"], ["-o", "table"])


def _laughs(levels: int = 60, width: int = 9) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n in range(1, levels)]
    return "\n".join(lines)


def _merges(levels: int = 40, width: int = 9) -> str:
    lines = ["a0: &a0 {k: v, l: w}"]
    lines += [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * width)}]}}" for n in range(1, levels)]
    return "\n".join(lines)


SAME_HASH = (1 << 61) - 1  # every multiple of it has the hash 0
CONFIGS = {
    "object": "a: !!python/object/apply:os.system ['touch /tmp/owned']",
    "new object": "a: !!python/object/new:subprocess.Popen [['touch', '/tmp/owned']]",
    "module": "a: !!python/module:antigravity ''\nb: !!python/name:os.system ''",
    "billion laughs": _laughs(),
    "merge keys": _merges(),
    "itself": "a: &a [*a, *a]\nb: &b {k: *b}",
    "deep lists": "a: " + "[" * 200_000,
    "deep closed lists": "a: " + "[" * 100_000 + "]" * 100_000,
    "deep maps": "{a: " * 100_000,
    "deep blocks": "".join("- " for _ in range(20_000)) + "x",
    "deep indents": "".join(" " * n + "a:\n" for n in range(1500)),
    "huge integer": "a: " + "9" * 1_000_000,
    "huge hexadecimal": "a: 0x" + "f" * 1_000_000,
    "huge binary": "a: 0b" + "1" * 1_000_000,
    "huge octal": "a: 0" + "7" * 1_000_000,
    "sexagesimal": "a: " + ":".join(["1"] * 300_000),
    "sexagesimal float": "a: " + ":".join(["1"] * 300_000) + ".5",
    "underscores": "a: 1" + "_" * 1_000_000,
    "keys of one hash": "\n".join(f"? {n * SAME_HASH}\n: 1" for n in range(1, 30_000)),
    "float keys of one hash": "\n".join(f"? {n}.0e+280\n: 1" for n in range(1, 10_000)),
    "anchors": "\n".join(f"k{n}: &a{n} 1" for n in range(100_000)),
    "tags": "a: !" + "t" * 1_000_000 + " x",
    "tag handles": "\n".join(f"%TAG !h{n}! tag:x,2000:" for n in range(20_000)) + "\n--- a",
    "comments": "#" * 60_000_000,
    "flat list": "a: [" + "1," * 5_000_000 + "]",
    "long keys": "? " + "k" * 2_000_000 + "\n: v",
    "large sets": "a: !!set {" + ", ".join(map(str, range(100_000))) + "}",
    "omap": "a: !!omap [" + ", ".join(f"{n}: {n}" for n in range(50_000)) + "]",
    "utf-16": "a: [1, 2]".encode("utf-16"),
    "no text": bytes(range(256)) * 100,
    "documents": "---\na: 1\n" * 10_000,
    "timestamp": "a: 9999-99-99 99:99:99.9 +99:99",
    "cyclic key": "? &a [*a]\n: 1",
}
DEEP = b"[" * 100_000
DOCUMENTS = {  # JSON in the place of metadata, of a summary, of a value
    "deep lists": DEEP + b"]" * 100_000,
    "deep open lists": DEEP,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "nearly too deep": b"[" * 950 + b"NaN" + b"]" * 950,
    "not quite too deep": b"[" * 300 + b'{"a":' * 300 + b"NaN" + b"}" * 300 + b"]" * 300,
    "huge integer": b"9" * 1_000_000,
    "long integer": b"-" + b"9" * 4299,
    "huge float": b"1" + b"0" * 1_000_000 + b".5e-999999999",
    "huge exponent": b"1e999999999999999999999",
    "many brackets": b"[" + b"[]," * 200_000 + b"1]",
    "long text": b'"' + b"\\u202e" * 300_000 + b'"',
    "same keys": b"{" + b'"a":1,' * 500_000 + b'"a":2}',
    "lone surrogate": b'"\\ud800"',
    "not finite": b'[NaN, Infinity, -Infinity, {"NaN": NaN}]',
    "keys": b'{"\\u001b[2J":1,"":2,"\\u0000":3,"__class__":4}',
}


ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n)"
TABLES = ("project", "experiment", "tag", "chart", "namespace", "source", "display")


def _views(logdir: Logdir) -> None:
    for table in TABLES:
        columns = [row[1] for row in logdir.db.execute(f"pragma table_info({table})")]
        logdir.sql(
            f"drop table {table}",
            f"create view {table} as {ENDLESS} select {', '.join('i as ' + c for c in columns)} from n",
        )


def _one_view(logdir: Logdir) -> None:
    logdir.sql(
        "alter table tag rename to real", f"create view tag as {ENDLESS} select real.* from real, n where n.i < 0"
    )


def _triggers(logdir: Logdir) -> None:
    for table in TABLES:
        for event in ("insert", "update", "delete"):
            logdir.sql(
                f"create trigger t_{table}_{event} after {event} on {table} begin select load_extension('x'); end"
            )


def _computed(logdir: Logdir) -> None:
    for column in ("bomb", "text"):
        size = "zeroblob(900000000)" if column == "bomb" else "replace(hex(zeroblob(30000000)), '0', 'xxxxxxxxxx')"
        logdir.sql(f"alter table tag add column {column} generated always as ({size}) virtual")


def _virtual(logdir: Logdir) -> None:
    logdir.sql("drop table namespace", "create virtual table namespace using fts5(id, experiment_id, name, sort)")


def _rows(logdir: Logdir) -> None:
    logdir.sql(
        f"{ENDLESS} insert into tag select i + 9, 1, 'm' || i, 'm', 'line', '', 0, i, '', '', '' from n limit 10000000"
    )


def _large_cells(logdir: Logdir) -> None:
    logdir.sql(
        "pragma page_size = 512",
        "update experiment set description = hex(zeroblob(20000000)), more = zeroblob(60000000)",
    )
    logdir.sql("update tag set description = zeroblob(90000000)")


def _many_tables(logdir: Logdir) -> None:
    logdir.sql("begin", *(f"create table t{n} (a, b, c)" for n in range(3_000)), "commit")


def _wide(logdir: Logdir) -> None:
    logdir.sql("drop table chart", f"create table chart (id, experiment_id, {', '.join(f'c{n}' for n in range(1900))})")
    logdir.sql(f"{ENDLESS} insert into chart (id, experiment_id) select i, 1 from n limit 2000")


def _loop(logdir: Logdir) -> None:
    """A tree of the table `tag` in which all children of a page are one page: rows without end in a small file."""
    logdir.sql(
        f"{ENDLESS} insert into tag select i + 9, 2, 'm' || i, 'm', 'line', hex(zeroblob(90)), 0, i, '', '', '' from n limit 60000"
    )
    root, size = logdir.db.execute("select rootpage from sqlite_master where name = 'tag'").fetchone()[0], 4096
    path = logdir.path / "runs.swanlab"
    data = bytearray(path.read_bytes())

    def children(page: int) -> list[int]:
        at = (page - 1) * size
        count = int.from_bytes(data[at + 3 : at + 5], "big")
        return [at + int.from_bytes(data[at + 12 + 2 * n : at + 14 + 2 * n], "big") for n in range(count)] + [at + 8]

    def page_of(at: int) -> int:
        return int.from_bytes(data[at : at + 4], "big")

    inner = [page_of(at) for at in children(root)]
    assert len(inner) > 5
    assert all(data[(page - 1) * size] == 5 for page in inner)
    for page, below in zip([root, *inner], [*inner, page_of(children(inner[-1])[0])], strict=True):
        for at in children(page):
            data[at : at + 4] = below.to_bytes(4, "big")
    path.write_bytes(data)


def _huge_record(logdir: Logdir) -> None:
    """A chain of overflow pages that leads back to its first, and a cell that claims to be as long as the file."""
    logdir.sql("update experiment set description = hex(zeroblob(4000))")
    path = logdir.path / "runs.swanlab"
    data = bytearray(path.read_bytes())
    at = data.index(b"0" * 3000) // 4096 * 4096
    data[at : at + 4] = (at // 4096 + 1).to_bytes(4, "big")
    path.write_bytes(data)
    os.truncate(path, 1 << 31)


DATABASES = {
    "views": _views, "one view": _one_view, "triggers": _triggers, "computed columns": _computed, "virtual table": _virtual,
    "ten million rows": _rows, "large cells": _large_cells, "many tables": _many_tables, "wide rows": _wide, "loop": _loop,
    "looping overflow": _huge_record,
}  # fmt: skip
