"""Where `swancli.open` reads from: what it is given, or else what the command line would read."""

from __future__ import annotations

import os
from collections.abc import Sequence

from swancli.api.runs import Runs
from swancli.notes import Notes
from swancli.places import Given, opened, places

URLS = ("http://", "https://", "ssh://")


def open_runs(
    paths: Sequence[str | os.PathLike[str]],
    *,
    source: str | Sequence[str],
    timeout: float | None,
    token_file: str | None,
    ca_file: str | None,
    remote_command: str | None,
) -> Runs:
    """All runs of the sources that paths, addresses and URLs name, and those of the configuration file by name."""
    notes = Notes()
    texts = [os.fspath(one) for one in paths]
    given = Given(
        logdirs=[text for text in texts if not text.startswith(URLS)],
        urls=[text for text in texts if text.startswith(URLS)],
        sources=[source] if isinstance(source, str) else source,
        timeout=timeout,
        token_file=token_file,
        ca_file=ca_file,
        remote_command=remote_command,
    )
    return Runs(opened(places(given), notes), notes=notes)
