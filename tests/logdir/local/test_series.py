"""One metric's slices: the last value, the count, the ends, an excerpt, a shape."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from swancli.endpoints import METRIC
from swancli.logdir import disk
from swancli.source import LocalSource
from tests.support.logdirs import Logdir, details, point, points


def metric(path: Path, lines: Any, **more: Any) -> Path:
    """A logdir with one run and its metric "loss"; gives the metric's folder."""
    logdir = Logdir(path)
    return logdir.run().metric("loss", lines, **more)


def told(path: Path, **parameters: Any) -> dict[str, Any]:
    """The details of the metric."""
    return details(path, "metric", experiment=1, metric="loss", **parameters)


def steps(found: dict[str, Any]) -> list[Any]:
    return [one[0] for one in found["points"]]


@pytest.mark.parametrize("count", [1, 2, 999, 1000, 1001, 2500])
def test_summary_counts_the_points_and_knows_the_last(tmp_path: Path, count: int) -> None:
    lines = points(count)
    metric(tmp_path, lines)
    row = details(tmp_path, "summary", experiment=1)["summaries"][0]
    values = {json.loads(line)["index"]: json.loads(line)["data"] for line in lines}
    assert (row["points"], row["step"], row["value"]) == (count, count, values[count])
    assert row["min"] == min(values.values()) == values[row["min_step"]]
    assert row["max"] == max(values.values()) == values[row["max_step"]]


def test_summary_takes_the_ends_from_the_side_file_if_there_is_one(tmp_path: Path) -> None:
    metric(tmp_path, points(3), summary={"max": 7.0, "max_step": 2, "min": 1.0, "min_step": 1})
    row = details(tmp_path, "summary", experiment=1)["summaries"][0]
    assert (row["min"], row["min_step"], row["max"], row["max_step"]) == (1.0, 1, 7.0, 2)


@pytest.mark.parametrize("last", [b"{", b"", b"null", b"x" * 9000, b'{"index": 5, "data": 1' + b" " * 5000])
def test_last_value_is_found_behind_damage_of_any_length(tmp_path: Path, last: bytes) -> None:
    metric(tmp_path, {"1000.log": point(1, 8) + b"\n" + last})
    row = details(tmp_path, "summary", experiment=1)["summaries"][0]
    assert (row["value"], row["step"]) == (8, 1)


def test_last_line_longer_than_a_read_is_found(tmp_path: Path) -> None:
    metric(tmp_path, {"1000.log": point(1, 8) + b"\n" + point(2, "y" * 30_000) + b"\n"})
    assert details(tmp_path, "summary", experiment=1)["summaries"][0]["step"] == 2


def test_metric_without_points_has_no_value(tmp_path: Path) -> None:
    metric(tmp_path, [])
    row = details(tmp_path, "summary", experiment=1)["summaries"][0]
    assert (row["key"], row["points"], row.get("value"), row.get("min")) == ("loss", 0, None, None)
    assert told(tmp_path)["count"] == 0


def test_facts_of_a_metric_agree_with_its_points(tmp_path: Path) -> None:
    rng = random.Random(4)
    values = [rng.gauss(0, 1) for _ in range(1800)]
    values[7], values[900] = float("nan"), float("-inf")
    metric(tmp_path, [point(n, value) for n, value in enumerate(values)])
    found = told(tmp_path, all=True)
    finite = [value for n, value in enumerate(values) if n not in (7, 900)]
    assert (found["count"], found["nonfinite"], found["sampled"]) == (1800, 2, False)
    assert (found["min"], found["min_step"]) == (min(finite), values.index(min(finite)))
    assert (found["max"], found["max_step"]) == (max(finite), values.index(max(finite)))
    assert (found["first_step"], found["last_step"], found["last"]) == (0, 1799, values[-1])
    sampled = told(tmp_path)
    assert (sampled["sampled"], sampled["shown"], sampled["total"], len(sampled["points"])) == (True, 1499, 1800, 1499)
    assert {key: found[key] for key in ("min", "max", "last")} == {key: sampled[key] for key in ("min", "max", "last")}


def test_text_is_not_counted_as_nan(tmp_path: Path) -> None:
    metric(tmp_path, [point(1, "hello"), point(2, ["a.png"]), point(3, None), point(4, "NaN"), point(5, float("inf"))])
    found = told(tmp_path)
    assert found["nonfinite"] == 2
    assert "min" not in found


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"head": 2}, [1, 2]), ({"tail": 2}, [4999, 5000]), ({"head": 1500, "tail": 1}, [1500]), ({"head": 0}, []),
        ({"tail": 0}, []), ({"steps": (999, 1002)}, [999, 1000, 1001, 1002]), ({"steps": (None, 2)}, [1, 2]),
        ({"steps": (4999, None)}, [4999, 5000]), ({"steps": (3, 2)}, []), ({"steps": (-9, 0)}, []),
        ({"steps": (2000, 2000)}, [2000]), ({"steps": (2001, 2001)}, [2001]),
        ({"steps": (None, None), "tail": 1}, [5000]), ({"steps": (1500, None), "head": 2}, [1500, 1501]),
        ({"steps": (None, 3002), "tail": 3}, [3000, 3001, 3002]), ({"steps": (998, 4000), "head": 4, "tail": 1}, [1001]),
        ({"steps": (7, None), "head": 0}, []), ({"steps": (7, None), "tail": 0}, []), ({"steps": (6000, None), "head": 1}, []),
    ],
)  # fmt: skip
def test_excerpt_is_what_was_asked_for(tmp_path: Path, asked: dict[str, Any], expected: list[int]) -> None:
    metric(tmp_path, points(5000))
    found = told(tmp_path, **asked)
    assert steps(found) == expected
    assert found["count"] == 5000


@pytest.mark.parametrize("damage", [b"{\n", b"\xff\n", b"\n\n", b"x" * 9000 + b"\n"])
@pytest.mark.parametrize("slice", ["1000.log", "2000.log", "3000.log"])
def test_damage_at_the_beginning_of_a_slice_hides_no_steps(tmp_path: Path, slice: str, damage: bytes) -> None:
    folder = metric(tmp_path, points(3000))
    (folder / slice).write_bytes(damage + (folder / slice).read_bytes())
    for first, last in ((500, 1500), (1500, 2500), (1000, 1001), (2000, 2999)):
        assert steps(told(tmp_path, steps=(first, last))) == list(range(first, last + 1))


def test_excerpt_of_a_shuffled_slice_is_in_the_order_of_steps(tmp_path: Path) -> None:
    lines = points(900)
    random.Random(1).shuffle(lines)
    metric(tmp_path, lines)
    assert steps(told(tmp_path, head=3)) == [1, 2, 3]
    assert steps(told(tmp_path, tail=3)) == [898, 899, 900]


@pytest.mark.parametrize("count", [0, 1, 2, 59, 60, 61, 1000, 7000])
def test_shape_is_at_most_sixty_values_in_their_order(tmp_path: Path, count: int) -> None:
    metric(tmp_path, [point(n, n) for n in range(count)])
    row = details(tmp_path, "summary", experiment=1, shapes=True)["summaries"][0]
    shape = row.get("shape") or []
    assert len(shape) == min(count, 60) or 50 <= len(shape) <= 60
    assert shape == sorted(shape)
    if count:
        assert shape[0] <= count / 30
        assert shape[-1] >= count * 0.9 - 1


def test_shape_of_damaged_and_long_lines_is_what_can_be_read(tmp_path: Path) -> None:
    lines = [b"{", point(1, 1), b"", point(2, "t" * 3000), b"\xff", point(3, 3)]
    metric(tmp_path, {"1000.log": b"\n".join(lines) + b"\n"})
    row = details(tmp_path, "summary", experiment=1, shapes=True)["summaries"][0]
    assert [value for value in row["shape"] if isinstance(value, int)] == [1, 3]


def test_slices_go_by_number_and_odd_names_come_first(tmp_path: Path) -> None:
    metric(
        tmp_path, {name: point(n, n) + b"\n" for n, name in enumerate(["x.log", "9000.log", "10000.log", "11000.log"])}
    )
    assert details(tmp_path, "summary", experiment=1)["summaries"][0]["value"] == 3


def test_slice_that_vanishes_while_it_is_read_leaves_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = metric(tmp_path, points(2500))
    source = LocalSource(str(tmp_path))
    source.experiments()
    import os

    real = os.scandir

    def vanishing(path: Any) -> Any:
        entries = real(path)
        if str(path) == str(folder):
            found = list(entries)
            (folder / "2000.log").unlink()
            entries.close()
            return _Entries(found)
        return entries

    monkeypatch.setattr(disk, "scandir", vanishing)
    reply = source.get(METRIC, experiment=1, metric="loss", all=True)
    assert json.loads(reply.read())["data"]["sum"] == 1500
    source.close()


class _Entries(list[Any]):
    """A listing that may be used as os.scandir's."""

    def __enter__(self) -> _Entries:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to close."""
