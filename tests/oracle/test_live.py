"""Ask swanboard 0.1.10b2 and us the same, on a logdir that SwanLab 0.10.3 just wrote and on the sample."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from swancli.demo import write_demo
from swancli.endpoints import ROUTES, SUMMARY
from swancli.source import open_source
from tests.oracle.swanboard import Swanboard, path_of, write_runs
from tests.support.corpus_cases import fingerprint

pytestmark = pytest.mark.oracle


class Pair(NamedTuple):
    """A logdir, and swanboard on it."""

    logdir: Path
    board: Swanboard


@pytest.fixture(scope="module", params=["fresh", "sample"])
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Swanboard running on a logdir that SwanLab wrote just now, then on the sample."""
    folder = tmp_path_factory.mktemp("oracle")
    if request.param == "fresh":
        logdir = write_runs(folder)
    else:
        logdir = folder.resolve() / "swanlog"
        write_demo(str(logdir))
    with Swanboard(logdir) as board:
        yield Pair(logdir, board)


def everything(pair: Pair) -> list[tuple[str, dict[str, object]]]:
    """Every endpoint of every experiment, and every metric that its charts name."""
    asked: list[tuple[str, dict[str, object]]] = [("project", {})]
    project = json.loads(pair.board.get("/api/v1/project")[1])["data"]
    for id in [experiment["id"] for experiment in project["experiments"]]:
        asked += [(word, {"experiment": id}) for word in ROUTES if word not in ("project", "metric")]
        charts = json.loads(pair.board.get(f"/api/v1/experiment/{id}/chart")[1])["data"]["charts"]
        asked += [("metric", {"experiment": id, "metric": name}) for chart in charts for name in chart["source"]]
    return asked


def test_every_answer_is_swanboards_byte_for_byte(pair: Pair) -> None:
    asked = everything(pair)
    assert {word for word, _ in asked} == set(ROUTES)
    assert len(asked) >= 20
    source = open_source(logdir=str(pair.logdir))
    for word, parameters in asked:
        status, body = pair.board.get(path_of(word, parameters))
        reply = source.get(ROUTES[word], **parameters)
        assert (reply.status, reply.read()) == (status, body), path_of(word, parameters)
    source.close()


def command(pair: Pair, *source: str) -> None:
    """Run the command for some of everything and compare its output with swanboard's bytes."""
    asked = everything(pair)[:10]
    wanted = [pair.board.get(path_of(word, parameters))[1] for word, parameters in asked]
    before = fingerprint(pair.logdir) if "-l" in source else {}
    for (word, parameters), body in zip(asked, wanted, strict=True):
        argv = [
            sys.executable,
            "-m",
            "swancli",
            word,
            "--json",
            *source,
            "--",
            *map(str, parameters.values()),
        ]
        done = subprocess.run(argv, capture_output=True, timeout=60)
        assert (done.returncode, done.stdout) == (0, body + b"\n"), (argv, done.stderr)
    assert before == (fingerprint(pair.logdir) if "-l" in source else {})


def test_command_prints_swanboards_bytes(pair: Pair) -> None:
    command(pair, "-l", str(pair.logdir))


def test_command_reads_the_running_dashboard(pair: Pair) -> None:
    command(pair, "-u", f"http://127.0.0.1:{pair.board.port}")


def test_swanboard_reads_a_logdir_after_us_as_before(pair: Pair, tmp_path: Path) -> None:
    copy = tmp_path / "swanlog"
    shutil.copytree(pair.logdir, copy, symlinks=True)
    source = open_source(logdir=str(copy))
    ours = source.get(SUMMARY, experiment=1).read()
    source.close()
    with Swanboard(copy) as board:
        assert board.get("/api/v1/experiment/1/summary") == (200, ours)
