"""Every recorded logdir, read from a bucket: the same bytes as from the disk, in-process, by command and by `serve`."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from swancli.cli.commands import main
from swancli.endpoints import ROUTES
from swancli.source import open_source
from tests.support.command import start
from tests.support.corpus_cases import CORPUS, answers, cases
from tests.support.object_store import ObjectStore

pytestmark = pytest.mark.objects

COMMANDS = (
    ["project", "-o", "json"],
    ["project", "-o", "tsv"],
    ["status", "1"],
    ["summary", "1"],
    ["experiment", "1"],
    ["logs", "1"],
    ["charts", "1"],
    ["metric", "1", "*", "-o", "csv"],
)


class Places:
    """Where the cases lie: below a folder, and below a prefix of the bucket, which has no empty folders."""

    def __init__(self, folder: Path, s3: ObjectStore) -> None:
        self._folder, self._s3 = folder, s3
        self._uploaded: dict[str, str] = {}

    def of(self, case: str) -> tuple[str, str]:
        """A case's logdir on disk and in the bucket."""
        path = self._folder / case / "swanlog"
        if case not in self._uploaded:
            shutil.copytree(CORPUS / case / "logdir", path, copy_function=shutil.copy)
            self._uploaded[case] = self._s3.upload(path, f"corpus/{case}/swanlog")
            for name, seconds in self._s3.times(f"corpus/{case}/swanlog").items():
                os.utime(path / name, (seconds, seconds))
        return str(path), self._uploaded[case]


@pytest.fixture(scope="module")
def places(running: ObjectStore, tmp_path_factory: pytest.TempPathFactory) -> Places:
    """The cases, each uploaded when it is first asked for."""
    return Places(tmp_path_factory.mktemp("places").resolve(), running)


@pytest.mark.parametrize("case", cases())
def test_answers_and_tables_from_a_bucket_are_those_from_the_disk(
    case: str,
    places: Places,
    s3: ObjectStore,
    capfdbinary: pytest.CaptureFixture[bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    disk, bucket = places.of(case)
    for answer in answers(case):
        if answer.route is None:
            continue
        word, parameters = answer.route
        one, other = open_source(logdir=disk), open_source(logdir=bucket)
        try:
            found, expected = (source.get(ROUTES[word], **parameters) for source in (other, one))
            body = expected.read().replace(os.fsencode(disk), bucket.encode())
            assert (found.status, found.read()) == (expected.status, body), answer.path
        finally:
            one.close()
            other.close()

    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)  # a run that goes on has lasted as long in both

    def printed(words: list[str], place: str) -> tuple[int, bytes, bytes]:
        code = main([*words, "-l", place])
        out, err = capfdbinary.readouterr()
        return code, out.replace(place.encode(), b"L"), err.replace(place.encode(), b"L")

    for words in COMMANDS:
        assert printed(words, bucket) == printed(words, disk), words


@pytest.fixture(scope="module")
def served(places: Places, running: ObjectStore) -> Iterator[tuple[str, str]]:
    """The URLs of two servers of all cases, each below its name: those on the disk, and those in the bucket."""
    urls, processes = [], []
    for logdirs in zip(*map(places.of, cases()), strict=True):
        words = [word for logdir in logdirs for word in ("-l", logdir)]
        process = start("serve", *words, "--port", "0", "--quiet", env=running.environment)
        processes.append(process)
        assert process.stderr is not None
        line = process.stderr.readline().decode()
        while "http://" not in line:
            assert line, "the server has ended"
            line = process.stderr.readline().decode()
        urls.append("http://" + line.partition("http://")[2].split()[0].rstrip("/.,"))
    yield urls[0], urls[1]
    for process in processes:
        process.terminate()
        process.communicate()


@pytest.mark.parametrize("case", cases())
def test_a_server_of_buckets_answers_as_one_of_the_disk(case: str, places: Places, served: tuple[str, str]) -> None:
    disk, bucket = places.of(case)
    with httpx.Client(timeout=60, trust_env=False) as client:
        for answer in answers(case):
            one, other = (client.get(f"{url}/{case}{answer.path}") for url in served)
            assert other.status_code == one.status_code, answer.path
            assert other.content == one.content.replace(os.fsencode(disk), bucket.encode()), answer.path
