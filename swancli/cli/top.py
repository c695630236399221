"""The command `top`: the full-screen view."""

from __future__ import annotations

from typing import Annotated

import typer

from swancli.cli.session import Session


def top(
    session: Session,
    metrics: Annotated[
        str | None,
        typer.Option("-m", "--metrics", metavar="REGEX", help="Metrics whose charts are shown initially."),
    ] = None,
    interval: Annotated[
        float | None,
        typer.Option("-i", "--interval", metavar="SECONDS", help="Time between checks of the data. [default: 1]"),
    ] = None,
) -> None:
    """Show runs, charts and consoles live in full screen, as htop does for processes.

    \b
    Examples:
      swancli top
      swancli top -l node7:/data/swanlog
      swancli top -m 'loss|acc'
    """
    from swancli.cli.startup import collect_garbage
    from swancli.screen.start import check, start

    check(session.terminal)
    collect_garbage(True)
    given = session.options
    options = [
        word
        for flag, values in (("-l", given.logdir), ("-u", given.url), ("-s", given.source))
        for value in values or ()
        for word in (flag, value)
    ]
    start(session.source, session.terminal, options, metrics, interval)
