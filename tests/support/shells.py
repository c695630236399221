"""A real shell in a pseudo-terminal, to press TAB in.

`swancli` is a stub there: it writes down its arguments, and hands what the scripts
of completions/ ask to the real one.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pexpect
import pyte

from swancli.demo import SAMPLE
from tests.support.waiting import PATIENCE_SECONDS

ROOT = Path(__file__).parent.parent.parent
END = "Z"  # typed behind each TAB: once it is on the line, the TAB has been dealt with
PROMPT = "ready> "
STUB = """#!{python}
import json, os, sys
with open({log!r}, "a") as log:
    log.write(json.dumps(sys.argv[1:]) + "\\n")
if sys.argv[1:2] == ["__complete"]:
    os.execv({python!r}, [{python!r}, "-m", "swancli", *sys.argv[1:]])
"""


def loading(name: str, scripts: Path) -> str:
    """The line that loads a completion script from a folder."""
    return {
        "bash": f". {scripts}/swancli.bash",
        "zsh": f"fpath=({scripts} $fpath); autoload -U compinit; compinit -u -D",
        "fish": f". {scripts}/swancli.fish",
    }[name]


class Shell:
    """bash, zsh or fish in `folder`, without its own settings, after it ran the line `begin`."""

    def __init__(
        self,
        name: str,
        folder: Path,
        begin: str,
        environment: dict[str, str] | None = None,
        stub: bool = True,
    ) -> None:
        self.name = name
        self._folder = folder
        self.log = folder / "calls"
        program = shutil.which(name)
        assert program, f"{name} is not installed"
        for below in ("bin", "home"):
            (folder / below).mkdir()
        if stub:
            path = folder / "bin" / "swancli"
            path.write_text(STUB.format(python=sys.executable, log=str(self.log)))
            path.chmod(0o755)
        env = {
            "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
            "HOME": str(folder / "home"),
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            **({"PYTHONPATH": str(ROOT)} if stub else {}),
            **(environment or {}),
        }
        prompt, arguments = {
            "bash": (f"PS1='{PROMPT}'; bind 'set bell-style none'", ["--norc", "--noprofile", "-i"]),
            "zsh": (f"PS1='{PROMPT}'", ["-f", "-i"]),
            "fish": (
                f"function fish_prompt; echo -n '{PROMPT}'; end; set fish_autosuggestion_enabled 0",
                ["-i"],
            ),
        }[name]
        self._process = pexpect.spawn(
            program,
            arguments,
            cwd=str(folder),
            env=env,
            dimensions=(50, 200),
            encoding="utf-8",
            timeout=PATIENCE_SECONDS,
        )
        self._screen = pyte.Screen(200, 50)
        self._stream = pyte.Stream(self._screen)
        self._wait(lambda: bool(self.line()), "a prompt")
        self._process.send(f"{prompt}; {begin}; clear\r")
        self._wait(lambda: PROMPT.strip() == self.line().strip(), "the prompt set")

    def __enter__(self) -> Shell:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.close(force=True)

    def line(self) -> str:
        """The line with the cursor."""
        return self._screen.display[self._screen.cursor.y].rstrip()

    @property
    def screen(self) -> str:
        """Everything on the screen."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def complete(self, typed: str) -> str:
        """Type, press TAB; what then stands behind the prompt."""
        self._process.send("\x15")
        self._wait(lambda: self.line().strip() == PROMPT.strip(), "an empty line")
        self._process.send(typed + "\t")
        self._process.send(END)
        self._wait(lambda: self._typed().endswith(END), f"the end of {typed!r}")
        return self._typed()[: -len(END)]

    def listing(self, typed: str, *words: str) -> str:
        """Type, press TAB until all the words are on the screen; the screen."""
        self._process.send("\x15")
        self._wait(lambda: self.line().strip() == PROMPT.strip(), "an empty line")
        self._process.send(typed + "\t\t")
        self._wait(lambda: all(word in self.screen for word in words), f"{words} after {typed!r}")
        screen = self.screen
        self._process.send("\x03")
        return screen

    def arguments(self, typed: str) -> list[str]:
        """Type, press TAB and Enter; the words that the shell gave to the program."""
        before = len(self.calls())
        self._process.send("\x15" + typed + "\t\r")
        self._wait(lambda: any(call[0] != "__complete" for call in self.calls()[before:]), f"a call by {typed!r}")
        return next(call for call in self.calls()[before:] if call[0] != "__complete")

    def calls(self) -> list[list[str]]:
        """The arguments of every call of swancli so far."""
        if not self.log.exists():
            return []
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def _typed(self) -> str:
        """The line behind the prompt."""
        return self.line().partition(PROMPT)[2]

    def _wait(self, done: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not done():
            assert time.monotonic() < end, f"{self.name} waits for {what}; on its screen:\n{self.screen}"
            try:
                self._stream.feed(self._process.read_nonblocking(4096, 0.05))
            except pexpect.TIMEOUT:
                continue


ODD = (  # metrics whose names a shell would take apart
    "it's/loss",
    'say "hello" twice',
    "odd:colon=equals@at",
    "cost $HOME `id` \\ back",
    "stars *?[1]{2}",
    "bang! #hash ~tilde",
    "(paren) & <less>; |pipe^",
    "损失/训练 一",
)


def odd_logdir(target: Path) -> Path:
    """The sample, with the first experiment and metrics named so that a shell must quote them."""
    shutil.copytree(SAMPLE, target)
    with sqlite3.connect(target / "runs.swanlab") as database:
        ids = [row[0] for row in database.execute("select id from tag order by id")]
        for id, name in zip(ids[:6] + ids[9:], ODD, strict=False):
            database.execute("update tag set name = ?, experiment_id = 1 where id = ?", (name, id))
        database.execute("update experiment set name = ? where id = 2", ("my run: 'best' (of 3)",))
    database.close()
    return target
