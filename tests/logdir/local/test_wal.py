"""The pages of a write-ahead log: what is read with them is what SQLite reads, whatever became of the files."""

from __future__ import annotations

import gc
import random
import sqlite3
from pathlib import Path

import pytest

from swancli.logdir.local import connection
from swancli.logdir.local.database import Database
from swancli.logdir.local.wal import HEADER, committed
from tests.support.logdirs import Logdir, answer, points

pytestmark = pytest.mark.slow

Files = tuple[bytes, bytes]  # a database and its WAL


def states(page_bytes: int, seed: int) -> list[Files]:
    """A database and its WAL after each of some transactions, of which some shrink it and some restart the WAL."""
    choose = random.Random(seed)
    path = Path(f"/dev/shm/swancli-test-wal-{seed}-{page_bytes}-{id(choose)}")
    if not path.parent.is_dir():
        pytest.skip("no /dev/shm")
    path.mkdir()
    found: list[Files] = []
    try:
        db = sqlite3.connect(path / "db", isolation_level=None)
        for pragma in (f"page_size = {page_bytes}", "journal_mode = wal", "wal_autocheckpoint = 0", "cache_size = 5"):
            db.execute(f"pragma {pragma}")
        db.execute("create table t (id integer primary key, a text)")
        for _ in range(25):
            db.execute("begin")
            for _ in range(choose.randrange(1, 30)):
                db.execute("insert into t (a) values (?)", ["x" * choose.randrange(3 * page_bytes)])
            if choose.random() < 0.4:
                db.execute("delete from t where id % 3 = ?", [choose.randrange(3)])
            if choose.random() < 0.2:  # pages of it may have been written to the WAL already
                db.execute("rollback")
            else:
                db.execute("commit")
            if choose.random() < 0.2:
                db.execute("vacuum")
            if choose.random() < 0.2:
                db.execute("pragma wal_checkpoint(passive)")  # the next transaction restarts the WAL
            found.append(((path / "db").read_bytes(), (path / "db-wal").read_bytes()))
        db.close()
    finally:
        for file in path.iterdir():
            file.unlink()
        path.rmdir()
    return found


def rows(path: Path) -> object:
    """What SQLite reads."""
    db = sqlite3.connect(path)
    try:
        return db.execute("pragma integrity_check").fetchall(), db.execute("select * from t order by id").fetchall()
    except sqlite3.DatabaseError as error:
        return str(error)
    finally:
        db.close()


def recovered(folder: Path, files: Files) -> object:
    """What SQLite reads of a database and its WAL."""
    (folder / "db").write_bytes(files[0])
    (folder / "db-wal").write_bytes(files[1])
    try:
        return rows(folder / "db")
    finally:
        for file in folder.iterdir():
            file.unlink()


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
    choose = random.Random(7)
    different = 0
    for database, wal in states(1024, 7):
        for _ in range(6):
            damaged = bytearray(wal)
            at = choose.randrange(HEADER.size, len(wal))
            if choose.random() < 0.4:
                del damaged[at:]
            elif choose.random() < 0.5:
                damaged[at] ^= 1 << choose.randrange(8)
            else:
                damaged[at : at + 100] = bytes(100)
            files = database, bytes(damaged)
            found = recovered(tmp_path, files)
            assert overlaid(tmp_path, files) == found
            different += found != recovered(tmp_path, (database, wal))
    assert different > 20  # the test of this test


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


@in_memory
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
def test_memory_for_databases_is_limited_and_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from swancli.logdir.local import database

    logdir = written(tmp_path)  # its writer stays open, or the WAL would be gone
    gc.collect()  # databases that other tests left open are not given back in the middle
    copies = []
    folders = connection.private_folders
    monkeypatch.setattr(connection, "private_folders", lambda: copies.append(1) or folders())
    first = Database(str(tmp_path))
    assert sum(database._images.values()) > 0
    monkeypatch.setattr(database, "MAX_IMAGE_BYTES", sum(database._images.values()))
    second = Database(str(tmp_path))
    assert (len(copies), first.experiments()) == (1, second.experiments())
    first.close()
    second.close()
    Database(str(tmp_path)).close()
    assert len(copies) == 1
    assert not {id(first), id(second)} & set(database._images)
    logdir.close()
