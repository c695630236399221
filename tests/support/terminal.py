"""The full-screen view in a pseudo-terminal whose screen can be read."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pyte

from tests.support.command import ARGV, environment
from tests.support.waiting import PATIENCE_SECONDS


class Terminal:
    """A terminal with a program in it."""

    def __init__(self, child: pexpect.spawn, size: tuple[int, int]) -> None:
        self.child = child
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)

    @property
    def text(self) -> str:
        """What is on the screen now."""
        with contextlib.suppress(pexpect.TIMEOUT, pexpect.EOF):
            while True:
                self._stream.feed(self.child.read_nonblocking(1 << 16, 0.05))
        return "\n".join(self._screen.display)

    def sees(self, *texts: str) -> None:
        """Wait until texts are on the screen."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not all(one in (shown := self.text) for one in texts):
            assert time.monotonic() < end, f"still waiting for {texts} on the screen:\n{shown}"
            assert self.child.isalive(), f"it has ended:\n{shown}"

    def press(self, keys: str) -> None:
        """Press keys."""
        self.child.send(keys)


@contextlib.contextmanager
def view(folder: Path, *words: str, size: tuple[int, int] = (140, 40), **more: str) -> Iterator[Terminal]:
    """`swancli top` with more words, which keeps its state below `folder`; it is left with q."""
    env = {**environment(), "TERM": "xterm-256color", "XDG_STATE_HOME": str(folder / "state"), **more}
    width, height = size
    child = pexpect.spawn(ARGV[0], [*ARGV[1:], "top", *words], env=env, dimensions=(height, width))
    with child:
        yield Terminal(child, size)
        child.send("q")
        child.expect(pexpect.EOF, timeout=PATIENCE_SECONDS)
    assert child.exitstatus == 0
