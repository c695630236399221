"""How the view begins and ends in a real terminal, and where it does not begin."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from tests.oracle.swanboard import environment as oracle
from tests.support.command import ARGV, environment, swancli
from tests.support.tmux import Tmux, running
from tests.support.waiting import PATIENCE_SECONDS, wait_until

TRAINING = """
import sys, time
import swanlab
swanlab.init(project="live", experiment_name=sys.argv[1], logdir=sys.argv[2], mode="local", config={"max_steps": 100000})
for step in range(1, 100000):
    swanlab.log({"train/loss": 1 / step}, step=step)
    print("at step", step, flush=True)
    if len(sys.argv) > 3 and step == int(sys.argv[3]):
        raise RuntimeError("CUDA out of memory")
    time.sleep(0.02)
"""


def test_without_a_terminal_it_says_what_to_use(sample: Path) -> None:
    done = swancli("top", "-l", sample)
    assert (done.code, done.out) == (2, b"")
    assert "top needs a terminal: use 'swancli project -w'" in done.err


def spawned(sample: Path, *words: str, size: tuple[int, int] = (24, 80), **more: str) -> pexpect.spawn:
    """The view in a pseudo-terminal."""
    env = {**environment(), "TERM": "xterm-256color", **more}
    return pexpect.spawn(
        ARGV[0], [*ARGV[1:], "top", "-l", str(sample), *words], env=env, dimensions=size, timeout=PATIENCE_SECONDS
    )


def state_of(pid: int) -> str:
    """The letter of a process's state: T is stopped."""
    done = subprocess.run(["ps", "-o", "state=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return done.stdout.strip()[:1]


def test_a_dumb_terminal_is_told_what_to_use(sample: Path) -> None:
    with spawned(sample, TERM="dumb") as child:
        child.expect("TERM is 'dumb': use 'swancli project -w'")
        child.expect(pexpect.EOF)
    assert child.exitstatus == 2


def test_without_textual_it_says_how_to_install_it(sample: Path, tmp_path: Path) -> None:
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "textual.py").write_text("raise ImportError('hidden')")
    path = f"{tmp_path / 'hidden'}{os.pathsep}{environment()['PYTHONPATH']}"
    with spawned(sample, PYTHONPATH=path) as child:
        child.expect(re.escape("top requires Textual: install it with pip install 'swancli[top]'"))
        child.expect(pexpect.EOF)
    assert child.exitstatus == 2


@pytest.mark.parametrize("key", ["q", "\x03"])
def test_the_terminal_is_left_as_it_was(sample: Path, key: str) -> None:
    with spawned(sample) as child:
        child.expect("eval/checkpoints")
        child.send(key)
        child.expect(pexpect.EOF)
        out = child.before.decode()
    assert child.exitstatus == 0
    for mode in ("1049", "1000", "1003", "2004"):
        assert f"\x1b[?{mode}l" in out
    assert "\x1b[?25h" in out


def test_control_l_draws_all_anew(sample: Path) -> None:
    with spawned(sample) as child:
        child.expect("eval/checkpoints")
        child.send("\x0c")
        child.expect("eval/checkpoints")
        child.send("q")
        child.expect(pexpect.EOF)


def test_control_z_gives_the_terminal_to_the_shell_until_the_view_comes_back(sample: Path) -> None:
    with spawned(sample) as child:
        child.expect("eval/checkpoints")
        child.send("\x1a")
        child.expect(re.escape("\x1b[?1049l"))
        wait_until(lambda: state_of(child.pid) == "T", "the process to stop")
        os.kill(child.pid, signal.SIGCONT)
        child.expect(re.escape("\x1b[?1049h"))
        child.expect("eval/checkpoints")
        child.send("q")
        child.expect(pexpect.EOF)
    assert child.exitstatus == 0


def test_without_colours_there_are_none(sample: Path) -> None:
    for words, more in ((["--no-color"], {}), ([], {"NO_COLOR": "1"})):
        with spawned(sample, *words, **more) as child:  # type: ignore[arg-type]
            child.expect("crashed")
            child.send("q")
            child.expect(pexpect.EOF)
            out = child.before.decode()
        assert not re.search(r"\x1b\[[0-9;]*(?:3[0-7]|38;5;\d+|4[0-7])[;m]", out)


def test_sixteen_colours_where_there_are_no_more(sample: Path) -> None:
    with spawned(sample, TERM="xterm") as child:
        child.expect("crashed")
        child.send("q")
        child.expect(pexpect.EOF)
        out = child.before.decode()
    assert "38;5;" not in out
    assert "\x1b[32m" in out


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    with running(tmp_path, XDG_STATE_HOME=str(tmp_path / "state")) as made:
        yield made


@pytest.mark.slow
@pytest.mark.oracle
@pytest.mark.programs
def test_a_real_training_appears_is_killed_and_another_crashes(tmux: Tmux, tmp_path: Path) -> None:
    logdir = tmp_path / "swanlog"
    logdir.mkdir()
    script = tmp_path / "train.py"
    script.write_text(TRAINING)

    def train(*words: str) -> subprocess.Popen[bytes]:
        argv = [str(oracle() / "bin/python"), str(script), *words]
        return subprocess.Popen(argv, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    first = train("first", str(logdir), "3")
    first.wait(PATIENCE_SECONDS)
    command = " ".join([*ARGV, "top", "-l", str(logdir)])
    tmux.start(f"{command}; echo ended with $?; cat")
    tmux.sees("1 crashed")
    tmux.sees("RuntimeError: CUDA out of memory")
    second = train("second", str(logdir))
    try:
        tmux.sees("1 running")
        tmux.sees("charts 1 of second")
        tmux.sees("steps/s")
        tmux.sees("left ~")
        tmux.sees("at step")
    finally:
        second.send_signal(signal.SIGKILL)
        second.wait(PATIENCE_SECONDS)
    tmux.sees("1 killed")
    tmux("resize-window", "-x", "80", "-y", "24")
    tmux.press("!")
    tmux.sees("6 notes")
    tmux.sees("killed    second")
    tmux.press("q")
    tmux.sees("ended with 0")
    assert sys.platform != "linux" or "Traceback" not in tmux.screen()
