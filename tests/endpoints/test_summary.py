"""What the summary endpoint answers, byte for byte."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.logdirs import Logdir, answer, failure, point, points, success


def summary(logdir: Logdir) -> tuple[int, bytes, list[str]]:
    return answer(logdir, "summary", experiment=1)


def test_values_come_in_the_order_of_sort_with_the_last_line_of_each(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path)
    run = logdir.run()
    run.metric("b", [point(9, 1), point(2, 0.5)], sort=1)
    run.metric("a", [point(1, ["x.png"])], sort=0)
    run.metric("损失", [point(1, float("nan"))], sort=2)
    assert summary(logdir) == (
        200,
        success('{"summaries":[{"key":"a","value":["x.png"]},{"key":"b","value":0.5},{"key":"损失","value":"NaN"}]}'),
        [],
    )


def test_latest_value_is_of_the_numerically_last_slice(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path)
    logdir.run().metric("loss", [*points(10_499), point(10_500, -7)])
    assert summary(logdir)[1] == success('{"summaries":[{"key":"loss","value":-7}]}')


def test_latest_value_is_of_the_last_readable_line(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path)
    run = logdir.run()
    run.metric("cut", {"1000.log": point(1, 4) + b"\n" + point(2, 5)[:-5]})
    run.metric("empty-last", {"1000.log": point(1, 6) + b"\n", "2000.log": b"\n"})
    assert summary(logdir)[1] == success('{"summaries":[{"key":"cut","value":4},{"key":"empty-last","value":6}]}')


@pytest.mark.parametrize("index", ["x", None, [], float("nan")])
def test_latest_value_needs_an_index_but_no_step(tmp_path: Path, index: object) -> None:
    logdir = Logdir(tmp_path)
    run = logdir.run()
    run.metric("odd", [point(1, 4), point(index, 5)])
    run.metric("none", [point(1, 6), b'{"data": 7}'])
    assert summary(logdir)[1] == success('{"summaries":[{"key":"odd","value":5},{"key":"none","value":6}]}')


def test_folder_without_a_row_gives_null(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path)
    run = logdir.run()
    run.metric("none", {})
    run.metric("empty", {"1000.log": b""})
    run.metric("broken", {"1000.log": b"{\n"})
    assert summary(logdir)[1] == success(
        '{"summaries":[{"key":"none","value":null},{"key":"empty","value":null},{"key":"broken","value":null}]}'
    )


def test_missing_folder_is_the_word_type_error(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path)
    run = logdir.run()
    run.metric("a", [point(1, 1)])
    shutil.rmtree(run.metric("b", []))
    assert summary(logdir)[1] == success('{"summaries":[{"key":"a","value":1},{"key":"b","value":"TypeError"}]}')
    shutil.rmtree(run.folder)
    assert summary(logdir)[1] == success(
        '{"summaries":[{"key":"a","value":"TypeError"},{"key":"b","value":"TypeError"}]}'
    )


def test_equal_or_missing_sorts_leave_no_gap_and_go_by_id(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path)
    run = logdir.run()
    for n, name in enumerate("cab"):
        run.metric(name, [point(1, n)], sort=3)
    expected = success('{"summaries":[{"key":"c","value":0},{"key":"a","value":1},{"key":"b","value":2}]}')
    assert summary(logdir)[1] == expected
    logdir.sql("alter table tag drop column sort")
    assert summary(logdir)[1] == expected


def test_no_metric_is_an_empty_list(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path)
    logdir.run()
    assert summary(logdir) == (200, success('{"summaries":[]}'), [])


def test_unknown_experiment_is_not_found(tmp_path: Path) -> None:
    assert summary(Logdir(tmp_path))[:2] == (404, failure(3404, "experiment not found"))
