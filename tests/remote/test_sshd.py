"""A logdir on another machine through the real OpenSSH, also when sshd is killed while it is watched."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from swancli.demo import write_demo
from tests.support.command import start, swancli
from tests.support.ssh import Sshd, remote_command, sshd
from tests.support.waiting import PATIENCE_SECONDS

pytestmark = [pytest.mark.programs, pytest.mark.slow]


@pytest.fixture(scope="module")
def far(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sshd, Path]]:
    folder = tmp_path_factory.mktemp("sshd")
    write_demo(str(folder / "swanlog"))
    with sshd(folder) as made:
        yield made, folder / "swanlog"


@pytest.mark.parametrize("words", ["project", "summary 1", "metric 1 train/loss -o csv", "logs 1", "status 1 --json"])
def test_command_prints_what_it_prints_there(far: tuple[Sshd, Path], words: str) -> None:
    server, path = far
    done = swancli(*words.split(), "-l", f"node7:{path}", "--remote-command", remote_command(), env=server.env)
    assert (done.code, done.err) == (0, "")
    assert done.out == swancli(*words.split(), "-l", path).out
    assert (
        swancli("project", "-u", f"ssh://node7{path}", "--remote-command", remote_command(), env=server.env).code == 0
    )


def test_login_that_is_refused_is_told_in_ssh_s_words(far: tuple[Sshd, Path], tmp_path: Path) -> None:
    server, path = far
    config = Path(server.env["SWANCLI_SSH"].split()[2]).read_text().replace("IdentityFile", "#")
    (tmp_path / "config").write_text(config)
    done = swancli("project", "-l", f"node7:{path}", env={"SWANCLI_SSH": f"ssh -F {tmp_path}/config -o BatchMode=yes"})
    assert done.code == 4
    assert done.err.startswith(f"swancli: error: cannot connect to node7:{path}: ")
    assert "Permission denied" in done.err


def test_view_goes_on_when_sshd_is_killed_and_comes_back(far: tuple[Sshd, Path]) -> None:
    server, path = far
    process = start(
        "summary", "1", "-w", "0.2", "-l", f"node7:{path}", "--remote-command", remote_command(), env=server.env
    )
    assert process.stdout
    lines = iter(process.stdout.readline, b"")
    limit = threading.Timer(PATIENCE_SECONDS, process.kill)
    limit.start()

    def wait_for(text: bytes) -> None:
        assert any(text in line for line in lines)

    wait_for(b"train/loss")
    server.kill()
    wait_for(b"data from")
    for slice in path.glob("run-*/logs/*/*.log"):
        with slice.open("a") as file:
            file.write('\n{"index":999,"data":424242,"create_time":"2025-03-21T06:06:00+00:00"}')
    server.start()
    wait_for(b"424242")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE_SECONDS)
    limit.cancel()
    assert process.returncode == 130
