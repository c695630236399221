"""Watching, in a real pseudo-terminal whose screen pyte keeps."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator

import pyte
import pytest

from swancli.errors import DataError
from swancli.output.live import watch
from swancli.output.stdout import Terminal
from tests.support.waiting import PATIENCE_SECONDS

SECOND_TURN = r"turn (?:[2-9]|\d\d+) at"  # or a later one: on a busy machine frames are skipped
PROGRAM = """
import os, sys
from swancli.errors import DataError
from swancli.output.live import watch
from swancli.output.stdout import detect
turn = 0
def frame(width, height):
    global turn
    turn += 1
    if os.environ.get("FAIL") and turn > 1:
        raise DataError("lost the database \\x1b[2J")
    lines = [[(f"turn {turn} at {width}x{height}", "strong")]]
    lines += [] if os.environ.get("HEAD") else [[("x" * (width + 5), "")]]
    lines += [[("title", "head")]] if os.environ.get("HEAD") else []
    lines += [[("中" * 30, "good")], [("old" if turn % 2 else "", ""), (" " * width, "")]]
    return lines + [[(f"row {n}", "")] for n in range(int(os.environ.get("ROWS", "2")))]
last = int(os.environ.get("UNTIL", "0"))
interval = float(os.environ.get("INTERVAL", "0.1"))
ended = watch(frame, interval, detect(), (lambda: turn >= last) if last else None, pinned=1)
print("ended" if ended else "quit")
"""


class Pane:
    """A program in a pseudo-terminal."""

    def __init__(self, columns: int, rows: int, **env: str) -> None:
        self.keeper, end = pty.openpty()
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.resize(columns, rows)
        self.modes = termios.tcgetattr(end)
        self.end = end
        self.run = subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            stdin=end,
            stdout=end,
            stderr=subprocess.PIPE if "ERRORS" in env else end,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm-256color", **env},
        )

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.keeper, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)

    def see(self, pattern: str) -> str:
        """Read until the screen shows `pattern`; gives the screen."""
        limit = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < limit:
            text = "\n".join(self.screen.display)
            if re.search(pattern, text):
                return text
            if select.select([self.keeper], [], [], 0.05)[0]:
                try:
                    data = os.read(self.keeper, 65536)
                except OSError:
                    break
                self.raw += data
                self.stream.feed(data)
        raise AssertionError(f"no {pattern!r} on:\n" + "\n".join(self.screen.display))

    def send(self, keys: bytes) -> None:
        os.write(self.keeper, keys)

    def vanish(self) -> None:
        """Close the terminal: whoever reads or writes at it gets an error."""
        for end in (self.end, self.keeper):
            os.close(end)
        self.end = self.keeper = -1

    def close(self) -> None:
        if self.run.poll() is None:
            self.run.kill()
            self.run.wait()
        if self.run.stderr is not None:
            self.run.stderr.close()
        for end in (self.keeper, self.end):
            if end >= 0:
                os.close(end)


@pytest.fixture
def pane(request: pytest.FixtureRequest) -> Iterator[Pane]:
    made = Pane(40, 12, **getattr(request, "param", {}))
    yield made
    made.close()


def _restored(pane: Pane) -> None:
    """The terminal is as it was: ordinary screen, cursor, wrapping, line mode."""
    assert pane.raw.count(b"\x1b[?1049h") == pane.raw.count(b"\x1b[?1049l") > 0
    assert pane.raw.rindex(b"\x1b[?25h") > pane.raw.rindex(b"\x1b[?25l")
    assert pane.raw.rindex(b"\x1b[?7h") > pane.raw.rindex(b"\x1b[?7l")
    assert termios.tcgetattr(pane.end)[3] == pane.modes[3]


def test_frames_replace_each_other_until_q(pane: Pane) -> None:
    text = pane.see(r"turn (?:[4-9]|\d\d+) at 40x12")
    lines = [line.rstrip() for line in text.splitlines()]
    assert lines[1] == "x" * 39 + "…"
    assert lines[3] == ("old" if int(lines[0].split()[1]) % 2 else "")
    assert lines[4:6] == ["row 0", "row 1"]
    assert lines[6:] == [""] * 6
    pane.send(b"q")
    pane.see("quit")
    assert pane.run.wait(PATIENCE_SECONDS) == 0
    _restored(pane)


def test_a_frame_is_one_write_without_clearing_the_screen(pane: Pane) -> None:
    pane.see(r"turn (?:[3-9]|\d\d+) at")
    assert b"\x1b[2J" not in pane.raw
    assert pane.raw.count(b"\x1b[H") >= 3


def test_the_pane_may_change_its_size(pane: Pane) -> None:
    pane.see(r"turn \d+ at 40x12")
    pane.resize(60, 8)
    pane.see(r"turn \d+ at 60x8")


@pytest.mark.parametrize("pane", [{"ROWS": "50"}], indirect=True)
def test_a_frame_is_cut_to_the_height_of_the_pane(pane: Pane) -> None:
    text = pane.see(SECOND_TURN)
    assert text.splitlines()[-1].startswith("lines 1-10 of 53; scroll")
    assert text.startswith("turn")


@pytest.mark.parametrize("pane", [{"ROWS": "50", "INTERVAL": "600"}], indirect=True)
@pytest.mark.parametrize(
    ("keys", "first"),
    [
        (b"j", 2), (b"\x1b[B\x1bOB", 3), (b"\x1b[6~", 11), (b"\x1b[6~\x1b[6~\x1b[5~k\x1b[A", 9), (b"G", 44),
        (b"\x1b[F", 44), (b"\x1b[4~", 44), (b"GjjjkG\x1b[5~\x1bOA", 33), (b"Gg", 1), (b"G\x1b[H", 1), (b"jjj\x1bOHj", 2),
    ],
)  # fmt: skip
def test_keys_scroll_below_the_first_line(pane: Pane, keys: bytes, first: int) -> None:
    pane.see("turn 1 .*(?s:.*)lines 1-10 of 53")
    pane.send(keys)
    text = pane.see(f"lines {first}-{first + 9} of 53")
    assert text.startswith("turn 1 ")  # nothing was read for it
    assert text.splitlines()[10].rstrip() == f"row {first + 9 - 4}"


@pytest.mark.parametrize("pane", [{"ROWS": "50"}], indirect=True)
def test_a_new_frame_and_a_new_size_keep_the_place(pane: Pane) -> None:
    pane.see("lines 1-10 of 53")
    pane.send(b"jjj\x1b")
    pane.send(b"[Bj")  # a key may come in pieces
    before = pane.see("lines 6-15 of 53").partition(" at ")[0]
    text = pane.see(rf"^(?!{before} )turn \d+ (?s:.*)lines 6-15 of 53")
    assert text.splitlines()[1].rstrip() == "row 2"
    pane.resize(60, 8)
    text = pane.see("at 60x8(?s:.*)lines 6-11 of 53")
    assert text.splitlines()[1].rstrip() == "row 2"
    pane.send(b"G")
    pane.see("lines 48-53 of 53")
    pane.resize(60, 20)
    pane.see("at 60x20(?s:.*)lines 36-53 of 53")


@pytest.mark.parametrize("pane", [{"ROWS": "9", "HEAD": "1"}], indirect=True)
def test_titles_of_columns_stay_with_the_first_line(pane: Pane) -> None:
    pane.see("lines 1-9 of 11")
    pane.send(b"G")
    text = pane.see("lines 3-11 of 11")
    assert text.splitlines()[1].rstrip() == "title"
    assert text.splitlines()[2].rstrip() == "row 0"


@pytest.mark.parametrize("pane", [{"TERM": "dumb"}, {"TERM": "dumb", "INTERVAL": "600"}], indirect=True)
def test_q_ends_a_view_on_a_dumb_terminal(pane: Pane) -> None:
    pane.see("turn 1")
    pane.send(b"xq")
    pane.see("quit")
    assert pane.run.wait(20) == 0
    assert b"\x1b" not in pane.raw
    assert termios.tcgetattr(pane.end)[3] == pane.modes[3]


@pytest.mark.parametrize("pane", [{"ERRORS": "1"}, {"ERRORS": "1", "TERM": "dumb"}], indirect=True)
@pytest.mark.parametrize("how", ["SIGHUP", "the terminal is gone"])
def test_a_vanished_terminal_ends_it_without_a_traceback(pane: Pane, how: str) -> None:
    pane.see("turn 2")
    if how == "SIGHUP":
        pane.run.send_signal(signal.SIGHUP)
    else:
        pane.vanish()
    assert pane.run.stderr is not None
    err = pane.run.stderr.read()
    assert (pane.run.wait(20), err) == (129, b"")


@pytest.mark.parametrize("pane", [{"FAIL": "1"}], indirect=True)
def test_the_last_good_frame_stays_when_a_read_fails(pane: Pane) -> None:
    text = pane.see(r"data from \d\d:\d\d:\d\d: lost the database")
    assert text.startswith("turn 1 at")
    assert b"\x1b[2J" not in pane.raw


@pytest.mark.parametrize("pane", [{"UNTIL": "3"}], indirect=True)
def test_it_ends_by_itself_and_leaves_the_last_frame(pane: Pane) -> None:
    text = pane.see("ended")
    assert "turn 3" in text
    assert pane.run.wait(PATIENCE_SECONDS) == 0
    _restored(pane)


def test_ctrl_c_restores_the_terminal(pane: Pane) -> None:
    pane.see(SECOND_TURN)
    pane.run.send_signal(signal.SIGINT)
    pane.see("KeyboardInterrupt")
    pane.run.wait(PATIENCE_SECONDS)
    _restored(pane)


def test_sigterm_restores_the_terminal(pane: Pane) -> None:
    pane.see(SECOND_TURN)
    pane.run.terminate()
    assert pane.run.wait(PATIENCE_SECONDS) == 143
    while select.select([pane.keeper], [], [], 0.2)[0]:
        pane.raw += os.read(pane.keeper, 65536)
    _restored(pane)


def test_without_a_terminal_new_frames_follow_each_other() -> None:
    out = io.StringIO()
    turns = iter(["a", "a", "b", "c"])
    seen: list[str] = []

    def frame(width: int, height: int) -> list[list[tuple[str, str]]]:
        seen.append(next(turns))
        return [[(seen[-1], "good")]]

    assert watch(frame, 0.01, Terminal(stream=out), lambda: len(seen) == 4)
    assert out.getvalue() == "a\n\nb\n\nc\n"


def test_an_error_of_the_first_frame_is_raised() -> None:
    def frame(width: int, height: int) -> list[list[tuple[str, str]]]:
        raise DataError("no")

    with pytest.raises(DataError):
        watch(frame, 0.01, Terminal(stream=io.StringIO()))
