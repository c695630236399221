"""Several logdirs and dashboards at once: one table, addresses with a source in front, what happens if one is down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from swancli.demo import write_demo
from swancli.source import LocalSource
from tests.support.command import Done, swancli
from tests.support.logdirs import Logdir, points
from tests.support.stub_server import Serving, serving


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`a/swanlog` and `c/swanlog`, the sample; `b/swanlog` with one run, whose id is 1 too."""
    made = tmp_path_factory.mktemp("several")
    for name in ("a", "c"):
        (made / name).mkdir()
        write_demo(str(made / name / "swanlog"))
    (made / "b").mkdir()
    other = Logdir(made / "b" / "swanlog")
    other.run("other").metric("train/loss", points(3))
    other.close()
    return made


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Serving]:
    with serving(LocalSource(str(folder / "b" / "swanlog"))) as made:
        yield made


BOTH = ("-l", "a/swanlog", "-l", "b/swanlog")


def ask(folder: Path, *words: str) -> Done:
    return swancli(*words, cwd=folder, env={"XDG_CONFIG_HOME": str(folder)})


def test_project_shows_the_runs_of_all_in_one_table(folder: Path, server: Serving) -> None:
    for where in (BOTH, ("-l", "[ab]/swanlog"), ("-l", "a/swanlog", "-u", server.url)):
        done = ask(folder, *where, "project", "-o", "jsonl")
        assert (done.code, done.err) == (0, "")
        rows = [json.loads(line) for line in done.lines]
        assert [row["id"] for row in rows] == [1, 2, 3, 1]
        assert [row["source"] for row in rows] == [*["a"] * 3, "b" if "-u" not in where else "127.0.0.1"]
    assert "source" in ask(folder, *BOTH, "project", "-o", "table").lines[3]
    assert "source" not in ask(folder, "-l", "a/swanlog", "project").lines[0].split("\t")


@pytest.mark.parametrize(
    ("word", "name"),
    [("a:1", "Qwen2.5-7B/20250321-1130-16bed2e2"), ("b:1", "other"), ("b:latest", "other"), ("other", "other"),
     ("a:eval/checkpoints", "eval/checkpoints"), ("2", "Qwen2.5-7B/20250322-0903-lr1e-3")],
)  # fmt: skip
def test_run_is_named_with_its_source_in_front_where_it_must_be(folder: Path, word: str, name: str) -> None:
    done = ask(folder, *BOTH, "experiment", word, "--json")
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out)["data"]["name"] == name


@pytest.mark.parametrize(
    ("word", "code", "sentence"),
    [
        ("1", 2, "1 matches 2 experiments: a:1, b:1"),
        ("a:9", 3, "no experiment a:9 in 2 sources; it has a:1 ("),
        ("c:1", 3, "no experiment c:1"),
        ("99", 3, "no experiment 99 in 2 sources"),
    ],
)
def test_word_that_names_no_run_or_two_is_an_error(folder: Path, word: str, code: int, sentence: str) -> None:
    done = ask(folder, *BOTH, "summary", word)
    assert (done.code, done.out) == (code, b"")
    assert sentence in done.err
    assert done.err.count("\n") == 1


def test_answer_of_one_run_is_that_of_its_source(folder: Path) -> None:
    for words in ("summary {}", "status {}", "charts {}", "metric {} train/loss", "metric {} train/*", "experiment {}"):
        for form in ("--json", "-o=tsv"):
            found = ask(folder, *BOTH, *words.format("a:1").split(), form)
            assert found.out == ask(folder, "-l", "a/swanlog", *words.format("1").split(), form).out, (words, form)


def test_series_of_several_sources_are_joined_under_names_that_tell_them_apart(folder: Path) -> None:
    done = ask(folder, *BOTH, "metric", "a:1,b:1", "train/loss", "--tail", "1")
    assert done.lines[0] == "step\tQwen2.5-7B/20250321-1130-16bed2e2:train/loss\tother:train/loss"
    done = ask(folder, *BOTH, "-l", "c/swanlog", "metric", "a:1,c:1", "train/loss", "--tail", "1")
    assert done.lines[0] == "step\ta:1:train/loss\tc:1:train/loss"


def test_json_of_several_sources_is_one_response_a_line(folder: Path) -> None:
    done = ask(folder, *BOTH, "project", "--json")
    lines = [json.loads(line) for line in done.lines]
    assert [line["source"] for line in lines] == ["a", "b"]
    plain = json.loads(ask(folder, "-l", "b/swanlog", "project", "--json").out)
    assert {key: value for key, value in lines[1].items() if key != "source"} == plain


def test_source_that_is_down_is_warned_of_and_the_others_answer(folder: Path) -> None:
    down = ("-u", "http://127.0.0.1:9")
    done = ask(folder, *BOTH, *down, "project")
    assert done.code == 0
    assert len(done.lines) == 5
    assert done.err.startswith("swancli: warning: 127.0.0.1: cannot connect to http://127.0.0.1:9")
    done = ask(folder, *BOTH, *down, "project", "--json")
    assert (done.code, len(done.lines)) == (0, 2)
    assert "warning: 127.0.0.1: " in done.err
    done = ask(folder, *down, "-u", "http://127.0.0.1:10", "project")
    assert (done.code, done.out) == (4, b"")
    assert "none of 2 sources responds" in done.err


def test_logdir_that_is_not_there_is_an_error(folder: Path) -> None:
    done = ask(folder, "-l", "a/swanlog", "-l", "nothing", "project")
    assert (done.code, done.out) == (2, b"")
    assert "no logdir at nothing" in done.err


def test_sources_lists_which_answer(folder: Path, server: Serving) -> None:
    (folder / "swancli").mkdir(exist_ok=True)
    (folder / "swancli" / "config.toml").write_text(
        f'[sources.a]\nlogdir = "{folder}/a/swanlog"\n[sources.web]\nurl = "{server.url}"\n'
        f'[sources.gone]\nlogdir = "{folder}/gone"\n[sources.down]\nurl = "http://127.0.0.1:9"\n'
    )
    done = ask(folder, "sources", "--jsonl")
    assert (done.code, done.err) == (0, "")
    rows = {row["name"]: row for row in map(json.loads, done.lines)}
    assert {name: row["answers"] for name, row in rows.items()} == {
        "a": True, "web": True, "gone": False, "down": False,
    }  # fmt: skip
    assert (rows["a"]["runs"], rows["web"]["runs"], rows["web"]["running"]) == (3, 1, 0)
    assert rows["web"]["version"]
    assert "connection refused" in rows["down"]["error"]
    assert ask(folder, "-s", "down", "sources").code == 4
    done = ask(folder, "-s", "all", "project", "-o", "jsonl")
    assert (done.code, len(done.lines)) == (0, 4)
    assert done.err.count("swancli: warning: ") == 2
    assert ask(folder, "-s", "a", "status", "1").code == 0
    assert ask(folder, "-s", "nope", "project").code == 2
    assert ask(folder, "sources", "--json").code == 2


@pytest.mark.parametrize(
    ("word", "count"),
    [("a:1-2", 2), ("a:@crashed", 1), ("a:all", 3), ("b:latest", 1), ("a:latest~1", 1), ("a:*2025*", 2), ("all", 4),
     ("a:1,b:1", 2), ("@finished", 3)],
)  # fmt: skip
def test_pattern_with_a_source_in_front_means_runs_of_that_source(folder: Path, word: str, count: int) -> None:
    done = ask(folder, *BOTH, "status", word, "-o", "jsonl")
    assert (done.code, done.err) == (0, "")
    states = [json.loads(line) for line in done.lines if '"state"' in line]
    assert len(states) == count


def test_runs_of_several_sources_are_chosen_compared_and_checked(folder: Path) -> None:
    done = ask(folder, *BOTH, "project", "--columns", "source,id,points(train/loss)", "-F", "points(train/loss) < 50")
    assert done.lines[1:] == ["a\t2\t46", "b\t1\t3"]
    assert ask(folder, *BOTH, "project", "-F", "source = b", "--columns", "name").lines[1:] == ["other"]
    done = ask(folder, *BOTH, "-l", "c/swanlog", "compare", "a:1,c:1", "--all", "--sections", "config", "-o", "csv")
    assert done.lines[0].split(",")[2:4] == [f"Qwen2.5-7B/20250321-1130-16bed2e2 ({name}:1)" for name in "ac"]
    done = ask(folder, *BOTH, "check", "a:1,b:1", "points(train/loss) > 10")
    assert done.code == 6
    assert [line.split("\t")[:2] for line in done.lines[1:]] == [["ok", "a:1"], ["FAILED", "b:1"]]
    assert ask(folder, *BOTH, "wait", "b:1").code == 0
