"""Characters, widths, numbers, times: the small functions that every line is made of."""

from __future__ import annotations

import math
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swancli.output.plot.spark import sparkline
from swancli.output.text import escape, numbers, times
from swancli.output.text.styled import cut_line, line_cells, paint, plain, wrap_line
from swancli.output.text.width import cells, cut_end, cut_middle, pad, wrap

BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u2028\u2029"


@given(st.text(st.characters()))
def test_printable_text_has_nothing_that_a_terminal_obeys(text: str) -> None:
    safe = escape.printable(text)
    assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in BIDI for c in safe)
    safe.encode()


def test_printable_leaves_ordinary_text_alone() -> None:
    for text in ("train/loss", "中文 🚀 e\u0301", "[bold]x[/bold]", "\\x1b"):
        assert escape.printable(text) == text


def test_printable_shows_controls_as_escapes() -> None:
    assert escape.printable("a\x1b[31m\x00\x9b\u202e\n\t\r\x7f") == "a\\x1b[31m\\x00\\x9b\\u202e\\n\\t\\r\\x7f"


@given(st.text(st.characters()))
def test_a_log_line_lets_only_colours_through(text: str) -> None:
    safe = escape.log_line(text, keep_sgr=True)
    rest = re.sub("\x1b\\[[0-9;:]*m", "", safe)
    assert not any((ord(c) < 32 and c != "\t") or 0x7F <= ord(c) < 0xA0 for c in rest)
    assert "\x1b" not in escape.log_line(text, keep_sgr=False)


def test_rich_markup_is_only_text() -> None:
    assert paint([("[red]x[/red]", "")], 256) == "[red]x[/red]"


@given(st.text(max_size=40), st.integers(0, 50))
def test_cut_text_fits(text: str, width: int) -> None:
    text = escape.printable(text)
    for cut in (cut_end, cut_middle):
        assert cells(cut(text, width)) <= width
        if cells(text) <= width:
            assert cut(text, width) == text


@given(st.text(max_size=80), st.integers(2, 30))
def test_wrapped_text_fits_and_loses_only_spaces(text: str, width: int) -> None:
    text = escape.printable(text)
    lines = wrap(text, width)
    assert all(cells(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_names_lose_their_middle() -> None:
    assert cut_middle("train/layer_31/self_attn/q_proj", 16) == "train/l…n/q_proj"
    assert cut_middle("中文实验学习率扫描", 9) == "中文…扫描"


def test_an_emoji_is_not_cut_in_two() -> None:
    family = "👨\u200d👩\u200d👧"
    assert cut_end(family + "abc", 3) == family + "…"


def test_padding_counts_cells() -> None:
    assert pad("中", 4) == "中  "
    assert pad("中", 4, right=True) == "  中"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.18450, "1.1845"), (1.0172306299209595, "1.01723"), (0.000037463413651718303, "3.74634e-05"),
        (597776.0, "597776"), (1234567.8, "1234568"), (123456789012.0, "123456789012"), (1e22, "1e+22"),
        (1.7e300, "1.7e+300"), (5e-324, "4.94066e-324"), (0.1 + 0.2, "0.3"), (-0.0, "-0"), (207, "207"),
        (2**70, "1180591620717411303424"), (10**40, "1.00000e+40"), (-(10**40), "-1.00000e+40"),
        (float("nan"), "NaN"), (math.inf, "INF"), (-math.inf, "-INF"), ("NaN", "NaN"), (True, "true"),
        (None, "–"), ([], "[]"), (["a"], "a"), (["a", "b"], "a | b"), ({"a": 1}, '{"a": 1}'),
        (1e15, "1000000000000000"),
    ],
)  # fmt: skip
def test_numbers_for_people(value: object, text: str) -> None:
    assert numbers.human(value) == text


def test_an_integer_of_a_million_digits_is_told_by_its_size() -> None:
    assert numbers.human(1 << 3_000_000) == "2^3000000…"


@given(st.text() | st.floats() | st.integers() | st.none() | st.booleans())
def test_odd_times_never_raise(value: object) -> None:
    for text in (times.local(value), times.age(value, 0.0), times.duration(value)):
        assert isinstance(text, str)


@pytest.mark.parametrize(
    ("past", "text"),
    [(0, "just now"), (59, "59 s ago"), (61, "1 min ago"), (180, "3 min ago"), (7300, "2 h ago"),
     (86400 * 3, "3 days ago"),
     (86400 * 800, "2 years ago"), (-400, "in 6 min")],
)  # fmt: skip
def test_ages(past: float, text: str) -> None:
    assert times.age(1742533112.0 - past, 1742533112.0) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.031, "31ms"), (0.9999, "1.0s"), (4.24, "4.2s"), (42.25, "42s"), (131, "2m 11s"), (4008, "1h 06m 48s"),
     (184200, "2d 03h 10m"), (-1, "-1"), (math.inf, "inf")],
)  # fmt: skip
def test_durations(value: float, text: str) -> None:
    assert times.duration(value) == text


def test_local_times_are_local(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Shanghai")
        time.tzset()
        assert times.local("2025-03-21T04:58:06.387383+00:00") == "2025-03-21 12:58:06"
        assert times.local("2025-03-21 04:58:06") == "2025-03-21 12:58:06"
    time.tzset()


def test_sparklines() -> None:
    assert sparkline([1, 2, 3, 4, 5, 6, 7, 8], 8) == "▁▂▃▄▅▆▇█"
    assert sparkline(list(range(16)), 8) == "▁▂▃▄▅▆▇█"
    assert sparkline([1, "NaN", 3], 8) == "▁×█"
    assert sparkline([5, 5, 5], 8) == "▄▄▄"
    assert sparkline([1, "NaN", 3], 8, unicode=False) == "_x#"
    assert sparkline([], 8) == ""
    assert sparkline([1e308, -1e308, 1.7e308, None, ["text"]], 8) == "▆▁█  "


@given(
    st.lists(st.floats() | st.integers() | st.sampled_from(["NaN", "INF", "-INF", None, "text"])),
    st.integers(0, 40),
)
def test_sparklines_never_raise_and_fit(values: list[object], width: int) -> None:
    assert len(sparkline(values, width)) == min(len(values), width)


def test_a_cut_line_keeps_its_styles_and_ends_in_an_ellipsis() -> None:
    line = [("abc", "good"), ("def", "bad"), ("ghi", "")]
    assert cut_line(line, 5) == [("abc", "good"), ("d…", "bad")]
    assert cut_line(line, 3) == [("ab…", "good")]
    assert cut_line(line, 9) == line


def test_a_head_line_breaks_between_its_words() -> None:
    line = [("6 runs", ""), (": ", ""), ("1 running", "busy"), (", ", ""), ("2 finished", "good")]
    assert [plain(part) for part in wrap_line(line, 20)] == ["6 runs: 1 running,", "  2 finished"]


@given(st.lists(st.tuples(st.text(max_size=9), st.sampled_from(["", "good"])), max_size=6), st.integers(0, 30))
def test_cut_lines_fit(line: list[tuple[str, str]], width: int) -> None:
    assert line_cells(cut_line(line, width)) <= width
