"""SSH for tests: a stand-in for the client that runs commands here, and a real sshd on loopback."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.support.command import ROOT
from tests.support.waiting import PATIENCE_SECONDS, wait_until

# What it does instead of connecting is told by the host's name; the arguments are kept in $SSH_CALLS.
STAND_IN = """#!/bin/sh
printf '%s\\n' "$*" >> "$SSH_CALLS"
while [ "${1#-}" != "$1" ]; do [ "$1" = -p ] && shift; shift; done
host=$1; shift
case $host in
    down) echo "ssh: connect to host down port 22: Connection refused" >&2; exit 255 ;;
    silent) exec sleep 100 ;;
    noisy) echo "Welcome!"; echo "swancli is installed here" ;;
    endless) yes ;;
    asking)
        printf 'Password: ' > /dev/tty; read -r word < /dev/tty
        [ "$word" = secret ] || { echo "Permission denied" >&2; exit 255; } ;;
    bare) PATH=/usr/bin:/bin; unset PYTHONPATH ;;
    old) echo "swancli: error: No such option: --stdio" >&2; exit 2 ;;
esac
cd "$SSH_HOME"
exec sh -c "exec $*"
"""


def remote_command() -> str:
    """The command that starts this swancli, wherever it is run."""
    return f"env PYTHONPATH={ROOT} {sys.executable} -m swancli"


class StandIn:
    """A stand-in for ssh; `calls` are the arguments with which it was started."""

    def __init__(self, folder: Path) -> None:
        self.client = folder / "ssh"
        self.client.write_text(STAND_IN)
        self.client.chmod(0o755)
        self._calls = folder / "calls"
        self._calls.touch()
        self.env = {"SWANCLI_SSH": str(self.client), "SSH_CALLS": str(self._calls), "SSH_HOME": str(folder)}

    @property
    def calls(self) -> list[str]:
        """The arguments of each call, joined by spaces."""
        return self._calls.read_text().splitlines()


class Sshd:
    """A real sshd on loopback for which the host is called node7; `env` makes swancli reach it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._config = folder / "sshd_config"
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        for name in ("host_key", "id"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
        authorized = folder / "authorized"
        authorized.write_bytes((folder / "id.pub").read_bytes())
        authorized.chmod(0o600)
        self._config.write_text(
            f"Port {self._port}\nListenAddress 127.0.0.1\nHostKey {folder}/host_key\nStrictModes no\nUsePAM no\n"
            f"AuthorizedKeysFile {authorized}\nPidFile none\n"
        )
        client = folder / "config"
        client.write_text(
            f"Host node7\n HostName 127.0.0.1\n Port {self._port}\n IdentityFile {folder}/id\n"
            f" UserKnownHostsFile {folder}/known\n StrictHostKeyChecking accept-new\n"
        )
        self.env = {"SWANCLI_SSH": f"ssh -F {client}"}
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Listen."""
        os.makedirs("/run/sshd", exist_ok=True)
        program = shutil.which("sshd") or "/usr/sbin/sshd"
        self._process = subprocess.Popen(
            [program, "-D", "-f", self._config, "-E", self._folder / "log"], start_new_session=True
        )
        wait_until(self._listens, "sshd")

    def kill(self) -> None:
        """End it with all of its connections."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)  # from now on, it accepts no further connection
            for process in (self._process.pid, *self._children(self._process.pid)):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            self._process.wait(PATIENCE_SECONDS)
            self._process = None

    def _children(self, pid: int) -> list[int]:
        found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True).stdout.split()
        return [one for child in map(int, found) for one in (child, *self._children(child))]

    def _listens(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 1):
            return True
        return False


@contextlib.contextmanager
def sshd(folder: Path) -> Iterator[Sshd]:
    """A running sshd."""
    made = Sshd(folder)
    try:
        yield made
    finally:
        made.kill()
