"""Measuring a row: both sides in turn, so that what else the machine does befalls both; medians."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import NamedTuple

from benchmarks.probes import Failed
from benchmarks.rows import FASTER, MIB, SECONDS, Goal, Row

NOT_MET, MET, AIM_MET = "no", "yes", "yes, and the aim"


class Finding(NamedTuple):
    """One goal of a row and what came of it: medians of both sides, `figure` in the goal's unit."""

    row: Row
    goal: Goal
    ours: float
    reference: float
    figure: float

    @property
    def met(self) -> str:
        """NOT_MET, MET or AIM_MET."""
        if not self.reaches(self.goal.target):
            return NOT_MET
        return AIM_MET if self.goal.aim is not None and self.reaches(self.goal.aim) else MET

    def reaches(self, wanted: float) -> bool:
        """Whether the figure, rounded as it is shown, is at least as good as `wanted`."""
        shown = float(f"{self.figure:.3g}") if self.figure < 100 else round(self.figure)
        return shown >= wanted if self.goal.unit == FASTER else shown <= wanted


def findings(row: Row, runs: int) -> Iterator[Finding]:
    """Measure a row; one more run of each side comes first and does not count."""
    ours, reference = row.sides()
    first = ours(), reference()
    if row.same and first[0].digest != first[1].digest:
        raise Failed(f"{row.what}: the answers differ")
    pairs = [(ours(), reference()) for _ in range(runs)]
    here, there = (median(pair[side].value for pair in pairs) for side in (0, 1))
    for goal in row.goals:
        if goal.unit == MIB:
            figure = median(pair[0].peak or 0.0 for pair in pairs)
        elif goal.unit == SECONDS:
            figure = here
        elif goal.unit == FASTER and not row.rates:
            figure = there / here
        else:
            figure = here / there
        yield Finding(row, goal, here, there, figure)
