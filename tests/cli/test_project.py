"""What `swancli project` prints of chosen runs and columns, and what other commands print of several experiments."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from swancli.cli.options import Options
from swancli.cli.project import Lister, Listing
from swancli.cli.session import Session
from swancli.manual.columns import COLUMNS
from swancli.source import LocalSource
from tests.support.command import swancli
from tests.support.stub_server import serving
from tests.support.sweep import sweep


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sweep(tmp_path_factory.mktemp("sweep") / "swanlog")


def printed(logdir: Path, *words: str, width: int = 100) -> str:
    """What a command prints for people; ages and the logdir's path are made the same for every day and machine."""
    env = {"COLUMNS": str(width), "LINES": "16"}
    done = swancli(*words, "-l", logdir, "-o", "table", env=env)
    assert (done.code, done.err) == (0, "")
    return re.sub(r"\d+ (?:days|min|h|s) ago|just now", "N days ago", done.out.decode()).replace(str(logdir), "swanlog")


@pytest.mark.parametrize(
    "words",
    [
        ["--columns", "id,name,config.model,config.opt.lr,min(val/loss),state"],
        ["--columns", "name,at(val/loss, 2),points(val/loss)", "--sort", "-at(val/loss,2)"],
        ["--columns", "name,created,duration", "-n", "2"],
        ["--group-by", "config.model", "--columns", "count, mean(min(val/loss)), best(min(val/loss))"],
        ["--group-by", "config.model,config.opt.lr", "--columns", "best(val/loss)", "--pivot"],
        ["--plot", "config.opt.lr", "min(val/loss)"],
        ["--plot", "config.model", "min(val/loss)"],
        ["-F", "config.opt.lr < 0.01", "--sort", "min(val/loss)", "-n", "1"],
        ["-F", "val/loss is nan"],
    ],
    ids=" ".join,
)
def test_runs_are_shown_as_asked(logdir: Path, words: list[str], snapshot: SnapshotAssertion) -> None:
    assert printed(logdir, "project", *words) == snapshot


@pytest.mark.parametrize(
    "words", [["summary", "1-2", "val/loss"], ["status", "1,3"], ["experiment", "resnet18*"]], ids=" ".join
)
def test_several_experiments_are_shown_one_below_another(
    logdir: Path, words: list[str], snapshot: SnapshotAssertion
) -> None:
    assert printed(logdir, *words) == snapshot


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("--columns id,min(val/loss)", ["id\tmin(val/loss)", "1\t2.0", "2\t0.5", "3\t4.0", "4\t0.25", "5\t"]),
        ("--columns name -F state=finished", ["name", "resnet18-a", "resnet18-b", "resnet50-b"]),
        ("--columns id --state stale,stopped", ["id", "3", "5"]),
        ("--columns id --sort -id -n 2", ["id", "5", "4"]),
        ("--columns id -n 2", ["id", "4", "5"]),
        ("--columns id -F name~*a --sort -min(val/loss)", ["id", "3", "1"]),
        ("--columns id,config.model -F id<2 -o csv", ["id,config.model", "1,resnet18"]),
        ("--columns id,val/loss -F id=3 --jsonl", ['{"id":3,"val/loss":"NaN"}']),
        ("--columns id,host -F id=1 -o md", ["|  id | host |", "| ---: | --- |", "|   1 | – |"]),
        ("--group-by config.model", ["config.model\tcount", "resnet18\t2", "resnet50\t2", "\t1"]),
        ("--plot id config.opt.lr -n 2", ["id\tname\tconfig.opt.lr", "4\tresnet50-b\t0.001", "5\tplain\t"]),
    ],
)
def test_pipe_gets_exactly_the_columns(logdir: Path, words: str, lines: list[str]) -> None:
    done = swancli("project", *words.split(), "-l", logdir)
    assert (done.code, done.err) == (0, "")
    assert [re.sub(" +", " ", line) for line in done.lines] == [re.sub(" +", " ", line) for line in lines]


def test_usual_table_gets_the_columns_that_are_sorted_or_filtered_by(logdir: Path) -> None:
    done = swancli("project", "-F", "config.opt.lr > 0", "--sort", "min(val/loss)", "--jsonl", "-l", logdir)
    rows = [json.loads(line) for line in done.lines]
    assert [(row["id"], row["min(val/loss)"], row["config.opt.lr"]) for row in rows] == [
        (4, 0.25, 0.001), (2, 0.5, 0.001), (1, 2.0, 0.1), (3, 4.0, 0.1),
    ]  # fmt: skip
    assert [row["metric"] for row in rows] == ["val/loss"] * 4


def test_limit_with_best_keeps_the_best(logdir: Path) -> None:
    for best, ids in (("min", [4, 2]), ("max", [3, 4])):
        done = swancli("project", "-m", "val/loss", "--best", best, "-F", "id > 1", "-n", "2", "--jsonl", "-l", logdir)
        rows = [json.loads(line) for line in done.lines]
        assert [row["id"] for row in rows] == ids
        assert f"{best}(val/loss)" not in rows[0]


def test_glob_shows_a_column_for_each_metric_that_it_matches(logdir: Path) -> None:
    rows = [json.loads(line) for line in swancli("project", "-m", "[av]*", "--jsonl", "-l", logdir).lines]
    assert [row["val/loss"] for row in rows] == [2.5, 0.5, "NaN", 0.75, None]
    assert [row["acc"] for row in rows] == [1 / 3] * 4 + [None]
    header = swancli("project", "-m", "val/*", "-o", "table", "-l", logdir, env={"COLUMNS": "120"}).lines[3]
    assert " val/loss " in header
    assert "acc" not in header


def test_name_that_none_of_the_chosen_runs_has_is_a_note(logdir: Path) -> None:
    done = swancli("project", "-F", "name=plain", "--columns", "id,min(val/loss)", "-l", logdir)
    assert (done.code, done.lines) == (0, ["id\tmin(val/loss)", "5\t"])
    assert done.err == "swancli: note: none of these runs has a metric 'val/loss'\n"


def test_no_run_that_meets_the_conditions_is_an_empty_table_and_a_note(logdir: Path) -> None:
    done = swancli("project", "-F", "id > 99", "-F", "state=running", "--columns", "id", "-l", logdir)
    assert (done.code, done.lines) == (0, ["id"])
    assert done.err == "swancli: note: no run meets id > 99 and state = running\n"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["-F", "state"], 2, "'state' is not a condition: it has no operator"),
        (["-F", "config.opt.lrr < 1"], 3, "has config.opt.lrr; did you mean config.opt.lr?"),
        (["--columns", "mim(val/loss)"], 2, "no function 'mim' in 'mim(val/loss)'; did you mean min?"),
        (["--sort", "val/los"], 3, "has a metric 'val/los'; did you mean val/loss?"),
        (["-m", "val/los"], 3, "has a metric 'val/los'; nearest: val/loss"),
        (["-m", "vall/*"], 3, "has a metric 'vall/*'; nearest: val/loss"),
        (["-m", "val/*", "--best", "min"], 2, "--best requires the name of one metric, not 'val/*'"),
        (["--state", "runing"], 2, "no state 'runing'; did you mean running?"),
        (["--json", "-n", "3"], 2, "--json prints the API's whole response: use --jsonl to choose runs and columns"),
        (["--json", "-m", "acc"], 2, "--json prints the API's whole response: use --jsonl to choose runs and columns"),
        (["--json", "-F", "id=1"], 2, "--json prints the API's whole response: use --jsonl to choose runs and columns"),
        (["--pivot"], 2, "--pivot requires --group-by with two columns"),
        (["--group-by", "config.model", "--columns", "id"], 2, "'id' has one value for each run, not for each group"),
        (["--plot", "id", "acc", "--columns", "id"], 2, "--plot takes its two columns, not --columns or --group-by"),
        (["--columns", "id", "-m", "acc"], 2, "--metric adds to the usual table: name the metric in --columns instead"),
        (["-m", "acc", "--best", "min", "--sort", "id"], 2, "--best sorts, and so does --sort"),
        (["-n", "-1"], 2, "-1"),
    ],
)
def test_wrong_options_are_one_clear_line(logdir: Path, words: list[str], code: int, says: str) -> None:
    done = swancli("project", *words, "-l", logdir)
    first = done.err.splitlines()[0]
    assert done.code == code
    assert says in first
    assert "Traceback" not in done.err


def test_wrong_condition_is_followed_by_the_grammar_in_three_lines(logdir: Path, snapshot: SnapshotAssertion) -> None:
    done = swancli("project", "-F", "config.opt.lr => 1", "-l", logdir)
    assert done.err.count("\n") == 4
    assert done.err == snapshot


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("summary 2-1 val/loss --jsonl", ['{"experiment":2,"metric":"val/loss","value":0.5,', '{"experiment":1,']),
        ("summary 1,2 acc -o csv", ["experiment,metric,value,", "1,acc,", "2,acc,"]),
        ("summary 1,5 val/loss", ["experiment\tmetric\t", "1\tval/loss\t"]),
        ("summary --best 1 min(val/loss) acc", ["metric\tvalue\t", "acc\t"]),
        ("summary -F config.model=resnet18 acc --jsonl", ['{"experiment":1,"metric":"acc"', '{"experiment":2,']),
        ("status 1,2 --json", ['{"experiment":1,"code":0,', '{"experiment":2,"code":0,']),
        ("experiment @stopped --json", ['{"code":0,"message":"success","data":{"id":3,']),
        ("metric resnet50* val/loss --json", ['{"experiment":3,"tag":"val/loss","code":0', '{"experiment":4,']),
        ("metric --best 2 min(val/loss) val/loss", ["step\tresnet50-b:val/loss\tresnet18-b:val/loss", "1\t", "2\t", "3\t", "4\t"]),
        ("metric latest~1 acc -F id>1 -o csv", ["step,value,time", "1,", "2,"]),
    ],
)  # fmt: skip
def test_formats_for_programs_have_the_experiment_in_front(logdir: Path, words: str, lines: list[str]) -> None:
    done = swancli(*words.split(), "-l", logdir)
    assert done.code == 0
    assert [line[: len(start)] for line, start in zip(done.lines, lines, strict=True)] == lines


@pytest.mark.parametrize("words", [["status", "1-3"], ["charts", "1,2"], ["experiment", "all"]])
def test_several_in_a_pipe_are_one_table(logdir: Path, words: list[str]) -> None:
    lines = swancli(*words, "-l", logdir).lines
    assert lines[0].startswith("experiment\t")
    assert lines.count(lines[0]) == 1
    assert {line.count("\t") for line in lines} == {lines[0].count("\t")}


@pytest.mark.parametrize("api_only", [False, True])
def test_summary_shows_what_names_and_globs_ask_for_in_that_order(logdir: Path, api_only: bool) -> None:
    with serving(LocalSource(str(logdir)), api_only=api_only) as server:
        for where in (["-l", logdir], ["-u", server.url]):
            for words, names in (
                ("val/*", ["val/loss"]),
                ("acc v*", ["acc", "val/loss"]),
                ("* acc", ["val/loss", "acc"]),
            ):
                done = swancli("summary", "1", *words.split(), "--jsonl", *where)
                assert [json.loads(line)["metric"] for line in done.lines] == names
            done = swancli("summary", "1", "vall/*", *where)
            assert (done.code, done.out) == (3, b"")
            assert done.err == "swancli: error: no metric 'vall/*' in experiment 1; nearest: val/loss\n"


def test_experiment_that_lacks_what_is_asked_for_is_left_out_with_a_warning(logdir: Path) -> None:
    done = swancli("summary", "1,5", "val/loss", "-l", logdir)
    assert done.code == 0
    assert "swancli: warning: no metric 'val/loss' in experiment 5" in done.err
    assert swancli("status", "1,99", "-l", logdir).code == 0


def test_logs_are_those_of_one(logdir: Path) -> None:
    done = swancli("logs", "1-2", "-l", logdir)
    assert done.code == 2
    assert "'1-2' matches 2 experiments, but one is needed: 1 (resnet18-a), 2 (resnet18-b)" in done.err


def test_live_view_shows_the_newest_first_and_tells_the_states(logdir: Path) -> None:
    with Session(Options(logdir=[str(logdir)], watch=True)) as session:
        lister = Lister(session, Listing(columns="id", limit=2))
        (table,) = lister.tables()
        assert [list(row) for row in table.rows] == [[5], [4]]  # type: ignore[arg-type]
        assert (lister.details["name"], [row["state"] for row in lister.details["experiments"]]) == (
            "llm",
            ["stale", "finished"],
        )
        usual = Lister(session, Listing(filters=["id < 4"])).tables()
        assert [row[0] for row in usual[0].rows] == [3, 2, 1]  # type: ignore[index]
        by_id = Lister(session, Listing(columns="id", sort="id", limit=2)).tables()
        assert [list(row) for row in by_id[0].rows] == [[1], [2]]  # type: ignore[arg-type]


def examples() -> list[str]:
    """The commands in the manual page."""
    blocks = dict(COLUMNS.sections)["EXAMPLES"]
    return [line for block in blocks for line in block.lines]  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from swancli.demo import write_demo

    path = tmp_path_factory.mktemp("sample")
    write_demo(str(path / "swanlog"))
    return path


@pytest.mark.parametrize("line", examples())
def test_examples_of_the_manual_page_print_a_table(sample: Path, line: str, snapshot: SnapshotAssertion) -> None:
    import shlex

    program, *words = shlex.split(line)
    assert program == "swancli"
    done = swancli(*words, "-o", "csv", cwd=sample)
    assert (done.code, done.err) == (0, "")
    assert len(done.lines) > 1
    assert done.lines[:4] == snapshot
