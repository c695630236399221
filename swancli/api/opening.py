"""Where `swancli.open` reads from: what it is given, or else what the command line would read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from swancli.api.runs import Runs
from swancli.errors import UsageError
from swancli.notes import Notes
from swancli.source import is_object_store, open_source

if TYPE_CHECKING:
    from swancli.source import Source


def open_runs(
    sources: Sequence[str | os.PathLike[str]], *, timeout: float | None, token_file: str | None, ca_file: str | None
) -> Runs:
    """All runs of the source that a path or a URL names."""
    notes = Notes()
    return Runs(_open([os.fspath(one) for one in sources], notes, timeout, token_file, ca_file), notes=notes)


def _open(
    sources: Sequence[str], notes: Notes, timeout: float | None, token_file: str | None, ca_file: str | None
) -> Source:
    """The source; the only place where the API opens one."""
    if len(sources) > 1:
        raise UsageError(f"give one path or URL; {len(sources)} were given: {', '.join(sources)}")
    given = sources[0] if sources else os.environ.get("SWANCLI_URL") or os.environ.get("SWANLAB_LOG_DIR") or None
    if given is not None and (given.startswith(("http://", "https://")) or (not sources and _is_url())):
        return open_source(url=given, timeout=timeout, token_file=token_file, ca_file=ca_file)
    if given is not None and is_object_store(given):
        from swancli import objects

        objects.attach(timeout)
    from swancli.logdir.locate import locate

    return open_source(logdir=locate(given, notes), timeout=timeout)


def _is_url() -> bool:
    return bool(os.environ.get("SWANCLI_URL"))
