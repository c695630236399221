"""Reads the points of curves: first as many as a chart can show, then those that were added.

While a part of the x axis is shown, its points are read separately if there are more than were kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from swancli.endpoints import METRIC
from swancli.errors import NotFound, SwancliError
from swancli.screen.reading.changes import Change, Points, Wanted
from swancli.screen.reading.kept import Kept

if TYPE_CHECKING:
    from swancli.model import Address, Point, RowOfProject
    from swancli.source import Source

SERIES_AT_ONCE = 16


class Curves:
    """The points that were read so far; `rows` are the runs as they are known at each look."""

    def __init__(self, source: Source, rows: Mapping[Address, RowOfProject]) -> None:
        self._source, self._rows = source, rows
        self._kept: dict[tuple[Address, str], Kept] = {}
        self._seen: dict[tuple[Address, str], object] = {}  # the progress of the run when a series was read
        self._parts: dict[tuple[Address, str], tuple[int, int]] = {}

    def read(self, wanted: Wanted, is_quiet: bool, is_outdated: Callable[[], bool]) -> Iterator[list[Change]]:
        """The points of the charts in view; a quiet look leaves out runs that have made no progress."""
        pairs = [(one, metric) for metric in wanted.metrics for one in wanted.drawn]
        if wanted.cursor is not None and wanted.pace and (wanted.cursor, wanted.pace) not in pairs:
            pairs.append((wanted.cursor, wanted.pace))
        due = [pair for pair in pairs if self._is_needed(*pair, wanted, is_quiet)]
        for start in range(0, len(due), SERIES_AT_ONCE):
            if is_outdated():
                return
            part = due[start : start + SERIES_AT_ONCE]
            yield [
                change
                for pair, found in zip(
                    part, self._source.details_of_many(METRIC, [self._asked(*p, wanted) for p in part])
                )
                if (change := self._found(pair, found, wanted)) is not None
            ]

    def _is_needed(self, one: Address, metric: str, wanted: Wanted, is_quiet: bool) -> bool:
        row = self._rows.get(one)
        if row is None:
            return False
        key = one, metric
        if key not in self._seen:
            return True
        if wanted.steps is not None and self._parts.get(key) != wanted.steps and self._is_thin(key):
            return True
        if self._seen[key] == progress(row):
            return row.get("state") == "running" and not is_quiet
        return True

    def _is_thin(self, key: tuple[Address, str]) -> bool:
        kept = self._kept.get(key)
        return kept is not None and kept.total > len(kept.points)

    def _asked(self, one: Address, metric: str, wanted: Wanted) -> dict[str, object]:
        """The parameters that ask for the points that were not read yet."""
        key = one, metric
        kept = self._kept.get(key)
        asked: dict[str, object] = {"experiment": one, "metric": metric}
        if (
            wanted.steps is not None
            and self._parts.get(key) != wanted.steps
            and kept is not None
            and self._is_thin(key)
        ):
            return {**asked, "steps": wanted.steps}
        if kept is None or kept.last_step is None:
            return {**asked, "all": False}
        return {**asked, "steps": (kept.last_step + 1, None)}

    def _found(self, pair: tuple[Address, str], found: object, wanted: Wanted) -> Change | None:
        """What was read of a series, added to what was known of it."""
        asked = self._asked(*pair, wanted)
        self._seen[pair] = progress(self._rows[pair[0]])
        if isinstance(found, SwancliError):
            if isinstance(found, NotFound):
                return None
            raise found
        series = cast("dict[str, object]", found)
        points = list(cast("Sequence[Point]", series.get("points") or ()))
        count = cast("int", series.get("total", series.get("count", len(points))))
        if asked.get("steps") == wanted.steps and wanted.steps is not None:
            self._parts[pair] = wanted.steps
            return Points(*pair, Kept(points).points, count, wanted.steps)
        kept = self._kept.get(pair)
        if kept is None or "steps" not in asked:
            kept = self._kept[pair] = Kept(points, count)
        elif points:
            kept.add(points)
        else:
            return None
        return Points(*pair, tuple(kept.points), kept.total)


def progress(row: RowOfProject) -> object:
    """What differs once a run has got further."""
    return row.get("last_step"), row.get("state"), row.get("metrics")
