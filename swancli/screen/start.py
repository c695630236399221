"""Starts the full-screen view, once the terminal and the source are ready for it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from swancli.errors import SwancliError, UsageError
from swancli.output.stdout import Terminal
from swancli.source import Source

INSTEAD = "use 'swancli project -w' or 'swancli metric EXP NAME -w' instead"


def check(terminal: Terminal) -> None:
    """UsageError if the view can't be shown."""
    if not terminal.tty or not sys.stdin.isatty():
        raise UsageError(f"top needs a terminal: {INSTEAD}")
    if terminal.dumb:
        raise UsageError(
            f"top needs a terminal that can move its cursor, but TERM is {os.environ.get('TERM', '')!r}: {INSTEAD}"
        )
    try:
        import textual  # noqa: F401
    except ImportError:
        raise UsageError("top requires Textual: install it with pip install 'swancli[top]'") from None


def start(
    source: Source, terminal: Terminal, options: Sequence[str], metrics: str | None, interval: float | None
) -> None:
    """Show the view until it is left; `options` are those that name the source."""
    from swancli.screen.app import Top
    from swancli.screen.panes.frame import Look
    from swancli.screen.settings import MIN_INTERVAL, settings

    found = settings()
    if metrics is not None:
        from swancli.queries.matching import pattern

        pattern(metrics)
        found = found._replace(metrics=metrics)
    if interval is not None:
        if interval < MIN_INTERVAL:
            raise UsageError(f"--interval must be at least {MIN_INTERVAL}")
        found = found._replace(interval=interval)
    _connect(source)
    colors = terminal.colors if found.colors is None else min(found.colors, terminal.colors)
    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower().replace("-", "")
    app = Top(source, found, Look(colors, terminal.unicode), list(options), utf8=encoding == "utf8")
    if metrics is not None:
        app.controller.view.metric_filter = metrics
    if sys.__stderr__ is None or not sys.__stderr__.isatty():
        sys.__stderr__ = sys.__stdout__  # type: ignore[misc]  # Textual draws on stderr, which may go to a file
    app.run()
    app.worker.join()


def _connect(source: Source) -> None:
    """Connect to other machines now: ssh may ask for a password, which it can't once the screen is taken."""
    parts = [part for _, part in source.parts] or [source]
    failed: list[SwancliError] = []
    for part in parts:
        try:
            part.version()
        except SwancliError as error:
            failed.append(error)
    if len(failed) == len(parts):
        raise failed[0]
