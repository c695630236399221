"""Every command on a bucket: what it prints is what it prints of the same logdir on disk."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pexpect
import pytest

import swancli as api
from swancli import demo
from swancli.cli import complete
from swancli.cli.commands import COMMANDS, main
from swancli.source import open_source
from tests.support import arrow
from tests.support.command import ROOT, environment, start, swancli
from tests.support.logdirs import LATER, Logdir, point, points
from tests.support.object_store import ObjectStore
from tests.support.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.objects

LINES = (
    ["project", "--sort", "min(train/loss)", "-m", "train/*"],
    ["project", "--group-by", "config.seed", "--columns", "count,best(min(train/loss))"],
    ["experiment", "1"],
    ["charts", "1"],
    ["metric", "1", "train/loss", "--all", "-o", "csv"],
    ["metric", "1", "train/*", "--tail", "3"],
    ["metric", "1", "train/loss", "-f", "--jsonl", "--until-finished"],
    ["metric", "1", "nothing"],
    ["logs", "1", "--tail", "5"],
    ["logs", "2", "-f"],
    ["status", "latest"],
    ["summary", "1"],
    ["compare", "1", "2"],
    ["check", "1,2", "train/loss < 1.2"],
    ["wait", "1", "--timeout", "30"],
    ["wait", "2", "--jsonl"],
)
# the other tests, test_corpus among them, are about these; demo, completion and help read no logdir
ELSEWHERE = {"report", "top", "sources", "export", "sql", "mcp", "serve", "demo", "completion", "help"}


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample on disk."""
    path = tmp_path_factory.mktemp("sample").resolve() / "swanlog"
    demo.write_demo(str(path))
    return path


@pytest.fixture(scope="module")
def uploaded(running: ObjectStore, disk: Path) -> str:
    return running.upload(disk, "sample/swanlog")


@pytest.fixture
def bucket(s3: ObjectStore, uploaded: str) -> str:
    """The sample in the bucket."""
    return uploaded


def test_every_command_is_tried() -> None:
    assert {words[0] for words in LINES} | ELSEWHERE == {name for name in COMMANDS if name}


@pytest.mark.parametrize("words", LINES, ids=" ".join)
def test_a_command_prints_of_a_bucket_what_it_prints_of_the_disk(
    words: list[str], disk: Path, bucket: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    printed = []
    for place in (str(disk), bucket):
        code = main([*words, "-l", place])
        out, err = (text.replace(place.encode(), b"L") for text in capfdbinary.readouterr())
        if words[0] == "wait" and out:  # how long it was waited for
            out = b" ".join(out.split()[:-1])
            out = out.partition(b'"waited"')[0]
        printed.append((code, out, err))
    assert printed[1] == printed[0]
    assert printed[0][1] or printed[0][0]


def test_a_report_of_a_bucket_is_one_of_the_disk(disk: Path, bucket: str, tmp_path: Path) -> None:
    for name, place in (("one", str(disk)), ("other", bucket)):
        assert main(["report", "1", "2", "-o", str(tmp_path / name), "-l", place]) == 0
    one, other = (
        (tmp_path / name).read_text(encoding="utf-8").replace(place, "L")
        for name, place in (("one", str(disk)), ("other", bucket))
    )
    assert len(other) > 100_000
    assert abs(len(other) - len(one)) < 100  # the time of its making


def test_completion_knows_what_is_in_a_bucket(disk: Path, bucket: str) -> None:
    for kind, words in (("exp", []), ("metric", ["1"]), ("metrics", ["1"]), ("column", [])):
        found = [list(complete.candidates(open_source(logdir=place), kind, "", words)) for place in (str(disk), bucket)]
        assert found[0] == found[1] != []


def test_the_python_api_reads_a_bucket(disk: Path, bucket: str) -> None:
    one, other = (api.open(place)["latest"] for place in (str(disk), bucket))
    assert other.metric("eval/loss").values == one.metric("eval/loss").values
    assert other.config == one.config


def test_buckets_and_folders_are_sources_beside_each_other(
    disk: Path, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "swancli").mkdir()
    (tmp_path / "swancli" / "config.toml").write_text(
        f'[sources.far]\nlogdir = "{bucket}"\ntimeout = 20\n[sources.near]\nlogdir = "{disk}"\n'
    )
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert main(["-s", "all", "project", "--columns", "source,id,state"]) == 0
    lines = capfd.readouterr().out.splitlines()[1:]
    assert [line.replace("far", "near") for line in lines[:3]] == lines[3:]
    assert main(["-s", "all", "status", "far:2"]) == 0
    assert main(["-s", "all", "sources"]) == 0
    assert f"far\t{bucket}\ttrue" in capfd.readouterr().out
    monkeypatch.setenv("SWANLAB_LOG_DIR", bucket)
    assert main(["status", "1"]) == 0


@pytest.mark.parametrize(("words", "shown"), [(["top"], "Qwen2.5"), (["summary", "1", "-w", "0.2"], "train/loss")])
def test_live_views_show_a_bucket(words: list[str], shown: str, bucket: str) -> None:
    command = [sys.executable, "-m", "swancli", *words, "-l", bucket]
    with pexpect.spawn(
        command[0], command[1:], env=environment(TERM="xterm-256color"), dimensions=(30, 120), encoding="utf-8"
    ) as child:
        child.expect(shown, timeout=PATIENCE_SECONDS)
        child.send("q" if words[0] == "top" else "\x03")
        child.expect(pexpect.EOF, timeout=PATIENCE_SECONDS)


def test_what_is_not_there_yet_is_waited_for_and_followed(s3: ObjectStore, tmp_path: Path) -> None:
    place = "s3://runs/later/swanlog"
    words = (
        ["wait", "1"],
        ["metric", "1", "loss", "-f", "--jsonl", "--until-finished"],
        ["logs", "1", "-f"],
    )
    processes = [start(*line, "-i", "0.1", "-l", place) for line in words]
    for process in processes:
        assert process.stderr is not None
        assert process.stderr.readline().decode() == f"swancli: note: waiting for a logdir at {place}\n"
    logdir = Logdir(tmp_path / "swanlog")
    run = logdir.run(status=0, finish_time=None)
    path = run.metric("loss", points(2))
    run.console("2025-03-21.log", "one\nha")
    s3.upload(logdir.path, "later/swanlog")
    _, metric, logs = processes
    assert metric.stdout is not None
    assert logs.stdout is not None
    assert metric.stdout.readline().startswith(b'{"step":1,')
    assert metric.stdout.readline().startswith(b'{"step":2,')
    assert logs.stdout.readline() == b"one\n"
    with open(path / "1000.log", "ab") as file:
        file.write(point(3, 0.5) + b"\n")
    (path / "2000.log").write_bytes(point(1001, 0.25) + b"\n")
    run.console("2025-03-21.log", "one\nhalf\n")
    run.console("2025-03-22.log", "next day\n")
    s3.upload(logdir.path, "later/swanlog")
    assert metric.stdout.readline().startswith(b'{"step":3,"value":0.5,')
    assert metric.stdout.readline().startswith(b'{"step":1001,"value":0.25,')
    assert [logs.stdout.readline(), logs.stdout.readline()] == [b"half\n", b"next day\n"]
    logdir.sql(f"update experiment set status = 1, finish_time = '{LATER}'")
    s3.upload(logdir.close(), "later/swanlog")
    for process in processes:
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
        assert (process.returncode, err) == (0, b"")
        assert process is not processes[0] or b"finished" in out


def test_ctrl_c_does_not_wait_for_a_server_that_hangs(s3: ObjectStore) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        process = start("project", "-l", "s3://lab/swanlog", env={"AWS_ENDPOINT_URL": url})
        connection, _ = silent.accept()
        time.sleep(0.1)  # the request is sent, and its answer waited for
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)  # without it, 30 seconds
        connection.close()
    assert (process.returncode, out, err) == (130, b"", b"")


@pytest.mark.arrow
def test_an_export_and_a_query_read_a_bucket(disk: Path, bucket: str, tmp_path: Path) -> None:
    def run(*words: str | Path) -> Any:
        done = arrow.run("-m", "swancli", *words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    for place in (str(disk), bucket):
        folder = tmp_path / ("far" if place is bucket else "near")
        run("export", "-o", folder, "--format", "jsonl", "-l", place)
    names = sorted(path.name for path in (tmp_path / "near").iterdir() if path.suffix == ".jsonl")
    assert "points.jsonl" in names
    for name in names:
        assert (tmp_path / "far" / name).read_bytes() == (tmp_path / "near" / name).read_bytes(), name
    query = "select run_id, count(*), min(value) from points group by 1 order by 1"
    assert run("sql", query, "-l", bucket) == run("sql", query, "-l", disk)


@pytest.mark.arrow
def test_an_agent_is_told_of_a_bucket_what_it_is_told_of_the_disk(disk: Path, bucket: str) -> None:
    import json

    calls = [
        ("list_runs", {}),
        ("get_run", {"run": "latest"}),
        ("get_metric", {"run": 1, "metric": "train/loss", "max_points": 4}),
        ("get_logs", {"run": 1, "tail": 1}),
        ("wait_for_run", {"run": 1}),
    ]
    results = []
    for place in (str(disk), bucket):
        given = json.dumps({"words": ["-l", place], "calls": calls, "mode": "auto"})
        done = arrow.run("-m", "tests.arrow.mcp_client", cwd=ROOT, input=given)
        assert done.returncode == 0, done.stderr
        results.append(json.loads(done.stdout)["results"])
    assert results[0] == results[1]


def test_the_sample_is_written_to_a_folder_only(tmp_path: Path, s3: ObjectStore) -> None:
    done = swancli("demo", cwd=tmp_path)
    assert done.code == 0
    assert os.listdir(tmp_path) == ["swanlog"]
