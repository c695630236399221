"""What is listed of a logdir: of a small one all at once, of a large one what is asked for."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path

import pytest

from swancli import demo
from swancli.logdir import disk
from swancli.objects import mount
from swancli.objects.bucket import PAGE_OBJECTS, Object
from swancli.objects.tree import Tree
from tests.support.command import environment

LOGDIR = Path(__file__).parents[2] / "swancli" / "logdir"
DIRECT = re.compile(r"\bos\.(scandir|listdir|stat|lstat|access|readlink|walk)\(|\bos\.path\.(exists|is\w+|realpath)\(")


class Keys:
    """A bucket that counts the pages it gives."""

    url = "s3://runs"

    def __init__(self, keys: list[str]) -> None:
        self.keys = sorted(keys)
        self.pages_read = 0

    def pages(self, prefix: str, after: str | None = None) -> Iterator[list[tuple[str, Object]]]:
        found = [key for key in self.keys[bisect_right(self.keys, after or "") :] if key.startswith(prefix + "/")]
        for start in range(0, len(found), PAGE_OBJECTS):
            self.pages_read += 1
            yield [(key, Object(1, 0, key)) for key in found[start : start + PAGE_OBJECTS]]
        if not found:
            self.pages_read += 1

    def level(self, prefix: str) -> tuple[list[tuple[str, Object]], list[str]]:
        self.pages_read += 1
        rests = [key[len(prefix) + 1 :] for key in self.keys if key.startswith(prefix + "/")]
        folders = sorted({f"{prefix}/{rest.partition('/')[0]}" for rest in rests if "/" in rest})
        return [(f"{prefix}/{rest}", Object(1, 0, rest)) for rest in rests if "/" not in rest], folders


def tree(*keys: str) -> tuple[Tree, Keys]:
    """A tree of these keys below l/."""
    bucket = Keys([f"l/{key}" for key in keys])
    return Tree(bucket, "l"), bucket  # type: ignore[arg-type]


def many(runs: int, files: int) -> list[str]:
    """The keys of a logdir."""
    found = [f"run-{n:05}/logs/m{m}/1000.log" for n in range(runs) for m in range(files)]
    return [*found, "runs.swanlab", "runs.swanlab-wal"]


def test_a_small_logdir_is_listed_with_one_request() -> None:
    found, bucket = tree(*many(10, 5))
    assert found.find("l/runs.swanlab") == Object(1, 0, "l/runs.swanlab")
    assert sorted(name for name, _ in found.names("l/run-00003/logs")) == ["m0", "m1", "m2", "m3", "m4"]
    with pytest.raises(FileNotFoundError):
        found.find("l/run-00003/files/config.yaml")
    with pytest.raises(FileNotFoundError):
        found.find("l/run-99999")
    assert bucket.pages_read == 1


def test_of_a_large_logdir_only_what_is_asked_for_is_listed() -> None:
    found, bucket = tree(*many(5000, 5))
    assert found.find("l/runs.swanlab-wal") is not None
    assert found.find("l/run-04000/logs/m3/1000.log") is not None
    assert found.find("l/run-04000/logs") is None
    with pytest.raises(FileNotFoundError):
        found.find("l/run-04000/console/error.log")
    assert bucket.pages_read == 3
    assert len(list(found.names("l"))) == 5002
    assert bucket.pages_read == 4


def test_that_a_large_logdir_holds_anything_is_known_from_its_first_page() -> None:
    found, bucket = tree(*many(5000, 5))
    assert next(found.names("l")) == ("run-00000", None)
    assert bucket.pages_read == 1


def test_when_run_after_run_is_asked_for_the_rest_is_listed_at_once() -> None:
    found, bucket = tree(*many(900, 9))
    for n in range(900):
        assert found.find(f"l/run-{n:05}/logs/m8/1000.log") is not None
    assert bucket.pages_read <= 2 * 10 + 3  # the first page, one for each of some runs, the names, the rest


def test_the_rest_is_not_listed_at_once_if_the_runs_take_fewer_requests() -> None:
    found, bucket = tree(*many(30, 1500))
    for n in range(30):
        assert found.find(f"l/run-{n:05}/logs/m8/1000.log") is not None
    assert bucket.pages_read <= 2 * 30 + 2


def test_what_was_forgotten_is_listed_again_when_the_rest_has_been_listed_at_once() -> None:
    found, bucket = tree(*many(900, 9))
    for n in range(100):
        found.find(f"l/run-{n:05}/logs/m8/1000.log")
    bucket.keys = sorted([*bucket.keys, "l/run-00500/logs/m0/2000.log"])
    found.forget("l/run-00500/logs/m0")
    assert [name for name, _ in found.names("l/run-00500/logs/m0")] == ["1000.log", "2000.log"]


def test_media_are_not_listed() -> None:
    media = [f"run-1/media/image-{n:06}.png" for n in range(20_000)]
    found, bucket = tree(*many(500, 5), *media, "run-1/logs/loss/1000.log", "run-1/z/last")
    assert found.find("l/run-1/z/last") is not None
    assert found.find("l/run-1/logs/loss/1000.log") is not None
    assert bucket.pages_read <= 4


def test_what_was_forgotten_is_listed_again_and_nothing_else() -> None:
    found, bucket = tree(*many(10, 5))
    found.find("l/runs.swanlab")
    bucket.keys = sorted([*bucket.keys, "l/run-00003/logs/m0/2000.log", "l/run-00004/logs/m0/2000.log"])
    found.forget("l/run-00003/logs/m0")
    assert [name for name, _ in found.names("l/run-00003/logs/m0")] == ["1000.log", "2000.log"]
    assert [name for name, _ in found.names("l/run-00004/logs/m0")] == ["1000.log"]
    assert bucket.pages_read == 2
    found.forget("l")
    assert [name for name, _ in found.names("l/run-00004/logs/m0")] == ["1000.log", "2000.log"]


def test_a_folder_s_mark_differs_when_a_file_is_added() -> None:
    found, bucket = tree(*many(10, 5))
    before = found.mark("l/run-00003/logs/m0")
    assert found.mark("l/run-00003/logs/m0") == before
    bucket.keys = sorted([*bucket.keys, "l/run-00003/logs/m0/2000.log"])
    found.forget("l")
    assert found.mark("l/run-00003/logs/m0") != before


def test_empty_objects_that_stand_for_folders_are_folders() -> None:
    found, _ = tree("run-1", "run-1/logs", "run-1/logs/loss/1000.log", "runs.swanlab")
    assert found.find("l/run-1") is None
    assert found.find("l/run-1/logs") is None
    assert sorted(name for name, _ in found.names("l")) == ["run-1", "runs.swanlab"]


def test_the_logdir_is_read_through_one_module_only() -> None:
    """Otherwise a logdir in a bucket would be looked for on the disk."""
    about_this_machine = {"disk.py", "process.py", "mounts.py"}
    for path in LOGDIR.rglob("*.py"):
        lines = path.read_text().splitlines()
        direct = [line for line in lines if DIRECT.search(line) and "os.path.exists(copy" not in line]
        assert path.name in about_this_machine or direct == [], path


def test_a_logdir_on_disk_is_read_by_plain_calls_of_os(tmp_path: Path) -> None:
    script = (
        "import os, sys\n"
        "from swancli.cli.commands import main\n"
        "from swancli.logdir import disk\n"
        "assert main(['status', '1', '-l', sys.argv[1]]) == 0\n"
        "assert (disk.stat, disk.open, disk.pread, disk.scandir) == (os.stat, os.open, os.pread, os.scandir)\n"
        "assert not {'swancli.objects.mount', 'obstore'} & set(sys.modules)\n"
    )
    demo.write_demo(str(tmp_path / "swanlog"))
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "swanlog"], capture_output=True, text=True, env=environment()
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_paths_and_descriptors_of_the_disk_are_left_to_os(tmp_path: Path) -> None:
    """Before, while and after the functions are replaced: another thread may have opened a file with those of os."""
    path = tmp_path / "file"
    path.write_bytes(b"content")
    before = os.open(path, os.O_RDONLY)
    mount.attach(None)
    after = disk.open(str(path), os.O_RDONLY)
    for fd in (before, after):
        assert (disk.pread(fd, 3, 4), disk.fstat(fd).st_size) == (b"ent", 7)
        disk.close(fd)
    assert disk.stat(str(path)) == os.stat(path)
    assert disk.listdir(str(tmp_path)) == ["file"]
