"""What is exported of a run: a row, its config, its points, its texts, its console."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from swancli.api.batches import Owner
from swancli.api.chunks import NO_TIME, Chunk
from swancli.run_config import flatten

if TYPE_CHECKING:
    from array import array

    from swancli.api.run import Run

TABLES = ("runs", "config", "points", "text", "console")
OWNER = (("project", "text"), ("run_id", "text"), ("experiment_id", "integer"))
RUNS = (
    *OWNER, ("name", "text"), ("state", "text"), ("description", "text"), ("created", "time"), ("finished", "time"),
    ("metrics", "integer"), ("points", "integer"),
)  # fmt: skip
CONFIG = (*OWNER, ("key", "text"), ("value", "text"))
POINTS = (*OWNER, ("metric", "text"), ("step", "integer"), ("value", "number"), ("time", "time"))
TEXT = (*OWNER, ("metric", "text"), ("step", "integer"), ("text", "text"), ("time", "time"))
CONSOLE = (*OWNER, ("line", "integer"), ("text", "text"))
COLUMNS = {"runs": RUNS, "config": CONFIG, "points": POINTS, "text": TEXT, "console": CONSOLE}

Tick = Callable[[int], None]  # called as points are read: how many metrics are done since the last call


class Contents:
    """A run that is being exported: `points` and `texts` count what has been read.

    `is_twin` says that an earlier one from the same source has the same run id.
    """

    def __init__(self, run: Run, project: str, tick: Tick = lambda _: None, is_twin: bool = False) -> None:
        self.is_twin = is_twin
        self.run, self.owner = run, Owner(run.source or project, run.run_id, run.id)
        self.points = self.texts = 0
        self._tick = tick
        self._with_text: list[str] = []

    def row(self) -> list[Any]:
        """The run's row, with the columns RUNS; times are milliseconds since 1970."""
        run = self.run
        times = (_milliseconds(run.created), _milliseconds(run.finished))
        return [*self.owner, run.name, run.state, run.description, *times, len(run.metrics), self.points]

    def config(self) -> list[list[Any]]:
        """The rows of its config, with the columns CONFIG; nested keys are joined by dots, values are JSON."""
        pairs = flatten(self.run.config)
        return [[*self.owner, key, json.dumps(value, ensure_ascii=False, default=str)] for key, value in pairs]

    def series(self) -> Iterator[tuple[str, Iterator[Chunk]]]:
        """The points of each metric, which must be read before the next is asked for."""
        for name in self.run.metrics:
            yield name, self._counted(name)
            self._tick(1)

    def count_points(self) -> None:
        """Read all points, so that `row` tells how many there are."""
        for _, chunks in self.series():
            for _ in chunks:
                pass

    def text_series(self) -> Iterator[tuple[str, Iterator[Chunk]]]:
        """The points of those metrics that have been read and have texts among their values."""
        for name in self._with_text:
            yield name, self.run.metric(name).chunks()

    def _counted(self, name: str) -> Iterator[Chunk]:
        for chunk in self.run.metric(name).chunks():
            texts = 0
            if chunk.texts is not None:
                texts = sum(text is not None for text in chunk.texts)
                if name not in self._with_text[-1:]:
                    self._with_text.append(name)
            self.texts += texts
            self.points += len(chunk.steps) - texts
            self._tick(0)
            yield chunk


def iso_times(times: array[int]) -> Iterator[str | None]:
    """Times as ISO-8601 with a zone, in milliseconds."""
    second, prefix = None, ""
    for time in times:
        if time == NO_TIME:
            yield None
            continue
        seconds, rest = divmod(time, 1000)
        if seconds != second:
            second, prefix = seconds, _second(seconds)
        yield f"{prefix}.{rest:03d}+00:00"


def _second(seconds: int) -> str:
    try:
        return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return str(seconds)


def _milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000 + 5e-4)
