"""`serve` keeps answers while their files are as they were: what changes without looking like it, too."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from swancli.logdir.fingerprint import Fingerprint
from swancli.server.app import App
from swancli.source import LocalSource
from tests.server.test_app import OLD, Got, age, ask
from tests.support.logdirs import Logdir, point

SETTLED_SECONDS = 30.0  # within which a file system's clock moves on


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A logdir with one run, written long ago; its metric has one value, 0.5."""
    logdir = Logdir(tmp_path / "swanlog")
    run = logdir.run("base", run_id="run")
    run.metric("loss", [point(1, 0.5)])
    run.file("config.yaml", "lr: 1")
    run.console("2025-03-21.log", "hello\n")
    folder = logdir.close()
    age(folder)
    return folder


@pytest.fixture
def app(root: Path) -> Iterator[App]:
    made = App(lambda: LocalSource(str(root)))
    yield made
    made.close()


def settled(root: Path) -> None:
    """Wait until what was written is no longer so fresh that answers are not kept."""
    deadline = time.monotonic() + SETTLED_SECONDS
    while True:
        found = Fingerprint()
        for path in [root, *root.rglob("*")]:
            found.add(str(path))
            found.add_link(str(path))
        if not found.fresh():
            return
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_kept(app: App, path: str) -> Got:
    """An answer that the server keeps: the second time it comes from the cache."""
    got = ask(app, path)
    assert ask(app, path).body == got.body
    assert path in app._cache._held
    return got


LOSS = "/api/v1/experiment/1/tag/loss"


def test_a_rewrite_in_place_with_the_old_size_and_time_shows(root: Path, app: App) -> None:
    settled(root)
    before = is_kept(app, LOSS)
    path = root / "run" / "logs" / "loss" / "1000.log"
    with path.open("r+b") as file:
        text = file.read()
        file.seek(0)
        file.write(re.sub(rb'"data": 0\.5', b'"data": 0.7', text))
    os.utime(path, (OLD, OLD))
    after = ask(app, LOSS)
    assert json.loads(after.body)["data"]["list"][0]["data"] == 0.7
    assert ask(app, LOSS, if_none_match=before.headers["etag"]).status == 200


@pytest.mark.parametrize(
    ("entry", "path", "shows"),
    [
        ("run", "/api/v1/project", '"config":{"lr":1}'),
        ("run", "/api/v1/experiment/1", '"config":{"lr":1}'),
        ("run", "/api/v1/experiment/1/summary", '"value":0.5'),
        ("run", "/api/v1/experiment/1/recent_log", "hello"),
        ("run", LOSS, '"data":0.5'),
        ("run/files", "/api/v1/project", '"config":{"lr":1}'),
        ("run/files", "/api/v1/experiment/1", '"config":{"lr":1}'),
        ("run/console", "/api/v1/experiment/1/recent_log", "hello"),
        ("run/logs", "/api/v1/experiment/1/summary", '"value":0.5'),
        ("run/logs", LOSS, '"data":0.5'),
        ("run/logs/loss", "/api/v1/experiment/1/summary", '"value":0.5'),
        ("run/logs/loss", LOSS, '"data":0.5'),
    ],
)
@pytest.mark.parametrize("restore_times", [False, True])
def test_a_folder_in_place_of_a_symlink_out_of_the_logdir_shows(
    entry: str, path: str, shows: str, restore_times: bool, root: Path, tmp_path: Path, app: App
) -> None:
    real = tmp_path / "outside"
    (root / entry).rename(real)
    (root / entry).symlink_to(real)
    age_all(root)
    settled(root)
    assert shows not in is_kept(app, path).body.decode()
    (root / entry).unlink()
    real.rename(root / entry)
    if restore_times:
        age_all(root)
    assert shows in ask(app, path).body.decode()


def age_all(folder: Path) -> None:
    """Set the times of everything to one that is long past, of symlinks too."""
    for path in [folder, *folder.rglob("*")]:
        os.utime(path, (OLD, OLD), follow_symlinks=False)
