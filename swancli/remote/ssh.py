"""HTTP over the pipe to `ssh HOST swancli serve --stdio`, for which the user's own OpenSSH client is started.

Keys, agents, jump hosts and shared connections are set up there. ssh itself asks for a password, or about an unknown
host, on the terminal. SWANCLI_SSH names another client, as GIT_SSH_COMMAND does.
"""

from __future__ import annotations

import contextlib
import os
import select
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from typing import Any

import httpcore

from swancli.errors import RemoteError
from swancli.remote.ssh_target import SshTarget
from swancli.remote.time_limit import LimitedStream, TimeLimit
from swancli.wire import GREETING

VARIABLE = "SWANCLI_SSH"
MAX_GREETING_BYTES = 1 << 16  # that a login profile may print before swancli greets
MAX_MESSAGE_BYTES = 4096  # of stderr that are kept
SHOWN_AFTER_SECONDS = 2.0  # of connecting, after which ssh may be waiting for the user, and what it says is shown
EXIT_SECONDS = 2.0  # for ssh to end when its pipes are closed
RETRY_SECONDS, MAX_RETRY_SECONDS = 1.0, 30.0  # after the first failure, doubled after each further one
SSH_FAILED, NOT_EXECUTABLE, NOT_FOUND = 255, 126, 127  # exit codes of ssh and of the shell there


class SshProcess:
    """One ssh process, connected by pipes to a swancli on another machine. `batch`: ssh may ask nothing."""

    def __init__(self, target: SshTarget, remote_command: str, batch: bool) -> None:
        self._target, self._remote_command = target, remote_command
        self._said = b""
        command = command_line(target, remote_command, batch)
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
            )
        except OSError as error:
            raise RemoteError(f"cannot run {command[0]!r}: {error.strerror or error}") from error
        assert self._process.stdin
        assert self._process.stdout
        self.stdin, self.stdout = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self.stdin, False)
        self._is_connected = False
        self._started = time.monotonic()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def greet(self, limit: TimeLimit) -> None:
        """Read up to the line by which swancli there says that it is ready; RemoteError if there is none."""
        line, count = b"", 0
        while True:
            left, start = limit.left(), time.monotonic()
            ready = select.select((self.stdout,), (), (), left)[0] if left else []
            limit.add(time.monotonic() - start)
            if not ready:
                self.close()
                raise RemoteError(
                    f"cannot connect to {self._target.where}: timed out after {limit.seconds:g} s"
                    " (--timeout sets the limit)"
                )
            sign = os.read(self.stdout, 1)  # what follows the greeting is not to be read here
            if not sign:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(EXIT_SECONDS)  # its exit code tells more than that it was ended
                raise self._failure()
            if count > MAX_GREETING_BYTES:
                raise self._failure()
            count += 1
            if sign == b"\n":
                if line.startswith(GREETING):
                    self._is_connected = True
                    return
                line = b""
            else:
                line += sign

    def close(self) -> None:
        """Let ssh end, and wait for it a moment."""
        process = self._process
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()  # type: ignore[union-attr]
        if not self._is_connected:
            process.terminate()
        try:
            process.wait(EXIT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._listener.join(EXIT_SECONDS)
        with contextlib.suppress(OSError):
            process.stderr.close()  # type: ignore[union-attr]

    def _listen(self) -> None:
        """Keep the end of what ssh, and swancli there, say; show it while connecting takes long."""
        assert self._process.stderr
        source, shown = self._process.stderr.fileno(), 0
        while True:
            waits = not self._is_connected and sys.stderr is not None and sys.stderr.isatty()
            with contextlib.suppress(OSError, ValueError):
                if waits and time.monotonic() - self._started > SHOWN_AFTER_SECONDS and shown < len(self._said):
                    for line in self._said[shown:].decode("utf-8", "replace").splitlines():
                        text = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in line)
                        print(text, file=sys.stderr, flush=True)
                    shown = len(self._said)
            try:
                if not select.select((source,), (), (), 0.5 if waits else None)[0]:
                    continue
                data = os.read(source, MAX_MESSAGE_BYTES)
            except (OSError, ValueError):
                return
            if not data:
                return
            self._said = (self._said + data)[-MAX_MESSAGE_BYTES:]
            shown = min(shown, len(self._said))

    def _failure(self) -> RemoteError:
        """Why there is no swancli at the other end."""
        self.close()
        code, host = self._process.returncode, self._target.host
        lines = [line.strip() for line in self._said.decode("utf-8", "replace").splitlines() if line.strip()]
        last = lines[-1].removeprefix("swancli: error: ") if lines else ""
        if code in (NOT_FOUND, NOT_EXECUTABLE):
            return RemoteError(
                f"{host}: {self._remote_command} not found there: install it with pip install swancli, or specify it"
                f" with --remote-command, such as --remote-command venv/bin/swancli ({last or f'exit code {code}'})"
            )
        if "--stdio" in last:
            return RemoteError(f"{host}: the version of swancli there does not support SSH: upgrade it ({last})")
        if code == SSH_FAILED:
            return RemoteError(f"cannot connect to {self._target.where}: {last or 'ssh failed without a message'}")
        reason = last or (f"exit code {code}" if code else "it printed no greeting")
        return RemoteError(f"{host}: {self._remote_command} failed there: {reason}")


def command_line(target: SshTarget, remote_command: str, batch: bool) -> list[str]:
    """The command to run here; with `batch`, nothing may be asked on the terminal."""
    client = shlex.split(os.environ.get(VARIABLE) or "ssh") or ["ssh"]
    there = f"{remote_command} serve --stdio"
    if target.path:
        there += f" -l {shlex.quote(target.path)}"
    port = ["-p", str(target.port)] if target.port else []
    return [*client, "-T", *(["-oBatchMode=yes"] if batch else []), *port, target.host, there]


class PipeStream(httpcore.NetworkStream):
    """The pipes of a process as a connection."""

    def __init__(self, process: SshProcess) -> None:
        self._process = process
        self._is_closed = False

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What has arrived, or arrives in time; b"" at the end."""
        if not select.select((self._process.stdout,), (), (), timeout)[0]:
            raise httpcore.ReadTimeout("time limit exceeded")
        return os.read(self._process.stdout, max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of a buffer."""
        while buffer:
            if not select.select((), (self._process.stdin,), (), timeout)[1]:
                raise httpcore.WriteTimeout("time limit exceeded")
            try:
                buffer = buffer[os.write(self._process.stdin, buffer) :]
            except BrokenPipeError as error:
                raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        """End the process."""
        if not self._is_closed:
            self._is_closed = True
            self._process.close()

    def get_extra_info(self, info: str) -> Any:
        """For "is_readable", whether there is something to read, which ends an idle connection; nothing else."""
        if info == "is_readable":
            return self._is_closed or bool(select.select((self._process.stdout,), (), (), 0)[0])
        return None


class SshBackend(httpcore.SyncBackend):
    """Starts ssh to connect, whatever host is asked for."""

    def __init__(self, target: SshTarget, remote_command: str, batch: bool) -> None:
        self._target, self._remote_command, self._batch = target, remote_command, batch
        self._failures = 0  # in a row
        self._not_before = 0.0

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: Any = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> LimitedStream:
        """A connection to swancli on the other machine, which has greeted; after a failure, not again too soon."""
        wait = self._not_before - time.monotonic()
        if wait > 0:
            error = RemoteError(f"no connection to {self._target.where}: trying again in {wait:.0f} s")
            error.retry_after = wait
            raise error
        try:
            process = self._connected(timeout)
        except RemoteError as error:
            error.retry_after = min(RETRY_SECONDS * 2**self._failures, MAX_RETRY_SECONDS)
            self._failures += 1
            self._not_before = time.monotonic() + error.retry_after
            raise
        self._failures = 0
        return LimitedStream(PipeStream(process), timeout)

    def _connected(self, limit: TimeLimit) -> SshProcess:
        process = SshProcess(self._target, self._remote_command, self._batch)
        try:
            process.greet(limit)
        except BaseException:
            process.close()
            raise
        return process
