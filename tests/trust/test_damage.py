"""Damage, systematically: every file of a logdir cut at each of its bytes, each of its bytes flipped, and other things in
its place. Whatever it is: a whole answer or an error of one line, and what is undamaged is answered as before."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from swancli.endpoints import ROUTES
from swancli.errors import SwancliError
from swancli.logdir import disk, paths
from swancli.source import LocalSource
from tests.support.logdirs import Logdir, point
from tests.support.record_files import run_folder, small_json, small_proto
from tests.trust.child import bounded

pytestmark = pytest.mark.slow

EVERY = bool(os.environ.get("EVERY_BYTE"))  # takes long: not some of the bytes where a file is large, but all
RUN = "run-20250321_125800-abc0def"
FILES = {  # every kind of file, and the routes that an accident to it may touch
    "runs.swanlab": set(ROUTES),
    "runs.swanlab-wal": set(ROUTES),
    f"{RUN}/logs/loss/1000.log": {"metric", "summary"},
    f"{RUN}/logs/loss/_summary.json": {"metric"},
    f"{RUN}/files/config.yaml": {"experiment", "project"},
    f"{RUN}/files/swanlab-metadata.json": {"experiment"},
    f"{RUN}/console/2025-03-21.log": {"logs"},
    f"{RUN}/console/error.log": {"logs"},
    f"{RUN}/backup.swanlab": set(),
}
RECORDS = {"json": small_json, "protobuf": small_proto}
ASKED: dict[str, dict[str, Any]] = {route: {"experiment": 1} for route in ROUTES} | {
    "project": {}, "metric": {"experiment": 1, "metric": "loss"},
}  # fmt: skip
CODES = {200: {0}, 404: {3404}, 500: {3500}}


def small(path: Path, wal: bool = False) -> Path:
    """A logdir that has one small file of every kind."""
    logdir = Logdir(path, wal=wal)
    if not wal:
        logdir.sql("pragma page_size = 512", "vacuum")
    run = logdir.run(status=-1)
    run.metric(
        "loss", [point(1, 0.5), point(2, "NaN"), point(3, 7)], summary={"max": 7, "min": 0.5, "num": 3, "max_step": 3}
    )
    run.metric("other", [point(1, 1.5)])
    run.chart("loss")
    run.console("2025-03-21.log", "one\ntwo 中\n")
    run.console("error.log", "Traceback\nKeyError: 'x'\n")
    run.file("config.yaml", "lr: {desc: '', sort: 0, value: 0.1}\nn: [1, a]\n")
    run.file("swanlab-metadata.json", '{"hostname": "h", "memory": 1}')
    (run.folder / "backup.swanlab").write_bytes(small_json())
    if wal:  # keep the WAL, which closing would fold in
        shutil.copytree(path, path.with_name("kept"))
        logdir.close()
        shutil.rmtree(path)
        path.with_name("kept").rename(path)
        (path / "runs.swanlab-shm").unlink()
        return path
    return logdir.close()


def asked(path: Path) -> dict[str, tuple[int, Any]]:
    """Status and data of every endpoint, and that tables have details or say why not."""
    found: dict[str, tuple[int, Any]] = {}
    source = LocalSource(str(path))
    try:
        for route in ROUTES:
            parameters = {} if route == "project" else {"experiment": 1}
            for metric in ("loss", "other") if route == "metric" else ("",):
                more = {**parameters, **({"metric": metric} if metric else {})}
                reply = source.get(ROUTES[route], **more)
                body = json.loads(reply.read())
                assert body["code"] in CODES[reply.status], (route, body)
                found[f"{route} {metric}".strip()] = reply.status, body.get("data")
                try:
                    details = source.details(ROUTES[route], **more)
                    for key in ("points", "lines"):
                        list(details.get(key, ()))
                except SwancliError:
                    pass  # told in a sentence, as the reply above is
        assert all(len(note) < 2000 for note in source.notes)
    finally:
        source.close()
    return found


def untouched(before: dict[str, tuple[int, Any]], after: dict[str, tuple[int, Any]], touched: set[str]) -> None:
    """Whether everything is answered as before but what depends on the damaged file."""
    for name, answer in before.items():
        if name.split()[0] not in touched or (name == "metric other" and touched != set(ROUTES)):
            assert after[name] == answer, name


Harm = Callable[[bytes, Iterable[int]], Iterator[bytes]]


def cut(data: bytes, places: Iterable[int]) -> Iterator[bytes]:
    """The beginnings of a file up to these places."""
    yield from (data[:size] for size in places)


def flipped(data: bytes, places: Iterable[int]) -> Iterator[bytes]:
    """A file with the byte at each of these places changed, in turn."""
    for at in places:
        yield data[:at] + bytes([data[at] ^ (0xFF if at % 3 else 1 << at % 8)]) + data[at + 1 :]


def places(data: bytes, count: int, first: int = 0) -> list[int]:
    """The `first` places of a file and about `count` others, evenly spread; all with EVERY_BYTE."""
    step = 1 if EVERY else max((len(data) - first) // count, 1)
    return [*range(min(first, len(data))), *range(first, len(data), step)]


@pytest.mark.parametrize("harm", [cut, flipped])
@pytest.mark.parametrize("file", [file for file in FILES if not file.startswith("runs.")])
def test_every_byte_of_every_file_of_a_run(tmp_path: Path, file: str, harm: Harm) -> None:
    path = small(tmp_path / "swanlog")
    before = asked(path)
    assert all(status == 200 for status, _ in before.values())
    data = (path / file).read_bytes()
    for damaged in harm(data, places(data, 400)):
        (path / file).write_bytes(damaged)
        untouched(before, asked(path), FILES[file])


@pytest.mark.parametrize("harm", [cut, flipped])
@pytest.mark.parametrize("wal", [False, True])
def test_bytes_of_the_database_and_its_wal(tmp_path: Path, wal: bool, harm: Harm) -> None:
    """Every byte of the header and of the first pages, then one in so many."""
    path = small(tmp_path / "swanlog", wal)
    assert all(status == 200 for status, _ in asked(path).values())
    file = path / ("runs.swanlab-wal" if wal else "runs.swanlab")
    data = file.read_bytes()
    for damaged in harm(data, places(data, 80, first=80)):
        file.write_bytes(damaged)
        asked(path)


@pytest.mark.parametrize("family", RECORDS)
@pytest.mark.parametrize("harm", [cut, flipped])
def test_bytes_of_a_record_file_that_is_all_there_is(tmp_path: Path, family: str, harm: Harm) -> None:
    data = RECORDS[family]()
    folder = run_folder(tmp_path, data)
    file = folder / "run-abc.swanlab"
    for damaged in harm(data, places(data, 100)):
        file.write_bytes(damaged)
        asked(folder.parent)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _null(path: Path) -> None:
    path.symlink_to("/dev/null")


def _circle(path: Path) -> None:
    path.symlink_to(path.name)


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)


def _sparse_tail(path: Path) -> None:
    with path.open("ab") as file:
        file.truncate(1 << 36)


def _node(path: Path) -> None:
    os.mknod(path, 0o20666, os.makedev(1, 5)) if os.geteuid() == 0 else _device(path)  # /dev/zero itself


THINGS: dict[str, Callable[[Path], Any]] = {
    "folder": Path.mkdir, "fifo": os.mkfifo, "dangling link": lambda path: path.symlink_to("nowhere"), "circle": _circle,
    "device": _device, "null": _null, "device node": _node, "utf-16": lambda path: path.write_text("a: 1\n" * 9, "utf-16"),
    "latin-1": lambda path: path.write_bytes("é: ü\n".encode("latin-1") * 9), "empty": Path.touch,
    "zeros": lambda path: path.write_bytes(bytes(5000)), "missing": lambda path: None,
    "socket": lambda path: __import__("socket").socket(1).bind(os.path.relpath(path)),
}  # fmt: skip


@pytest.mark.parametrize("thing", THINGS)
@pytest.mark.parametrize("file", FILES)
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_something_else_in_the_place_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, thing: str
) -> None:
    path = small(tmp_path / "swanlog", file.endswith("-wal"))
    before = asked(path)
    (path / file).unlink()
    monkeypatch.chdir((path / file).parent)
    THINGS[thing](path / file)
    untouched(before, asked(path), FILES[file])


@pytest.mark.parametrize("kind", [_sparse, _sparse_tail])
@pytest.mark.parametrize("file", [*FILES, f"{RUN}/run-abc.swanlab"])
def test_huge_file_with_nothing_in_it_costs_little(tmp_path: Path, file: str, kind: Callable[[Path], None]) -> None:
    path = small(tmp_path / "swanlog")
    before = asked(path)
    if kind is _sparse:
        (path / file).unlink(missing_ok=True)
    kind(path / file)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    for words in (
        "project",
        "experiment 1",
        "charts 1",
        "metric 1 loss",
        "metric 1 other",
        "status 1",
        "summary 1",
        "logs 1 -n 3",
    ):
        if words.startswith("logs") and "console/" in file and kind is _sparse:
            continue
        done = bounded(*words.split(), "-l", path, seconds=10, env={"TMPDIR": str(scratch)})
        assert done.code in (0, 1, 3), (words, done)
        assert done.sentence, (words, done.err[:300])
        if words.split()[0] not in FILES.get(file, set()):
            assert done.code == 0
    assert before
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("file", [file for file in FILES if "/" in file])
def test_file_that_goes_between_listing_and_opening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str) -> None:
    path = small(tmp_path / "swanlog")
    before = asked(path)
    real = paths.os.open

    def going(name: Any, *more: Any, **others: Any) -> int:
        if str(name).endswith(file) and os.path.exists(name):
            os.unlink(name)
        return int(real(name, *more, **others))

    monkeypatch.setattr(paths.disk, "open", going)
    untouched(before, asked(path), FILES[file] | {"logs"} if "console" in file else FILES[file])


@pytest.mark.parametrize("folder", [RUN, f"{RUN}/logs", f"{RUN}/logs/loss", f"{RUN}/console", f"{RUN}/files"])
def test_folder_that_goes_once_it_was_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    path = small(tmp_path / "swanlog")
    real = os.scandir

    def going(name: Any = ".") -> Any:
        monkeypatch.setattr(disk, "scandir", real)
        shutil.rmtree(path / folder, ignore_errors=True)
        return real(name)

    for route in ("metric", "logs", "summary", "experiment", "project"):
        source = LocalSource(str(path))
        monkeypatch.setattr(disk, "scandir", going)
        reply = source.get(ROUTES[route], **ASKED[route])
        assert json.loads(reply.read())["code"] in (0, 3404, 3500)
        monkeypatch.setattr(disk, "scandir", real)
        source.close()


@pytest.mark.parametrize("file", FILES)
def test_the_real_command_on_some_damage(tmp_path: Path, file: str) -> None:
    path = small(tmp_path / "swanlog", file.endswith("-wal"))
    data = (path / file).read_bytes()
    for size in (0, 1, len(data) // 3, len(data) - 1):
        (path / file).write_bytes(data[:size])
        for words in ("summary 1", "project", "metric 1 loss --json"):
            done = bounded(*words.split(), "-l", path)
            assert done.code in (0, 1, 3), done
            assert done.sentence, done.err
            if "--json" in words:
                assert json.loads(done.out)["code"] in (0, 3404, 3500)
