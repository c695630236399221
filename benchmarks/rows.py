"""The rows of the table: what is measured, against what, and how good it is meant to be."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from benchmarks import probes
from benchmarks.logdirs import Size, kept, slices
from benchmarks.probes import Probe, Server

EXPERIMENT = "/api/v1/experiment/1"
JSON_LINES = Path(__file__).with_name("json_lines.py")
IN_SAMPLE = 4  # metrics and charts of the logdir that all others are made from
BARE, WARM = "bare Python", "warm swanboard"


class Scale(NamedTuple):
    """How large the logdirs are, and how many seconds a server is under load."""

    points: int = 1_000_000
    charts: int = 500
    metrics: int = 500
    experiments: int = 2000
    console: int = 200_000_000
    seconds: int = 5
    short: int = 5000  # metrics


FULL = Scale()
QUICK = Scale(50_000, 50, 50, 100, 10_000_000, 3, 100)


class Goal(NamedTuple):
    """A target and what is aimed at beyond it. The unit: TIMES the reference, FASTER than it, or MIB at the peak."""

    unit: str
    target: float
    aim: float | None = None


TIMES, FASTER, MIB = "×", "× faster", "MiB"


class Row(NamedTuple):
    """A comparison; `sides` prepares ours and the reference, and they are measured in turn.

    `same`: they answer the same question, and have to give the same bytes. `rates`: not seconds but requests a second.
    """

    what: str
    against: str
    goals: tuple[Goal, ...]
    sides: Callable[[], tuple[Probe, Probe]]
    same: bool = False
    rates: bool = False


class Lab:
    """The servers: one swanboard runs at a time, until that of another logdir is asked for."""

    def __init__(self) -> None:
        self._running = ExitStack()
        self._logdir: Path | None = None
        self._server: Server

    def warm(self, logdir: Path) -> Server:
        """A swanboard on a logdir."""
        if logdir != self._logdir:
            self.close()
            self._server = self._running.enter_context(probes.swanboard(logdir))
            self._logdir = logdir
        return self._server

    def serving(self, logdir: Path) -> Server:
        """`swancli serve` on a logdir, until the swanboard ends."""
        return self._running.enter_context(probes.serve(logdir))

    def close(self) -> None:
        """End all servers."""
        self._running.close()
        self._logdir = None


def rows(lab: Lab, scale: Scale) -> Iterator[Row]:
    """All rows in the order of the table."""
    yield from _small()
    yield from _metric(lab, scale.points)
    yield from _all_points(scale.points, scale.short)
    yield from _large(lab, scale)
    yield from _logs(lab, scale.console)
    yield from _served(lab, scale.seconds)


def _small() -> Iterator[Row]:
    """What is start-up above all: the sample with a metric of 1000 points."""

    def row(what: str, words: Callable[[Path], list[str | Path]]) -> Row:
        def sides() -> tuple[Probe, Probe]:
            return probes.swancli(*words(kept(Size(points=(1000,))))), probes.python("-c", "pass")

        return Row(what, BARE, (Goal(TIMES, 8, 4),), sides)

    yield row("metric 1 p/1000 --json", lambda logdir: ["metric", "1", "p/1000", "--json", "-l", logdir])
    yield row("status 1 --json", lambda logdir: ["status", "1", "--json", "-l", logdir])
    yield row("summary 1 --json", lambda logdir: ["summary", "1", "--json", "-l", logdir])
    yield row("--help", lambda logdir: ["--help"])
    yield row("one TAB of completion", lambda logdir: ["__complete", "exp", "", logdir, "", "", ""])


def _metric(lab: Lab, most: int) -> Iterator[Row]:
    def asking(count: int, *options: str) -> tuple[Path, str, Probe]:
        logdir = kept(Size(points=(10_000, most)))
        ours = probes.swancli("metric", "1", f"p/{count}", "--json", *options, "-l", logdir)
        return logdir, f"{EXPERIMENT}/tag/p/{count}", ours

    def warm(count: int) -> tuple[Probe, Probe]:
        logdir, path, ours = asking(count)
        return ours, lab.warm(logdir).request(path)

    def cold() -> tuple[Probe, Probe]:
        logdir, path, ours = asking(10_000)
        return ours, probes.start(lambda: probes.swanboard(logdir, path))

    def all_points() -> tuple[Probe, Probe]:
        logdir, _, ours = asking(most, "--all")
        return ours, probes.python(JSON_LINES, next(slices(logdir, f"p/{most}")).parent)

    few, many = "metric, 10,000 points", f"metric, {most:,} points"
    yield Row(few, WARM, (Goal(TIMES, 2.5, 1),), lambda: warm(10_000), same=True)
    yield Row(few, "cold `swanlab watch`", (Goal(FASTER, 6),), cold)
    yield Row(many, WARM, (Goal(FASTER, 45, 60), Goal(MIB, 45)), lambda: warm(most), same=True)
    yield Row(f"{many}, --all", "`json.loads` per line", (Goal(FASTER, 2, 4), Goal(MIB, 60)), all_points)


def _all_points(most: int, short: int) -> Iterator[Row]:
    """What is done with every point: exports, and series that are not as regular as most."""

    def asking(size: Size, metric: str, *options: str) -> Probe:
        return probes.swancli("metric", "1", metric, *options, "-l", kept(size))

    plain, large = Size(points=(10_000, most)), Size(points=(10 * most,))
    regular = f"p/{most}"
    for format in ("csv", "tsv", "jsonl"):

        def export(format: str = format) -> tuple[Probe, Probe]:
            return asking(plain, regular, "-o", format), asking(plain, regular, "--json", "--all")

        goals = Goal(TIMES, 1.5, 1), Goal(MIB, 45)
        yield Row(f"metric -o {format}, {most:,} points", "`metric --json --all` of them", goals, export)
    for options in (["-o", "csv"], ["--json"]):

        def flat(options: list[str] = options) -> tuple[Probe, Probe]:
            return asking(large, f"p/{10 * most}", *options), asking(plain, regular, *options)

        what = f"metric {' '.join(options)}, {10 * most:,} points"
        yield Row(what, f"the same of {most:,}", (Goal(TIMES, 10.5), Goal(MIB, 60)), flat)

    def odd() -> tuple[Probe, Probe]:
        return asking(Size(odd=most), f"nan/{most}", "--json"), asking(plain, regular, "--json")

    yield Row(
        f"metric, {most:,} points, a NaN in a thousand", "the same without", (Goal(TIMES, 1.5), Goal(MIB, 60)), odd
    )
    for options, peak in (([], 60), (["--all"], 80)):

        def resumed(options: list[str] = options) -> tuple[Probe, Probe]:
            sides = (Size(resumed=most), f"resumed/{most}"), (plain, regular)
            return tuple(asking(*side, "--json", *options) for side in sides)  # type: ignore[return-value]

        what = " ".join([f"metric, {most:,} points of a resumed run", *options])
        yield Row(what, "the same in order", (Goal(MIB, peak),), resumed)

    def joined() -> tuple[Probe, Probe]:
        return asking(Size(short=short), "m/*", "-o", "csv"), asking(plain, regular, "--json", "--all")

    goals = Goal(TIMES, 3), Goal(MIB, 150)
    yield Row(
        f"metric 'm/*' -o csv, {short} metrics of 100 points", f"`metric --json --all` of {most:,}", goals, joined
    )


def _large(lab: Lab, scale: Scale) -> Iterator[Row]:
    def row(what: str, size: Size, command: str, path: str, goal: Goal) -> Row:
        def sides() -> tuple[Probe, Probe]:
            logdir = kept(size)
            return probes.swancli(*command.split(), "--json", "-l", logdir), lab.warm(logdir).request(path)

        return Row(what, WARM, (goal,), sides, same=True)

    charts, metrics = Size(charts=scale.charts - IN_SAMPLE), Size(metrics=scale.metrics - IN_SAMPLE)
    yield row(f"charts, {scale.charts} of them", charts, "charts 1", f"{EXPERIMENT}/chart", Goal(FASTER, 20, 35))
    yield row(f"status, {scale.charts} charts", charts, "status 1", f"{EXPERIMENT}/status", Goal(FASTER, 20, 35))
    what = f"summary, {scale.metrics} metrics of 1000 points"
    yield row(what, metrics, "summary 1", f"{EXPERIMENT}/summary", Goal(FASTER, 8, 14))
    what, experiments = f"project, {scale.experiments} experiments", Size(experiments=scale.experiments)
    yield row(what, experiments, "project", "/api/v1/project", Goal(FASTER, 12, 20))


def _logs(lab: Lab, size: int) -> Iterator[Row]:
    def tail() -> tuple[Probe, Probe]:
        large, small = (kept(Size(console=console)) for console in (size, 10_000))
        return tuple(probes.swancli("logs", "1", "--tail", "100", "-l", path) for path in (large, small))  # type: ignore[return-value]

    def whole() -> tuple[Probe, Probe]:
        logdir = kept(Size(console=size))
        ours = probes.swancli("logs", "1", "--json", "-l", logdir)
        return ours, lab.warm(logdir).request(f"{EXPERIMENT}/recent_log")

    what = f"{size / 1e6:g} MB"
    yield Row(f"logs --tail 100 of {what}", "the same of 10 kB", (Goal(TIMES, 1.3, 1),), tail)
    yield Row(f"logs --json of {what}", WARM, (Goal(FASTER, 3, 5), Goal(MIB, 80)), whole, same=True)


def _served(lab: Lab, seconds: int) -> Iterator[Row]:
    def row(what: str, path: str) -> Row:
        def sides() -> tuple[Probe, Probe]:
            if shutil.which("wrk") is None:
                raise probes.Failed("wrk is missing: sudo apt-get install wrk")
            logdir = kept(Size(points=(1000,), metrics=50 - IN_SAMPLE - 1))
            theirs, ours = lab.warm(logdir), lab.serving(logdir)
            if theirs.ask(path) != ours.ask(path):
                raise probes.Failed(f"{path}: the answers differ")
            return ours.load(path, seconds), theirs.load(path, seconds)

        return Row(f"serve, {what}", "swanboard's requests/s", (Goal(FASTER, 40, 70),), sides, rates=True)

    def starts() -> tuple[Probe, Probe]:
        logdir = kept(Size(points=(1000,)))
        return probes.start(lambda: probes.serve(logdir)), probes.start(lambda: probes.swanboard(logdir))

    yield row("a metric of 1000 points", f"{EXPERIMENT}/tag/p/1000")
    yield row("50 charts", f"{EXPERIMENT}/chart")
    yield row("a summary of 50", f"{EXPERIMENT}/summary")
    yield Row("serve, start to first answer", "cold `swanlab watch`", (Goal(TIMES, 0.5, 0.35),), starts)
