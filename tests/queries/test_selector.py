"""How words on the command line name experiments and metrics."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from swancli.errors import NotFound, UsageError
from swancli.queries import selector
from swancli.source import LocalSource
from tests.support.command import swancli
from tests.support.logdirs import Logdir, point

RECORDED = next(Path(__file__).parents[1].glob("corpus/dmg-files-3/logdir/run-*"))


@pytest.fixture
def logdir(tmp_path: Path) -> Logdir:
    """Runs whose names are as confusing as names can be."""
    logdir = Logdir(tmp_path)
    for n, (name, run_id) in enumerate(
        [
            ("baseline", "run-20250321_125800-aaaa1111"),
            ("1", "run-20250321_125801-aaaa2222"),
            ("baseline-2", "run-20250322_090000-bbbb3333"),
            ("a,b", "run-20250322_100000-cccc4444"),
        ]
    ):
        run = logdir.run(name, run_id, create_time=f"2025-03-2{1 + n}T00:00:00+00:00")
        for metric in ("train/loss", "train/lr", "eval/acc", "odd*", "[x]"):
            run.metric(metric, [point(1, n)])
    return logdir


def named(logdir: Logdir, word: str | None) -> Any:
    """The experiment that a word names."""
    source = LocalSource(str(logdir.path))
    try:
        return selector.experiment(source, word)
    finally:
        source.close()


@pytest.mark.parametrize(
    ("word", "id"),
    [
        ("1", 1), ("2", 2), ("01", 1), ("00000000000000000000000000001", 1), ("99", 99),
        ("baseline", 1), ("baseline-2", 3), ("a,b", 4),
        ("run-20250321_125801-aaaa2222", 2), ("aaaa2222", 2), ("aaaa1", 1), ("bbbb", 3), ("run-20250322_09", 3),
        ("latest", 4),
    ],
)  # fmt: skip
def test_word_names_an_experiment(logdir: Logdir, word: str, id: int) -> None:
    assert named(logdir, word) == id


@pytest.mark.parametrize("word", ["aaaa", "run-", "run-2025032", ""])
def test_ambiguous_beginning_lists_what_it_fits(logdir: Logdir, word: str) -> None:
    with pytest.raises(UsageError, match=r"matches \d experiments: 1 \(baseline\), 2 \(1\)"):
        named(logdir, word)


@pytest.mark.parametrize("word", ["BASELINE", "base line", "1.0", "+1", "-1", " 1", "1 ", "0x1", "dddd", "ab", "run_"])
def test_other_words_name_nothing(logdir: Logdir, word: str) -> None:
    with pytest.raises(NotFound):
        named(logdir, word)


@pytest.mark.parametrize("word", ["١", "１", "²"])
def test_digits_of_other_scripts_are_no_id(logdir: Logdir, word: str) -> None:
    with pytest.raises((UsageError, NotFound)):
        named(logdir, word)


def test_name_beats_run_id_and_latest_may_be_a_name(logdir: Logdir) -> None:
    logdir.sql(
        "update experiment set name = 'latest' where id = 1", "update experiment set name = 'cccc4444' where id = 2"
    )
    assert named(logdir, "latest") == 1
    assert named(logdir, "cccc4444") == 2


def test_latest_is_the_one_made_last_whatever_its_id(logdir: Logdir) -> None:
    logdir.sql("update experiment set create_time = '2026-01-01T00:00:00+00:00' where id = 2")
    assert named(logdir, "latest") == 2


@pytest.mark.parametrize(
    ("change", "word", "id"),
    [
        ("update experiment set create_time = x'ff' where id = 1", "latest", 1),
        ("update experiment set create_time = 5 where id = 2", "latest", 2),
        ("update experiment set create_time = ''", "latest", 4),
        ("alter table experiment drop column create_time", "latest", 4),
        ("update experiment set name = x'6e756d62657273' where id = 3", "numbers", 3),
        ("update experiment set name = cast(x'62ff' as text) where id = 3", "b\ufffd", 3),
        ("update experiment set name = 'é%_' where id = 3", "é%_", 3),
        ("update experiment set name = 2.5 where id = 3", "2.5", 3),
        ("update experiment set run_id = x'72756e2d312d7a' where id = 3", "z", 3),
    ],
)
def test_odd_rows_are_found_as_if_all_had_been_read(logdir: Logdir, change: str, word: str, id: int) -> None:
    logdir.sql(change)
    source = LocalSource(str(logdir.path))
    assert selector.named(source.experiments(), word)[0]["id"] == id
    assert named(logdir, word) == id
    source.close()


def test_run_that_is_only_on_disk_may_be_the_latest(logdir: Logdir) -> None:
    shutil.copytree(RECORDED, logdir.path / RECORDED.name)
    assert named(logdir, "latest") == RECORDED.name
    assert named(logdir, RECORDED.name[:20]) == RECORDED.name


def test_without_a_word_it_is_the_only_one(logdir: Logdir) -> None:
    with pytest.raises(UsageError, match=r"which experiment\?.* has 1 \(baseline\), 2 \(1\)"):
        named(logdir, None)
    logdir.sql("delete from experiment where id <> 3")
    assert named(logdir, None) == 3


def test_long_list_of_experiments_is_cut(logdir: Logdir) -> None:
    for n in range(40):
        logdir.run(f"more {n} " + "x" * 100, f"run-20250401_000000-x{n}")
    with pytest.raises(NotFound) as error:
        named(logdir, "nobody")
    assert "and 32 more" in str(error.value)
    assert len(str(error.value)) < 900


@pytest.mark.parametrize(
    ("words", "id", "column", "value"),
    [([], None, 0, 0), (["1"], 1, 0, 0), (["baseline"], 1, 0, 0), (["aaaa2"], 2, 0, 0), (["latest"], 4, 0, 0)],
)
def test_real_command_takes_the_same_words(
    logdir: Logdir, words: list[str], id: int | None, column: int, value: int
) -> None:
    done = swancli("experiment", *words, "--json", "-l", logdir.path)
    if id is None:
        assert done.code == 2
    else:
        assert json.loads(done.out)["data"]["id"] == id


def tags(logdir: Logdir, *words: str) -> list[tuple[int, str]]:
    """Which series `metric` printed: (experiment, metric)."""
    done = swancli("metric", *words, "--json", "-l", logdir.path)
    assert (done.code, done.err) == (0, "")
    rows = [json.loads(line) for line in done.lines]
    return [(row["data"]["experiment_id"], row.get("tag")) for row in rows]


def test_one_metric_is_the_bare_envelope(logdir: Logdir) -> None:
    done = swancli("metric", "3", "eval/acc", "--json", "-l", logdir.path)
    assert done.out.startswith(b'{"code":0,"message":"success","data":{"sum":1,')


def test_several_metrics_are_an_envelope_a_line_in_the_order_asked_the_tag_first(logdir: Logdir) -> None:
    done = swancli("metric", "1", "train/lr", "train/loss", "--json", "-l", logdir.path)
    assert [line[: line.index('"data"')] for line in done.lines] == [
        '{"tag":"train/lr","code":0,"message":"success",',
        '{"tag":"train/loss","code":0,"message":"success",',
    ]
    one = swancli("metric", "1", "train/lr", "--json", "-l", logdir.path).out.decode().strip()
    assert done.lines[0] == '{"tag":"train/lr",' + one[1:]


def test_globs_stand_for_the_metrics_in_the_order_of_a_summary_each_once(logdir: Logdir) -> None:
    assert tags(logdir, "1", "train/*") == [(1, "train/loss"), (1, "train/lr")]
    assert tags(logdir, "1", "*/a*", "train/lr", "train/*") == [(1, "eval/acc"), (1, "train/lr"), (1, "train/loss")]
    assert tags(logdir, "1", "train/l[or]*", "?val/acc") == [(1, "train/loss"), (1, "train/lr"), (1, "eval/acc")]


def test_name_with_the_signs_of_a_glob_is_itself(logdir: Logdir) -> None:
    assert tags(logdir, "1", "odd*", "[x]") == [(1, "odd*"), (1, "[x]")]


def test_several_experiments_are_labelled_with_theirs(logdir: Logdir) -> None:
    done = swancli("metric", "2,1", "train/loss", "eval/acc", "--json", "-l", logdir.path)
    assert [line[: line.index('"code"')] for line in done.lines] == [
        '{"experiment":2,"tag":"train/loss",', '{"experiment":2,"tag":"eval/acc",',
        '{"experiment":1,"tag":"train/loss",', '{"experiment":1,"tag":"eval/acc",',
    ]  # fmt: skip


def test_experiment_may_be_left_out_where_there_is_one(logdir: Logdir) -> None:
    logdir.sql("delete from experiment where id <> 2", "delete from tag where experiment_id <> 2")
    for words in (
        ["train/loss", "eval/acc"],
        ["train/loss", "eval/*"],
        ["train/los?", "eval/*"],
        ["2", "train/loss", "eval/acc"],
    ):
        assert tags(logdir, *words) == [(2, "train/loss"), (2, "eval/acc")]
    assert tags(logdir, "train/loss") == [(2, None)]
    for word in ("experiment", "charts", "status", "summary"):
        assert swancli(word, "-l", logdir.path).code == 0
    assert swancli("metric", "2", "-l", logdir.path).code == 2
    assert "train/loss" in swancli("metric", "2", "-l", logdir.path).err
    assert swancli("metric", "train/los", "-l", logdir.path).code == 3


def test_metric_named_by_digits_is_found_in_its_experiment(logdir: Logdir) -> None:
    logdir.sql("update tag set name = '7' where name = 'train/lr'")
    assert tags(logdir, "1", "7", "train/loss") == [(1, "7"), (1, "train/loss")]


@pytest.fixture
def runs(tmp_path: Path) -> LocalSource:
    """The runs of a sweep."""
    from tests.support.sweep import sweep

    return LocalSource(str(sweep(tmp_path / "sweep")))


@pytest.mark.parametrize(
    ("word", "ids"),
    [
        ("1,3", [1, 3]), ("3,1,3", [3, 1]), ("1-3", [1, 2, 3]), ("3-1", [3, 2, 1]), ("4-99", [4, 5]), ("2-2", [2]),
        ("resnet50*", [3, 4]), ("*-a", [1, 3]), ("resnet??-[b]", [2, 4]), ("plain,resnet18*", [5, 1, 2]),
        ("latest", [5]), ("latest~0", [5]), ("latest~2", [3]), ("latest,latest~1", [5, 4]),
        ("@finished", [1, 2, 4]), ("@stopped", [3]), ("@stale,@stopped", [5, 3]),
        ("all", [1, 2, 3, 4, 5]), ("1-2,4", [1, 2, 4]), ("99", [99]),
    ],
)  # fmt: skip
def test_patterns_mean_several_experiments(runs: LocalSource, word: str, ids: list[int]) -> None:
    assert selector.experiments(runs, word) == ids


@pytest.mark.parametrize("name", ["1-3", "resnet50*", "all", "@finished", "latest~2", "1,3"])
def test_experiment_that_is_called_like_a_pattern_is_meant_by_it(tmp_path: Path, name: str) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    for one in ("resnet50-a", "resnet50-b", "other", name):
        logdir.run(one)
    source = LocalSource(str(logdir.close()))
    assert selector.experiments(source, name) == [4]
    source.close()


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("7-9", "no experiment 7-9 in "), ("vgg*", "no experiment vgg* in "), ("latest~5", "it has 5"),
        ("@running", "is running"), ("1,nobody", "no experiment nobody in "),
    ],
)  # fmt: skip
def test_pattern_that_means_nothing_is_not_found(runs: LocalSource, word: str, says: str) -> None:
    with pytest.raises(NotFound) as caught:
        selector.experiments(runs, word)
    assert says in str(caught.value)


def test_unknown_state_says_what_is_near(runs: LocalSource) -> None:
    with pytest.raises(UsageError, match=r"no state 'finish'; did you mean finished\?"):
        selector.experiments(runs, "@finish")


@pytest.mark.parametrize(
    ("word", "conditions", "best", "ids"),
    [
        (None, ["config.model = resnet18"], None, [1, 2]),
        ("1-3", ["config.model = resnet18"], None, [1, 2]),
        ("all", [], (2, "min(val/loss)"), [4, 2]),
        (None, [], (1, "max(val/loss)"), [1]),
        (None, [], (9, "val/loss"), [2, 4, 1]),
        ("resnet*", ["config.opt.lr >= 0.1"], (1, "acc"), [1]),
    ],
)
def test_conditions_and_the_best_narrow_what_is_meant(
    runs: LocalSource, word: str | None, conditions: list[str], best: tuple[int, str] | None, ids: list[int]
) -> None:
    from swancli.queries.filters import parse_condition

    wanted = selector.parse_best(*best) if best else None
    assert selector.experiments(runs, word, [parse_condition(text) for text in conditions], wanted) == ids


def test_no_run_that_meets_a_condition_is_not_found(runs: LocalSource) -> None:
    from swancli.queries.filters import parse_condition

    with pytest.raises(NotFound, match=r"no experiment in .* meets config.model = vgg"):
        selector.experiments(runs, None, [parse_condition("config.model = vgg")])
    with pytest.raises(NotFound, match="no experiment 99"):
        selector.experiments(runs, "99", [parse_condition("id > 0")])


def test_best_by_a_column_that_tells_no_goal_asks_for_one() -> None:
    with pytest.raises(
        UsageError, match=r"which values of grad_norm are best\? use min\(grad_norm\) or max\(grad_norm"
    ):
        selector.parse_best(1, "grad_norm")


def test_command_for_one_experiment_says_that_several_are_meant(runs: LocalSource) -> None:
    with pytest.raises(
        UsageError, match=r"'1-2' matches 2 experiments, but one is needed: 1 \(resnet18-a\), 2 \(resnet1"
    ):
        selector.one_of(runs, "1-2")
    assert selector.one_of(runs, "resnet50-b*") == 4
