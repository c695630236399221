"""What differs between runs: configs, metrics, systems, packages."""

from __future__ import annotations

from typing import Any

import pytest

from swancli.model import Compared, Known, Run, Summary
from swancli.queries.compare import configs, differs, metrics, packages, systems
from swancli.queries.goals import parse_goals


def wrapped(**config: Any) -> Run:
    """A run whose config is as SwanLab writes it."""
    return {"config": {key: {"value": value, "desc": "", "sort": n} for n, (key, value) in enumerate(config.items())}}


def summary(**values: Any) -> Summary:
    """Metrics with their latest values, or with (latest, lowest, highest)."""
    found: Summary = {"summaries": []}
    for key, value in values.items():
        latest, *ends = value if isinstance(value, tuple) else (value,)
        found["summaries"].append({"key": key.replace("__", "/"), "value": latest, **dict(zip(("min", "max"), ends))})  # type: ignore[typeddict-item]
    return found


def shown(rows: Any) -> dict[str, list[Any]]:
    """The cells of each key; what a run lacks is "lacks"."""
    return {row.key: ["lacks" if cell is None else cell.value for cell in row.cells] for row in rows}


def test_nested_configs_become_dotted_keys_in_the_order_of_the_first_run() -> None:
    rows = configs([wrapped(lr=0.1, model={"name": "a", "depth": 2}), wrapped(seed=1, model={"name": "b"}, lr=0.2)])
    assert list(shown(rows).items()) == [
        ("lr", [0.1, 0.2]), ("model.name", ["a", "b"]), ("model.depth", [2, "lacks"]), ("seed", ["lacks", 1]),
    ]  # fmt: skip


def test_lists_of_one_length_go_element_by_element_and_others_stay_whole() -> None:
    rows = configs(
        [
            wrapped(layers=[64, 128], crop=[1], blocks=[{"k": 1}, {"k": 2}]),
            wrapped(layers=[64, 256], crop=[1, 2], blocks=[{"k": 1}, {"k": 3}]),
        ]
    )
    assert shown(rows) == {
        "layers.0": [64, 64], "layers.1": [128, 256], "crop": [[1], [1, 2]], "blocks.0.k": [1, 1], "blocks.1.k": [2, 3],
    }  # fmt: skip


def test_a_list_that_one_run_lacks_is_still_compared_by_element() -> None:
    assert shown(configs([wrapped(a=[1, 2]), wrapped(b=1)])) == {
        "a.0": [1, "lacks"], "a.1": [2, "lacks"], "b": ["lacks", 1],
    }  # fmt: skip


def test_a_value_here_and_a_group_of_values_there_stand_in_rows_of_their_own() -> None:
    assert shown(configs([wrapped(model="resnet"), wrapped(model={"name": "resnet"})])) == {
        "model": ["resnet", "lacks"], "model.name": ["lacks", "resnet"],
    }  # fmt: skip


def test_runs_without_a_config_lack_every_key() -> None:
    assert shown(configs([{}, {"config": None}, {"config": {}}, {"config": {"lr": 1}}])) == {
        "lr": ["lacks", "lacks", "lacks", 1]
    }


def test_a_bottomless_config_ends_at_a_depth() -> None:
    deep: dict[str, Any] = {}
    for _ in range(5000):
        deep = {"x": deep}
    ((key, _),) = shown(configs([{"config": deep}, {"config": deep}])).items()
    assert key.count(".") == 32


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        (1, 1.0, False), (1, True, True), (0, False, True), ("1", 1, True), (float("nan"), float("nan"), False),
        ("NaN", "NaN", False), (None, "null", True), ([1, {"a": 2}], [1, {"a": 2}], False), ({}, [], True),
        (2**80, 2**80 + 1, True), (0.1, 0.1, False), ("a", "a", False),
    ],
)  # fmt: skip
def test_values_differ_if_they_mean_something_else(one: Any, other: Any, wanted: bool) -> None:
    assert differs(Compared("config", "k", [Known(one), Known(other)])) is wanted


def test_what_a_run_lacks_differs_from_null() -> None:
    assert differs(Compared("config", "k", [Known(None), None]))
    assert not differs(Compared("config", "k", [None, None]))


def test_a_loss_shows_its_lowest_an_accuracy_its_highest_and_others_their_latest_value() -> None:
    rows = list(
        metrics(
            [
                summary(val__loss=(5, 1, 9), val__acc=(5, 1, 9), lr=(5, 1, 9)),
                summary(val__loss=(7, 2, 9), val__acc=(5, 1, 8), lr=6),
            ]
        )
    )
    assert shown(rows) == {"min(val/loss)": [1, 2], "max(val/acc)": [9, 8], "lr": [5, 6]}
    assert [row.best for row in rows] == [(0,), (0,), ()]


def test_a_goal_says_what_is_best() -> None:
    runs = [summary(val__loss=(5, 1, 9), lr=(5, 1, 9)), summary(val__loss=(7, 2, 10), lr=(6, 0, 9))]
    rows = list(metrics(runs, parse_goals(["val/*=max", "lr=min"])))
    assert shown(rows) == {"max(val/loss)": [9, 10], "min(lr)": [1, 0]}
    assert [row.best for row in rows] == [(1,), (1,)]
    (loss, _) = metrics(runs, parse_goals(["val/loss=last"]))
    assert (loss.key, loss.best) == ("val/loss", ())


def test_runs_that_are_equally_good_are_all_best_and_if_all_are_none_is() -> None:
    (row,) = metrics([summary(loss=(1, 1, 1)), summary(loss=(1, 1, 1)), summary(loss=(2, 2, 2)), summary()])
    assert (row.best, len(row.cells)) == ((0, 1), 4)
    (row,) = metrics([summary(loss=(1, 1, 1)), summary(loss=(1, 1, 1))])
    assert row.best == ()
    (row,) = metrics([summary(loss=(1, 1, 1)), summary()])
    assert row.best == ()


def test_a_metric_that_was_never_finite_shows_so_and_is_not_the_best() -> None:
    (row,) = metrics([summary(loss="NaN"), summary(loss=(3, 2, 4)), summary(loss=(5, 4, 6))])
    assert (row.key, [cell and cell.value for cell in row.cells], row.best) == ("min(loss)", ["NaN", 2, 4], (1,))


def test_without_extremes_the_latest_values_are_compared() -> None:
    (row,) = metrics([summary(loss=3), summary(loss=2)])
    assert (row.key, row.best) == ("loss", (1,))


def test_text_and_media_are_left_out_and_hard_names_are_spelled_as_columns() -> None:
    rows = metrics([summary(**{"a,loss": (1, 0, 2), "text": "hello", "image": ["x.png"], "step": 3})])
    assert list(shown(rows)) == ['min("a,loss")', '"step"']


def test_system_facts_leave_out_the_process_id_and_number_those_of_one_name() -> None:
    system = {
        "runtime": {"hostname": "n1", "pid": 17},
        "hardware": {"accelerators": [{"devices": [{"name": "A"}]}, {"devices": [{"name": "B"}]}]},
    }
    rows = systems([{"system": system, "version": "0.10.3"}, {"system": None}])
    assert shown(rows) == {
        "host": ["n1", "lacks"], "gpu": ["A", "lacks"], "gpu 2": ["B", "lacks"], "swanlab": ["0.10.3", "lacks"],
    }  # fmt: skip


def test_packages_are_matched_by_their_normal_names() -> None:
    one = ["torch==2.1.0", "# a comment", "", "Typing_Extensions==4.0  # why", "-e git+https://h/x.git@abc#egg=my.lib",
           "local @ file:///tmp/local", "numpy>=1.20; python_version<'3.13'", "plain", "-r more.txt", "./wheel.whl"]  # fmt: skip
    rows = packages(
        [
            {"requirements": one},
            {"requirements": ["TORCH==2.2.0", "typing.extensions==4.0"]},
            {"requirements": None},
            {},
        ]
    )
    assert {key: cells[:2] for key, cells in shown(rows).items()} == {
        "./wheel.whl": ["installed", "lacks"], "local": ["file:///tmp/local", "lacks"],
        "my-lib": ["git+https://h/x.git@abc#egg=my.lib", "lacks"], "numpy": [">=1.20", "lacks"],
        "plain": ["installed", "lacks"], "torch": ["2.1.0", "2.2.0"], "typing-extensions": ["4.0", "4.0"],
    }  # fmt: skip
