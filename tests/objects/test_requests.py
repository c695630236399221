"""How many requests are made for what: no more than what is asked for needs, however large the logdir is."""

from __future__ import annotations

import os
import shutil
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from swancli import demo
from swancli.endpoints import PROJECT
from swancli.logdir.file_state import COARSE_TICK_NS
from swancli.source import open_source
from tests.support.command import ROOT, swancli
from tests.support.logdirs import Logdir, points
from tests.support.object_store import ObjectStore

pytestmark = pytest.mark.objects

OFFLINE = ROOT / "tests/corpus_offline/0.10.3-offline/mixed/run-20261123_142030-f4ozu1dv"


def runs_of(path: Path, runs: int, metrics: int) -> Path:
    """A logdir with so many runs that have so many metrics."""
    logdir = Logdir(path)
    for n in range(runs):
        run = logdir.run(f"run {n}", f"run-20250321_{n:06}-abc{n}")
        run.file("config.yaml", f"lr:\n  value: {n}\n  desc: ''\n  sort: 0\n")
        run.metric("loss", points(1500))
        for m in range(1, metrics):
            run.metric(f"m{m}", points(2))
    return logdir.close()


@pytest.fixture(scope="module")
def uploaded(running: ObjectStore, tmp_path_factory: pytest.TempPathFactory) -> str:
    return running.upload(runs_of(tmp_path_factory.mktemp("large") / "swanlog", 100, 12), "large/swanlog")


@pytest.fixture
def large(s3: ObjectStore, uploaded: str) -> str:
    """A logdir of 100 runs with 12 metrics each."""
    return uploaded


def test_the_status_of_one_run_of_many_takes_few_requests(s3: ObjectStore, large: str) -> None:
    with s3.counted() as requests:
        done = swancli("status", "1", "--json", "-l", large)
    assert done.code == 0
    assert len(requests) <= 6


def test_the_end_of_a_metric_of_one_run_of_many_takes_few_requests(s3: ObjectStore, large: str) -> None:
    with s3.counted() as requests:
        done = swancli("metric", "1", "loss", "--tail", "5", "-o", "tsv", "-l", large)
    assert done.code == 0, done.err
    assert len(done.lines) == 6
    assert len(requests) <= 6


def test_a_table_of_100_runs_takes_few_requests_for_each(s3: ObjectStore, large: str) -> None:
    with s3.counted() as requests:
        done = swancli("project", "-o", "tsv", "-l", large)
    assert done.code == 0
    assert len(done.lines) == 101
    assert len(requests) <= 2 * 100 + 20  # and the logdir itself


@pytest.fixture(scope="module")
def recorded(running: ObjectStore, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A logdir of 100 offline runs, and so many media that it isn't listed with one request."""
    logdir = tmp_path_factory.mktemp("recorded") / "swanlog"
    for n in range(100):
        run = logdir / f"run-20261123_14{n // 60:02}{n % 60:02}-f4oz{n:04}"
        shutil.copytree(OFFLINE, run)
        (run / "run-f4ozu1dv.swanlab").rename(run / f"run-f4oz{n:04}.swanlab")
        (run / "media").mkdir()
        for file in range(9):
            (run / "media" / f"{file}.png").write_bytes(b"")
    url = running.upload(logdir, "recorded/swanlog")
    time.sleep(COARSE_TICK_NS / 1e9 + 1)  # before that, the cache does not rely on times in whole seconds
    return url


def test_a_table_of_100_offline_runs_takes_few_requests_for_each(
    s3: ObjectStore, recorded: str, tmp_path: Path
) -> None:
    cache = {"SWANCLI_CACHE": str(tmp_path / "cache")}
    for env, limit in (({}, 3 * 100 + 20), (cache, 3 * 100 + 20), (cache, 20)):
        with s3.counted() as requests:
            done = swancli("project", "-o", "tsv", "-l", recorded, env=env)
        assert len(done.lines) == 101, done.err
        assert len(requests) <= limit


def test_of_other_offline_runs_only_the_record_file_is_read(s3: ObjectStore, recorded: str) -> None:
    """Their starts say which is the first."""
    with s3.counted() as requests:
        done = swancli("status", "1", "--json", "-l", recorded)
    assert done.code == 0, done.err
    assert len(requests) <= 100 + 20


def test_record_files_are_scanned_side_by_side_and_never_in_a_fork(
    s3: ObjectStore, recorded: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The threads that make the requests would not be in the other process."""
    from swancli.logdir import forks
    from swancli.logdir.records import in_processes
    from swancli.logdir.records.run import RecordedRun

    threads = set()
    real = RecordedRun.learn

    def learn(self: RecordedRun) -> None:
        threads.add(threading.get_ident())
        real(self)

    monkeypatch.setattr(RecordedRun, "learn", learn)
    monkeypatch.setattr(in_processes, "MIN_BYTES", 1)
    monkeypatch.setattr(forks, "_may_fork", lambda: True)
    monkeypatch.setattr(os, "fork", None)
    source = open_source(logdir=recorded)
    assert len(source.details(PROJECT)["experiments"]) == 100
    source.close()
    assert len(threads) > 1


def test_a_large_database_is_fetched_in_parts(s3: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each request has the time limit for itself."""
    from swancli.objects import kept

    demo.write_demo(str(tmp_path / "swanlog"))
    place = s3.upload(tmp_path / "swanlog", "parts/swanlog")
    monkeypatch.setattr(kept, "PIECE_BYTES", 10_000)
    size = (tmp_path / "swanlog" / "runs.swanlab").stat().st_size
    with s3.counted() as requests:
        source = open_source(logdir=place)
        assert len(source.experiments()) == 3
        source.close()
    assert sum("runs.swanlab" in request for request in requests) == -(-size // 10_000)


def test_what_is_asked_of_many_runs_is_asked_side_by_side(large: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from swancli.objects.bucket import Bucket

    under_way, most = 0, 0
    real = Bucket.get

    def get(self: Bucket, *arguments: Any) -> bytes:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        time.sleep(0.005)
        try:
            return real(self, *arguments)
        finally:
            under_way -= 1

    monkeypatch.setattr(Bucket, "get", get)
    source = open_source(logdir=large)
    source.details(PROJECT)
    source.close()
    assert most >= 4


def test_a_database_is_fetched_once_for_each_version_of_it(s3: ObjectStore, tmp_path: Path) -> None:
    demo.write_demo(str(tmp_path / "swanlog"))
    place = s3.upload(tmp_path / "swanlog", "kept/swanlog")
    cache = tmp_path / "cache"
    for is_new in (True, False):
        with s3.counted() as requests:
            assert swancli("status", "1", "-l", place, env={"SWANCLI_CACHE": str(cache)}).code == 0
        assert any("runs.swanlab" in request for request in requests) == is_new
    assert (cache / "objects").stat().st_mode & 0o777 == 0o700
    assert [path.stat().st_mode & 0o777 for path in (cache / "objects").iterdir()] == [0o600]


def test_without_a_cache_nothing_is_left_behind(s3: ObjectStore, tmp_path: Path) -> None:
    demo.write_demo(str(tmp_path / "swanlog"))
    place = s3.upload(tmp_path / "swanlog", "off/swanlog")
    (tmp_path / "tmp").mkdir()
    assert swancli("status", "1", "-l", place, env={"TMPDIR": str(tmp_path / "tmp")}).code == 0
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_follower_sees_what_is_added(s3: ObjectStore, tmp_path: Path) -> None:
    folder = runs_of(tmp_path / "swanlog", 1, 1)
    place = s3.upload(folder, "grows/swanlog")
    source = open_source(logdir=place)
    poll = source.follow_points(1, "loss")
    first = poll()
    assert first
    assert poll() == []
    slice_ = next(folder.glob("run-*/logs/loss/2000.log"))
    with open(slice_, "a", encoding="utf-8") as file:
        file.write('{"index": 7777, "data": 0.5, "create_time": "2024-01-01T00:00:00+00:00"}\n')
    s3.upload(folder, "grows/swanlog")
    assert [point[0] for point in poll()] == [7777]
    source.close()
