"""The cache of what is learned of record files: it is never needed, never wrong, and makes the second look cheap."""

from __future__ import annotations

import errno
import json
import os
import random
import re
import signal
import stat
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from swancli import cache
from swancli.endpoints import METRIC, PROJECT
from swancli.logdir import disk, file_state, forks, offline
from swancli.logdir.records import in_processes, memory, protobuf_codec
from swancli.logdir.records import run as run_module
from swancli.logdir.records.index import Index
from swancli.logdir.records.memory import Holder, Memory
from swancli.logdir.records.run import RecordedRun
from swancli.source import LocalSource
from tests.support.command import ARGV, ROOT, environment
from tests.support.record_files import (
    framed,
    json_column,
    json_head,
    json_scalar,
    proto_column,
    proto_finish,
    proto_log,
    proto_media,
    proto_scalar,
    proto_start,
)
from tests.support.waiting import PATIENCE_SECONDS, wait_until

CONFIG = "lr:\n  desc: ''\n  sort: 0\n  value: 0.1\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache that is turned on; files need not be old to be kept, nor large."""
    monkeypatch.setenv("SWANCLI_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(file_state, "TICK_NS", -(10**19))
    monkeypatch.setattr(file_state, "CHANGE_TICK_NS", -(10**19))
    monkeypatch.setattr(file_state, "COARSE_TICK_NS", -(10**19))
    monkeypatch.setattr(run_module, "MIN_KEPT_BYTES", 1)
    return tmp_path / "cache"


def rows(count: int, first: int = 1, name: str = "loss") -> list[bytes]:
    """Scalars whose values fall."""
    return [proto_scalar(name, step, 1.0 / step) for step in range(first, first + count)]


def write_run(logdir: Path, n: int, payloads: list[bytes], finished: bool = True) -> Path:
    """An offline run with a config; gives its record file."""
    run = logdir / f"run-20261123_1424{n:02}-id{n}"
    (run / "files").mkdir(parents=True, exist_ok=True)
    (run / "files" / "config.yaml").write_text(CONFIG)
    (run / "files" / "swanlab-metadata.json").write_text('{"swanlab": {"version": "0.10.3"}}')
    file = run / f"run-id{n}.swanlab"
    head = [proto_start(f"run {n}", id=f"id{n}"), proto_column("loss"), proto_media("t", 0, 4, ["gone.txt"])]
    file.write_bytes(framed([*head, *payloads, *([proto_finish(1)] if finished else [])]))
    return file


def looked(logdir: Path, points: bool = False) -> str:
    """What a project's table and JSON show, or the points of the first run's metric, looked up by a source of its own."""
    source = LocalSource(str(logdir))
    try:
        if points:
            found = source.details(METRIC, experiment=1, metric="loss")
            return repr({**found, "points": list(found["points"])})
        project = source.details(PROJECT, shapes=True, best="min")
        for run in project["experiments"]:
            run.pop("duration", None)
            run.pop("stale_for", None)
        return repr(project) + repr(list(source.get(PROJECT).pieces())) + repr(list(source.notes))
    finally:
        source.close()


def without_cache(look: Callable[[], str]) -> str:
    """What a look shows with the cache turned off."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SWANCLI_CACHE", "off")
        return look()


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How many scalars were decoded and how many bytes read since it was last cleared."""
    found = {"rows": 0, "bytes": 0}
    scalar, add_many = protobuf_codec.scalar, Index._add_many

    def counted(payload: bytes) -> Any:
        found["rows"] += 1
        return scalar(payload)

    def counted_many(index: Index, key: bytes, offsets: Any, steps: Any, values: Any) -> None:
        found["rows"] += len(steps)
        add_many(index, key, offsets, steps, values)

    def counted_read(function: Callable[..., bytes]) -> Callable[..., bytes]:
        def read(*arguments: Any) -> bytes:
            data = function(*arguments)
            found["bytes"] += len(data)
            return data

        return read

    monkeypatch.setattr(protobuf_codec, "scalar", counted)
    monkeypatch.setattr(Index, "_add_many", counted_many)
    monkeypatch.setattr(disk, "pread", counted_read(os.pread))
    return found


def test_second_look_at_a_project_decodes_nothing(folder: Path, tmp_path: Path, work: dict[str, int]) -> None:
    logdir = tmp_path / "swanlog"
    for n in range(1, 4):
        write_run(logdir, n, rows(3000))
    first = looked(logdir)
    assert work["rows"] >= 9000
    work.update(rows=0, bytes=0)
    assert looked(logdir) == first
    assert work == {"rows": 0, "bytes": 0}
    assert without_cache(lambda: looked(logdir)) == first


def test_second_look_at_a_metric_decodes_only_what_is_shown(folder: Path, tmp_path: Path, work: dict[str, int]) -> None:
    logdir = tmp_path / "swanlog"
    file = write_run(logdir, 1, rows(20_000))
    first = looked(logdir, points=True)
    assert list(folder.glob("*.rows"))
    work.update(rows=0, bytes=0)
    assert looked(logdir, points=True) == first
    assert work["rows"] < 2000  # the sample
    work.update(rows=0, bytes=0)
    with file.open("ab") as out:
        out.write(framed(rows(10, 20_001))[7:])  # another framing: damage is noticed in the same way
    grown = looked(logdir, points=True)
    assert work["rows"] < 3000
    assert grown == without_cache(lambda: looked(logdir, points=True)) != first


def test_growth_between_two_looks_shows_and_costs_what_was_added(
    folder: Path, tmp_path: Path, work: dict[str, int]
) -> None:
    logdir = tmp_path / "swanlog"
    whole = write_run(logdir, 1, rows(9000), finished=False).read_bytes()
    file = next(logdir.glob("*/*.swanlab"))
    for size in (len(whole) // 2, len(whole) // 2 + 5000, len(whole) - 3, len(whole)):
        file.write_bytes(whole[:size]) if size == len(whole) // 2 else append(file, whole[:size])
        work.update(rows=0)
        found = looked(logdir)
        assert size == len(whole) // 2 or work["rows"] < 6500  # half of 9000, and the ends
        assert found == without_cache(lambda: looked(logdir))


def append(file: Path, whole: bytes) -> None:
    """Let a file grow to these bytes, of which it holds the first."""
    with file.open("ab") as out:
        out.write(whole[file.stat().st_size :])


@pytest.mark.parametrize("in_place", [True, False])
@pytest.mark.parametrize("points", [True, False])
def test_file_replaced_by_one_of_the_same_size_and_times_is_read_anew(
    folder: Path, tmp_path: Path, in_place: bool, points: bool
) -> None:
    logdir = tmp_path / "swanlog"
    file = write_run(logdir, 1, rows(50))
    first, before = looked(logdir, points), file.stat()
    other = framed(
        [proto_start("run 1", id="id1"), proto_column("loss"), proto_media("t", 0, 4, ["gone.txt"])]
        + [proto_scalar("loss", step, 3.0 / step) for step in range(1, 51)]
        + [proto_finish(1)]
    )
    assert len(other) == before.st_size
    time.sleep(0.02)  # the inode's own time goes on, which nobody can set
    if in_place:
        file.write_bytes(other)
    else:
        file.with_name("new").write_bytes(other)
        os.rename(file.with_name("new"), file)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    second = looked(logdir, points)
    assert second != first
    assert second == without_cache(lambda: looked(logdir, points))


@pytest.mark.parametrize("points", [True, False])
def test_any_flipped_byte_of_the_cache_changes_no_answer(folder: Path, tmp_path: Path, points: bool) -> None:
    logdir = tmp_path / "swanlog"
    write_run(logdir, 1, rows(12))
    right = looked(logdir, points)
    for file in list(folder.iterdir()):
        sound = file.read_bytes()
        reads = cache.Cache(str(logdir))
        assert reads.read(file.name) is not None
        for at in range(len(sound)):
            file.write_bytes(sound[:at] + bytes([sound[at] ^ (1 << at % 8)]) + sound[at + 1 :])
            assert reads.read(file.name) is None
            if at % 29 == 0:
                assert looked(logdir, points) == right
        for size in (0, 5, len(sound) - 1):
            file.write_bytes(sound[:size])
            assert looked(logdir, points) == right


def test_sound_file_with_senseless_content_changes_no_answer(folder: Path, tmp_path: Path) -> None:
    logdir = tmp_path / "swanlog"
    write_run(logdir, 1, rows(12))
    right, right_points = looked(logdir), looked(logdir, True)
    kept = cache.Cache(str(logdir))
    bodies = [file.name for file in folder.iterdir()]
    for name in bodies:
        for senseless in (b"[]", b"\t\t\t", b"[[[[", b"{}\n", b"a\t[1,2]\t\t", b"\xff" * 40):
            kept.write(name, senseless)
            assert (looked(logdir), looked(logdir, True)) == (right, right_points)


def test_cache_of_another_version_is_not_used(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    logdir = tmp_path / "swanlog"
    write_run(logdir, 1, rows(12))
    looked(logdir)
    name = next(folder.iterdir()).name
    assert cache.Cache(str(logdir)).read(name)
    monkeypatch.setattr(cache, "FORMAT", cache.FORMAT + 1)
    assert cache.Cache(str(logdir)).read(name) is None
    monkeypatch.setattr(cache, "FORMAT", cache.FORMAT - 1)
    monkeypatch.setattr(cache, "__version__", "9.9")
    assert cache.Cache(str(logdir)).read(name) is None


def test_full_disk_leaves_no_file_and_says_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logdir = tmp_path / "swanlog"
    write_run(logdir, 1, rows(12))
    written = os.write

    def full(fd: int, data: Any) -> int:
        if len(data) > 64:
            return written(fd, bytes(data[:64]))
        raise OSError(errno.ENOSPC, "No space left on device")

    right = without_cache(lambda: looked(logdir))
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        assert looked(logdir) == right
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("place", ["below", "link", "open", "file", "nowhere"])
def test_folder_that_is_not_private_or_lies_in_the_logdir_is_not_used(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    logdir = tmp_path / "swanlog"
    write_run(logdir, 1, rows(12))
    right = without_cache(lambda: looked(logdir))
    before = sorted(logdir.rglob("*"))
    path = tmp_path / "place"
    if place == "below":
        path = logdir / "cache"
        (tmp_path / "way").symlink_to(logdir)
        monkeypatch.setenv("SWANCLI_CACHE", str(tmp_path / "way" / "cache"))
    elif place == "link":
        (tmp_path / "other").mkdir(mode=0o700)
        path.symlink_to(tmp_path / "other")
    elif place == "open":
        path.mkdir()
        path.chmod(0o777)
    elif place == "file":
        path.write_text("")
    else:
        path = Path("/proc/nowhere/cache")
    if place != "below":
        monkeypatch.setenv("SWANCLI_CACHE", str(path))
    assert looked(logdir) == looked(logdir) == right
    assert sorted(logdir.rglob("*")) == before
    assert not path.is_dir() or list(path.iterdir()) == []
    assert not folder.exists()


def test_files_are_private_and_old_ones_are_deleted_first(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = cache.Cache(str(tmp_path / "swanlog"))
    monkeypatch.setattr(cache, "MAX_BYTES", 2500)
    folder.mkdir(mode=0o700)
    foreign = folder / "notes.txt"
    foreign.write_text("x" * 5000)
    left = folder / "a.rows.1-2.part"
    left.write_text("")
    os.utime(left, (1, 1))
    for n in range(4):
        kept.write(f"{n}.rows", bytes(1000))
        os.utime(folder / f"{n}.rows", (1000 + n, 1000 + n))
    assert sorted(file.name for file in folder.iterdir()) == ["2.rows", "3.rows", "notes.txt"]
    assert kept.read("3.rows") == bytes(1000)
    assert stat.S_IMODE((folder / "3.rows").stat().st_mode) == 0o600
    kept.write("4.rows", bytes(5000))
    assert kept.read("4.rows") is None


def test_cache_is_made_private_where_the_user_keeps_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SWANCLI_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    cache.Cache("/nowhere").write("1.rows", b"1")
    assert stat.S_IMODE((tmp_path / "caches" / "swancli").stat().st_mode) == 0o700
    assert cache.Cache("/nowhere").read("1.rows") == b"1"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache.folder() == str(tmp_path / ".cache" / "swancli")
    monkeypatch.setenv("SWANCLI_CACHE", "off")
    assert cache.folder() is None
    assert cache.Cache("/nowhere").read("1.rows") is None


def test_twenty_commands_at_once_give_the_same_answer(tmp_path: Path) -> None:
    logdir = tmp_path / "swanlog"
    for n in range(1, 30):
        write_run(logdir, n, rows(50))
    newest = max(path.stat().st_ctime for path in logdir.rglob("*"))
    wait_until(lambda: time.time() > newest + 0.2, "files that are not new")
    argv = [*ARGV, "project", "--json", "-l", str(logdir)]
    env = environment(SWANCLI_CACHE=str(tmp_path / "cache"))
    for _ in range(2):
        running = [
            subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, cwd=ROOT) for _ in range(20)
        ]
        said = {process.communicate(timeout=PATIENCE_SECONDS) for process in running}
        assert [process.returncode for process in running] == [0] * 20
        assert len(said) == 1
    ((out, err),) = said
    assert (len(json.loads(out)["data"]["experiments"]), err) == (29, b"")
    assert [file.suffix for file in (tmp_path / "cache").iterdir()] == [".runs"]


def test_watched_metric_reads_what_was_appended(tmp_path: Path, work: dict[str, int]) -> None:
    logdir = tmp_path / "swanlog"
    whole = write_run(logdir, 1, rows(30_000), finished=False).read_bytes()
    file = next(logdir.glob("*/*.swanlab"))
    size = len(whole) - 20_000
    file.write_bytes(whole[:size])
    source = LocalSource(str(logdir))
    counts = []
    for end in (size, size + 9000, size + 9000, len(whole)):
        append(file, whole[:end])
        work.update(rows=0, bytes=0)
        source.refresh()
        counts.append(source.details(METRIC, experiment=1, metric="loss")["total"])
        source.details(PROJECT)
        if end > size:
            assert work["rows"] < 1000
            assert work["bytes"] < 3_000_000 // 4
    source.close()
    assert counts == sorted(counts)
    assert counts[-1] == 30_000


def test_table_of_runs_holds_one_index_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MAX_HELD_BYTES", 1)
    logdir = tmp_path / "swanlog"
    for n in range(1, 6):
        write_run(logdir, n, rows(500))
    held: list[int] = []
    use = Memory.use_index

    def counted(opened: Memory, run: Holder) -> None:
        use(opened, run)
        held.append(len(opened._runs))

    monkeypatch.setattr(Memory, "use_index", counted)
    looked(logdir)
    assert held == [1] * 5


def test_table_of_known_runs_holds_the_facts_of_a_few_at_a_time(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logdir = tmp_path / "swanlog"
    for n in range(1, 8):
        write_run(logdir, n, rows(5 * n))
    first = looked(logdir)
    monkeypatch.setattr(memory, "MAX_FACTS", 2)
    held: list[int] = []
    use_facts = Memory.use_facts

    def counted(opened: Memory, run: Holder) -> None:
        use_facts(opened, run)
        held.append(sum(isinstance(one, RecordedRun) and one._facts is not None for one in opened._with_facts))

    monkeypatch.setattr(Memory, "use_facts", counted)
    assert looked(logdir) == first == without_cache(lambda: looked(logdir))
    assert len(held) >= 7
    assert max(held) <= 2


def mixed(choose: random.Random) -> bytes:
    """A file of all kinds of records, mostly scalars in the usual form."""
    payloads = [proto_start(), proto_column("loss"), proto_column("m", 4)]
    step = 0
    for _ in range(6000):
        step += choose.choice((1, 1, 1, 1, 0, -1, 17000))
        key = choose.choice(("loss", "loss", "acc/top1", "acc/top5", "新"))
        payloads.append(
            proto_scalar(key, max(step, 0), choose.choice((0.0, -0.0, 1.5, float("nan"), float("inf"), step / 7)))
        )
        if choose.random() < 0.02:
            other = choose.choice(
                (proto_log("x", step), proto_media("m", step, 4, ["a.txt"]), proto_scalar("m", 1, 2.0))
            )
            payloads.append(choose.choice((other, b"\x08\x01j\x05\x0a\x04loss", proto_column(f"new{step}"))))
    return framed(payloads)


@pytest.mark.parametrize("seed", range(6))
def test_scalars_taken_many_at_once_are_those_taken_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    choose = random.Random(seed)
    data = bytearray(mixed(choose))
    for _ in range(seed):
        data[choose.randrange(40_000, len(data))] ^= 1 << choose.randrange(8)
    file = tmp_path / "run-a.swanlab"
    file.write_bytes(data)
    many, single = Index(str(tmp_path), str(file)), Index(str(tmp_path), str(file))
    taken = []
    take = Index._take_many
    monkeypatch.setattr(Index, "_take_many", lambda self, *args: taken.append(take(self, *args)) or taken[-1])
    many.refresh()
    assert sum(count for count, _ in taken) > 3000
    monkeypatch.setattr(Index, "_take_many", lambda self, data, pos, limit, base: (0, pos))
    single.refresh()
    assert list(many.metrics) == list(single.metrics)
    for key, metric in many.metrics.items():
        other = single.metrics[key]
        for name in (
            "column",
            "offsets",
            "steps",
            "possible_repeats",
            "highest_step",
            "max",
            "max_step",
            "min",
            "min_step",
        ):
            assert repr(getattr(metric, name)) == repr(getattr(other, name)), (key, name)
        assert repr(metric.values) == repr(other.values)
    assert many.line_offsets == single.line_offsets
    assert (many.count, many.damage.sentence()) == (single.count, single.damage.sentence())


def test_values_of_json_files_that_are_integers_stay_integers(tmp_path: Path) -> None:
    run = tmp_path / "run-20261123_142415-abc"
    run.mkdir()
    (run / "backup.swanlab").write_bytes(
        framed([*json_head(), json_column("a", 0), *(json_scalar("a", step, step) for step in range(5))], 1)
    )
    found = RecordedRun(str(run))
    assert [row["data"] for row in found.rows("a")] == found.evenly_spaced("a", 60) == [0, 1, 2, 3, 4]
    assert found.last("a") == {"index": 4, "data": 4, "create_time": "2026-11-23T14:24:15.739292+00:00"}
    assert found.numbers("a") is None


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Large files are those of any size, and there are three processors; the processes that are started."""
    started: list[int] = []
    fork = os.fork

    def counted() -> int:
        pid = fork()
        started.append(pid)
        return pid

    monkeypatch.setattr(in_processes, "MIN_BYTES", 1)
    monkeypatch.setattr(forks, "_processors", lambda: 3)
    monkeypatch.setattr(forks, "_may_fork", lambda: True)
    monkeypatch.setattr(os, "fork", counted)
    return started


@pytest.mark.parametrize("fails", [False, True])
def test_files_scanned_in_several_processes_give_the_same_table(
    folder: Path, tmp_path: Path, started: list[int], work: dict[str, int], monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    logdir = tmp_path / "swanlog"
    for n in range(1, 8):
        write_run(logdir, n, rows(3000, n))
    parent, scan = os.getpid(), RecordedRun.scan_for_another

    def dying(run: RecordedRun) -> Any:
        assert os.getpid() != parent
        if run.run_id.endswith(("id2", "id6")):
            os.kill(os.getpid(), signal.SIGKILL)
        return scan(run)

    if fails:
        monkeypatch.setattr(RecordedRun, "scan_for_another", dying)
    found = looked(logdir)
    assert len(started) == 3
    assert fails or work["rows"] < 7 * 1200  # the ends
    for pid in started:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    work.update(rows=0)
    assert looked(logdir) == found
    assert work["rows"] == 0
    assert len(started) == 3
    monkeypatch.setattr(in_processes, "MIN_BYTES", 1 << 40)
    assert without_cache(lambda: looked(logdir)) == found


def test_interrupt_leaves_no_process_behind(
    tmp_path: Path, started: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    logdir = tmp_path / "swanlog"
    for n in range(1, 4):
        write_run(logdir, n, rows(100))

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(forks, "_receive", interrupted)
    with pytest.raises(KeyboardInterrupt):
        looked(logdir)
    assert len(started) == 3
    for pid in started:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_warnings_come_again_the_second_time(folder: Path, tmp_path: Path) -> None:
    logdir = tmp_path / "swanlog"
    damaged = write_run(logdir, 1, rows(50))
    data = bytearray(damaged.read_bytes())
    data[len(data) // 2] ^= 1
    damaged.write_bytes(data)
    (write_run(logdir, 2, rows(5)).parent / "files" / "swanlab-metadata.json").write_text("{")
    (write_run(logdir, 3, rows(5)).parent / "files" / "config.yaml").write_text("{")
    right = without_cache(lambda: looked(logdir))
    assert right.count("unreadable") == 2
    assert "can't be read" in right
    assert [looked(logdir) for _ in range(3)] == [right] * 3
    assert next(folder.glob("*.runs")).stat().st_size


def test_config_and_version_of_a_run_are_read_anew_when_their_files_change(folder: Path, tmp_path: Path) -> None:
    logdir = tmp_path / "swanlog"
    files = write_run(logdir, 1, rows(5)).parent / "files"
    first = looked(logdir)
    assert looked(logdir) == first
    (files / "config.yaml").write_text(CONFIG.replace("0.1", "0.2"))
    second = looked(logdir)
    assert second == without_cache(lambda: looked(logdir)) != first
    (files / "swanlab-metadata.json").write_text('{"swanlab": {"version": "0.9.99"}}')
    assert "0.9.99" in looked(logdir)
    (files / "swanlab-metadata.json").unlink()
    (files / "config.yaml").unlink()
    assert looked(logdir) == without_cache(lambda: looked(logdir))


def test_run_that_disappears_or_appears_is_noticed(folder: Path, tmp_path: Path) -> None:
    logdir = tmp_path / "swanlog"
    gone = write_run(logdir, 1, rows(5))
    write_run(logdir, 2, rows(5))
    looked(logdir)
    gone.unlink()
    write_run(logdir, 3, rows(5))
    assert looked(logdir) == looked(logdir) == without_cache(lambda: looked(logdir))


@pytest.mark.parametrize("seed", range(4))
def test_repeated_names_are_numbered_as_local_mode_does(seed: int) -> None:
    choose, names, taken = random.Random(seed), offline._Names(), list[str]()
    for _ in range(400):
        name = choose.choice(["a", "a-2", "a-10", "ab", "b", "", "-1", "a\U0010ffff", "\U0010ffff", "训练"])
        expected = name
        if name in taken:
            stem = re.sub(r"-\d+$", "", name)
            number = sum(other.startswith(stem) for other in taken) + 1
            while f"{stem}-{number}" in taken:
                number += 1
            expected = f"{stem}-{number}"
        assert names.unique(name) == expected
        taken.append(expected)
