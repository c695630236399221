"""All points of a series, however few of them are held: exported, joined, described as going through them plainly does."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from swancli.endpoints.metric import details
from swancli.logdir import columns
from swancli.logdir import points as module
from swancli.logdir.logdir import Logdir as Source
from swancli.logdir.points import Points
from swancli.output.formats.delimited import delimited
from swancli.output.formats.jsonl import jsonl
from swancli.output.table import Table
from swancli.output.views import metric as view
from swancli.values import is_finite
from tests.logdir.test_points import FAST, NAMES, ODD, REGULAR, contents, lines, long_series
from tests.support import reference
from tests.support.logdirs import TIME, Logdir, answer, point, points

pytestmark = pytest.mark.slow

Slices = dict[str, bytes]
MARKED = st.builds(point, st.integers(0, 40), st.sampled_from(["NaN", "INF", "-INF", float("nan"), float("-inf"), 1]))
ZONED = st.builds(
    lambda step, time: point(step, 0.5, create_time=time),
    st.integers(0, 40),
    st.sampled_from(["", "2025-03-21T04:58:06", "2025-03-21T04:58:06Z", "2025-03-21T12:58:06.38+08:00", "+00:00"]),
)
SLICES = st.dictionaries(
    st.sampled_from(NAMES), contents(st.one_of(REGULAR, REGULAR, MARKED, ZONED, lines(), ODD)), max_size=4
)
WRITERS: dict[str, Callable[[Table], Iterator[str]]] = {
    "csv": lambda table: delimited(table, "excel"),
    "tsv": lambda table: delimited(table, "excel-tab"),
    "jsonl": jsonl,
}


@pytest.fixture(params=["kept", "read again"])
def keeping(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat every series as one of few slices, or as one of many."""
    monkeypatch.setattr(module, "MAX_KEPT_SLICES", 1000 if request.param == "kept" else 0)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Path]]:
    """A logdir, and the folders of its metrics m0, m1 and m2."""
    logdir = Logdir(tmp_path_factory.mktemp("all") / "swanlog")
    run = logdir.run()
    folders = [run.metric(f"m{n}", {}) for n in range(3)]
    return logdir.close(), folders


def put(folder: Path, slices: Slices) -> list[tuple[Any, ...]]:
    """Write slices; gives the points that a plain reader finds in them."""
    shutil.rmtree(folder)
    folder.mkdir()
    for name, content in slices.items():
        (folder / name).write_bytes(content)
    found = json.loads(reference.metric(slices, all=True))["data"]["list"]
    return [(one["index"], one["data"], one.get("create_time"), one.get("more")) for one in found]


def ask(path: Path, metric: str = "m0", all: bool | None = None) -> Any:
    """The details of a metric."""
    return details(Source(str(path)), 1, metric, all=all)


@pytest.mark.usefixtures("keeping")
@FAST
@given(SLICES)
@example({"1000.log": point(1, 0.5) + b"\n" + point(2, "NaN") + b"\n", "2000.log": point(3, 7) + b"\n"})
@example({"1000.log": point(1, 1e-5) + b"\n" + point(2, -1e22) + b"\n", "2000.log": point(3, 0.00001234) + b"\n"})
@example({"1000.log": point(1, 1, create_time="2025-03-21T04:58:06Z") + b"\n", "2000.log": point(3, 7) + b"\n"})
def test_export_has_the_lines_that_its_points_make_one_by_one(place: tuple[Path, list[Path]], slices: Slices) -> None:
    path, folders = place
    plain = put(folders[0], slices)
    found = ask(path)
    assert list(found["points"]) == plain
    for write in WRITERS.values():
        made = "".join(write(view.points([found])))
        assert made == "".join(write(view.points([{"points": list(plain)}])))


@pytest.mark.usefixtures("keeping")
@FAST
@given(SLICES)
def test_numbers_of_a_series_are_those_of_its_points(place: tuple[Path, list[Path]], slices: Slices) -> None:
    path, folders = place
    plain = put(folders[0], slices)
    for all in (False, True):
        found = ask(path, all=all)
        assert found["count"] == len(plain) == len(list(found["points"]))
        assert "last" in found or not plain
        if plain:
            assert (found["first_step"], found["last_step"]) == (int(plain[0][0]), int(plain[-1][0]))
            assert spelled(found["last"]) == spelled(plain[-1][1])
        finite = [one for one in plain if is_finite(one[1])]
        assert ("min" in found) == bool(finite)
        for name, choose in (("min", min), ("max", max)) if finite else ():
            one = choose(finite, key=lambda one: one[1])
            assert (spelled(found[name]), found[f"{name}_step"]) == (spelled(one[1]), int(one[0]))


def spelled(value: Any) -> str:
    """A value as text, which tells 1 from 1.0 and from true."""
    return json.dumps(value)


@pytest.mark.usefixtures("keeping")
@FAST
@given(st.lists(SLICES, min_size=2, max_size=3))
@example(
    [
        {"1000.log": point(1, 1) + b"\n" + point(3, "NaN") + b"\n", "2000.log": point(9, 2.5) + b"\n"},
        {"1000.log": point(2, 5) + b"\n", "2000.log": point(3, 0.5) + b"\n" + point(12, 1) + b"\n"},
    ]
)
def test_series_joined_by_chunks_make_the_rows_of_joining_their_points(
    place: tuple[Path, list[Path]], made: list[Slices]
) -> None:
    path, folders = place
    plain = [put(folder, slices) for folder, slices in zip(folders, made, strict=False)]
    found = [ask(path, f"m{n}")["points"] for n in range(len(made))]
    assert all(isinstance(one, view.Chunked) for one in found)
    assert list(view.join_on_step(found)) == list(view.join_on_step([iter(one) for one in plain]))


@pytest.mark.parametrize("lengths", [(17_200, 17_200), (17_200, 3000, 900), (300, 2500)])
def test_long_series_join_as_their_points_do(place: tuple[Path, list[Path]], lengths: tuple[int, ...]) -> None:
    path, folders = place
    plain = [
        put(folder, long_series(n, count, "rising" if n else "sparse", "nan" if n == 1 else "none"))
        for n, (folder, count) in enumerate(zip(folders, lengths, strict=False))
    ]
    found = [ask(path, f"m{n}")["points"] for n in range(len(lengths))]
    assert list(view.join_on_step(found)) == list(view.join_on_step([iter(one) for one in plain]))


def resumed(count: int, hostile: str = "none") -> Slices:
    """A series that goes on from the middle again, in new slices."""
    first, again = long_series(1, count, "rising", hostile), long_series(2, count // 2, "rising", hostile)
    moved = {f"{int(name[:-4]) + count}.log": text for name, text in again.items()}
    back = b'"index": %d, '
    lines = {
        name: b"".join(
            line.replace(back % (n + 1), back % (n + 1 + count // 2), 1)
            for n, line in numbered(text, int(name[:-4]) - count)
        )
        for name, text in moved.items()
    }
    return first | lines


def numbered(text: bytes, end: int) -> Iterator[tuple[int, bytes]]:
    """The lines of a slice, and where they are in the series."""
    yield from enumerate(text.splitlines(keepends=True), end - 1000)


@pytest.mark.parametrize("hostile", ["none", "nan", "integers"])
@pytest.mark.parametrize("all", [False, True])
def test_resumed_series_is_answered_as_the_reference_does(
    place: tuple[Path, list[Path]], hostile: str, all: bool
) -> None:
    path, folders = place
    slices = resumed(20_000, hostile)
    assert len({line for text in slices.values() for line in text.splitlines()}) > 29_000
    plain = put(folders[0], slices)
    _, body, _ = answer(path, "metric", experiment=1, metric="m0", **({"all": True} if all else {}))
    assert body == reference.metric(slices, all=all)
    for write in WRITERS.values():
        assert "".join(write(view.points([ask(path)]))) == "".join(write(view.points([{"points": plain}])))


@pytest.mark.usefixtures("keeping")
def test_points_written_since_are_left_out_and_a_slice_deleted_since_is_passed_over(
    place: tuple[Path, list[Path]],
) -> None:
    path, folders = place
    first, second = (b"".join(line + b"\n" for line in points(3, start)) for start in (1, 4))
    put(folders[0], {"1000.log": first, "2000.log": second})
    source = Source(str(path))
    experiment = source.experiment(1)
    series = Points(experiment.series(source.tag(experiment, "m0")), whole=True)
    with (folders[0] / "2000.log").open("ab") as file:
        file.write(point(7, 1) + b"\n")
    assert [one["index"] for one in json.loads(b"".join(series.array()))] == [1, 2, 3, 4, 5, 6]
    assert [one[0] for one in series] == [1, 2, 3, 4, 5, 6]
    made = "".join(delimited(view.points([{"points": series}]), "excel"))
    assert [line.split(",")[0] for line in made.splitlines()] == ["step", "1", "2", "3", "4", "5", "6"]
    (folders[0] / "1000.log").unlink()
    assert [one["index"] for one in json.loads(b"".join(series.array()))] == [4, 5, 6]
    assert [one[0] for one in series] == [4, 5, 6]


def test_plain_slices_are_exported_without_a_look_at_their_points(
    place: tuple[Path, list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, folders = place
    put(folders[0], long_series(3, 20_000, "rising", "none"))  # some have exponents
    found = ask(path)
    looked = 0

    def counted(*_: object) -> Any:
        nonlocal looked
        looked += 1
        return 1, 0.5, TIME, None

    monkeypatch.setattr(columns.Columns, "point", counted)
    made = "".join(delimited(view.points([found]), "excel"))
    assert made.count("\n") == 20_001
    assert looked <= 1  # the view asks for one, to see whether there are captions


@pytest.mark.parametrize(
    "data",
    [
        # a time without its last quote, whose place a second quote elsewhere takes
        b'{"index": 1, "data": 1, "create_time": "}\n{"index": 2, "data": 2, "create_time": "2025""}\n',
        b'{"index": 1, "data": 1, "create_time": ""2025"}\n{"index": 2, "data": 2, "create_time": "}\n',
    ],
)
@pytest.mark.parametrize("loads", [json.loads, orjson.loads])
def test_a_time_that_is_not_closed_is_not_taken_for_one(data: bytes, loads: Any) -> None:
    assert columns.split(data, loads) is None
