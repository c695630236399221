"""A real terminal multiplexer with a socket of its own."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.support.command import environment
from tests.support.waiting import PATIENCE_SECONDS, wait_until

SESSION = "tests"


class Tmux:
    """tmux with one window; its panes are numbered from above, from 0 on."""

    def __init__(self, folder: Path, **more: str) -> None:
        self._socket = str(folder / "tmux")
        self._folder = folder
        self._more = more

    def __call__(self, *words: str) -> str:
        """Run a command of tmux."""
        done = subprocess.run(
            ["tmux", "-S", self._socket, "-f", os.devnull, *words],
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            cwd=self._folder,
            env=environment(**self._more),
        )
        return done.stdout

    def start(self, command: str) -> None:
        """Run a command of the shell in the first pane."""
        self("new-session", "-d", "-x", "120", "-y", "40", "-s", SESSION, command)

    @property
    def panes(self) -> int:
        """The number of panes."""
        return len(self("list-panes", "-t", SESSION).splitlines())

    def screen(self, pane: int = 0) -> str:
        """What is to be seen in a pane."""
        return self("capture-pane", "-p", "-t", f"{SESSION}.{pane}")

    def sees(self, text: str, pane: int = 0) -> None:
        """Wait until a text is to be seen in a pane."""
        wait_until(lambda: text in self.screen(pane), f"{text!r} in pane {pane}:\n{self.screen(pane)}", pause=0.1)

    def press(self, *keys: str, pane: int = 0) -> None:
        """Press keys in a pane."""
        self("send-keys", "-t", f"{SESSION}.{pane}", *keys)


@contextlib.contextmanager
def running(folder: Path, **more: str) -> Iterator[Tmux]:
    """tmux in a folder, ended afterwards; `more` is added to the environment."""
    made = Tmux(folder, **more)
    yield made
    made("kill-server")
