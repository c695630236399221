"""How what a command costs grows with what it is asked for: `python -m benchmarks --growth`.

A command is run on a logdir of some size and on one FACTOR times as large. What both take beyond the same command on a
small one is compared: exponent 1 is linear. Processor time is measured, all processes together, so that what else the
machine does matters little. What must not grow at all is compared as it is, against a limit that a start-up of the same
length allows.

All sizes are measured in turn, and the smaller ones FACTOR times in a row: so each is as likely to be disturbed as the
large one, and while the machine is slower, it is for all of them. Hence the means: the least of some runs favours what
takes less time, and medians of the sizes may come from different rounds.
"""

from __future__ import annotations

import math
import random
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks import probes
from benchmarks.logdirs import Size, kept, kept_offline
from benchmarks.probes import SWANCLI
from benchmarks.rows import Scale

FACTOR = 4
LINEAR, FLAT = 1.05, 0.1  # the highest exponents allowed
NOISE = 0.1
ROUNDS, MAX_SECONDS = 7, 60.0  # of a row, at least and at most: until the exponent is known
KNOWN = 0.02  # its standard error then
SAMPLES = 200  # from which the standard error is told


class Growth(NamedTuple):
    """A command whose size is given in `unit`; `logdir` makes one of a size, `words` the command line for it."""

    what: str
    unit: str
    size: int
    logdir: Callable[[int], Path]
    words: Callable[[int], list[str]]
    limit: float = LINEAR
    small: int = 1
    cached: bool = False  # whether the cache is warm


class Round(NamedTuple):
    """Processor seconds on a small logdir, a large one, and one FACTOR times as large."""

    small: float
    less: float
    more: float


class Grown(NamedTuple):
    """The result: means of all rounds, and the exponent with its standard error."""

    row: Growth
    taken: Round
    error: float

    @property
    def grows(self) -> bool:
        """Whether the larger one takes more than runs of the same differ by."""
        return self.taken.more > self.taken.less * (1 + NOISE)

    @property
    def exponent(self) -> float:
        """Of what comes on top of the small logdir; of what must be flat, of the whole."""
        return _exponent(self.row, self.taken)


def _exponent(row: Growth, taken: Round) -> float:
    start = taken.small if row.limit == LINEAR else 0.0
    return math.log(max(taken.more - start, 1e-4) / max(taken.less - start, 1e-4), FACTOR)


def _means(rounds: list[Round]) -> Round:
    return Round(*map(statistics.fmean, zip(*rounds)))


def rows(scale: Scale) -> Iterator[Growth]:
    """What is measured."""

    def points(what: str, *options: str) -> Growth:
        return Growth(
            f"metric {what}", "points", scale.points, lambda n: kept(Size(points=(n,))),
            lambda n: ["metric", "1", f"p/{n}", *options],
        )  # fmt: skip

    yield points("--json", "--json")
    yield points("--json --all", "--json", "--all")
    yield points("-o csv", "-o", "csv")

    def many(
        what: str, unit: str, size: int, made: Callable[[int], Size], *words: str, limit: float = LINEAR
    ) -> Growth:
        return Growth(what, unit, size, lambda n: kept(made(n)), lambda n: list(words), limit)

    charts = 16 * scale.charts
    yield many("charts --json", "charts", charts, lambda n: Size(charts=n), "charts", "1", "--json")
    yield many("status --json", "charts", charts, lambda n: Size(charts=n), "status", "1", "--json")
    yield many("summary --json", "metrics", scale.short, lambda n: Size(short=n), "summary", "1", "--json")
    runs = 4 * scale.experiments
    yield many("project --json", "runs", runs, lambda n: Size(experiments=n), "project", "--json")
    yield many("project", "runs", runs, lambda n: Size(experiments=n), "project")
    yield many(
        "project, killed runs of 50 metrics", "runs", scale.killed,
        lambda n: Size(experiments=n, others=50, other_points=1, killed=True), "project",
    )  # fmt: skip
    yield many("logs --json", "bytes", scale.console, lambda n: Size(console=n), "logs", "1", "--json")
    yield many(
        "logs --tail 100", "bytes", scale.console, lambda n: Size(console=n), "logs", "--tail", "100", limit=FLAT
    )
    one = ("__complete", "metrics", "", "--", "1")
    yield many("TAB for a metric of one run", "runs", scale.runs, _runs, *one, limit=FLAT)
    yield many("TAB for a run", "runs", scale.runs, _runs, "__complete", "exp", "", "--")
    bare = 4 * scale.runs
    yield many(
        "status latest --json", "runs", bare, lambda n: Size(experiments=n, bare=True), "status", "latest", "--json"
    )

    def offline(what: str, *words: str, cached: bool) -> Growth:
        what = f"{what}, offline runs, {'second' if cached else 'first'} time"
        return Growth(what, "runs", scale.tiny, lambda n: kept_offline(n, 8), lambda n: list(words), cached=cached)

    yield offline("project", "project", cached=False)
    yield offline("project", "project", cached=True)
    yield offline("status latest", "status", "latest", cached=True)
    yield Growth(
        "project, an offline run, first time", "rows", 4 * scale.offline_rows, lambda n: kept_offline(1, n),
        lambda n: ["project"],
    )  # fmt: skip


def _runs(count: int) -> Size:
    return Size(experiments=count, others=1, other_points=0)


def measured(row: Growth) -> Grown:
    """Measure a row in as many rounds as it takes."""
    turns = [
        (_probe(row, row.small), FACTOR),
        (_probe(row, row.size // FACTOR), FACTOR),
        (_probe(row, row.size), 1),
    ]
    for probe, _ in turns:
        probe()  # fills the caches
    rounds: list[Round] = []
    error, end = math.inf, time.monotonic() + MAX_SECONDS
    while len(rounds) < ROUNDS or (error > KNOWN and time.monotonic() < end):
        taken = [sum(probe().processor or 0.0 for _ in range(times)) / times for probe, times in turns]
        rounds.append(Round(*taken))
        error = _standard_error(row, rounds)
    return Grown(row, _means(rounds), error)


def _standard_error(row: Growth, rounds: list[Round]) -> float:
    """By how much the exponent differs between random samples of the rounds (bootstrap)."""
    choices = random.Random(0).choices
    found = [_exponent(row, _means(choices(rounds, k=len(rounds)))) for _ in range(SAMPLES)]
    return statistics.pstdev(found)


def _probe(row: Growth, size: int) -> probes.Probe:
    """The command on a logdir of this size."""
    logdir = row.logdir(size)
    cache = str(logdir.parent / "cache") if row.cached else "off"
    return probes.process(SWANCLI, *row.words(size), SWANCLI_CACHE=cache, SWANLAB_LOG_DIR=str(logdir))


def table(found: Iterable[Grown]) -> list[str]:
    """The lines of a table in Markdown."""
    lines = [("what", "size", "small", "large", "exponent", "limit", "met")]
    lines.append(("---", "---:", "---:", "---:", "---:", "---:", "---"))
    for one in found:
        row = one.row
        size = f"{row.size // FACTOR:,} → {row.size:,} {row.unit}"
        less, more = (f"{seconds * 1000:,.0f} ms" for seconds in one.taken[1:])
        exponent = f"{one.exponent:.2f} ± {one.error:.2f}" if one.grows else "none"
        met = "yes" if not one.grows or round(one.exponent, 2) <= row.limit else "no"
        lines.append((row.what, size, less, more, exponent, str(row.limit), met))
    return [f"| {' | '.join(cells)} |" for cells in lines]
