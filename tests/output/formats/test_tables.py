"""Every view at the widths people have, in colour and without, and in a pipe."""

from __future__ import annotations

import io
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from swancli.output.formats.delimited import delimited
from swancli.output.formats.jsonl import jsonl
from swancli.output.formats.markdown import markdown
from swancli.output.formats.terminal import render, render_all
from swancli.output.show import show_tables
from swancli.output.stdout import Terminal
from swancli.output.table import Column, State, Table, shown
from swancli.output.text.styled import Line, line_cells, paint
from swancli.output.views import charts, experiment, metric, project, status, summary
from tests.support import details as details


def _with_best() -> list[Table]:
    data = details.project()
    for run, best in zip(data["experiments"], (0.85, 0.91, 0.2, None, "NaN", 1.5), strict=True):
        run["best"] = {"value": best, "step": 10}
    return project.project(data, "train/loss", "min")


VIEWS = {
    "project": lambda: project.project(details.project()),
    "project_best": _with_best,
    "experiment": lambda: experiment.experiment(details.experiment()),
    "charts": lambda: charts.charts(details.charts()),
    "status": lambda: status.status(details.status()),
    "summary": lambda: summary.summary(details.summary()),
    "metric": lambda: metric.metric([details.metric()], 10),
    "metrics": lambda: metric.metric(
        [details.metric(), details.metric(50, "val/loss", nonfinite=0, sampled=True, total=9999)], 10
    ),
}


def _painted(lines: list[Line], colors: int = 0) -> list[str]:
    return [paint(line, colors) for line in lines]


def _lines(name: str, width: int, unicode: bool = True) -> list[Line]:
    return render_all(shown(VIEWS[name](), "terminal"), width, unicode, details.NOW)


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("name", VIEWS)
def test_view_without_colour(name: str, width: int, snapshot: SnapshotAssertion) -> None:
    assert "\n".join(_painted(_lines(name, width), 0)) == snapshot


@pytest.mark.parametrize("colors", [16, 256])
@pytest.mark.parametrize("name", ["project", "charts", "summary"])
def test_view_in_colour(name: str, colors: int, snapshot: SnapshotAssertion) -> None:
    assert "\n".join(_painted(_lines(name, 80), colors)) == snapshot


@pytest.mark.parametrize("name", VIEWS)
def test_view_in_a_pipe(name: str, snapshot: SnapshotAssertion) -> None:
    out = io.StringIO()
    show_tables(VIEWS[name](), None, Terminal(stream=out))
    assert out.getvalue() == snapshot


@pytest.mark.parametrize("name", ["project", "summary", "metric"])
def test_view_as_json_lines(name: str, snapshot: SnapshotAssertion) -> None:
    assert "".join(piece for table in shown(VIEWS[name](), "pipe") for piece in jsonl(table)) == snapshot


@pytest.mark.parametrize("name", ["project", "summary"])
def test_view_as_markdown(name: str, snapshot: SnapshotAssertion) -> None:
    assert "".join(markdown(shown(VIEWS[name](), "terminal"), details.NOW)) == snapshot


@pytest.mark.parametrize("name", VIEWS)
def test_plain_characters_are_enough_for_a_terminal_without_unicode(name: str) -> None:
    text = "\n".join(_painted(_lines(name, 80, unicode=False), 0))
    own = set("…–▁▂▃▄▅▆▇█×") & set(text)
    assert own <= {"×"}, own  # the sign in "4 × NVIDIA" is data
    assert all("×" not in line for line in text.splitlines() if "NVIDIA" not in line)


@pytest.mark.parametrize("width", [1, 2, 5, 11, 20, 33, 40, 57, 80, 200])
@pytest.mark.parametrize("name", VIEWS)
def test_no_line_is_wider_than_the_pane(name: str, width: int) -> None:
    assert [line for line in _lines(name, width) if line_cells(line) > width] == []


@pytest.mark.parametrize("width", range(30, 130, 7))
def test_a_number_is_rounded_but_never_cut_and_a_step_is_whole(width: int) -> None:
    whole = (1.1845, 0.8499, 1.7614, 1.01723, 3.74634e-05, 597776, 2912, 0.0001, 1e-07, 12.5, 0.25, 3.288, 0.02)
    rounded = {float(f"{number:.{digits}g}") for number in whole for digits in (3, 4, 5, 6)}
    for line in _painted(_lines("summary", width), 0)[1:7]:
        numbers = [word for word in line.split()[1:] if word[0].isdigit()]
        assert numbers
        assert {float(number) for number in numbers} <= rounded | {207.0, 190.0, 1.0, 3.0}


def _summary(width: int, **more: float) -> list[str]:
    values = {"train/loss": 0.123456, "train/acc": 0.987654, "val/loss": 1.23456} | more
    rows = [
        {"key": key, "value": value, "step": 12345, "min": value, "min_step": 12345, "max": value, "max_step": 12345,
         "points": 12345, "shape": [1, 2, 3], "type": "default"}
        for key, value in values.items()
    ]  # fmt: skip
    return _painted(render_all(summary.summary({"summaries": rows}), width), 0)


@pytest.mark.parametrize("width", [80, 100, 120])
@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("huge", 12345678901234567890.123, "1.2346e19"),
        ("huge", 12345678901234567890, "1.2346e19"),
        ("tiny", -1.2345678901234567e-30, "-1.23e-30"),
        ("n" * 120, 1.5, "1.5"),
    ],
)
def test_one_huge_value_or_long_name_pushes_no_column_out(width: int, name: str, value: float, shown: str) -> None:
    def titles(lines: list[str]) -> list[str]:
        return lines[0].split()

    lines = _summary(width, **{name: value})
    assert titles(lines) == titles(_summary(width))
    if width == 80:
        assert "+" not in lines[-1]
        assert shown in lines[4].split()
        assert "0.123" in lines[1]
        assert lines[1].split().count("12345") == 4


@pytest.mark.parametrize(("parts", "is_left_out"), [("qkv", True), ("q", False)])
def test_names_are_not_cut_until_they_look_alike(parts: str, is_left_out: bool) -> None:
    columns = [Column("a", "a", "name"), Column("b", "b", "step"), Column("c", "c", "step", 1)]
    names = [*(f"layer/{part}/{'x' * 30}" for part in parts), "loss", "lr", "acc", "mse"]
    lines = _painted(render(Table(columns, [(name, 1234567, 1234567) for name in names]), 32), 0)
    assert len({line.split()[0] for line in lines[1 : len(names) + 1]}) == len(names)
    assert (lines[-1] == "+1 column: c") is is_left_out


def test_a_number_has_as_many_digits_as_fit() -> None:
    table = Table([Column("v", "v", "value"), Column("w", "w", "number", 1)], [(0.123456, 1234.5678), (1.5e-9, 7)])
    shown = {width: _painted(render(table, width), 0)[1:] for width in (18, 16, 14, 12, 11)}
    assert shown[18] == ["0.123456  1234.57", " 1.5e-09        7"]
    assert shown[16] == ["0.123456  1234.6", " 1.5e-09       7"]
    assert shown[14] == ["0.12346   1235", "1.5e-09      7"]
    assert shown[12] == ["0.1235  1235", "1.5e-9     7"]
    assert shown[11][-1].startswith("+1 column")


def test_programs_get_every_digit() -> None:
    table = Table([Column("v", "v", "value")], [(12345678901234567890.123,), (0.1234567890123456,)])
    assert "".join(delimited(table, "excel")) == "v\n1.2345678901234567e+19\n0.1234567890123456\n"


def test_columns_leave_by_their_rank_and_are_named() -> None:
    columns = [
        Column("a", "a", "name"),
        Column("b", "bbbbbbbb", "step", 1),
        Column("c", "cccccccc", "step", 3),
        Column("d", "dddddddd", "step", 2),
    ]
    row = ("name", 1, 2, 3)
    shown_at = {width: _painted(render(Table(columns, [row]), width), 0) for width in (40, 30, 20, 10)}
    assert shown_at[40][0].split() == ["a", "bbbbbbbb", "cccccccc", "dddddddd"]
    assert shown_at[30][0].split() == ["a", "bbbbbbbb", "dddddddd"]
    assert shown_at[30][-1] == "+1 column: cccccccc"
    assert shown_at[20][0].split() == ["a", "bbbbbbbb"]
    assert shown_at[20][-1] == "+2 columns: ddddddd…"
    assert shown_at[10][0].split() == ["a"]


def test_step_that_belongs_to_another_column_is_named_by_its_key() -> None:
    columns = [Column("n", "n", "step"), Column("min_step", "@step", "step", 1), Column("max_step", "@step", "step", 1)]
    row = (1, 1234567890, 1234567890)
    shown = [_painted(render(Table(columns, [row]), width), 0) for width in (20, 40)]
    assert shown[0][-1] == "+2 columns: min_ste…"
    assert shown[1][0].split() == ["n", "@step", "@step"]


def test_columns_of_one_rank_leave_together() -> None:
    columns = [Column("a", "a", "step"), Column("b", "b", "step", 1), Column("c", "c", "step", 1)]
    lines = _painted(render(Table(columns, [(1, 22222, 3)]), 9), 0)
    assert lines[0].split() == ["a"]


def test_a_stale_run_says_for_how_long() -> None:
    state = State.of({"state": "stale", "stale_for": 7300.0})
    lines = _painted(render(Table([Column("state", "state", "state")], [(state,)]), 40), 0)
    assert lines[1] == "stale 2 h"


def test_unknown_is_a_dash_on_a_terminal_and_an_empty_cell_in_a_pipe() -> None:
    table = lambda: Table([Column("a", "a", "step"), Column("b", "b", "age")], [(None, None)])  # noqa: E731
    assert _painted(render(table(), 40), 0)[1].split() == ["–", "–"]
    assert "".join(delimited(table(), "excel-tab")) == "a\tb\n\t\n"
    assert "".join(jsonl(table())) == '{"a":null,"b":null}\n'


def test_an_empty_table_says_so() -> None:
    assert _painted(render(Table([Column("a", "a")], [], title="Runs"), 40), 0) == ["Runs", "(none)"]


def test_rows_beside_wide_characters_align() -> None:
    from rich.cells import cell_len

    columns = [Column("name", "name", "name"), Column("n", "n", "step")]
    names = [
        "plain",
        "中文名字",
        "🚀 rocket",
        "é combining e\u0301",
        "한국어",
        "\u05e2\u05d1\u05e8\u05d9\u05ea",
    ]
    lines = _painted(render(Table(columns, [(name, 7) for name in names]), 40), 0)
    assert len({cell_len(line) for line in lines[1:]}) == 1


def test_hostile_text_reaches_no_terminal() -> None:
    for name in VIEWS:
        for line in _painted(_lines(name, 200), 0):
            assert line.isprintable(), line
    text = "\n".join(_painted(_lines("project", 200), 0))
    assert "\\x1b]0;owned\\x07[bold red]x[/] \\u202egnp.exe\\u2066" in text


def test_a_million_rows_stream_through_tsv() -> None:
    taken: list[int] = []

    def rows() -> Any:
        for n in range(1_000_000):
            taken.append(n)
            yield (n,)

    pieces = delimited(Table([Column("n", "n", "step")], rows()), "excel-tab")
    assert next(pieces).startswith("n\n0\n1\n")
    assert len(taken) < 100


def test_tsv_quotes_what_csv_quotes_and_escapes_terminal_controls() -> None:
    table = Table([Column("a", "a\tb")], [("x\ty\nz",), ('say "hi"',), ("\x1b[31m",), ("\u202e",)])
    assert "".join(delimited(table, "excel-tab")) == 'a\n"x\ty\nz"\n"say ""hi"""\n\\x1b[31m\n\u202e\n'


def test_numbers_in_a_pipe_keep_full_precision() -> None:
    values = [
        0.1 + 0.2,
        1e-07,
        1e22,
        -0.0,
        5e-324,
        2**70,
        10**5000,
        float("nan"),
        float("-inf"),
        "INF",
        True,
        [1, "é"],
    ]
    table = Table([Column("v", "v", "value")], [(value,) for value in values])
    lines = "".join(delimited(table, "excel-tab")).splitlines()[1:]
    assert lines[:6] == ["0.30000000000000004", "1e-07", "1e+22", "-0.0", "5e-324", str(2**70)]
    assert lines[6].startswith("0x")
    assert lines[7:] == ["NaN", "-INF", "INF", "true", '"[1, ""é""]"']


def test_json_lines_are_strict_json() -> None:
    import json

    table = Table(
        [Column("v", "v", "value"), Column("t", "t", "time")],
        [
            (float("nan"), "2024-01-01 00:00:00"),
            ([float("inf"), {"a": float("-inf")}], 0.5),
            ("\x7f\x9b\ud800", "x"),
        ],
    )
    text = "".join(jsonl(table))
    assert text.isascii()
    assert [json.loads(line, parse_constant=pytest.fail) for line in text.splitlines()] == [
        {"v": "NaN", "t": "2024-01-01T00:00:00+00:00"},
        {"v": ["INF", {"a": "-INF"}], "t": "1970-01-01T00:00:00.500000+00:00"},
        {"v": "\x7f\x9b\ud800", "t": "x"},
    ]


def test_markdown_shows_markup_as_text() -> None:
    table = Table([Column("a", "a_b|c", "name")], [("<b>*x*</b> [l](u) `c` a|b snake_case _em_",)])
    assert "".join(markdown([table])).splitlines() == [
        "| a_b\\|c |",
        "| --- |",
        "| &lt;b&gt;\\*x\\*&lt;/b&gt; \\[l\\](u) \\`c\\` a\\|b snake_case \\_em\\_ |",
    ]
