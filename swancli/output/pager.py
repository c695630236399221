"""Long output on a terminal goes through a pager: `less -FIRX`, or what SWANCLI_PAGER or PAGER say."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from swancli.output.stdout import ClosedPipe, Terminal

if TYPE_CHECKING:
    import subprocess


def command(env: Mapping[str, str]) -> list[str]:
    """The pager's argument list; empty if the user wants none ("" or "cat") or wrote an unbalanced quote."""
    import shlex

    chosen = env.get("SWANCLI_PAGER", env.get("PAGER", "less"))
    try:
        words = shlex.split(chosen)
    except ValueError:
        return []
    if not words or words == ["cat"]:
        return []
    # a user's own LESS may lack -R, without which colours show as escapes
    return [*words, "-R"] if words == ["less"] and env.get("LESS") else words


class Screen:
    """Takes output, in a `with`; what is longer than the screen goes to the pager, the rest to the terminal.

    Raises ClosedPipe once the reader has left: nobody waits for the rest.
    """

    __slots__ = ("_held", "_lines", "_open", "_process", "terminal")

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self._held: list[str] = []
        self._lines = 0
        self._open = not (terminal.pager and terminal.tty)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Screen:
        return self

    def write(self, text: str) -> None:
        """Write `text`, held back until it is clear whether it fits the screen."""
        if self._open:
            self._send(text)
            return
        self._held.append(text)
        self._lines += text.count("\n")
        if self._lines >= self.terminal.height:
            self._start()

    def _start(self) -> None:
        """Open the pager, or the terminal if there is no pager, and send what was held back."""
        self._open = True
        argv = command(os.environ)
        if argv:
            import subprocess

            env = dict(os.environ)
            env.setdefault("LESS", "FIRX")
            env.setdefault("LV", "-c")
            if self.terminal.unicode:
                env.setdefault("LESSCHARSET", "utf-8")
            try:
                self.terminal.flush()
                self._process = subprocess.Popen(argv, stdin=subprocess.PIPE, env=env)
            except OSError:
                self._process = None
        self._flush_held()

    def _flush_held(self) -> None:
        held, self._held = "".join(self._held), []
        if held:
            self._send(held)

    def _send(self, text: str) -> None:
        if self._process is None or self._process.stdin is None:
            self.terminal.write(text)
            return
        try:
            self._process.stdin.write(text.encode("utf-8", "backslashreplace"))
        except (BrokenPipeError, ValueError):
            raise ClosedPipe() from None

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._process is None:
            self._flush_held()
            self.terminal.flush()
            return
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        # Ctrl-C belongs to the pager now: it ends a search there, not the program
        while True:
            try:
                self._process.wait()
                return
            except KeyboardInterrupt:
                continue
