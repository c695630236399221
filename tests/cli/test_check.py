"""What `swancli check` prints, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from swancli.source import LocalSource
from tests.cli.test_commands import on_terminal
from tests.cli.test_imports import cost
from tests.support.command import swancli
from tests.support.logdirs import Logdir, point
from tests.support.stub_server import serving


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    """A run that went well and one that did not, beside another that nobody asks for."""
    logdir = Logdir(tmp_path / "swanlog")
    for name, last in (("good", 0.25), ("bad", float("nan"))):
        run = logdir.run(name)
        run.metric("train/loss", [point(1, 0.9), point(2, last)])
        run.metric("val/acc", [point(n, n / 16) for n in range(16)])
        run.file("config.yaml", "lr:\n  value: 0.1\n  desc: ''\n  sort: 0\n")
    logdir.run("third").metric("train/loss", [point(1, 1.0)])
    return logdir.close()


HOLD = ["max(val/acc) >= 0.9", "train/loss is not nan", "points(val/acc) > 10", "config.lr = 0.1", "state = finished"]


def test_all_that_hold_are_ok_and_the_exit_code_is_zero(logdir: Path) -> None:
    done = swancli("check", "1", *HOLD, "-l", logdir)
    assert (done.code, done.err) == (0, "")
    assert done.lines == [
        "result\tid\tname\tcondition\tvalue\twanted",
        "ok\t1\tgood\tmax(val/acc)\t0.9375\t>= 0.9",
        "ok\t1\tgood\ttrain/loss\t0.25\tis not nan",
        "ok\t1\tgood\tpoints(val/acc)\t16\t> 10",
        "ok\t1\tgood\tconfig.lr\t0.1\t= 0.1",
        "ok\t1\tgood\tstate\tfinished\t= finished",
    ]


def test_one_that_does_not_hold_is_failed_and_the_exit_code_is_six(logdir: Path) -> None:
    done = swancli("check", "1,2", "train/loss is not nan", "--jsonl", "-l", logdir)
    assert (done.code, done.err) == (6, "")
    assert [json.loads(line) for line in done.lines] == [
        {"result": "ok", "id": 1, "name": "good", "condition": "train/loss", "value": 0.25, "wanted": "is not nan"},
        {"result": "FAILED", "id": 2, "name": "bad", "condition": "train/loss", "value": "NaN", "wanted": "is not nan"},
    ]


def test_what_is_missing_fails_with_a_dash_and_a_note(logdir: Path) -> None:
    done = swancli("check", "1", "train/los < 1", "train/los is missing", "-o", "table", "-l", logdir)
    assert (done.code, done.err) == (6, "swancli: note: experiment 1 has no train/los; nearest: train/loss\n")
    assert [line.split() for line in done.lines] == [
        ["result", "condition", "value", "wanted"],
        ["FAILED", "train/los", "–", "<", "1"],
        ["ok", "train/los", "–", "is", "missing"],
    ]


def test_a_terminal_names_the_runs_where_there_are_several(logdir: Path) -> None:
    shown = on_terminal("check", "1", *HOLD, "--no-color", "-l", str(logdir)).decode()
    assert shown.splitlines()[0].split() == ["result", "condition", "value", "wanted"]
    done = swancli("check", "1,2", "state = finished", "-o", "table", "-l", logdir, env={"FORCE_COLOR": "1"})
    assert done.lines[0].count("id") == 1
    assert "\x1b[32mok" in done.lines[1] or "28mok" in done.lines[1]


def test_the_only_experiment_need_not_be_named(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    logdir.run().metric("loss", [point(1, 0.5)])
    for words in (["loss < 1"], ["loss < 1", "loss > 0"]):
        done = swancli("check", *words, "-l", logdir.path)
        assert (done.code, len(done.lines)) == (0, 1 + len(words))


def test_an_experiment_called_like_a_condition_is_an_experiment(tmp_path: Path) -> None:
    logdir = Logdir(tmp_path / "swanlog")
    logdir.run("lr=0.1").metric("loss", [point(1, 0.5)])
    logdir.run("lr=0.2").metric("loss", [point(1, 0.25)])
    done = swancli("check", "lr=0.2", "loss < 0.3", "-l", logdir.path)
    assert (done.code, done.lines[1].split("\t")[:3]) == (0, ["ok", "2", "lr=0.2"])


@pytest.mark.parametrize("code", [0, 6])
def test_a_url_tells_the_same(logdir: Path, code: int) -> None:
    words = ["check", "1" if code == 0 else "1,2", *HOLD, "mean(val/acc) < 0.5", "at(val/acc, 8) = 0.5"]
    here = swancli(*words, "-l", logdir)
    with serving(LocalSource(str(logdir))) as server:
        there = swancli(*words, "-u", server.url)
    assert here.code == code
    assert (there.code, there.out, there.err) == (here.code, here.out, here.err)


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ([], 2, "which condition? usage: swancli check [EXPS] CONDITION..."), (["1"], 2, "is not a condition"),
        (["1", "loss"], 2, "'loss' is not a condition"), (["9", "loss < 1"], 3, "no experiment 9"),
        (["nobody", "loss < 1"], 3, "no experiment nobody"), (["loss < 1"], 2, "which experiment?"),
        (["1", "mni(loss) < 1"], 2, "no function 'mni'"),
    ],
)  # fmt: skip
def test_wrong_command_lines(logdir: Path, words: list[str], code: int, message: str) -> None:
    done = swancli("check", *words, "-l", logdir)
    assert (done.code, done.out) == (code, b"")
    assert message in done.err


def test_only_the_metrics_of_the_conditions_are_read(logdir: Path) -> None:
    opened = cost(logdir, "check", "1", "train/loss < 1")["opened"]
    assert {Path(name).parent.name for name in opened if "/logs/" in name} == {"train%2Floss"}
    assert not [name for name in opened if "abc1def" in name or "abc2def" in name or "config.yaml" in name]
