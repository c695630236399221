"""Databases with a write-ahead log, in many states, and what SQLite reads of them."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

HEADER_BYTES = 32  # of a WAL
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


def rows(path: Path | str) -> object:
    """What SQLite reads of a database, by its path or a URI."""
    db = sqlite3.connect(path, uri=True)
    db.execute("pragma locking_mode = exclusive")
    try:
        return db.execute("pragma integrity_check").fetchall(), db.execute("select * from t order by id").fetchall()
    except sqlite3.DatabaseError as error:
        return str(error)
    finally:
        db.close()


@contextmanager
def written(folder: Path, files: Files) -> Iterator[Path]:
    """The path of the database in a folder that is empty again afterwards."""
    (folder / "db").write_bytes(files[0])
    (folder / "db-wal").write_bytes(files[1])
    try:
        yield folder / "db"
    finally:
        for file in folder.iterdir():
            file.unlink()


def recovered(folder: Path, files: Files) -> object:
    """What SQLite reads of a database and its WAL."""
    with written(folder, files) as path:
        return rows(path)


def damaged_states(page_bytes: int, seed: int) -> Iterator[tuple[Files, Files]]:
    """Databases with a damaged WAL, each with what it was before."""
    choose = random.Random(seed)
    for database, wal in states(page_bytes, seed):
        for _ in range(6):
            damaged = bytearray(wal)
            at = choose.randrange(HEADER_BYTES, len(wal))
            if choose.random() < 0.4:
                del damaged[at:]
            elif choose.random() < 0.5:
                damaged[at] ^= 1 << choose.randrange(8)
            else:
                damaged[at : at + 100] = bytes(100)
            yield (database, bytes(damaged)), (database, wal)


def reads_damaged_logs_as_sqlite_does(read: Callable[[Path, Files], object], folder: Path) -> None:
    """Assert that what `read` reads in an empty folder, of databases with a damaged WAL, is what SQLite reads."""
    different = 0
    for files, undamaged in damaged_states(1024, 7):
        found = recovered(folder, files)
        assert read(folder, files) == found
        different += found != recovered(folder, undamaged)
    assert different > 20  # the test of this test
