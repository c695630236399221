"""What the real command prints into a pipe: tables as TSV, other formats, excerpts, logs."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess
from pathlib import Path

import pytest

from tests.support.command import ARGV, environment, swancli
from tests.support.logdirs import TIME, Logdir, point, points
from tests.support.waiting import PATIENCE_SECONDS

VALUES = [0.1, 1e-07, 123456789.123456789, 5e-324, 2**70, float("nan"), -0.0, 1e22]


@pytest.fixture
def logdir(tmp_path: Path) -> Logdir:
    """A logdir with one run whose metrics are hard to print."""
    logdir = Logdir(tmp_path / "swanlog")
    run = logdir.run("base\tline")
    run.metric("train/loss", [point(n, value) for n, value in enumerate(VALUES)])
    run.metric("long", points(3456))
    run.metric("text", [point(1, "a\tb\nc"), point(2, ["x.png", "y.png"])], type="text")
    run.chart("train/loss", "train")
    run.console("2025-03-21.log", "one\ntwo\n")
    run.console("2025-03-22.log", "three\nfour\n")
    run.file("config.yaml", "optimizer:\n  value:\n    lr: 0.001\n  desc: ''\n  sort: 0\n")
    return logdir


def cells(out: bytes, dialect: str = "excel-tab") -> list[list[str]]:
    """Rows of TSV or CSV."""
    return list(csv.reader(io.StringIO(out.decode(), newline=""), dialect))


@pytest.mark.parametrize("words", ["project", "experiment 1", "charts 1", "status 1", "summary 1", "metric 1 long"])
def test_pipe_gets_tsv_with_a_header_and_no_colour(logdir: Logdir, words: str) -> None:
    done = swancli(*words.split(), "-l", logdir.path, env={"COLUMNS": "20"})
    assert b"\x1b" not in done.out
    blocks = [cells(block) for block in done.out.split(b"\n\n")]
    assert all(len(block) >= 2 for block in blocks)
    for block in blocks:
        assert {len(row) for row in block if row} == {len(block[0])}
        assert len(block[0]) >= 2


def test_metric_in_a_pipe_is_every_point_in_full_precision(logdir: Logdir) -> None:
    for more, dialect in (([], "excel-tab"), (["-o", "csv"], "excel")):
        rows = cells(swancli("metric", "1", "train/loss", *more, "-l", logdir.path).out, dialect)
        at = rows[0].index("value") if "value" in rows[0] else 1
        found = [row[at] for row in rows[1:]]
        assert found == ["0.1", "1e-07", "123456789.12345679", "5e-324", str(2**70), "NaN", "-0.0", "1e+22"]
        assert len(cells(swancli("metric", "1", "long", *more, "-l", logdir.path).out, dialect)) == 3457


def test_metric_as_json_lines_is_strict_json_in_full_precision(logdir: Logdir) -> None:
    done = swancli("metric", "1", "train/loss", "--jsonl", "-l", logdir.path)
    rows = [json.loads(line, parse_constant=pytest.fail) for line in done.lines]
    assert [row["value"] for row in rows][:5] == VALUES[:5]
    assert rows[5]["value"] == "NaN"
    assert len(swancli("metric", "1", "long", "-o", "jsonl", "-l", logdir.path).lines) == 3456


@pytest.mark.parametrize("format", ["table", "csv", "md", "jsonl"])
@pytest.mark.parametrize(
    "words", ["project", "experiment 1", "charts 1", "status 1", "summary 1", "metric 1 text train/loss"]
)
def test_every_command_prints_every_format(logdir: Logdir, words: str, format: str) -> None:
    done = swancli(*words.split(), "-o", format, "-l", logdir.path)
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith(b"\n")
    if format == "jsonl":
        assert [json.loads(line) for line in done.lines]
    if format == "md":
        assert b"|" in done.out


@pytest.mark.parametrize(
    ("words", "steps"),
    [
        ("--head 3", [1, 2, 3]), ("--tail 2", [3455, 3456]), ("--head 0", []), ("--tail 0", []),
        ("--head 5 --tail 2", [4, 5]), ("--head 3 --tail 0", []), ("--steps 1999:2002", [1999, 2000, 2001, 2002]),
        ("--steps :2", [1, 2]), ("--steps 3455:", [3455, 3456]), ("--steps 9999:", []), ("--steps -5:1", [1]),
        ("--steps 10:20 --tail 1", [20]), ("--steps 10:20 --head 1", [10]), ("--head 99999 --tail 1", [3456]),
    ],
)  # fmt: skip
def test_excerpts_are_the_points_asked_for(logdir: Logdir, words: str, steps: list[int]) -> None:
    done = swancli("metric", "1", "long", *words.split(), "-o", "csv", "-l", logdir.path)
    assert (done.code, done.err) == (0, "")
    rows = cells(done.out, "excel")
    assert [int(row[rows[0].index("step")]) for row in rows[1:]] == steps


def test_logs_in_a_pipe_are_everything_with_the_error_marked_and_last(logdir: Logdir) -> None:
    assert swancli("logs", "1", "-l", logdir.path).out == b"one\ntwo\nthree\nfour\n"
    console = logdir.path / "run-20250321_125800-abc0def/console"
    (console / "error.log").write_text("Traceback\nValueError: boom\n")
    lines = swancli("logs", "1", "-l", logdir.path).lines
    assert lines[:4] == ["one", "two", "three", "four"]
    assert [line for line in lines[4:] if "ValueError: boom" in line]
    assert len(lines) >= 6
    assert lines[-1].endswith("ValueError: boom")


@pytest.mark.parametrize(
    ("count", "lines"), [(0, []), (1, ["four"]), (3, ["two", "three", "four"]), (99, ["one", "two", "three", "four"])]
)
def test_tail_of_logs_counts_lines_over_days(logdir: Logdir, count: int, lines: list[str]) -> None:
    assert swancli("logs", "1", "-n", str(count), "-l", logdir.path).lines == lines


def test_log_line_without_an_end_is_a_line(logdir: Logdir) -> None:
    console = logdir.path / "run-20250321_125800-abc0def/console"
    (console / "2025-03-22.log").write_text("three\nfour")
    assert swancli("logs", "1", "-l", logdir.path).lines[-1] == "four"
    assert swancli("logs", "1", "-n", "1", "-l", logdir.path).lines == ["four"]


def test_terminal_sees_no_control_characters_of_the_data(logdir: Logdir) -> None:
    console = logdir.path / "run-20250321_125800-abc0def/console"
    (console / "2025-03-22.log").write_text("\x1b]0;owned\x07\x1b[2Jgone\x9b31m\n")
    logdir.sql(
        "update experiment set description = '\x1b]0;owned\x07[bold]x[/bold]'", "update project set name = '\x1b[2J'"
    )
    for words in ("project", "experiment 1", "logs 1", "status 1", "charts 1", "project --json"):
        shown = on_terminal(*words.split(), "-l", str(logdir.path))
        assert b"\x1b]0" not in shown
        assert b"\x1b[2J" not in shown
        assert b"\x07" not in shown
        assert b"\xc2\x9b" not in shown
    logdir.sql("update experiment set description = '[b]x[/b]'")
    assert b"[b]x[/b]" in on_terminal("project", "-l", str(logdir.path), "--no-color")


def on_terminal(*words: str) -> bytes:
    """What a command writes to a terminal of 100 columns."""
    keeper, screen = pty.openpty()
    env = environment(COLUMNS="100", LINES="200", PAGER="cat")
    process = subprocess.Popen([*ARGV, *words, "--no-pager"], stdout=screen, stderr=screen, stdin=screen, env=env)
    os.close(screen)
    shown = b""
    try:
        while piece := os.read(keeper, 1 << 16):
            shown += piece
    except OSError:  # nobody writes any more
        pass
    os.close(keeper)
    assert process.wait(timeout=PATIENCE_SECONDS) == 0, shown
    return shown


@pytest.mark.parametrize(
    "words",
    ["project", "experiment 1", "charts 1", "status 1", "summary 1", "metric 1 long", "metric 1 text", "logs 1"],
)
def test_terminal_gets_a_table_that_fits(logdir: Logdir, words: str) -> None:
    shown = on_terminal(*words.split(), "-l", str(logdir.path), "--no-color").decode()
    assert "\x1b" not in shown
    assert "Traceback" not in shown
    assert max(len(line) for line in shown.splitlines()) <= 100


def test_json_on_a_terminal_is_indented_and_the_same_value(logdir: Logdir) -> None:
    plain = swancli("status", "1", "--json", "-l", logdir.path).out
    shown = on_terminal("status", "1", "--json", "--no-color", "-l", str(logdir.path))
    assert json.loads(shown) == json.loads(plain)
    assert shown.count(b"\n") > 20


def test_table_says_that_it_shows_a_sample(logdir: Logdir) -> None:
    assert b"sampled 1499 of 3456" in on_terminal("metric", "1", "long", "--no-color", "-l", str(logdir.path))


def test_root_alone_prints_the_project(logdir: Logdir) -> None:
    assert swancli(cwd=logdir.path.parent).out == swancli("project", cwd=logdir.path.parent).out
    assert TIME[:4] not in swancli("--version").out.decode()


def test_project_shows_the_state_of_every_run(logdir: Logdir) -> None:
    killed = logdir.run("killed", status=0, finish_time=None)
    killed.console("2025-03-21.log", "x")
    killed.age(90_000)
    crashed = logdir.run("crashed", status=-1)
    crashed.console("error.log", "ValueError: x\n")
    logdir.run("stopped", status=-1)
    live = logdir.run("live", status=0, finish_time=None)
    live.console("2025-03-21.log", "x")
    rows = [cells(block) for block in swancli("project", "-l", logdir.path).out.split(b"\n\n")][-1]
    name, state = rows[0].index("name"), rows[0].index("state")
    assert {row[name]: row[state].split(" ")[0] for row in rows[1:]} == {
        "base\tline": "finished", "killed": "stale", "crashed": "crashed", "stopped": "stopped", "live": "running",
    }  # fmt: skip
