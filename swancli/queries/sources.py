"""Which of several sources answer, how fast, and what they hold."""

from __future__ import annotations

import time
from collections.abc import Sequence

from swancli.endpoints import PROJECT
from swancli.errors import SwancliError
from swancli.model import SourceState
from swancli.places import Place
from swancli.several import of_each
from swancli.source import Source


def states(places: Sequence[Place], timeout: float | None) -> list[SourceState]:
    """The state of each place, asked in parallel; `timeout` in seconds."""
    opened: dict[str, Source] = {}
    failed: dict[str, SwancliError] = {}
    for place in places:
        try:
            opened[place.name] = place.open(timeout)
        except SwancliError as error:
            failed[place.name] = error

    def ask(name: str) -> tuple[str | None, list[str], float]:
        start = time.monotonic()
        source = opened[name]
        version = source.version()
        rows = source.details(PROJECT).get("experiments", [])
        return version, [row.get("state", "") for row in rows], time.monotonic() - start

    found = dict(of_each(opened, ask, list(opened)))
    for source in opened.values():
        source.close()
    result: list[SourceState] = []
    for place in places:
        one = failed.get(place.name) or found[place.name]
        state: SourceState = {
            "name": place.name,
            "where": place.where,
            "answers": not isinstance(one, SwancliError),
            "version": None,
            "runs": None,
            "running": None,
            "seconds": 0.0,
            "error": None,
        }
        if isinstance(one, SwancliError):
            state["error"] = str(one)
        else:
            words = one[1]
            state["version"], state["seconds"] = one[0], one[2]
            state["runs"], state["running"] = len(words), words.count("running")
        result.append(state)
    return result
