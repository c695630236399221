"""The pager for long output on a terminal: `less -FIRX`, or the command in SWANCLI_PAGER or PAGER."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from swancli.output.stdout import ClosedPipe, Terminal

if TYPE_CHECKING:
    import subprocess


def command(env: Mapping[str, str]) -> list[str]:
    """The pager's arguments; none if the user wants no pager ("" or "cat"), or a quote is not closed."""
    import shlex

    chosen = env.get("SWANCLI_PAGER", env.get("PAGER", "less"))
    try:
        words = shlex.split(chosen)
    except ValueError:
        return []
    if not words or words == ["cat"]:
        return []
    # without -R, which the user's own LESS may lack, colours are shown as escapes
    return [*words, "-R"] if words == ["less"] and env.get("LESS") else words


class Pager:
    """Takes output, in a `with`; the pager is started once the output has as many lines as the terminal.

    Raises ClosedPipe when the user leaves the pager before the end.
    """

    __slots__ = ("_held", "_is_decided", "_lines", "_process", "terminal")

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self._held: list[str] = []
        self._lines = 0
        self._is_decided = not (terminal.pager and terminal.tty)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Pager:
        return self

    def write(self, text: str) -> None:
        """Write `text`, held back until it is known whether a pager is needed."""
        if self._is_decided:
            self._send(text)
            return
        self._held.append(text)
        self._lines += text.count("\n")
        if self._lines >= self.terminal.height:
            self._start()

    def _start(self) -> None:
        """Start the pager, if there is one, and send what was held back."""
        self._is_decided = True
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
            # after Ctrl-C nothing more is written: the write itself may have been what blocked
            if kind is not KeyboardInterrupt:
                self._flush_held()
                self.terminal.flush()
            return
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        # Ctrl-C is the pager's: it ends a search there, not this process
        while True:
            try:
                self._process.wait()
                return
            except KeyboardInterrupt:
                continue
