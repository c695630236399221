"""What `swancli compare` prints, from a logdir and from a URL, and what it reads for that."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import pytest

from swancli.source import LocalSource
from tests.cli.test_commands import on_terminal
from tests.cli.test_imports import HEAVY, cost, modules
from tests.support.command import swancli
from tests.support.logdirs import Logdir, point
from tests.support.stub_server import serving

METADATA = {"hostname": "node7", "python": "3.11.9", "command": "python train.py --lr 0.1 --seed 42", "pid": 17,
            "git_info": ["main", "0a1b2c3"]}  # fmt: skip


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    """Three runs: two trainings and one of another kind."""
    logdir = Logdir(tmp_path / "swanlog")
    for n, name in enumerate(("base", "fast")):
        run = logdir.run(name)
        run.file(
            "config.yaml",
            f"lr:\n  value: {(0.1, 0.25)[n]}\n  desc: ''\n  sort: 0\nlayers:\n  value: [64, {128 << n}]\n  desc: ''\n  sort: 1\n"
            "seed:\n  value: 42\n  desc: ''\n  sort: 2\n",
        )
        run.metric("val/loss", [point(1, 3.0), point(2, 0.123456789012 + n), point(3, 2.0)])
        run.metric("val/acc", [point(1, 0.5), point(2, 0.75 + n / 8)])
        run.file(
            "swanlab-metadata.json",
            json.dumps({**METADATA, "command": METADATA["command"].replace("0.1", str((0.1, 0.25)[n]))}),
        )  # type: ignore[attr-defined]
        run.file("requirements.txt", f"numpy==1.26.0\ntorch==2.{n}.0\n")
    other = logdir.run("other\x1b[2J\tkind")
    other.metric("text", [point(1, "hello")], type="text")
    return logdir.close()


TSV = (
    "section\tkey\tbase\tfast\tbest\n"
    "config\tlr\t0.1\t0.25\t\n"
    "config\tlayers.1\t128\t256\t\n"
    "metrics\tmin(val/loss)\t0.123456789012\t1.123456789012\tbase\n"
    "metrics\tmax(val/acc)\t0.75\t0.875\tfast\n"
    "system\tcommand\tpython train.py --lr 0.1 --seed 42\tpython train.py --lr 0.25 --seed 42\t\n"
)
MARKDOWN = """\
| section | key | base | fast |
| --- | --- | --- | --- |
| config | lr | 0.1 | 0.25 |
| config | layers.1 | 128 | 256 |
| metrics | min(val/loss) | **0.123457** | 1.12346 |
| metrics | max(val/acc) | 0.75 | **0.875** |
| system | command | python train.py --lr 0.1 --seed 42 | python train.py --lr 0.25 --seed 42 |

marked: the best of its row, the lowest loss or the highest accuracy

7 rows are the same in all runs: --all shows them, too
"""


@pytest.mark.parametrize("words", [["1,2"], ["1", "2"], ["base,fast"], ["1", "1,2"]])
def test_a_pipe_gets_every_row_that_differs_in_full_precision(logdir: Path, words: list[str]) -> None:
    done = swancli("compare", *words, "-l", logdir)
    assert (done.code, done.err) == (0, "")
    assert done.out.decode() == TSV


def test_csv_and_json_lines_hold_the_same(logdir: Path) -> None:
    rows = list(csv.reader(io.StringIO(TSV), "excel-tab"))
    done = swancli("compare", "1,2", "-l", logdir, "-o", "csv")
    assert list(csv.reader(io.StringIO(done.out.decode()))) == rows
    found = [json.loads(line) for line in swancli("compare", "1,2", "-l", logdir, "--jsonl").lines]
    assert found[0] == {"section": "config", "key": "lr", "base": 0.1, "fast": 0.25, "best": None}
    assert found[2] == {
        "section": "metrics", "key": "min(val/loss)", "base": 0.123456789012, "fast": 1.123456789012, "best": "base",
    }  # fmt: skip


def test_markdown_can_be_pasted(logdir: Path) -> None:
    assert swancli("compare", "1,2", "-l", logdir, "-o", "md").out.decode() == MARKDOWN


def test_all_shows_what_is_the_same_and_sections_choose(logdir: Path) -> None:
    lines = swancli("compare", "1,2", "--all", "--sections", "config", "-l", logdir).lines
    assert [line.split("\t")[1] for line in lines] == ["key", "lr", "layers.0", "layers.1", "seed"]
    lines = swancli("compare", "1,2", "--sections", "system, config", "-l", logdir).lines
    assert [line.split("\t")[0] for line in lines] == ["section", "config", "config", "system"]


def test_packages_are_compared_if_asked_for(logdir: Path) -> None:
    wanted = ["section\tkey\tbase\tfast\tbest", "packages\ttorch\t2.0.0\t2.1.0\t"]
    assert swancli("compare", "1,2", "--sections", "packages", "-l", logdir).lines == wanted
    assert swancli("compare", "1,2", "--diff-requirements", "-l", logdir).lines[-1] == wanted[1]


def test_a_goal_chooses_another_best(logdir: Path) -> None:
    goals = ["--goal", "val/acc=min", "--goal", "val/loss=last"]
    done = swancli("compare", "1,2", "--sections", "metrics", "--all", *goals, "-l", logdir)
    assert done.lines[1:] == ["metrics\tval/loss\t2.0\t2.0\t", "metrics\tmin(val/acc)\t0.5\t0.5\t"]
    lines = swancli("compare", "1,2", "--sections", "metrics", "--goal", "val/loss=max", "-l", logdir).lines
    assert lines[1].startswith("metrics\tmax(val/acc)")
    done = swancli("compare", "1,2", "--goal", "train/acc=min", "-l", logdir)
    assert done.err == "swancli: warning: --goal: no run has a metric 'train/acc'; nearest: val/acc\n"


def test_what_a_run_lacks_is_empty_in_a_pipe_and_a_dash_for_people(logdir: Path) -> None:
    assert "config\tlr\t0.1\t\t" in swancli("compare", "1,3", "-l", logdir).lines
    assert any(
        line.split() == ["lr", "0.1", "–"] for line in swancli("compare", "1,3", "-l", logdir, "-o", "table").lines
    )


def test_a_terminal_gets_colours_and_no_control_characters(logdir: Path) -> None:
    shown = on_terminal("compare", "1,2", "-l", str(logdir)).decode()
    assert "\x1b[1m" in shown
    dumb = on_terminal("compare", "1,2,3", "--no-color", "-l", str(logdir)).decode()
    assert "\x1b" not in dumb
    assert "0.123457 *" in dumb
    assert "other\\x1b[2J" in dumb


def test_words_that_differ_have_a_colour_with_two_runs(logdir: Path) -> None:
    for words, is_coloured in (("1,2", True), ("1,2,3", False)):
        done = swancli("compare", words, "--sections", "system", "-o", "table", "-l", logdir, env={"FORCE_COLOR": "1"})
        assert (b"m0.25\x1b[0m" in done.out) is is_coloured


@pytest.mark.parametrize("words", ["1,2,3 --all --diff-requirements", "1,2 -o md", "1,3 --jsonl"])
def test_a_url_tells_the_same(logdir: Path, words: str) -> None:
    here = swancli("compare", *words.split(), "-l", logdir)
    with serving(LocalSource(str(logdir))) as server:
        there = swancli("compare", *words.split(), "-u", server.url)
    assert (there.code, there.err, there.out) == (0, here.err, here.out)


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ("1", 2, "compare requires two experiments or more"), ("1,1", 2, "compare requires two experiments or more"),
        ("", 2, "which experiment?"), ("1,9", 3, "no experiment 9 in"), ("1,2 --sections nope", 2, "no section 'nope'"),
        ("1,2 --sections ,", 2, "--sections names no section"), ("1,2 --goal x", 2, "--goal must be NAME=min"),
    ],
)  # fmt: skip
def test_wrong_command_lines(logdir: Path, words: str, code: int, message: str) -> None:
    done = swancli("compare", *words.split(), "-l", logdir)
    assert (done.code, done.out) == (code, b"")
    assert message in done.err


def test_requirements_are_read_if_asked_for_only_and_nothing_of_other_runs(logdir: Path) -> None:
    opened = cost(logdir, "compare", "1,3")["opened"]
    assert not [name for name in opened if name.endswith("requirements.txt") or "abc1def" in name]
    opened = cost(logdir, "compare", "1,3", "--diff-requirements", "--sections", "packages")["opened"]
    assert sum(name.endswith("requirements.txt") for name in opened) == 2
    assert not [name for name in opened if "abc1def" in name]
    assert not [name for name in opened if "/logs/" in name]
    assert not {name for name in modules("compare", "1,2", "-l", str(logdir)) if name in HEAVY - {"yaml", "socket"}}


def test_requirements_outside_the_logdir_are_not_read(logdir: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret==1\n")
    path = logdir / "run-20250321_125800-abc0def/files/requirements.txt"
    path.unlink()
    os.symlink(secret, path)
    done = swancli("compare", "1,2", "--sections", "packages", "--all", "-l", logdir)
    assert b"secret" not in done.out
    path.unlink()
    path.write_text("x==1\n" * 400_000)  # larger than any that pip writes
    done = swancli("compare", "1,2", "--sections", "packages", "--all", "-l", logdir)
    assert (done.code, b"x" in done.out.split(b"\n", 1)[1]) == (0, False)
