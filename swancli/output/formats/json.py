"""The API's JSON on stdout: its exact bytes in a pipe, indented and coloured on a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from swancli.output.stdout import Terminal


def show(pieces: Iterable[bytes], terminal: Terminal) -> None:
    """Write a body: as it is, with a newline, in a pipe; indented and through the pager on a terminal."""
    if not terminal.tty:
        terminal.write_bytes(pieces)
        terminal.write_bytes((b"\n",))
        terminal.flush()
        return
    from swancli.output.formats.pretty import indented
    from swancli.output.pager import Pager

    text = b"".join(pieces).decode("utf-8", "backslashreplace")
    with Pager(terminal) as pager:
        for line in indented(text, terminal.colors):
            pager.write(line)
