"""Every recorded logdir, read from a bucket: the same bytes as from the disk, in-process, by command and by `serve`."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import httpx
import pytest

from swancli.endpoints import ROUTES
from swancli.source import open_source
from tests.support.command import start, swancli
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
)


@pytest.fixture
def places(request: pytest.FixtureRequest, s3: ObjectStore, tmp_path: Path) -> tuple[str, str]:
    """A case's logdir on disk and in the bucket; a bucket has no empty folders."""
    folder = tmp_path / "swanlog"
    shutil.copytree(CORPUS / request.param / "logdir", folder, copy_function=shutil.copy)
    return str(folder.resolve()), s3.upload(folder, f"corpus/{request.param}/swanlog")


@pytest.mark.parametrize("places", cases(), indirect=True, ids=str)
def test_answers_from_a_bucket_are_those_from_the_disk(places: tuple[str, str], request: pytest.FixtureRequest) -> None:
    disk, bucket = places
    case = request.node.callspec.params["places"]
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


@pytest.mark.parametrize("places", cases()[::3], indirect=True, ids=str)
def test_commands_print_of_a_bucket_what_they_print_of_the_disk(places: tuple[str, str]) -> None:
    disk, bucket = places
    for words in COMMANDS:
        one, other = (swancli(*words, "-l", place) for place in (disk, bucket))
        assert other.out.replace(bucket.encode(), b"L") == one.out.replace(os.fsencode(disk), b"L"), words
        assert (other.code, other.err.replace(bucket, "L")) == (one.code, one.err.replace(disk, "L")), words


@pytest.mark.parametrize("places", ["plain-0.8.0", "open-0.10.3", "dmg-db-missing"], indirect=True, ids=str)
def test_a_server_of_a_bucket_answers_as_one_of_the_disk(
    places: tuple[str, str], request: pytest.FixtureRequest
) -> None:
    disk, bucket = places
    served = []
    for place in places:
        process = start("serve", "-l", place, "--port", "0")
        assert process.stderr is not None
        line = process.stderr.readline().decode()
        while "http://" not in line:
            line = process.stderr.readline().decode()
        served.append((process, "http://" + line.partition("http://")[2].split()[0].rstrip("/.,")))
    try:
        for answer in answers(request.node.callspec.params["places"]):
            one, other = (httpx.get(url + answer.path, timeout=30) for _, url in served)
            assert other.status_code == one.status_code, answer.path
            assert other.content == one.content.replace(os.fsencode(disk), bucket.encode()), answer.path
    finally:
        for process, _ in served:
            process.terminate()
            process.communicate()
