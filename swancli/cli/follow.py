"""Streams that go on: `logs --follow` and `metric --follow`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

import typer

from swancli.cli.session import Session, exit_code
from swancli.cli.startup import collect_garbage
from swancli.errors import RemoteError, UsageError
from swancli.model import GIVEN_UP

if TYPE_CHECKING:
    from swancli.model import Address

Item = TypeVar("Item")
PATIENCE = 10  # looks at a dashboard that fail one after the other before following is given up


def logs(session: Session, id: Address, tail: int | None, interval: float, until_finished: bool) -> None:
    """Print lines as they are written, for ever or until the run ends."""
    from swancli.output.show import show_lines
    from swancli.output.text.escape import log_line

    poll = session.source.follow_logs(id, tail)
    keep = session.terminal.tty and session.terminal.colors > 0
    state: str | None = None

    def lines() -> Iterator[str]:
        nonlocal state
        for batch in _batches(session, poll, interval, id if until_finished else None):
            if isinstance(batch, str):
                state = batch
                return
            for line in batch:
                yield log_line(line, keep)

    show_lines(lines(), session.terminal, follow=True)
    if state is not None:
        raise typer.Exit(exit_code(state))


def points(session: Session, pairs: list[tuple[Address, str]], interval: float, until_finished: bool) -> None:
    """Print each new point as one line of JSON, as it is written."""
    from swancli.output.show import show_json_lines

    if session.format not in (None, "jsonl"):
        raise UsageError("metric --follow prints JSON lines only: use --jsonl")
    polls = [(id, name, session.source.follow_points(id, name)) for id, name in pairs]
    several, runs = len(pairs) > 1, len({id for id, _ in pairs}) > 1
    state: str | None = None

    def poll() -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        for id, name, more in polls:
            label = ({"experiment": id} if runs else {}) | ({"metric": name} if several else {})
            for step, value, stamp, _ in more():
                found.append({**label, "step": step, "value": value, "time": stamp})
        return found

    def values() -> Iterator[dict[str, object]]:
        nonlocal state
        for batch in _batches(session, poll, interval, pairs[0][0] if until_finished else None):
            if isinstance(batch, str):
                state = batch
                return
            yield from batch

    show_json_lines(values(), session.terminal)
    if state is not None:
        raise typer.Exit(exit_code(state))


def _batches(
    session: Session, poll: Callable[[], list[Item]], interval: float, id: Address | None
) -> Iterator[list[Item] | str]:
    """What each look brings; with an experiment, at last the word for how it ended."""
    collect_garbage(True)
    failures = 0
    while True:
        # asked before the look: what a run wrote up to its end is then in the look
        state = session.state(id) if id is not None else None
        try:
            yield poll()
            failures = 0
        except RemoteError:
            failures += 1
            if failures > PATIENCE:
                raise
        session.print_notes()
        if state in GIVEN_UP:
            yield state
            return
        time.sleep(interval)
