"""The table of `swancli compare`, and which words of two texts differ."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swancli.model import Compared, Known, Run
from swancli.output.formats.markdown import markdown
from swancli.output.formats.terminal import render_all
from swancli.output.table import shown
from swancli.output.text.styled import CHANGED, plain
from swancli.output.views.compare import compare, headings
from swancli.output.views.differences import differing

RUNS: list[Run] = [{"name": "base", "id": 1}, {"name": "fast", "id": 2}]
COMMAND = "python train.py --lr 0.1 --model resnet50 --out /data/runs/today --seed 42"
ROWS = [
    Compared("config", "lr", [Known(0.1), None]),
    Compared("config", "none", [Known(None), Known("x")]),
    Compared("metrics", "min(loss)", [Known(0.123456789), Known("NaN")], (0,)),
    Compared("system", "git commit", [Known(COMMAND), Known(COMMAND.replace("0.1", "0.25").replace("42", "43"))]),
]


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ("lr 0.1 a", "lr 0.2 a", [["0.1"], ["0.2"]]),
        ("a b", "a b c", [[], [" c"]]),
        ("train.py --lr 1", "train.py --wd 1", [["lr"], ["wd"]]),
        ("abc", "xyz", None),
        ("a-b", "c-d", None),  # a sign alone is nothing in common
        ("", "x", None),
    ],
)
def test_words_that_differ(one: str, other: str, wanted: list[list[str]] | None) -> None:
    found = differing(one, other)
    texts = found and [[text[a:b] for a, b in pieces] for text, pieces in zip((one, other), found, strict=True)]
    assert texts == wanted


def test_very_long_texts_are_not_compared_word_by_word() -> None:
    assert differing("a " * 5000, "a " * 5001) is None


@given(st.text("ab .-\n", max_size=30), st.text("ab .-\n", max_size=30))
def test_without_the_words_that_differ_two_texts_are_the_same(one: str, other: str) -> None:
    found = differing(one, other)
    if found is not None:
        rest = []
        for text, pieces in zip((one, other), found, strict=True):
            at = 0
            kept = ""
            for start, end in pieces:
                kept, at = kept + text[at:start], end
            rest.append(kept + text[at:])
        assert rest[0] == rest[1]


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_words_that_differ_are_coloured_wherever_a_line_is_broken(width: int) -> None:
    lines = render_all(compare(RUNS, ROWS), width)
    coloured = [text for line in lines for text, style in line if style == CHANGED]
    assert sorted("".join(coloured)) == sorted("0.1" + "0.25" + "42" + "43")
    assert all(len(plain(line)) <= width for line in lines)


def test_a_terminal_shows_sections_a_sign_and_a_dash() -> None:
    lines = [plain(line) for line in render_all(compare(RUNS, ROWS[:3], 4), 80)]
    assert lines == [
        "key        base        fast",
        "config",
        "lr         0.1         –",
        "none       null        x",
        "metrics",
        "min(loss)  0.123457 *  NaN",
        "marked: the best of its row, the lowest loss or the highest accuracy",
        "4 rows are the same in all runs: --all shows them, too",
    ]


def test_markdown_has_the_best_in_bold() -> None:
    text = "".join(markdown(shown(compare(RUNS, ROWS[2:3]), "terminal")))
    assert "| metrics | min(loss) | **0.123457** | NaN |" in text.splitlines()


def test_of_many_runs_the_last_are_left_out_first_and_named() -> None:
    runs: list[Run] = [{"name": f"experiment-number-{n}", "id": n} for n in range(6)]
    rows = [Compared("config", "lr", [Known("a value that is rather long") for _ in runs])]
    lines = [plain(line) for line in render_all(compare(runs, rows), 80)]
    assert lines[-1].startswith("+")
    assert lines[-1].endswith("experiment-number-5")
    assert "number-0" in lines[0]


def test_runs_of_one_name_and_those_called_like_a_column_have_their_id_behind_it() -> None:
    runs: list[Run] = [{"name": "a", "id": 1}, {"name": "a", "id": None, "run_id": "run-x"}, {"name": "best", "id": 3}]
    assert headings(runs) == ["a (1)", "a (run-x)", "best (3)"]


def test_a_pipe_gets_the_name_of_the_best_and_plain_values() -> None:
    (table,) = shown(compare(RUNS, ROWS), "pipe")
    assert [column.key for column in table.columns] == ["section", "key", "base", "fast", "best"]
    rows = list(table.rows)
    assert [row[-1] for row in rows] == [None, None, "base", None]  # type: ignore[index]
    assert rows[3][1] == "git_commit"  # type: ignore[index]
