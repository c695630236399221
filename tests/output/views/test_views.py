"""What the views take from the details."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swancli.output.stdout import Terminal
from swancli.output.table import Gap, shown
from swancli.output.views import charts, experiment, logs, metric, project, status, summary
from swancli.run_config import flatten
from swancli.run_system import system_facts
from tests.support import details as details


def test_config_keys_are_dotted_and_in_the_order_of_sort() -> None:
    assert [key for key, _ in flatten(details.config())] == [
        "lr", "epochs", "model", "optimizer.name", "optimizer.betas", "optimizer.eps", "evil", "none", "flag",
        "big",
    ]  # fmt: skip


def test_a_plain_config_is_shown_as_it_is() -> None:
    assert flatten({"a": {"b": 1, "value": 2}, "c": {}, "d": None}) == [
        ("a.b", 1),
        ("a.value", 2),
        ("c", {}),
        ("d", None),
    ]
    assert flatten([1, 2]) == [("", [1, 2])]
    assert flatten(None) == []


def test_a_bottomless_config_is_shown_to_a_depth() -> None:
    deep: dict[str, Any] = {}
    for _ in range(5000):
        deep = {"x": deep}
    ((key, value),) = flatten(deep)
    assert key.count(".") == 32
    assert isinstance(value, dict)


@pytest.mark.parametrize(
    ("generation", "expected"),
    [
        ("flat", {"host": "gpu01", "os": "Linux-5.4", "python": "3.8.10", "command": "train.py",
                  "cpu": "16 cores", "memory": "125.5 GB", "gpu": "2 × V100 (32 GB)"}),
        ("vendors", {"host": "a100-node",
                     "os": "Ubuntu 20.04.6 LTS (Linux-5.15.0-86-generic-x86_64-with-glibc2.31)",
                     "cpu": "Intel(R) Xeon(R) Gold 6330 CPU @ 2.00GHz, 104 cores", "memory": "503 GB",
                     "gpu": "4 × NVIDIA A100-PCIE-40GB (40 GB)", "cuda": "11.6", "swanlab": "0.5.2",
                     "git branch": "main", "git commit": "0a1b2c3"}),
        ("second", {"host": "h100", "os": "Debian GNU/Linux 12 (bookworm) (Linux-6.1)", "python": "3.11.7",
                    "cpu": "AMD EPYC 7763, 128 cores", "memory": "1007 GB", "gpu": "8 × NVIDIA H100 (80 GB)",
                    "cuda": "12.4", "swanlab": "0.10.3", "git branch": "dev"}),
    ],
)  # fmt: skip
def test_system_facts_of_every_metadata_generation(generation: str, expected: dict[str, str]) -> None:
    facts = dict(system_facts(details.SYSTEMS[generation]))
    assert {key: facts.get(key) for key in expected} == expected
    assert None not in facts.values()


KEYS = [
    "gpu",
    "cpu",
    "hardware",
    "runtime",
    "nvidia",
    "type",
    "memory",
    "accelerators",
    "devices",
    "apple_silicon",
    "name",
]
ODD = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(KEYS), inner),
    max_leaves=12,
)


@given(ODD)
def test_odd_metadata_never_raise(system: Any) -> None:
    for name, value in system_facts(system):
        assert name
        assert value not in (None, "")


def test_charts_keep_to_their_namespaces() -> None:
    (table,) = charts.charts(details.charts())
    rows = [dict(zip([c.key for c in table.columns], row, strict=True)) for row in table.rows]
    assert [(row["namespace"], row["metric"].split("/")[0]) for row in rows] == [
        ("pinned", "train"), ("train", "train"), ("train", "train"), ("default", "note"),
        ("default", "samples"),
        ("hidden", "lr"),
    ]  # fmt: skip
    assert [row["pinned"] for row in rows] == [True, False, False, False, False, False]
    assert rows[3]["error"] == "got str, expected float"
    assert rows[3]["points"] is None


def test_a_chart_in_no_namespace_is_still_listed() -> None:
    data = details.charts()
    data["namespaces"] = []
    (table,) = charts.charts(data)
    assert len(list(table.rows)) == 6


def test_status_counts_charts_by_namespace() -> None:
    rows = list(shown(status.status(details.status()), "pipe")[0].rows)
    values = {(row[0], row[1]): row[2].value for row in rows}
    assert values["charts", "train"] == 2
    assert values["charts", "all"] == 6
    assert values["status", "state"] == "stale"
    assert values["status", "duration"] is None


def test_a_start_that_is_not_told_follows_from_end_and_duration() -> None:
    data = {"state": "finished", "finish_time": "2025-03-21T06:00:00+00:00", "duration": 3600.0}
    (row,) = [row for row in shown(status.status(data), "pipe")[0].rows if row[1] == "started"]
    assert row[2].value == 1742533200.0


def test_summary_sorts_and_leaves_what_is_no_number_last() -> None:
    def keys(sort: str | None, reverse: bool = False) -> list[str]:
        return [row["key"] for row in summary.sorted_summaries(details.summary()["summaries"], sort, reverse)]

    assert keys(None)[0] == "train/loss"
    assert keys("name")[0] == "broken"
    assert keys("value") == [
        "train/learning_rate", "train/grad_norm", "train/loss", "train/epoch", "train/global_step",
        "train/num_input_tokens_seen", "broken", "samples",
    ]  # fmt: skip
    assert keys("value", reverse=True)[0] == "train/num_input_tokens_seen"
    assert keys("value", reverse=True)[-2:] == ["broken", "samples"]
    assert keys("min")[0] == "train/learning_rate"
    assert keys("max")[:2] == ["train/learning_rate", "train/loss"]


def test_the_best_run_is_first_however_it_ended() -> None:
    def run(name: str, state: str, value: Any) -> dict[str, Any]:
        return {"name": name, "state": state, "best": {"value": value, "step": 1}}

    runs = [
        run("none", "finished", None),
        run("crashed", "crashed", 0.01),
        run("nan", "finished", "NaN"),
        run("b", "finished", 0.5),
        run("a", "running", 0.4),
        {"name": "unasked", "state": "running"},
    ]
    assert [r["name"] for r in project.sorted_by_best(runs, "min")] == [
        "crashed",
        "a",
        "b",
        "none",
        "nan",
        "unasked",
    ]
    assert [r["name"] for r in project.sorted_by_best(runs, "max")] == [
        "b",
        "a",
        "crashed",
        "none",
        "nan",
        "unasked",
    ]


def test_runs_on_disk_only_are_listed_below_and_are_rows_of_the_pipe() -> None:
    tables = project.project(details.project())
    assert [table.title for table in shown(tables, "terminal")] == [
        "",
        "on disk only (no row in runs.swanlab)",
    ]
    (piped,) = shown(tables, "pipe")
    rows = list(piped.rows)
    assert len(rows) == 6
    assert rows[-1][0] is None


def test_experiment_shows_what_record_files_tell() -> None:
    data = {
        **details.experiment(),
        "tags": ["a", "b"],
        "workspace": "team",
        "group": None,
        "crash": ["Traceback", "Boom"],
    }
    rows = {(row[0], row[1]): row[2].value for row in shown(experiment.experiment(data), "pipe")[0].rows}
    assert rows["run", "tags"] == "a, b"
    assert rows["run", "workspace"] == "team"
    assert ("run", "group") not in rows
    assert rows["crash", "error"] == "Traceback\nBoom"


def test_numbers_say_that_points_were_sampled() -> None:
    (numbers, _) = metric.metric([details.metric(sampled=True, total=25000, count=1499)])
    assert numbers.notes == ["sampled 1499 of 25000"]


def test_points_on_a_terminal_are_the_first_and_the_last() -> None:
    rows = list(metric.head_and_tail(((n,) for n in range(100)), 6))
    assert rows == [(0,), (1,), (2,), Gap(94), (97,), (98,), (99,)]


@given(st.integers(0, 40), st.integers(2, 12))
def test_head_and_tail_lose_no_count(count: int, few: int) -> None:
    rows = list(metric.head_and_tail(((n,) for n in range(count)), few))
    gap = sum(row.rows for row in rows if isinstance(row, Gap))
    kept = [row[0] for row in rows if not isinstance(row, Gap)]
    assert gap != 1
    assert len(kept) + gap == count
    assert kept == sorted(kept)
    assert len(kept) <= few + 1


def test_captions_of_media_are_a_column_of_their_own() -> None:
    points = [(0, ["a.png"], "2025-03-21T04:00:00+00:00", [{"caption": "x"}])]
    table = metric.points([{"name": "img", "experiment_id": 1, "points": points}])
    assert [column.key for column in table.columns] == ["step", "value", "time", "more"]


def test_several_experiments_are_distinguished_by_their_columns() -> None:
    data = [details.metric(2), {**details.metric(3), "experiment_id": 2}, {**details.metric(3), "experiment_id": 3}]
    data[2]["experiment"] = "best-run"
    table = metric.points(data)
    assert [column.key for column in table.columns] == [
        "step",
        "1:train/loss",
        "2:train/loss",
        "best-run:train/loss",
    ]


def test_joining_streams_series_of_unlike_steps() -> None:
    def endless(start: int) -> Any:
        while True:
            yield start, float(start)
            start += 2

    rows = metric.join_on_step([endless(0), endless(1)])
    assert [next(rows) for _ in range(3)] == [(0, 0.0, None), (1, None, 1.0), (2, 2.0, None)]


SERIES = st.lists(st.tuples(st.integers(-5, 9), st.floats(allow_nan=False)), max_size=12)


@given(st.lists(SERIES, min_size=1, max_size=4))
def test_a_join_holds_every_point_once_and_sorted(series: list[list[tuple[int, float]]]) -> None:
    rows = list(metric.join_on_step(series))
    steps = [row[0] for row in rows]
    assert steps == sorted(steps)
    for n, points in enumerate(series):
        joined = [(row[0], row[n + 1]) for row in rows if row[n + 1] is not None]
        assert joined == sorted(points, key=lambda point: point[0])


@given(st.lists(SERIES, min_size=1, max_size=3))
def test_a_join_of_streams_out_of_order_loses_nothing(series: list[list[tuple[int, float]]]) -> None:
    rows = list(metric.join_on_step([iter(points) for points in series]))
    for n, points in enumerate(series):
        assert [(row[0], row[n + 1]) for row in rows if row[n + 1] is not None] == points


def test_log_lines_keep_colours_only_on_a_terminal_that_has_them() -> None:
    data = {
        "lines": ["\x1b[31mred\x1b[0m\ttab", "\x1b]0;title\x07\x1b[2Jx", "plain"],
        "error": ["\x1b[1mBoom\x1b[2J"],
    }
    on_terminal = list(logs.logs(data, Terminal(tty=True, colors=16)))
    assert on_terminal[0] == "\x1b[31mred\x1b[0m\ttab\x1b[0m"
    assert on_terminal[1] == "\\x1b]0;title\\x07\\x1b[2Jx"
    assert on_terminal[3:] == ["\x1b[1;31m==> error.log <==\x1b[0m", "\x1b[1mBoom\\x1b[2J\x1b[0m"]
    piped = list(logs.logs(data, Terminal()))
    assert piped == ["red\ttab", "\\x1b]0;title\\x07\\x1b[2Jx", "plain", "==> error.log <==", "Boom\\x1b[2J"]
