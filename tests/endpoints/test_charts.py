"""What the charts endpoint answers, byte for byte, and the status endpoint, which holds the same charts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.logdirs import LATER, TIME, Logdir, Run, answer, failure, success

STAMPS = f'"create_time":"{TIME}","update_time":"{TIME}"'
PROJECT = (
    '{"id":1,"name":"llm","description":"","sum":1,"charts":null,"pinned_opened":1,"hidden_opened":0,"more":"",'
    f'"version":"0.7.20",{STAMPS}}}'
)
OWNER = (
    f'{{"id":1,"project_id":{PROJECT},"run_id":"run-20250321_125800-abc0def","name":"base","description":"","sort":0,'
    '"status":1,"show":1,"light":"#528d59","dark":"#528d59","pinned_opened":1,"hidden_opened":0,"more":"",'
    f'"version":"0.7.20","create_time":"{TIME}","finish_time":"{LATER}","update_time":"{LATER}"}}'
)


def chart(id: int, name: str, status: str = "0", sort: str = "null", error: str = "{}") -> str:
    """A chart of the answer."""
    return (
        f'{{"id":{id},"project_id":null,"name":"{name}","description":null,"system":0,"type":"line",'
        f'"reference":"step","status":{status},"sort":{sort},"config":null,"more":null,{STAMPS},"error":{error},'
        f'"source":["{name}"],"multi":false,"source_map":{{"{name}":1}}}}'
    )


def namespace(id: int, name: str, charts: list[int]) -> str:
    """A namespace that a row holds."""
    return (
        f'{{"id":{id},"experiment_id":{OWNER},"project_id":null,"name":"{name}","description":null,"sort":0,'
        f'"opened":1,"more":null,{STAMPS},"charts":{json.dumps(charts, separators=(",", ":"))}}}'
    )


def group(id: int, name: str, charts: list[int], opened: int) -> str:
    """The namespace of pinned or hidden charts."""
    listed = json.dumps(charts, separators=(",", ":"))
    return (
        f'{{"id":{id},"name":"{name}","charts":{listed},"opened":{opened},"experiment_id":{OWNER},"project_id":null}}'
    )


def data(charts: list[str], namespaces: list[str]) -> str:
    """The `data` of the answer."""
    return f'{{"charts":[{",".join(charts)}],"namespaces":[{",".join(namespaces)}]}}'


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run with the metrics a to d."""
    run = Logdir(tmp_path).run()
    for name in "abcd":
        run.metric(name)
    return run


def charts(run: Run) -> tuple[int, bytes, list[str]]:
    return answer(run.logdir, "charts", experiment=1)


def test_charts_and_namespaces_come_by_id(run: Run) -> None:
    run.chart("b", "train")
    run.chart("a", "eval")
    run.chart("c", "train")
    run.logdir.sql("update namespace set sort = 2 - id")
    namespaces = [
        namespace(1, "train", [1, 3]).replace('"description":null,"sort":0', '"description":null,"sort":1'),
        namespace(2, "eval", [2]),
    ]
    assert charts(run) == (
        200,
        success(data([chart(1, "b"), chart(2, "a"), chart(3, "c")], namespaces)),
        [],
    )


def test_pinned_charts_come_first_and_hidden_ones_last_by_their_sort(run: Run) -> None:
    run.chart("a", "train", status=1, sort=2)
    run.chart("b", "eval", status=-1, sort=0)
    run.chart("c", "train", status=1, sort=1)
    run.chart("d", "train")
    rows = [chart(1, "a", "1", "2"), chart(2, "b", "-1", "0"), chart(3, "c", "1", "1"), chart(4, "d")]
    namespaces = [group(-1, "pinned", [3, 1], 1), namespace(1, "train", [4]), group(-2, "hidden", [2], 0)]
    assert charts(run) == (200, success(data(rows, namespaces)), [])


def test_charts_of_a_status_that_nobody_knows_leave_their_namespace(run: Run) -> None:
    for name in "abc":
        run.chart(name)
    run.logdir.sql("update chart set status = 2 where id = 1", "update chart set status = 'x' where id = 3")
    rows = [chart(1, "a", "2"), chart(2, "b"), chart(3, "c", '"x"')]
    assert charts(run) == (200, success(data(rows, [namespace(1, "default", [2])])), [])


def test_cells_of_whole_numbers_are_cut_to_them_and_text_is_printed_as_it_is(run: Run) -> None:
    run.chart("a", status=1, sort=1)
    run.chart("b", status=1, sort=0)
    run.chart("c", status=1)
    run.logdir.sql("update chart set sort = 2.9 where id = 1", "update chart set sort = 'first' where id = 2")
    rows = [chart(1, "a", "1", "2"), chart(2, "b", "1", '"first"'), chart(3, "c", "1")]
    assert charts(run) == (200, success(data(rows, [group(-1, "pinned", [3, 1, 2], 1)])), [])


def test_error_is_what_the_metric_got_instead_of_what_was_expected(run: Run) -> None:
    run.chart("a", error='{"data_class":"str","excepted":["float","int"]}')
    run.chart("b", error="not json")
    run.logdir.sql("update source set error = null where id = 9")
    rows = [
        chart(1, "a", error='{"a":{"data_class":"str","excepted":["float","int"]}}'),
        chart(2, "b", error='{"b":"not json"}'),
    ]
    assert charts(run)[1] == success(data(rows, [namespace(1, "default", [1, 2])]))


def test_charts_inside_a_namespace_come_by_display(run: Run) -> None:
    for name in "abc":
        run.chart(name)
    run.logdir.sql("update display set id = 10 - id")
    assert charts(run)[1].count(b'"charts":[3,2,1]') == 1


def test_nothing_drawn_is_two_empty_lists(run: Run) -> None:
    assert charts(run) == (200, success(data([], [])), [])


def test_namespaces_without_any_chart_stay_and_charts_without_a_namespace_too(run: Run) -> None:
    run.chart("a", status=1)
    run.logdir.sql("delete from namespace")
    assert charts(run)[1] == success(data([chart(1, "a", "1")], []))
    run.chart("b")
    run.logdir.sql("delete from chart", "delete from display")
    assert charts(run)[1] == success(data([], [namespace(1, "default", [])]))


def test_missing_columns_of_old_databases_are_null(run: Run) -> None:
    run.chart("a")
    run.logdir.sql("alter table chart drop column sort", "alter table experiment drop column pinned_opened")
    assert charts(run)[1] == success(
        data([chart(1, "a")], [namespace(1, "default", [1]).replace('"pinned_opened":1,"hidden_opened":0,"more":"",'
        '"version":"0.7.20","create_time":"2025-03-21T04:58:06.387383+00:00","finish', '"pinned_opened":null,'
        '"hidden_opened":0,"more":"","version":"0.7.20","create_time":"2025-03-21T04:58:06.387383+00:00","finish')])
    )  # fmt: skip


@pytest.mark.parametrize("route", ["charts", "status"])
def test_unknown_experiment_is_not_found(run: Run, route: str) -> None:
    assert answer(run.logdir, route, experiment=2)[:2] == (404, failure(3404, "experiment not found"))


@pytest.mark.parametrize("status", [0, 1, -1])
def test_status_is_the_databases_and_holds_the_charts_again(run: Run, status: int) -> None:
    run.chart("a")
    run.logdir.sql(f"update experiment set status = {status}, finish_time = null")
    inner = data([chart(1, "a")], [namespace(1, "default", [1])])
    inner = inner.replace('"sort":0,"status":1', f'"sort":0,"status":{status}').replace(
        f'"finish_time":"{LATER}"', '"finish_time":null'
    )
    expected = f'{{"status":{status},"update_time":"{LATER}","finish_time":null,"charts":{inner}}}'
    assert answer(run.logdir, "status", experiment=1) == (200, success(expected), [])


def test_system_charts_are_in_the_answer(run: Run) -> None:
    run.chart("a", system=1)
    found: dict[str, Any] = json.loads(charts(run)[1])["data"]
    assert [one["system"] for one in found["charts"]] == [1]
