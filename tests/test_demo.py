"""`write_demo`: a copy of the sample, never over anything that is there."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from swancli.demo import SAMPLE, write_demo
from swancli.errors import UsageError


def tree(root: str | Path) -> dict[str, bytes]:
    """Relative path and content of every file below `root`."""
    return {str(path.relative_to(root)): path.read_bytes() for path in Path(root).rglob("*") if path.is_file()}


def test_demo_writes_the_whole_sample(tmp_path: Path) -> None:
    write_demo(str(tmp_path / "swanlog"))
    assert tree(tmp_path / "swanlog") == tree(SAMPLE)


def test_demo_makes_the_folders_above_its_target(tmp_path: Path) -> None:
    write_demo(str(tmp_path / "a" / "b"))
    assert (tmp_path / "a" / "b" / "runs.swanlab").exists()


def test_demo_fills_an_empty_folder(tmp_path: Path) -> None:
    write_demo(str(tmp_path))
    assert tree(tmp_path) == tree(SAMPLE)


@pytest.mark.parametrize("kind", ["logdir", "file", "dangling link"])
def test_demo_leaves_what_is_there(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "swanlog"
    if kind == "logdir":
        target.mkdir()
        (target / "runs.swanlab").write_bytes(b"mine")
    elif kind == "file":
        target.write_bytes(b"mine")
    else:
        target.symlink_to(tmp_path / "nowhere")
    before = sorted((str(path), path.is_symlink() or path.stat().st_mtime_ns) for path in tmp_path.rglob("*"))
    with pytest.raises(UsageError, match="already exists"):
        write_demo(str(target))
    assert before == sorted((str(path), path.is_symlink() or path.stat().st_mtime_ns) for path in tmp_path.rglob("*"))


def test_demo_can_be_written_to_and_removed_by_its_owner(tmp_path: Path) -> None:
    write_demo(str(tmp_path / "swanlog"))
    for path in (tmp_path / "swanlog").rglob("*"):
        assert os.stat(path).st_mode & stat.S_IWUSR, path


def test_demo_where_a_file_is_in_the_way_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UsageError, match="cannot write"):
        write_demo(str(tmp_path / "file" / "swanlog"))
