"""The progress bar: on a terminal, if something takes long, and nowhere else."""

from __future__ import annotations

import io
import sys

import pytest

from swancli import progress
from swancli.output import progress as bar_module
from swancli.output.progress import Bar


class Stderr(io.StringIO):
    """A stderr that is a terminal or not."""

    def __init__(self, tty: bool) -> None:
        super().__init__()
        self.tty = tty

    def isatty(self) -> bool:
        """Whether it is one."""
        return self.tty


@pytest.mark.parametrize(("tty", "after", "shown"), [(True, 0.0, True), (True, 3600.0, False), (False, 0.0, False)])
def test_bar_is_shown_on_a_terminal_when_it_takes_long(
    monkeypatch: pytest.MonkeyPatch, tty: bool, after: float, shown: bool
) -> None:
    stderr = Stderr(tty)
    monkeypatch.setattr(sys, "stderr", stderr)
    monkeypatch.setattr(bar_module, "AFTER_SECONDS", after)
    monkeypatch.setattr(bar_module, "REFRESH_SECONDS", 0.0)
    bar = Bar()
    progress.report(3, 50)
    progress.report(17, 50)
    assert ("17/50" in stderr.getvalue()) == shown
    progress.report(50, 50)
    ended = stderr.getvalue()
    bar.close()
    progress.report(4, 50)
    assert stderr.getvalue() == ended
    assert not shown or ended.endswith("\x1b[2K")  # the line is erased
    assert shown or ended == ""
