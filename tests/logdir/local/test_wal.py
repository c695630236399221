"""The pages of a write-ahead log: what is read with them is what SQLite reads, whatever became of the files."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from swancli.logdir.local import connection, in_place, read_only_vfs
from swancli.logdir.local.database import Database
from swancli.logdir.local.wal import committed
from tests.support.logdirs import Logdir, answer, points
from tests.support.wal_states import Files, reads_damaged_logs_as_sqlite_does, recovered, rows, states

pytestmark = pytest.mark.slow


def overlaid(folder: Path, files: Files) -> object:
    """What SQLite reads of a database in which the pages of the WAL have been put."""
    found = committed(files[1])
    assert found is not None
    image = bytearray(files[0])
    for page, at in found.pages.items():
        start = (page - 1) * found.page_bytes
        image += bytes(max(start + found.page_bytes - len(image), 0))
        image[start : start + found.page_bytes] = files[1][at : at + found.page_bytes]
    if found.database_pages:
        image = image[: found.database_pages * found.page_bytes]
    image[18:20] = b"\1\1"
    (folder / "db").write_bytes(image)
    return rows(folder / "db")


@pytest.mark.parametrize("page_bytes", [512, 4096, 65536])
def test_log_is_read_as_sqlite_reads_it(tmp_path: Path, page_bytes: int) -> None:
    for files in states(page_bytes, page_bytes):
        assert overlaid(tmp_path, files) == recovered(tmp_path, files)


def test_damaged_log_is_read_as_sqlite_reads_it(tmp_path: Path) -> None:
    reads_damaged_logs_as_sqlite_does(overlaid, tmp_path)


@pytest.mark.parametrize("at", [*range(24), 24, 28])
def test_log_with_another_header_is_left_to_sqlite(at: int) -> None:
    wal = bytearray(states(512, 1)[-1][1])
    wal[at] ^= 0x10
    assert committed(bytes(wal)) is None
    assert committed(bytes(wal[:at])) is None


def written(path: Path) -> Logdir:
    """A logdir whose rows are in the WAL."""
    logdir = Logdir(path, wal=True)
    run = logdir.run("in the wal")
    run.metric("loss", points(3))
    run.chart("loss")
    return logdir


in_memory = pytest.mark.skipif(not connection.CAN_OPEN_IMAGES, reason="Python 3.10 opens no database in memory")


@pytest.fixture
def not_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python that can add no VFS to SQLite."""

    def hidden(files: object) -> None:
        raise OSError("hidden")

    monkeypatch.setattr(in_place, "_registered", False)
    monkeypatch.setattr(read_only_vfs, "register", hidden)


@in_memory
@pytest.mark.usefixtures("not_in_place")
def test_database_with_a_log_is_read_without_a_file_being_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logdir = written(tmp_path)
    answers = [answer(logdir, route, experiment=1) for route in ("status", "charts", "summary")]
    with monkeypatch.context() as patched:
        patched.setattr(connection, "private_folders", lambda: iter(()))
        assert [answer(logdir, route, experiment=1) for route in ("status", "charts", "summary")] == answers
    monkeypatch.setattr(connection, "MAX_IN_MEMORY_BYTES", 0)  # from a copy
    assert [answer(logdir, route, experiment=1) for route in ("status", "charts", "summary")] == answers


@in_memory
@pytest.mark.usefixtures("not_in_place")
def test_log_that_is_restarted_while_it_is_read_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    logdir = written(tmp_path)
    read, restarts = connection.read_below, 0

    def restarted(*arguments: object) -> bytes:
        nonlocal restarts
        data: bytes = read(*arguments)  # type: ignore[arg-type]
        if restarts < 2:
            restarts += 1
            logdir.sql("pragma wal_checkpoint(passive)", f"update experiment set name = 'after {restarts}'")
        return data

    monkeypatch.setattr(connection, "read_below", restarted)
    database = Database(str(tmp_path))
    assert [row["name"] for row in database.experiments()] == ["after 2"]
    assert restarts == 2
    database.close()


@in_memory
@pytest.mark.usefixtures("not_in_place")
def test_memory_for_databases_is_limited_and_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from swancli.logdir.local import reader

    logdir = written(tmp_path)  # its writer stays open, or the WAL would be gone
    gc.collect()  # databases that other tests left open are not given back in the middle
    copies = []
    folders = connection.private_folders
    monkeypatch.setattr(connection, "private_folders", lambda: copies.append(1) or folders())
    first = Database(str(tmp_path))
    assert sum(reader._images.values()) > 0
    monkeypatch.setattr(reader, "MAX_IMAGE_BYTES", sum(reader._images.values()))
    second = Database(str(tmp_path))
    assert (len(copies), first.experiments()) == (1, second.experiments())
    first.close()
    second.close()
    Database(str(tmp_path)).close()
    assert len(copies) == 1
    assert not {id(first._reader), id(second._reader)} & set(reader._images)
    logdir.close()
