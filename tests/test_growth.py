"""How costs grow, counted: bytes read, files opened, statements and rows of the database, memory, modules.

What whole commands open is counted in test_imports.py; here it is the source that they all ask.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from swancli.cli import complete
from swancli.endpoints import ROUTES
from swancli.logdir import disk
from swancli.logdir.local.reader import Reader
from swancli.output.formats.delimited import delimited
from swancli.output.formats.jsonl import jsonl
from swancli.output.views import metric
from swancli.queries import selector
from swancli.source import LocalSource
from tests.support.command import ROOT, environment
from tests.support.logdirs import Logdir, details, point, points

pytestmark = pytest.mark.slow

FEW, SOME, MANY = 1000, 20_000, 40_000  # points
ENDS = {"max": 124.875, "max_step": 1, "min": 0.0, "min_step": 2}


class Cost:
    """What was read below a logdir: `opened` paths, `read` bytes."""

    def __init__(self, root: Path) -> None:
        self.root, self.opened, self.read = str(root.resolve()), list[str](), 0

    @property
    def slices(self) -> int:
        """How often a file of points was opened."""
        return sum("/logs/" in path and path.endswith(".log") for path in self.opened)


_watching: list[Cost] = []


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and _watching and str(arguments[0]).startswith(_watching[0].root):
        _watching[0].opened.append(str(arguments[0]))


sys.addaudithook(_hook)  # stays for good, so it watches nothing unless it is told to


@pytest.fixture
def cost(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Cost]]:
    """A function that asks a source about a logdir, reads the whole answer, and tells what that cost."""

    def counted(name: str) -> Callable[..., bytes]:
        function = getattr(os, name)

        def call(*arguments: Any) -> bytes:
            data: bytes = function(*arguments)
            if _watching:
                _watching[0].read += len(data)
            return data

        return call

    for name in ("read", "pread"):
        monkeypatch.setattr(disk, name, counted(name))

    def ask(path: Path, route: str, details: bool = False, **parameters: Any) -> Cost:
        found = Cost(path)
        _watching.append(found)
        try:
            answer(path, route, details, **parameters)
        finally:
            _watching.clear()
        return found

    yield ask
    _watching.clear()


def answer(path: Path, route: str, details: bool = False, **parameters: Any) -> int:
    """Ask a source and read its whole answer, piece by piece; gives its bytes, or points or lines."""
    source = LocalSource(str(path))
    try:
        if details:
            found = source.details(ROUTES[route], **parameters)
            return sum(1 for _ in found.get("points", found.get("lines", ())))
        reply = source.get(ROUTES[route], **parameters)
        assert reply.ok
        return sum(len(piece) for piece in reply.pieces())
    finally:
        source.close()


@pytest.fixture(scope="module")
def run_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """A function that gives a logdir with one run that has the metrics a and b of so many points."""
    made: dict[int, Path] = {}

    def make(count: int) -> Path:
        if count not in made:
            logdir = Logdir(tmp_path_factory.mktemp(str(count)) / "swanlog")
            run = logdir.run()
            for name in ("a", "b"):
                run.metric(name, points(count), summary=ENDS)
                run.chart(name)
            made[count] = logdir.close()
        return made[count]

    return make


def sweep_of(path: Path, experiments: int, metrics: int) -> Path:
    """A logdir with so many runs that have so many metrics with their charts each, and no points."""
    logdir = Logdir(path)
    for _ in range(experiments):
        run = logdir.run()
        for n in range(metrics):
            run.metric(f"m{n}", points(1), summary=ENDS)
            run.chart(f"m{n}", namespace=f"space {n % 7}")
    return logdir.close()


def log_of(path: Path, size: int) -> Path:
    """A logdir with one run that has printed so many bytes."""
    logdir = Logdir(path)
    line = "a line of the console, neither short nor long\n"
    logdir.run().console("2025-03-21.log", line * (size // len(line)))
    return logdir.close()


@pytest.mark.parametrize("route", ["project", "experiment", "charts", "status", "summary"])
@pytest.mark.parametrize("details", [False, True])
def test_answers_about_a_run_read_the_same_for_a_thousand_points_and_for_many(
    run_of: Callable[[int], Path], cost: Callable[..., Cost], route: str, details: bool
) -> None:
    asked = {} if route == "project" else {"experiment": 1}
    few, many = (cost(run_of(count), route, details, **asked) for count in (FEW, MANY))
    assert len(many.opened) == len(few.opened)
    assert many.slices == few.slices <= 4
    assert abs(many.read - few.read) < 10_000  # longer numbers; a slice has some 85,000


@pytest.mark.parametrize(
    "asked",
    [
        {"head": 5}, {"tail": 5}, {"tail": 1500}, {"steps": (9000, 9010)}, {"steps": (None, 3)},
        {"steps": (5000, None), "head": 5}, {"steps": (None, 9000), "tail": 5}, {"steps": (9, None), "head": 9, "tail": 2},
    ],
    ids=str,
)  # fmt: skip
def test_excerpt_of_a_metric_costs_what_it_prints(
    run_of: Callable[[int], Path], cost: Callable[..., Cost], asked: dict[str, Any]
) -> None:
    short, long = (cost(run_of(count), "metric", True, experiment=1, metric="a", **asked) for count in (SOME, MANY))
    assert long.slices <= short.slices + 3  # finding a step takes a few more looks
    assert long.read < short.read + 20_000


@pytest.mark.parametrize("all", [False, True])
def test_metric_reads_each_byte_once_or_all_points_twice_and_nothing_of_its_neighbours(
    run_of: Callable[[int], Path], cost: Callable[..., Cost], all: bool
) -> None:
    for count in (FEW, SOME, MANY):
        path = run_of(count)
        size = sum(file.stat().st_size for file in path.glob("run-*/logs/a/*.log"))
        found = cost(path, "metric", experiment=1, metric="a", all=all)
        assert size <= found.read < (1 + all) * size + 200_000
        assert found.slices <= (1 + all) * count / 1000 + 1
        assert not [name for name in found.opened if "/logs/b" in name]


def peak(path: Path, route: str, **parameters: Any) -> int:
    """The most memory in bytes that an answer took while it was read piece by piece."""
    return peak_of(lambda: answer(path, route, **parameters))


def peak_of(work: Callable[[], object]) -> int:
    """The most memory in bytes that some work took."""
    work()  # what is imported and remembered is there now
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def series_of(kind: str, count: int) -> Iterator[bytes]:
    """The lines of a long series: plain, with a NaN in each slice, or with steps that start again at the middle."""
    for n, line in enumerate(points(count)):
        if kind == "odd" and n % 1000 == 500:
            yield point(n + 1, "NaN")
        elif kind == "resumed" and n >= count // 2:
            yield point(n + 1 - count // 4, 0.5)
        else:
            yield line


@pytest.fixture(scope="module")
def long_run(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int], Path]:
    """A function that gives a logdir with one run and its metric a, of a kind and of so many points."""
    made: dict[tuple[str, int], Path] = {}

    def make(kind: str, count: int) -> Path:
        if (kind, count) not in made:
            logdir = Logdir(tmp_path_factory.mktemp(f"{kind}{count}") / "swanlog")
            logdir.run().metric("a", series_of(kind, count), summary=ENDS)
            made[kind, count] = logdir.close()
        return made[kind, count]

    return make


KINDS = ["plain", "odd", "resumed"]
A_SLICE = 6_000_000  # bytes, generously, for a few slices, their text and their numbers
PER_POINT = 2  # bytes: of a slice, its path and its numbers are kept


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("all", [False, True])
def test_metric_holds_a_few_slices_however_long_it_is(long_run: Callable[..., Path], kind: str, all: bool) -> None:
    few, many = (peak(long_run(kind, count), "metric", experiment=1, metric="a", all=all) for count in (SOME, MANY))
    assert many < A_SLICE
    assert many - few < (MANY - SOME) * PER_POINT + 100_000


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("format", ["csv", "jsonl"])
def test_export_holds_a_few_slices_however_long_it_is(long_run: Callable[..., Path], kind: str, format: str) -> None:
    def export(path: Path) -> int:
        source = LocalSource(str(path))
        try:
            table = metric.points([source.details(ROUTES["metric"], experiment=1, metric="a", all=None)])
            return sum(map(len, jsonl(table) if format == "jsonl" else delimited(table, "excel")))
        finally:
            source.close()

    few, many = (peak_of(partial(export, long_run(kind, count))) for count in (SOME, MANY))
    assert many < A_SLICE
    assert many - few < (MANY - SOME) * PER_POINT + 100_000


def test_joining_many_series_holds_their_numbers_and_no_text(tmp_path: Path) -> None:
    def join(path: Path, count: int) -> int:
        source = LocalSource(str(path))
        try:
            asked = [{"experiment": 1, "metric": f"m{n}", "all": None} for n in range(count)]
            table = metric.points(list(source.details_of_many(ROUTES["metric"], asked)))
            return sum(map(len, delimited(table, "excel")))
        finally:
            source.close()

    logdir = Logdir(tmp_path / "swanlog")
    run = logdir.run()
    for n in range(210):
        run.metric(f"m{n}", points(300), summary=ENDS)
    path = logdir.close()
    few, many = (peak_of(partial(join, path, count)) for count in (10, 210))
    assert (many - few) / 200 / 300 < 120  # bytes a point; with its text it would be some 500


def test_log_is_passed_on_without_being_held(tmp_path: Path) -> None:
    few, many = (peak(log_of(tmp_path / str(size), size), "logs", experiment=1) for size in (5_000_000, 10_000_000))
    assert many < few + 100_000


@pytest.mark.parametrize("count", [10, 100])
def test_tail_of_a_log_reads_its_end_however_long_it_is(tmp_path: Path, cost: Callable[..., Cost], count: int) -> None:
    few, many = (
        cost(log_of(tmp_path / str(size), size), "logs", True, experiment=1, tail=count)
        for size in (100_000, 5_000_000)
    )
    assert many.opened == [name.replace(few.root, many.root) for name in few.opened]
    assert abs(many.read - few.read) < 100


@pytest.fixture
def asked_of_database(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[list[str], int]]:
    """A function that asks a source, and gives the statements that the database executed, and the rows it gave."""
    statements: list[str] = []
    rows = 0
    connect, fetch = Reader._connect, Reader.rows

    def traced(database: Reader, uri: str) -> Any:
        db = connect(database, uri)
        db.set_trace_callback(statements.append)
        return db

    def counted(database: Reader, query: str, *values: Any) -> Iterator[dict[str, Any]]:
        nonlocal rows
        for row in fetch(database, query, *values):
            rows += 1
            yield row

    monkeypatch.setattr(Reader, "_connect", traced)
    monkeypatch.setattr(Reader, "rows", counted)

    def ask(path: Path, route: str, details: bool = False, **parameters: Any) -> tuple[list[str], int]:
        nonlocal rows
        rows = 0
        statements.clear()
        answer(path, route, details, **parameters)
        return list(statements), rows

    return ask


@pytest.mark.parametrize("route", ["charts", "status", "summary"])
@pytest.mark.parametrize("details", [False, True])
def test_number_of_statements_does_not_depend_on_how_many_charts_there_are(
    tmp_path: Path, asked_of_database: Callable[..., tuple[list[str], int]], route: str, details: bool
) -> None:
    few, many = (
        asked_of_database(sweep_of(tmp_path / str(count), 1, count), route, details, experiment=1) for count in (2, 60)
    )
    assert few[0] == many[0]
    assert 0 < len(few[0]) <= 10
    assert many[1] <= 60 * 5 + 20


@pytest.mark.parametrize("details", [False, True])
def test_number_of_statements_does_not_depend_on_how_many_experiments_there_are(
    tmp_path: Path, asked_of_database: Callable[..., tuple[list[str], int]], details: bool
) -> None:
    few, many = (asked_of_database(sweep_of(tmp_path / str(count), count, 2), "project", details) for count in (2, 20))
    assert few[0] == many[0]
    assert 0 < len(few[0]) <= 10


@pytest.mark.parametrize("route", ["experiment", "metric"])
@pytest.mark.parametrize("details", [False, True])
def test_one_experiment_or_metric_fetches_its_own_row_among_many(
    tmp_path: Path, asked_of_database: Callable[..., tuple[list[str], int]], route: str, details: bool
) -> None:
    asked = {"experiment": 2, "metric": "m1"} if route == "metric" else {"experiment": 2}
    few, many = (asked_of_database(sweep_of(tmp_path / str(n), n, 3), route, details, **asked) for n in (2, 20))
    assert few == many
    assert many[1] <= 3


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths whose state was asked for."""
    found: list[str] = []
    for name in ("stat", "lstat", "scandir"):
        function = getattr(os, name)

        def call(path: Any, *arguments: Any, function: Any = function, **options: Any) -> Any:
            found.append(str(path))
            return function(path, *arguments, **options)

        monkeypatch.setattr(disk, name, call)
    return found


def test_tab_looks_at_the_files_of_the_newest_runs_only(
    tmp_path: Path, looked_up: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(complete, "LOOKED_AT", 5)
    counts = []
    for count in (10, 100):
        source = LocalSource(str(sweep_of(tmp_path / str(count), count, 1)))
        looked_up.clear()
        found = dict(complete.candidates(source, "exp", "", []))
        assert [found[str(id)] for id in (1, count)] == ["finished  base", "finished  base"]
        counts.append(len(looked_up))
        source.close()
    assert counts[0] == counts[1]


def test_tab_takes_as_many_comparisons_of_names_as_there_are_names(tmp_path: Path) -> None:
    class Name(str):
        __slots__ = ()
        compared = 0

        def __eq__(self, other: object) -> bool:
            Name.compared += 1
            return str.__eq__(self, other)

        __hash__ = str.__hash__

        def __str__(self) -> str:
            return self

    class Many(LocalSource):
        def experiments(self) -> list[Any]:
            return [{"id": n, "run_id": f"run-{n}", "name": Name(f"name {n}"), "status": 1} for n in range(1, 501)]

        def state(self, row: object) -> str:
            return "finished"

    assert len(list(complete.candidates(Many(str(tmp_path)), "exp", "", []))) == 1001
    assert Name.compared < 5000


@pytest.mark.parametrize("word", ["latest", "name 3", "run-20250321_125803", "abc3d", "abc3def"])
def test_word_for_an_experiment_fetches_the_rows_that_it_means(tmp_path: Path, word: str) -> None:
    logdir = Logdir(tmp_path)
    for n in range(50):
        logdir.run(f"name {n}", create_time=f"2025-03-21T04:58:{n:02}.387383+00:00")
    source = LocalSource(str(logdir.close()))
    found = source.find(word)
    assert len(found) == 1
    assert selector.experiment(source, word) == found[0]["id"] == (50 if word == "latest" else 4)
    source.close()


@pytest.mark.parametrize("metrics", [6, 60])
def test_project_looks_at_the_summaries_of_runs_and_at_all_files_of_their_last_metric(
    tmp_path: Path, looked_up: list[str], metrics: int
) -> None:
    logdir = Logdir(tmp_path)
    run = logdir.run(status=0, finish_time=None)
    for n in range(metrics):
        run.metric(f"m{n}", points(3), summary=ENDS)
    run.age(7200)
    written = time.time() - 3600
    os.utime(run.folder / "logs/m5/_summary.json", (written, written))
    os.utime(run.folder / "logs/m5/1000.log", (written + 1, written + 1))
    looked_up.clear()
    assert details(logdir, "project")["experiments"][0]["last_write"] == pytest.approx(written + 1)
    assert len([path for path in looked_up if "/logs/" in path and not path.endswith("_summary.json")]) < 20
    assert details(logdir, "status", experiment=1)["last_write"] == pytest.approx(written + 1)


# What a command that prints JSON may load beside the standard library.
ALLOWED = {"swancli", "typer", "annotated_doc", "shellingham", "typing_extensions", "_distutils_hack"}
# Tables, other kinds of source, and whatever only other commands use.
NOT_FOR_JSON = (
    "swancli.output.plot", "swancli.output.text", "swancli.output.views", "swancli.output.live", "swancli.manual",
    "swancli.logdir.records", "swancli.logdir.offline", "swancli.remote", "swancli.server", "swancli.wire",
    "swancli.cache",
)  # fmt: skip
NAMES = (
    "import os, sys; os._exit = sys.exit; from swancli.__main__ import main; sys.argv[:] = ['swancli', *sys.argv[1:]]\n"
)
NAMES += "try: main()\nfinally: print(*sys.modules, file=sys.stderr)"


@pytest.mark.parametrize(
    "words", ["metric 1 a", "summary 1", "status 1", "charts 1", "experiment 1", "project", "logs 1"]
)
def test_command_that_prints_json_loads_few_modules(run_of: Callable[[int], Path], words: str) -> None:
    path = run_of(10)
    next(path.glob("run-*/console")).joinpath("2025-03-21.log").write_text("a\n")
    done = subprocess.run(
        [sys.executable, "-c", NAMES, *words.split(), "--json", "-l", path],
        capture_output=True, text=True, timeout=60, cwd=ROOT, env=environment(), check=True,
    )  # fmt: skip
    loaded = set(done.stderr.split())
    assert "swancli.cli.commands" in loaded
    bare = subprocess.run(
        [sys.executable, "-c", "import sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    ).stdout.split()
    added = {name.split(".")[0] for name in loaded - set(bare)}
    assert added - set(sys.stdlib_module_names) <= ALLOWED
    assert not [name for name in loaded if name.startswith(NOT_FOR_JSON)]
    assert len(loaded - set(bare)) < 200
