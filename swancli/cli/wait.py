"""The body of `swancli wait`: one look after the other, until runs have ended or conditions hold."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import typer

from swancli.cli import waiting
from swancli.cli.session import Session
from swancli.errors import DataError, RemoteError, UsageError, WaitedTooLong
from swancli.model import TIMEOUT, Ended
from swancli.queries import selector
from swancli.queries.conditions import Verdict, look, missing, verdict
from swancli.queries.filters import parse_condition
from swancli.times import span

if TYPE_CHECKING:
    from swancli.model import Address
    from swancli.queries.filters import Condition

MAX_VARIABLE_CHARACTERS = 4096  # of what a command finds in its environment


class Wanted(NamedTuple):
    """What ends the wait, besides the end of a run."""

    wanted: Sequence[Condition]
    refused: Sequence[Condition]
    is_any: bool  # whether one run is enough
    limit: float | None  # seconds


def asked(wanted: Sequence[str], refused: Sequence[str], any: bool, all: bool, limit: str | None) -> Wanted:
    """What the options ask for; UsageError for what makes no sense."""
    if any and all:
        raise UsageError("--any and --all are mutually exclusive")
    seconds = None if limit is None else span(limit)
    if limit is not None and seconds is None:
        raise UsageError(f"--timeout must be a length of time such as 90s, 30m or 2h, not {limit!r}")
    return Wanted([*map(parse_condition, wanted)], [*map(parse_condition, refused)], any, seconds)


def wait(session: Session, words: Sequence[str], what: Wanted, command: str | None) -> None:
    """Wait, print how each run ended, run the command, and exit with the code that tells how it went."""
    if session.json:
        raise UsageError("wait is not an endpoint of the API: use --jsonl")
    began = time.monotonic()
    session.deadline = None if what.limit is None else began + what.limit
    ended: list[Ended] = []
    try:
        ids = session.experiments_of(words)
        _print(session, _collected(_endings(session, ids, what, began), ended))
    except WaitedTooLong as error:
        _run(session, command, None)
        raise error from None
    decisive = deciding(ended, what)
    _run(session, command, decisive)
    raise typer.Exit(decisive.exit_code)


def deciding(ended: Sequence[Ended], what: Wanted) -> Ended:
    """The run that decided how the wait ended: the first that did not go well, with --any the first that did."""
    refused = {condition.text for condition in what.refused}
    if ended[-1].reason in refused:  # which ended it all
        return ended[-1]
    good = [one for one in ended if one.exit_code == 0]
    bad = [one for one in ended if one.exit_code != 0]
    if what.is_any and good:
        return good[0]
    return bad[0] if bad else ended[-1]


def _collected(found: Iterator[Ended], into: list[Ended]) -> Iterator[Ended]:
    for one in found:
        into.append(one)
        yield one


def _endings(session: Session, ids: Sequence[Address], what: Wanted, began: float) -> Iterator[Ended]:
    """How the wait for each run ended, as soon as it does; runs whose wait timed out come last."""

    pending = list(dict.fromkeys(ids))
    conditions = [*what.wanted, *what.refused]
    noted: set[Address] = set()
    failures, is_first = 0, True
    while True:
        try:
            looks = look(session.source, pending, conditions)
            failures = 0
        except (RemoteError, DataError):  # a database that is being written may fail to be read, too
            failures += 1
            if is_first or failures > waiting.MAX_FAILURES:
                raise
            looks = []
        else:
            if gone := set(pending).difference(one.address for one in looks):
                raise selector.unknown(session.source, gone.pop())
        if is_first:
            for one in looks:
                one.check_told(session.source, conditions)
        is_first = is_first and not looks
        waited = time.monotonic() - began
        is_over = session.deadline is not None and time.monotonic() >= session.deadline
        if is_over and not looks:
            raise WaitedTooLong(f"timed out, and {session.source.where} cannot be read")
        for one in looks:
            found = verdict(one, what.wanted, what.refused)
            if found is None and is_over:
                found = Verdict(TIMEOUT, WaitedTooLong.exit_code)
            if found is None:
                if one.address not in noted:  # what is not there may be misspelled
                    for text, hint in missing(session.source, one, conditions):
                        session.note(f"waiting for {text} of experiment {one.address}{hint}")
                noted.add(one.address)
                continue
            pending.remove(one.address)
            value = None if found.condition is None else one.value(found.condition)
            yield Ended(one.address, one.name, one.state, found.reason, value, found.code, one.duration, waited)
            if (found.condition in what.refused and found.code) or (what.is_any and not found.code):
                return
            if what.is_any and not what.wanted and not is_over:  # the first that ends, however it ends
                return
        session.print_notes()
        if not pending:
            return
        waiting.pause(session.options.interval, session.deadline)
        session.source.refresh()


def _print(session: Session, ended: Iterator[Ended]) -> None:
    """Print each run as its wait ends; a table when all have."""
    from swancli.output.show import show_json_lines, show_lines, show_tables
    from swancli.output.views import wait as views

    if session.format is None:
        show_lines((views.line(one) for one in ended), session.terminal, follow=True)
    elif session.format == "jsonl":
        show_json_lines((views.json_object(one) for one in ended), session.terminal)
    else:
        show_tables([views.table(list(ended))], session.format, session.terminal)


def _run(session: Session, command: str | None, ended: Ended | None) -> None:
    """Run the command of --exec; what is known of the run is in its environment, never in the command itself."""
    if command is None:
        return
    import subprocess

    facts: dict[str, object] = {
        "SWANCLI_RUN_ID": ended.address if ended else "",
        "SWANCLI_RUN_NAME": ended.name if ended else "",
        "SWANCLI_RUN_STATE": ended.state if ended else "",
        "SWANCLI_RUN_REASON": ended.reason if ended else TIMEOUT,
    }
    variables: dict[str, str | bytes] = {
        name: str(value).replace("\0", "")[:MAX_VARIABLE_CHARACTERS].encode("utf-8", "replace")
        for name, value in facts.items()
    }
    session.print_notes()
    session.source.close()  # it may run for long
    sys.stdout.flush()
    code = subprocess.run(["/bin/sh", "-c", command], env={**os.environ, **variables}, check=False).returncode
    if code:
        session.note(f"the command of --exec exited with code {code}")
