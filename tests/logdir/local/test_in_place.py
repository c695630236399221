"""A database with a write-ahead log is read where it is: nothing of it changes, and what changes is not overlooked."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from swancli.logdir import disk
from swancli.logdir.local import connection, in_place
from swancli.logdir.local.database import Database
from swancli.logdir.local.in_place import InPlace
from tests.support.logdirs import TIME, Logdir
from tests.support.wal_states import Files, reads_damaged_logs_as_sqlite_does, recovered, rows, states, written

METRICS = 10_000


@pytest.fixture
def not_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written just now counts as written long ago."""
    monkeypatch.setattr(in_place, "is_fresh", lambda state, begun: False)


@pytest.fixture
def logdir(tmp_path: Path, not_fresh: None) -> Iterator[Logdir]:
    """A logdir with many metrics, of which the last is in the WAL; its writer is still there."""
    logdir = Logdir(tmp_path / "swanlog", wal=True)
    logdir.run("one")
    logdir.db.execute("begin")
    for number in range(METRICS):
        logdir.insert(
            "tag", experiment_id=1, name=f"m{number:05}", folder="", type="line", description="old", system=0,
            sort=number, create_time=TIME, update_time=TIME,
        )  # fmt: skip
    logdir.db.execute("commit")
    logdir.sql("pragma wal_checkpoint(truncate)", "update tag set description = 'changed' where id = 7")
    yield logdir
    logdir.close()


def read_in_place(folder: Path, files: Files) -> object:
    """What SQLite reads of a database and its WAL in place."""
    with written(folder, files) as path:
        before = {file: file.read_bytes() for file in folder.iterdir()}
        place = InPlace(str(folder), str(path))
        try:
            return rows(place.uri)
        finally:
            place.close()
            assert {file: file.read_bytes() for file in folder.iterdir()} == before


@pytest.mark.usefixtures("not_fresh")
@pytest.mark.parametrize("page_bytes", [512, 4096, 65536])
def test_log_is_read_as_sqlite_reads_it(tmp_path: Path, page_bytes: int) -> None:
    for files in states(page_bytes, page_bytes):
        assert read_in_place(tmp_path, files) == recovered(tmp_path, files)


@pytest.mark.usefixtures("not_fresh")
def test_damaged_log_is_read_as_sqlite_reads_it(tmp_path: Path) -> None:
    reads_damaged_logs_as_sqlite_does(read_in_place, tmp_path)


def test_only_the_log_and_what_is_looked_up_are_read(logdir: Logdir, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_open_in_memory", None)
    monkeypatch.setattr(connection, "private_folders", None)
    count = 0

    def pread(fd: int, length: int, offset: int) -> bytes:
        nonlocal count
        data = os.pread(fd, length, offset)
        count += len(data)
        return data

    monkeypatch.setattr(disk, "pread", pread)
    database = Database(str(logdir.path))
    assert (database.experiment(1) or {})["name"] == "one"
    assert 0 < count <= 4 * in_place.CHUNK_BYTES < (logdir.path / "runs.swanlab").stat().st_size
    assert [tag["id"] for tag in database.tags(1) if tag["description"] == "changed"] == [7]
    database.close()


def test_logdir_that_was_just_written_is_not_read_in_place(logdir: Logdir, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    os.utime(logdir.path / "runs.swanlab-wal")
    with pytest.raises(OSError, match="just now"):
        InPlace(str(logdir.path), str(logdir.path / "runs.swanlab"))


@pytest.mark.parametrize("checkpoint", [False, True])
def test_change_before_a_query_shows_in_all_of_it(logdir: Logdir, checkpoint: bool) -> None:
    database = Database(str(logdir.path))
    assert len(database.experiments()) == 1
    logdir.sql("update tag set description = 'new'")
    if checkpoint:
        logdir.sql("pragma wal_checkpoint(passive)", "update experiment set name = 'two'")
    assert {tag["description"] for tag in database.tags(1)} == {"new"}
    assert [row["name"] for row in database.experiments()] == ["two" if checkpoint else "one"]
    database.close()


def test_change_in_the_middle_of_a_query_is_not_seen_by_half_of_it(
    logdir: Logdir, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(str(logdir.path))
    assert len(database.experiments()) == 1
    reads = 0

    def pread(fd: int, length: int, offset: int) -> bytes:
        nonlocal reads
        reads += 1
        if reads == 2:
            logdir.sql("update tag set description = 'new'", "pragma wal_checkpoint(passive)")
        return os.pread(fd, length, offset)

    monkeypatch.setattr(disk, "pread", pread)
    assert {tag["description"] for tag in database.matching_tags("*")} == {"new"}
    assert reads == 2
    database.close()


def test_rows_that_were_taken_stay_when_something_changes_between_two(logdir: Logdir) -> None:
    database = Database(str(logdir.path))
    tags = database.named_tags(["m00001", "m09999"])
    first = next(tags)
    logdir.sql("update tag set description = 'new'", "pragma wal_checkpoint(passive)")
    assert [tag["description"] for tag in (first, *tags)] == ["old", "old"]
    database.close()


def test_database_that_was_removed_is_said_to_be(logdir: Logdir) -> None:
    database = Database(str(logdir.path))
    for file in logdir.path.glob("runs.swanlab*"):
        file.unlink()
    with pytest.raises(Exception, match="was removed while it was read"):
        database.tags(1)
    database.close()


def test_ctrl_c_while_sqlite_reads_is_not_lost(logdir: Logdir, monkeypatch: pytest.MonkeyPatch) -> None:
    def pread(fd: int, length: int, offset: int) -> bytes:
        raise KeyboardInterrupt

    database = Database(str(logdir.path))
    monkeypatch.setattr(disk, "pread", pread)
    with pytest.raises(KeyboardInterrupt):
        database.tags(1)
    with pytest.raises(KeyboardInterrupt):
        Database(str(logdir.path))


LEFT_OPEN = """
import sys
from swancli.logdir.local import in_place
in_place.is_fresh = lambda state, begun: False
from swancli.logdir.local.database import Database
class Ring: pass
ring = Ring()
ring.ring, ring.database = ring, Database(sys.argv[1])
rows = ring.database.named_tags(["m00001", "m09999"])
print(next(rows)["name"], ring.database._reader._place is not None)
"""


def test_python_ends_with_a_database_left_open(logdir: Logdir) -> None:
    ended = subprocess.run([sys.executable, "-c", LEFT_OPEN, logdir.path], capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "m00001 True\n", "")


def test_nothing_can_be_written_through_the_vfs(logdir: Logdir) -> None:
    place = InPlace(str(logdir.path), str(logdir.path / "runs.swanlab"))
    before = {file: file.read_bytes() for file in logdir.path.glob("runs.swanlab*")}
    db = sqlite3.connect(place.uri.replace("mode=ro", "mode=rw"), uri=True, isolation_level=None)
    db.execute("pragma locking_mode = exclusive")
    for change in ("update tag set name = ''", "pragma wal_checkpoint", "pragma journal_mode = delete", "vacuum"):
        with pytest.raises(sqlite3.Error):
            db.execute(change).fetchall()
    db.close()
    place.close()
    assert {file: file.read_bytes() for file in logdir.path.glob("runs.swanlab*")} == before
