"""The API's JSON on stdout: the exact bytes into a pipe; on a terminal the same JSON indented and coloured."""

from __future__ import annotations

from collections.abc import Iterable

from swancli.output.stdout import Terminal


def exact(pieces: Iterable[bytes], terminal: Terminal) -> None:
    """Write a body as it is, and one newline."""
    terminal.write_bytes(pieces)
    terminal.write_bytes((b"\n",))
    terminal.flush()


def show(pieces: Iterable[bytes], terminal: Terminal) -> None:
    """Write a body: exact into a pipe, indented (and paged) on a terminal."""
    if not terminal.tty:
        exact(pieces, terminal)
        return
    from swancli.output.formats.pretty import indented
    from swancli.output.pager import Screen

    text = b"".join(pieces).decode("utf-8", "backslashreplace")
    with Screen(terminal) as screen:
        for line in indented(text, terminal.colors):
            screen.write(line)
