"""Nothing outside a logdir is ever read, whatever its names and links say."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from swancli.endpoints import ROUTES
from swancli.logdir.paths import is_below, is_file, is_name, open_below, read_below
from tests.support.logdirs import Logdir, answer, details, point

SECRET = "the-secret-of-another"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A whole run outside the logdir, every file of it telling a secret."""
    run = Logdir(tmp_path / "outside").run(run_id="run-20250321_125800-victim")
    run.metric("loss", [point(1, SECRET)], summary={"max": SECRET})
    run.console("2025-03-21.log", SECRET)
    run.console("error.log", SECRET)
    run.file("config.yaml", f"a: {SECRET}")
    run.file("swanlab-metadata.json", json.dumps({"a": SECRET}))
    return run.folder


def everything(path: Path, metric: str = "loss") -> str:
    """All that a logdir's first experiment answers, as text."""
    found = []
    for route in ROUTES:
        more = {} if route == "project" else {"experiment": 1}
        if route == "metric":
            more["metric"] = metric  # type: ignore[assignment]
        found.append(answer(path, route, **more)[1].decode())
    for route in ("project", "status", "experiment", "charts", "summary"):
        found.append(str(details(path, route, **({} if route == "project" else {"experiment": 1}))))
    return "\n".join(found)


def test_the_secret_is_told_where_it_may_be(outside: Path) -> None:
    assert everything(outside.parent).count(SECRET) > 6


@pytest.mark.parametrize("kind", ["parent", "absolute", "dot", "dots", "nul", "link", "chain", "empty"])
def test_run_id_never_leads_out(tmp_path: Path, outside: Path, kind: str) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    logdir.run().metric("loss", [])
    (logdir.path / "x").symlink_to(outside)
    (logdir.path / "y").symlink_to("x")
    run_id = {
        "parent": f"../outside/{outside.name}", "absolute": str(outside), "dot": ".", "dots": "..",
        "nul": "\0", "link": "x", "chain": "y", "empty": "",
    }[kind]  # fmt: skip
    logdir.db.execute("update experiment set run_id = ?", [run_id])
    assert SECRET not in everything(logdir.path)


@pytest.mark.parametrize("kind", ["parent", "absolute", "dots", "nul", "link", "encoded"])
def test_folder_of_a_metric_never_leads_out(tmp_path: Path, outside: Path, kind: str) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    run = logdir.run()
    run.metric("loss", [])
    target = outside / "logs/loss"
    (run.folder / "logs/x").symlink_to(target)
    folder = {
        "parent": f"../../../outside/{outside.name}/logs/loss", "absolute": str(target), "dots": "..", "nul": "\0",
        "link": "x", "encoded": "..%2f..",
    }[kind]  # fmt: skip
    logdir.db.execute("update tag set folder = ?", [folder])
    assert SECRET not in everything(logdir.path)
    status, _, _ = answer(logdir, "metric", experiment=1, metric="loss")
    assert status == 404


@pytest.mark.parametrize(
    "place",
    ["logs", "console", "files", "logs/loss", "logs/loss/1000.log", "logs/loss/_summary.json", "files/config.yaml",
     "files/swanlab-metadata.json", "console/2025-03-21.log", "console/error.log"],
)  # fmt: skip
@pytest.mark.parametrize("chain", [False, True])
def test_symlink_anywhere_in_a_run_never_leads_out(tmp_path: Path, outside: Path, place: str, chain: bool) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    run = logdir.run()
    run.metric("loss", [])
    path = run.folder / place
    if path.is_dir():
        for child in path.iterdir():
            child.rmdir() if child.is_dir() else child.unlink()
        path.rmdir()
    path.unlink(missing_ok=True)
    if chain:
        (logdir.path / "hop").symlink_to(outside / place)
    path.symlink_to(logdir.path / "hop" if chain else outside / place)
    assert SECRET not in everything(logdir.path)


def test_symlink_inside_the_logdir_is_followed(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path)
    run = logdir.run()
    folder = run.metric("loss", [point(1, 1)])
    (folder / "1000.log").rename(logdir.path / "moved.log")
    (folder / "1000.log").symlink_to(logdir.path / "moved.log")
    assert json.loads(answer(logdir, "metric", experiment=1, metric="loss")[1])["data"]["sum"] == 1


@pytest.mark.parametrize("make", ["fifo", "folder", "dangling"])
@pytest.mark.parametrize(
    "place",
    ["logs/loss/1000.log", "logs/loss/_summary.json", "files/config.yaml", "files/swanlab-metadata.json",
     "console/2025-03-21.log", "console/error.log", "logs", "console", "files"],
)  # fmt: skip
def test_odd_things_in_the_place_of_files_are_neither_waited_for_nor_an_accident(
    tmp_path: Path, place: str, make: str
) -> None:
    logdir = Logdir(tmp_path)
    run = logdir.run()
    path = run.folder / place
    if "/" in place:
        run.metric("loss", [])
    else:
        path.rmdir()
    if make == "fifo":
        os.mkfifo(path)
    elif make == "folder":
        path.mkdir()
    else:
        path.symlink_to("nowhere")
    if "/" not in place:
        logdir.insert("tag", experiment_id=1, name="loss", folder="loss", type="line", system=0, sort=0,
                      create_time="", update_time="")  # fmt: skip
    assert '"code":0' in everything(logdir.path)


@pytest.mark.parametrize(
    ("name", "plain"),
    [("a", True), ("..a", True), ("a b", True), ("", False), (".", False), ("..", False), ("a/b", False),
     ("/a", False), ("a\0", False), (None, False), (1, False)],
)  # fmt: skip
def test_plain_names(name: object, plain: bool) -> None:
    assert is_name(name) is plain


def test_sibling_with_the_same_beginning_is_not_below(tmp_path: Path) -> None:
    (tmp_path / "logs-old").mkdir()
    assert not is_below(str(tmp_path / "logs"), str(tmp_path / "logs-old"))
    assert is_below("/", str(tmp_path))


def test_regular_files_and_links_to_them_inside_are_files(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "a").write_text("a")
    (tmp_path / "b").write_text("b")
    (root / "in").symlink_to("a")
    (root / "out").symlink_to("../b")
    os.mkfifo(root / "pipe")
    found = {name: is_file(str(root), str(root / name)) for name in ("a", "in", "out", "pipe", "none", "x\0")}
    assert found == {"a": True, "in": True, "out": False, "pipe": False, "none": False, "x\0": False}


def test_reading_stops_at_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 100)
    assert read_below(str(tmp_path), str(path), 100) == b"x" * 100
    with pytest.raises(OSError, match="the limit is 99"):
        read_below(str(tmp_path), str(path), 99)


def test_descriptor_is_of_the_file_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    fd = open_below(str(tmp_path), str(tmp_path / "a"))
    assert os.read(fd, 9) == b"x"
    os.close(fd)
