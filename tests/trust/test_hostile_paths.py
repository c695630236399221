"""Names and links that lead out of a logdir: nothing outside is opened, no process started, no network touched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.logdirs import Logdir, points
from tests.trust import hostile
from tests.trust.child import bounded

pytestmark = pytest.mark.slow

SECRET = b"SECRET-31337"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A run outside of the logdir, with a secret in each of its files."""
    logdir = Logdir(tmp_path / "elsewhere")
    run = logdir.run(SECRET.decode(), run_id="run-20250101_000000-secret")
    text = SECRET.decode()
    run.metric(
        "loss",
        {"1000.log": b'{"index": 1, "data": "%b", "create_time": "x"}\n' % SECRET},
        summary={"max": text, "min": text},
    )
    run.metric("half", points(1))
    run.console("2025-03-21.log", text + "\n")
    run.console("error.log", text + "\n")
    run.file("config.yaml", f"a: {text}\n")
    run.file("swanlab-metadata.json", f'{{"hostname": "{text}"}}')
    for name in ("backup.swanlab", "run-abc.swanlab"):
        (run.folder / name).write_bytes(SECRET * 100)
    logdir.close()
    return run.folder


def test_nothing_outside_of_a_logdir_is_read(tmp_path: Path, outside: Path) -> None:
    logdir = hostile.escaping(tmp_path / "swanlog", outside)
    ids = [str(row[0]) for row in logdir.db.execute("select id from experiment")]
    logdir.close()
    lines = [["project"]]
    for id in ids:
        lines += [["experiment", id], ["charts", id], ["summary", id], ["logs", id], ["status", id]]
        lines += [["metric", id, name] for name in ("loss", "half", "up", "abs", "dots", "away")]
    script = tmp_path / "lines"
    forms = (["--json"], ["-o", "jsonl"], ["-o", "table"])
    commands = [[*words, *form] for words in lines for form in forms]
    commands += [["project", "-m", "loss", *form] for form in forms[1:]]
    script.write_text("\n".join(json.dumps([*words, "-l", str(logdir.path)]) for words in commands))
    done = bounded(f"@{script}", report=tmp_path / "report", outside=outside.parent)
    assert done.crimes == ""
    assert SECRET not in done.out + done.err.encode()
    assert done.sentence
    assert done.out.count(b'"code":0') > 40


@pytest.mark.parametrize("wal", [False, True])
def test_no_command_on_a_logdir_touches_the_network_or_starts_a_program(tmp_path: Path, wal: bool) -> None:
    logdir = Logdir(tmp_path / "swanlog", wal=wal)
    run = logdir.run()
    run.metric("loss", points(2000))
    run.chart("loss")
    run.console("2025-03-21.log", "hello\n" * 500)
    run.file("config.yaml", "a: 1")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    script = tmp_path / "lines"
    forms = ([], ["--json"], ["-o", "table"])
    lines = [[*words, *form, "-l", str(logdir.path)] for words in hostile.commands() for form in forms]
    lines = [line for line in lines if "--json" not in line or not {"--best", "--sort"} & {*line}]
    script.write_text("\n".join(map(json.dumps, [*lines, ["help", "metric"], ["--help"], ["--version"]])))
    done = bounded(f"@{script}", report=tmp_path / "report", env={"TMPDIR": str(scratch)})
    assert (done.crimes, done.err) == ("", "")
    assert len(done.out) > 50_000
    assert list(scratch.iterdir()) == []
    for words in (["metric", "1", "loss"], ["__complete", "exp", ""]):
        assert bounded(*words, "-l", logdir.path, report=tmp_path / "report").crimes == ""


def test_the_watch_sees_what_it_is_to_see(tmp_path: Path) -> None:
    """The guard itself: a command that asks a dashboard is caught."""
    done = bounded("project", "-u", "http://127.0.0.1:9", "--timeout", "2", report=tmp_path / "report")
    assert "socket.connect" in done.crimes
    done = bounded("demo", tmp_path / "swanlog", report=tmp_path / "report", env={"TMPDIR": "/nowhere"})
    assert "os.mkdir" in done.crimes
