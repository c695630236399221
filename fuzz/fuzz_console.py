"""A console of any bytes: its end is the end of the whole, and followers lose nothing, wherever it was cut."""

from __future__ import annotations

import os
import tempfile

from swancli.logdir.local.console import ConsoleFollower, LocalConsole, collapse
from swancli.output.text.escape import log_line

FOLDER = tempfile.mkdtemp()
NAME = "2025-03-21.log"


def check(data: bytes) -> None:
    """The first byte says where the file is cut, and how many lines of the end are asked for."""
    if not data:
        return
    cut, wanted, data = data[0], data[0] % 7, data[1:]
    path = os.path.join(FOLDER, NAME)
    with open(path, "wb") as file:
        file.write(data[:cut])
    console = LocalConsole(FOLDER, FOLDER)
    follower = ConsoleFollower(console, None)
    lines = follower.poll()
    with open(path, "ab") as file:
        file.write(data[cut:])
    lines += follower.poll()
    text = data.decode("utf-8", "replace")
    assert console.text(NAME) == text.replace("\r\n", "\n").replace("\r", "\n")
    all_lines = console.text(NAME).split("\n")
    assert console.tail(wanted) == (all_lines[-wanted:] if wanted else [])
    assert [line for _, lines in console.days() for line in lines] == all_lines
    whole = data[: data.rfind(b"\n") + 1].decode("utf-8", "replace")
    assert lines == [collapse(line) for line in whole.replace("\r\n", "\n").split("\n")[:-1]]
    for line in lines:
        for keep in (False, True):
            shown = log_line(line, keep)
            assert not set(shown) & set("\x00\x07\x08\x0b\x0c\x0d\x0e\x7f\x9b\x9d\u202e")
            assert keep or "\x1b" not in shown
