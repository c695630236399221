"""Streams that go on: `logs --follow` and `metric --follow`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeVar, cast

import typer

from swancli.cli.session import Session
from swancli.cli.startup import collect_garbage
from swancli.cli.waiting import MAX_FAILURES, exit_code, pause
from swancli.endpoints import LOGS
from swancli.errors import AccessDenied, DataError, MetricNotFound, NotFound, RemoteError
from swancli.model import ENDED, GIVEN_UP

if TYPE_CHECKING:
    from swancli.model import Address, Point, Steps
    from swancli.source import Poll

Item = TypeVar("Item")
STATE_INTERVAL_SECONDS = 1.0  # between two looks at the state of a run, which cost more than those at its log


def logs(session: Session, id: Address, tail: int | None) -> None:
    """Print lines as they are written until the run ends, and then error.log."""
    from swancli.output.show import show_lines
    from swancli.output.text.escape import log_line
    from swancli.output.views.logs import error_lines

    poll = session.source.follow_logs(id, tail)
    keep = session.terminal.tty and session.terminal.colors > 0
    state: str | None = None

    def lines() -> Iterator[str]:
        nonlocal state
        last = "" if tail == 0 else None
        for batch, ended in _batches(session, poll, id):
            state = ended
            for last in batch:
                yield log_line(last, keep)
        try:
            ends = session.source.details(LOGS, experiment=id, tail=1)
        except NotFound:  # nothing was printed
            return
        # a follower gives whole lines only: the last one may have no newline, and will get none
        yield from (log_line(line, keep) for line in ends["lines"] if line != last and tail != 0)
        yield from error_lines(ends["error"], session.terminal)

    show_lines(lines(), session.terminal, follow=True)
    _exit(session, state)


def points(session: Session, pairs: list[tuple[Address, str]], excerpt: Mapping[str, object]) -> None:
    """Print each new point as one line of JSON, as it is written; `excerpt` is what `metric.excerpt` made."""
    from swancli.output.show import show_json_lines

    series = [_Series(session, id, name, **excerpt) for id, name in pairs]  # type: ignore[arg-type]
    several, runs = len(pairs) > 1, len({id for id, _ in pairs}) > 1
    state: str | None = None

    def poll() -> list[dict[str, object]]:
        if any(one.missing for one in series):
            session.source.refresh()
        found: list[dict[str, object]] = []
        for one in series:
            label = ({"experiment": one.id} if runs else {}) | ({"metric": one.name} if several else {})
            for step, value, stamp, _ in one.poll():
                found.append({**label, "step": step, "value": value, "time": stamp})
        return found

    def values() -> Iterator[dict[str, object]]:
        nonlocal state
        bound = pairs[0][0] if session.options.until_finished else None
        for batch, ended in _batches(session, poll, bound):
            state = ended
            yield from batch
            if all(one.is_done for one in series):
                return
            for one in series:
                if one.missing is not None:
                    error = session.explained(one.missing, {"experiment": one.id, "metric": one.name})
                    if ended is not None:  # it will never be there
                        raise error
                    session.note(f"waiting for {one.missing.what}")

    show_json_lines(values(), session.terminal)
    _exit(session, state)


class _Series:
    """One series that is followed once it exists: the first `head` of its points within `steps`.

    Of the points that exist at the first look, only the last `tail` are given.
    """

    def __init__(
        self,
        session: Session,
        id: Address,
        name: str,
        head: int | None = None,
        tail: int | None = None,
        steps: Steps = (None, None),
    ) -> None:
        self.id, self.name = id, name
        self._session, self._left, self._tail, self._steps = session, head, tail, steps
        self._poll: Poll[Point] | None = None
        self.missing: MetricNotFound | None = None  # the error if it is not there yet

    @property
    def is_done(self) -> bool:
        """Whether no further point is wanted."""
        return self._left == 0

    def poll(self) -> list[Point]:
        """The points added since the last call."""
        if self.is_done:
            return []
        try:
            if self._poll is None:
                self._poll = self._session.source.follow_points(self.id, self.name)
            new = self._poll()
        except MetricNotFound as error:
            self.missing = error
            return []
        self.missing = None
        new = [point for point in new if self._is_within(point[0])][: self._left]
        if self._left is not None:
            self._left -= len(new)
        if self._tail is not None:
            new, self._tail = new[len(new) - min(self._tail, len(new)) :], None
        return new

    def _is_within(self, step: object) -> bool:
        first, last = self._steps
        if first is None and last is None:
            return True
        try:
            number = int(cast("int", step))  # very old runs have texts
        except (TypeError, ValueError, OverflowError):
            return False
        return (first is None or number >= first) and (last is None or number <= last)


def _batches(
    session: Session, poll: Callable[[], list[Item]], id: Address | None
) -> Iterator[tuple[list[Item], str | None]]:
    """What each look finds, and None; for an experiment, the last look comes with the state it ended in."""
    collect_garbage(True)
    over = GIVEN_UP if session.options.until_finished else ENDED
    failures, state, next_state = 0, "", 0.0
    while True:
        try:
            # read before the look, which then finds all that the run wrote up to its end
            if id is not None and time.monotonic() >= next_state:
                state = session.state(id)
                next_state = time.monotonic() + STATE_INTERVAL_SECONDS
            found = poll()
            failures = 0
        except (RemoteError, DataError) as error:  # a database that is being written may fail to be read, too
            failures += 1
            if failures > MAX_FAILURES or isinstance(error, AccessDenied):
                raise
            if isinstance(error, RemoteError):
                session.note(f"{error}; trying again")
                pause(error.retry_after)
        else:
            yield found, state if state in over else None
            if state in over:
                return
        session.print_notes()
        pause(session.options.interval)


def _exit(session: Session, state: str | None) -> None:
    """Exit with the code of a run that was waited for."""
    if session.options.until_finished and state is not None:
        raise typer.Exit(exit_code(state))
