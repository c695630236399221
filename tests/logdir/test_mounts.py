"""Which file systems are taken for local."""

from __future__ import annotations

from pathlib import Path

import pytest

from swancli.logdir.mounts import is_local
from swancli.server.app import App
from swancli.source import LocalSource
from tests.server.test_app import ask

TABLE = r"""
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /data rw shared:2 - nfs4 server:/data rw
31 30 0:41 / /data/fast rw - xfs /dev/nvme0n1 rw
32 22 0:42 / /my\040files rw shared:3 master:4 - fuse.sshfs me@host: rw
33 22 0:43 / /work rw - lustre a@tcp:/work rw
34 33 0:44 / /work rw - tmpfs tmpfs rw
garbage
"""


@pytest.mark.parametrize(
    ("path", "local"),
    [
        ("/home/me/swanlog", True),
        ("/data/swanlog", False),
        ("/data", False),
        ("/database", True),
        ("/data/fast/swanlog", True),
        ("/my files/swanlog", False),
        ("/work/swanlog", True),
    ],
)
def test_the_deepest_mount_decides(path: str, local: bool, tmp_path: Path) -> None:
    (tmp_path / "mounts").write_text(TABLE, encoding="utf-8")
    assert is_local(path, str(tmp_path / "mounts")) is local


def test_where_nothing_tells_it_is_local(tmp_path: Path) -> None:
    assert is_local("/data", str(tmp_path / "missing"))


def test_files_of_another_machine_are_looked_at_in_threads(tmp_path: Path) -> None:
    app = App(lambda: LocalSource(str(tmp_path)), quick=False)
    assert app._max_files_checked_inline == 0
    assert ask(app, "/api/v1/project").status == ask(app, "/api/v1/project").status == 404
    app.close()
