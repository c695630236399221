"""What `swancli metric` draws on a screen of some size: the plot fills what numbers and points leave."""

from __future__ import annotations

import fcntl
import math
import os
import pty
import struct
import subprocess
import termios
from pathlib import Path

import pytest

from tests.support.command import ARGV, environment, swancli
from tests.support.logdirs import Logdir, point

SIZES = [(80, 24), (120, 40), (200, 50)]


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Logdir(tmp_path_factory.mktemp("metric") / "swanlog")
    for name in ("base", "tuned"):
        run = made.run(name)
        run.metric("loss", [point(n, 2.5 * math.exp(-n / 80)) for n in range(1, 401)])
        run.metric("lr", [point(n, 1e-4 * (1 - n / 500)) for n in range(1, 401)])
        run.metric("tokens", [point(n, n * 4096) for n in range(1, 401)])
        run.metric("acc", [point(n, n / 400) for n in range(1, 401)])
    return made.path


def _shown(logdir: Path, words: str, width: int, height: int) -> list[str]:
    env = {"COLUMNS": str(width), "LINES": str(height), "TERM": "xterm"}
    done = swancli("-l", logdir, "metric", *words.split(), "--plot", env=env)
    assert (done.code, done.err) == (0, "")
    return done.lines


def _is_point(line: str) -> bool:
    return line.split()[:1] in (["1"], ["2"], ["399"], ["400"])


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("words", ["1 loss", "1 loss lr", "1 loss lr tokens acc", "1,2 loss lr", "1,2 loss lr acc"])
def test_plot_numbers_and_points_fill_the_screen(logdir: Path, words: str, width: int, height: int) -> None:
    lines = _shown(logdir, words, width, height)
    assert len(lines) == height - 1  # the prompt is below them
    assert sum(map(_is_point, lines)) == 4
    assert any(line.startswith("metric ") for line in lines)
    assert max(map(len, lines)) <= width
    assert sum("└" in line for line in lines) == 1


def test_the_height_that_is_given_rules(logdir: Path) -> None:
    lines = _shown(logdir, "1 loss lr --height 13", 80, 50)
    assert lines[13] == ""
    assert "└" in lines[11]


def test_each_metric_gets_its_plot_even_where_it_is_too_high(logdir: Path) -> None:
    lines = _shown(logdir, "1 loss lr tokens acc --no-overlay", 80, 10)
    assert [line.split()[1] for line in lines if line.startswith("━━")] == ["loss", "lr", "tokens", "acc"]


def test_unlike_scales_are_overlaid_where_that_is_asked_for(logdir: Path) -> None:
    assert len([line for line in _shown(logdir, "1 loss lr --overlay", 80, 24)[:2] if "━━" in line]) == 2
    lines = _shown(logdir, "1 loss lr", 80, 24)
    assert "━━ loss" in lines[0]
    assert "━━ lr" not in lines[1]
    assert "━━ lr" in lines


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_live_view_fills_the_pane(logdir: Path, width: int, height: int) -> None:
    reading, writing = pty.openpty()
    fcntl.ioctl(writing, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
    words = ["metric", "1", "loss", "lr", "-w", "--until-finished", "-l", str(logdir), "--no-color"]
    env = {**environment(), "TERM": "xterm"}
    for name in ("COLUMNS", "LINES"):
        env.pop(name, None)
    # the run is over: its first frame is the last one, on the ordinary screen
    process = subprocess.Popen([*ARGV, *words], stdin=subprocess.DEVNULL, stdout=writing, env=env)
    os.close(writing)
    pieces = []
    try:
        while piece := os.read(reading, 65536):
            pieces.append(piece)
    except OSError:  # how the end of a terminal is told
        pass
    os.close(reading)
    assert process.wait(60) == 0
    lines = b"".join(pieces).decode().splitlines()
    assert len(lines) == height
    assert sum(map(_is_point, lines)) == 4
    assert "more lines" not in lines[-1]
