"""With --watch and --follow, what is not there yet is waited for: a logdir, an experiment, a metric.

What is waited for is said once, on stderr. Ctrl-C ends it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar

from swancli.cli.startup import collect_garbage
from swancli.endpoints import EXPERIMENT
from swancli.errors import MetricNotFound, NoLogdir, NotFound, RemoteError, SwancliError, WaitedTooLong
from swancli.model import ENDED, GIVEN_UP
from swancli.queries import conditions, selector

if TYPE_CHECKING:
    from swancli.cli.options import Options
    from swancli.endpoints.route import Route
    from swancli.model import Address
    from swancli.source import Source

Found = TypeVar("Found")
P = ParamSpec("P")
Model = TypeVar("Model")
FAILED = 5  # the exit code
MAX_FAILURES = 10  # requests to a dashboard that fail one after the other before it is given up
MIN_INTERVAL_SECONDS = 0.01
YOUNG_SECONDS = 5.0  # after a run's start, by when its row should be in the database
LOOK_SECONDS = 0.2  # between two looks for it


class Waiter(Protocol):
    """What waits: a `Session`, whose methods are described there."""

    options: Options
    waits: bool
    deadline: float | None  # by time.monotonic, when waiting is over

    @property
    def source(self) -> Source: ...
    def note(self, text: str) -> None: ...
    def state(self, id: Address) -> str: ...
    def details(self, route: Route[P, Model], *args: P.args, **parameters: P.kwargs) -> Model: ...


def exit_code(state: str) -> int:
    """The exit code that tells how a run that was waited for ended."""
    return 0 if state == "finished" else FAILED


def logdir(named: str | None, interval: float, note: Callable[[str], None], deadline: float | None = None) -> str:
    """The logdir that `named` or the working directory means, as `locate` has it, once there is one."""
    from swancli.logdir import disk
    from swancli.logdir.locate import DEFAULT_LOGDIR, is_logdir, locate

    is_noted = False
    while True:
        try:
            path = locate(named, note)
            # what may not be read is an error now, and will be one later
            if is_logdir(path) or not disk.access(path, os.R_OK | os.X_OK):
                return path
        except NoLogdir:
            if named is not None and (not named or disk.exists(os.path.expanduser(named))):
                raise  # a file does not become a logdir
        what = f"a logdir at {named or os.path.join('.', DEFAULT_LOGDIR)}"
        if not is_noted:
            note(f"waiting for {what}")
            is_noted = True
        pause(interval, deadline, what)
        if named is not None:
            disk.look_again(named)


def experiment(session: Waiter, word: str | None) -> Address:
    """The address of the experiment that a word on the command line means, once there is one."""

    def look() -> list[Address]:
        address = selector.experiment(session.source, word)
        if word is not None and word.isdecimal():  # the selector does not look it up
            session.details(EXPERIMENT, experiment=address)
        return [address]

    return _settled(session, look)[0]


def experiments(session: Waiter, choose: Callable[[], list[Address]]) -> list[Address]:
    """The addresses that `choose` returns, once there are some and all of them exist."""

    def look() -> list[Address]:
        chosen = choose()
        ids = [address for address in chosen if isinstance(address, int)]  # which `choose` may not have looked up
        found = {one.address for one in conditions.look(session.source, ids, ())} if ids else set()
        for id in ids:
            if id not in found:
                raise selector.unknown(session.source, id)
        return chosen

    return _settled(session, look)


def _settled(session: Waiter, look: Callable[[], list[Address]]) -> list[Address]:
    """What `look` finds, once runs that have just begun have got their ids."""
    addresses = found(session, look)
    end = time.monotonic() + YOUNG_SECONDS
    while time.monotonic() < end and _may_get_rows(session, addresses):
        pause(min(session.options.interval, LOOK_SECONDS))
        session.source.refresh()
        addresses = found(session, look)
    return addresses


def _may_get_rows(session: Waiter, addresses: list[Address]) -> bool:
    """Whether a run has just begun and the database lacks it: in local mode its row is written after its folder."""
    try:
        looks = conditions.look(session.source, addresses, ())
    except NotFound:
        return True
    except SwancliError:
        return False
    if len(looks) < len(set(addresses)):  # one of them has got a row, and with it an id
        return True
    young = (one for one in looks if one.mode == "offline" and one.state not in ENDED)
    return any((one.duration or 0.0) < YOUNG_SECONDS for one in young)


def found(session: Waiter, look: Callable[[], Found]) -> Found:
    """What `look` returns, once it raises no NotFound.

    With --until-finished, a metric is waited for until its run ends. A dashboard that fails is an error at the first
    look; later a few failures are tolerated.
    """
    failures, is_waiting, what = 0, False, session.source.where
    run: Address | None = None  # whose end ends the wait
    while True:
        has_ended = False
        try:
            # asked before the look, which then finds all that the run wrote up to its end
            has_ended = run is not None and session.state(run) in GIVEN_UP
            return look()
        except NotFound as error:
            if not session.waits or has_ended:
                raise
            failures, is_waiting = 0, True
            before = run
            run = error.experiment if isinstance(error, MetricNotFound) and session.options.until_finished else None
            if run is not None and before is None:
                continue
            what = error.what or f"a run in {session.source.where}"
            session.note(f"waiting for {what}")
        except RemoteError:
            failures += 1
            if not is_waiting or failures > MAX_FAILURES:
                raise
        pause(session.options.interval, session.deadline, what)
        session.source.refresh()


def pause(seconds: float, deadline: float | None = None, what: str = "") -> None:
    """Sleep between two looks, at most until `deadline`; WaitedTooLong if it has passed and `what` is waited for."""
    collect_garbage(True)
    if deadline is not None:
        left = deadline - time.monotonic()
        if left <= 0 and what:
            raise WaitedTooLong(f"timed out waiting for {what}")
        seconds = min(seconds, left)
    time.sleep(max(seconds, MIN_INTERVAL_SECONDS))
