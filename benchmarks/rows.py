"""The rows of the table: what is measured, against what, and how good it is meant to be."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from benchmarks import full_screen, page, probes, under_load
from benchmarks.logdirs import Size, kept, kept_offline, slices
from benchmarks.probes import Probe, Server

EXPERIMENT = "/api/v1/experiment/1"
JSON_LINES = Path(__file__).with_name("json_lines.py")
METRICS_ASKED_FOR = 8  # at the same time, of a server under load
IN_SAMPLE = 4  # metrics and charts of the logdir that all others are made from
BARE, WARM = "bare Python", "warm swanboard"


class Scale(NamedTuple):
    """How large the logdirs are, and how many seconds a server is under load."""

    points: int = 1_000_000
    charts: int = 500
    metrics: int = 500
    experiments: int = 2000
    console: int = 200_000_000
    runs: int = 10_000
    killed: int = 2000
    database: int = 2500  # experiments of 90 metrics in a large database
    seconds: int = 5
    offline: int = 500
    offline_rows: int = 60_000
    tiny: int = 8000
    short: int = 5000  # metrics


FULL = Scale()
QUICK = Scale(50_000, 50, 50, 100, 10_000_000, 500, 100, 50, 3, 10, 20_000, 200, 100)


class Goal(NamedTuple):
    """A target and what is aimed at beyond it.

    The unit: TIMES the reference, FASTER than it, MIB at the peak, or SECONDS.
    """

    unit: str
    target: float
    aim: float | None = None


TIMES, FASTER, MIB, SECONDS = "×", "× faster", "MiB", "s"


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
    yield from _many(scale)
    yield from _logs(lab, scale.console)
    yield from _offline(scale)
    yield from _served(lab, scale.seconds)
    yield from _under_load(scale)
    yield from _full_screen(scale)
    yield from _page(scale)


def _small() -> Iterator[Row]:
    """What is start-up above all: the sample with a metric of 1000 points."""

    def row(what: str, words: Callable[[Path], list[str | Path]]) -> Row:
        def sides() -> tuple[Probe, Probe]:
            return probes.swancli(*words(kept(Size(points=(1000,))))), probes.python("-c", "pass")

        return Row(what, BARE, (Goal(TIMES, 5, 4),), sides)

    yield row("metric 1 p/1000 --json", lambda logdir: ["metric", "1", "p/1000", "--json", "-l", logdir])
    yield row("status 1 --json", lambda logdir: ["status", "1", "--json", "-l", logdir])
    yield row("summary 1 --json", lambda logdir: ["summary", "1", "--json", "-l", logdir])
    yield row("--help", lambda logdir: ["--help"])
    yield row("one TAB of completion", lambda logdir: ["__complete", "exp", "", "-l", logdir, "--"])


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


def _many(scale: Scale) -> Iterator[Row]:
    """What must not depend on how many runs there are, or how large their database is."""
    runs = Size(experiments=scale.runs, others=1, other_points=0)
    database = Size(experiments=scale.database, others=90, other_points=0)

    def tab(size: Size) -> Probe:
        return probes.swancli("__complete", "exp", "", "-l", kept(size), "--")

    def status(word: str, size: Size) -> Probe:
        return probes.swancli("status", word, "--json", "-l", kept(size))

    def killed() -> tuple[Probe, Probe]:
        logdir = kept(Size(experiments=scale.killed, others=50, other_points=1, killed=True))
        return probes.swancli("project", "-l", logdir), probes.python("-c", "pass")

    yield Row(
        f"one TAB of completion, {scale.runs:,} runs", "the same of 10", (Goal(SECONDS, 0.25, 0.12),),
        lambda: (tab(runs), tab(Size(experiments=10, others=1, other_points=0))),
    )  # fmt: skip
    yield Row(
        f"status latest --json, {scale.runs:,} runs", "status 1", (Goal(TIMES, 1.5, 1.2),),
        lambda: (status("latest", runs), status("1", runs)), same=False,
    )  # fmt: skip
    yield Row(
        f"status 1 --json, a WAL beside {scale.database:,} experiments of 90 metrics", "the same without a WAL",
        (Goal(TIMES, 1.3),), lambda: (status("1", database._replace(wal=800)), status("1", database)),
    )  # fmt: skip
    yield Row(f"project, {scale.killed:,} killed runs of 50 metrics", BARE, (Goal(SECONDS, 0.8),), killed)


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


def _offline(scale: Scale) -> Iterator[Row]:
    """Tables of offline runs, with an empty cache and with what the command before has left there."""

    def row(what: str, runs: int, rows: int, goals: tuple[Goal, ...], *words: str, first: bool = False) -> Row:
        def sides() -> tuple[Probe, Probe]:
            logdir = kept_offline(runs, rows)
            ours = probes.swancli_with_cache(logdir.parent / "cache", *words, "-l", logdir, first=first)
            return ours, probes.python("-c", "pass")

        return Row(f"{what}, {'first' if first else 'second'} time", BARE, goals, sides)

    many, rows = scale.offline, scale.offline_rows
    what = f"project, {many} offline runs of {rows:,} rows"
    words = ("project", "-o", "table")
    yield row(what, many, rows, (Goal(SECONDS, 20, 8), Goal(MIB, 80)), *words, first=True)
    yield row(what, many, rows, (Goal(SECONDS, 0.6), Goal(MIB, 80)), *words)
    tiny = f"{scale.tiny:,} tiny offline runs"
    yield row(f"project --json, {tiny}", scale.tiny, 8, (Goal(SECONDS, 0.8),), "project", "--json")
    yield row(f"status latest, {tiny}", scale.tiny, 8, (Goal(SECONDS, 0.3),), "status", "latest")


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


def _under_load(scale: Scale) -> Iterator[Row]:
    counts = tuple(scale.points + n for n in range(METRICS_ASKED_FOR))
    metrics, size = [f"p/{count}" for count in counts], Size(points=counts)
    status, summary = f"{EXPERIMENT}/status", f"{EXPERIMENT}/summary"

    def busy() -> tuple[Probe, Probe]:
        if shutil.which("wrk") is None:
            raise probes.Failed("wrk is missing: sudo apt-get install wrk")
        logdir = kept(size)
        seconds = scale.seconds
        ours = under_load.while_busy(logdir, metrics, status, seconds)
        return ours, under_load.while_idle(logdir, status, seconds)

    def abandoned() -> tuple[Probe, Probe]:
        logdir = kept(size)
        return under_load.after_abandoned(logdir, metrics[0], summary), _first(logdir, summary)

    def ends() -> tuple[Probe, Probe]:
        logdir = kept(size)
        return under_load.end_while_busy(logdir, metrics), under_load.end_while_busy(logdir, [])

    series = f"{METRICS_ASKED_FOR} metrics of {scale.points:,} points"
    what = f"serve, 99 of 100 requests for a status, while {series} are written and asked for"
    yield Row(what, "the same of an idle server", (Goal(SECONDS, 0.25), Goal(MIB, 160)), busy)
    what = f"serve, a summary after {under_load.SPELLINGS} abandoned requests for {scale.points:,} points"
    yield Row(what, "the same of a new server", (Goal(SECONDS, 1, 0.25),), abandoned)
    yield Row(f"serve, SIGTERM while {series} are asked for", "the same of an idle server", (Goal(SECONDS, 3),), ends)


def _first(logdir: Path, path: str) -> Probe:
    """The first answer of a server."""

    def measure() -> probes.Sample:
        with probes.serve(logdir) as server:
            return server.request(path)()

    return measure


def _full_screen(scale: Scale) -> Iterator[Row]:
    """What a view takes of a processor in ten seconds, and of patience."""
    many = Size(experiments=scale.experiments, metrics=scale.metrics)
    what = f"{scale.experiments:,} runs, {scale.metrics} metrics"

    def beside(probe: Callable[[Path], Probe], size: Size) -> Callable[[], tuple[Probe, Probe]]:
        return lambda: (probe(kept(size)), probes.python("-c", "pass"))

    idle, busy, key = (Goal(SECONDS, 0.1),), (Goal(SECONDS, 2),), (Goal(SECONDS, 0.1),)
    yield Row(f"top, 10 s of {what}, processor", BARE, idle, beside(full_screen.idle, many))
    yield Row(
        "top, 10 s of 20 runs at full speed, processor", BARE, busy, beside(full_screen.busy, Size(experiments=20))
    )
    yield Row(f"top, a key, {what}", BARE, key, beside(full_screen.key, many))


def _page(scale: Scale) -> Iterator[Row]:
    """What one waits for in a browser; memory is that of JavaScript's heap."""
    size, charts = Size(metrics=scale.metrics - IN_SAMPLE), scale.metrics

    def first() -> tuple[Probe, Probe]:
        return page.first_screen(kept(size)), page.first_of_swanboard(kept(size))

    def every() -> tuple[Probe, Probe]:
        return page.every_chart(kept(size), charts), page.every_chart_of_swanboard(kept(size), charts)

    what = f"the page, {charts} charts of 1,000 points"
    yield Row(f"{what}, first screen", "swanboard's first chart", (Goal(FASTER, 4),), first)
    yield Row(f"{what}, all of them", "swanboard's page", (Goal(FASTER, 10), Goal(MIB, 150)), every)
