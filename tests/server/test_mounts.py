"""`serve` with several sources: each below its name, the details of all at the root."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from swancli.demo import write_demo
from swancli.endpoints import ROUTES
from swancli.several import Several
from swancli.source import LocalSource
from tests.support.command import swancli
from tests.support.logdirs import Logdir, points
from tests.support.stub_server import Serving, serving


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("mounts")
    write_demo(str(made / "a"))
    other = Logdir(made / "b")
    other.run("other").metric("loss", points(3))
    other.close()
    return made


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Serving]:
    with serving(Several((name, LocalSource(str(folder / name))) for name in ("a", "b"))) as made:
        yield made


def test_endpoints_of_each_source_stand_below_its_name(folder: Path, server: Serving) -> None:
    with serving(LocalSource(str(folder / "a"))) as alone:
        for route in ROUTES.values():
            path = route.path.format(experiment=1, metric="train/loss")
            status, body, headers = server.ask(f"/a{path}")
            assert (status, body) == alone.ask(path)[:2]
            assert server.ask(f"/a{path}", headers={"if-none-match": headers["etag"]})[0] == 304
    assert json.loads(server.ask("/b/api/v1/experiment/1")[1])["data"]["name"] == "other"


def test_root_answers_the_details_of_all_and_no_endpoint(server: Serving) -> None:
    status, body, _ = server.ask("/api/v1/project")
    assert status == 404
    assert json.loads(body)["message"] == "this server has several sources, below /a, /b"
    for path in ("/c/api/v1/project", "/a", "/ab/api/v1/project", "//api/v1/project"):
        assert server.ask(path)[0] == 404
    assert server.ask("/healthz")[0] == 200
    assert b"/a/api/v1/project" in server.ask("/")[1]
    found = json.loads(server.ask("/swancli/v1/project")[1])["details"]["experiments"]
    assert [row["source"] for row in found] == ["a", "a", "a", "b"]
    found = json.loads(server.ask("/swancli/v1/experiments/b:1")[1])["details"]
    assert found["name"] == "other"


def test_client_reads_all_of_them_or_one(server: Serving) -> None:
    done = swancli("project", "-u", server.url, "-o", "jsonl")
    assert [json.loads(line)["source"] for line in done.lines] == ["a", "a", "a", "b"]
    assert swancli("summary", "b:latest", "-u", server.url).lines[1].startswith("loss\t")
    assert swancli("summary", "latest", "-u", f"{server.url}/b").lines[1].startswith("loss\t")
    assert swancli("metric", "b:1", "loss", "-u", server.url, "-o", "csv").code == 0
    done = swancli("summary", "1", "-u", server.url)
    assert (done.code, "1 matches 2 experiments" in done.err) == (2, True)
