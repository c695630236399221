"""What is sent to the terminal makes it show what it should, in few bytes."""

from __future__ import annotations

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swancli.screen.cells import BLANK, Cell, cells_of, changes, fitted_cells

WIDTH = 40
STYLES = ("", "36", "2", "1;31", "7", "38;5;32", "4", "38;5;243;7")
WORDS = ("a", "train/loss", "      ", "               ", "⣀⡠⠔⠊", "损失", "–", "e\u0301", "0.125")


def line(parts: list[tuple[str, str]]) -> list[Cell]:
    """The cells of a line."""
    return fitted_cells([cell for text, style in parts for cell in cells_of(text, style)], WIDTH)


def shown(*texts: str) -> list[tuple[str, str, bool, bool, bool]]:
    """The first line of a terminal that gets texts one after the other: characters and how they look."""
    screen = pyte.Screen(WIDTH + 2, 3)
    stream = pyte.Stream(screen)
    for text in texts:
        stream.feed(text)
    found = []
    for column in range(1, WIDTH + 1):
        sign = screen.buffer[1][column]
        is_blank = not sign.data.strip(" ") and not (sign.reverse or sign.underscore)
        found.append(
            (sign.data or "", "" if is_blank else sign.fg, not is_blank and sign.bold, sign.reverse, sign.underscore)
        )
    assert screen.buffer[1][0].data == screen.buffer[1][WIDTH + 1].data == " ", "written beside the line"
    assert not any(screen.buffer[row][column].data.strip() for row in (0, 2) for column in range(WIDTH + 2))
    return found


lines = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(STYLES)), max_size=8).map(line)


@given(lines, lines)
def test_the_changes_lead_from_one_line_to_the_other(before: list[Cell], after: list[Cell]) -> None:
    blank = [BLANK] * WIDTH
    first, second = changes(1, 1, blank, before), changes(1, 1, before, after)
    assert shown(first, second) == shown(changes(1, 1, blank, after))
    for text in (first, second):
        assert not text or text.startswith("\x1b[2;")
        assert not shown(text, "\x1b[2;2Hx")[0][3], "a style is left behind"


@given(lines)
def test_of_a_line_that_stays_nothing_is_sent(before: list[Cell]) -> None:
    assert changes(3, 5, before, list(before)) == ""


@pytest.mark.parametrize(
    ("before", "after", "sent"),
    [
        ([("12:00:01", "2")], [("12:00:02", "2")], "\x1b[1;8H\x1b[2m2\x1b[m"),
        ([("a" * 20, "")], [("b" + "a" * 18 + "b", "")], "\x1b[1;1Hb\x1b[18Cb"),  # jumps over what stays
        ([("abcd", "")], [("xbcx", "")], "\x1b[1;1Hxbcx"),  # unless that is longer
        ([("x" * 30, "36")], [], "\x1b[1;1H\x1b[30X\x1b[30C"),  # erases
        ([("x", "")], [("ab cd", "36"), ("ef", "35")], "\x1b[1;1H\x1b[36mab cd\x1b[35mef\x1b[m"),  # one code a colour
        ([("  ", "36")], [("  ", "35")], ""),  # no blank has a colour
        ([("失a", "")], [("失b", "")], "\x1b[1;3Hb"),
        ([("ab", "")], [("失", "")], "\x1b[1;1H失"),
        ([("失", "")], [("a", "")], "\x1b[1;1Ha "),
    ],
)
def test_only_what_has_changed_is_sent(before: list[tuple[str, str]], after: list[tuple[str, str]], sent: str) -> None:
    assert changes(0, 0, line(before), line(after)) == sent


def test_what_is_behind_joined_characters_is_placed_anew() -> None:
    """Terminals do not agree how wide they are."""
    text = changes(0, 0, [BLANK] * WIDTH, line([("👩\u200d👧 loss", "")]))
    assert text == "\x1b[1;1H👩\u200d👧\x1b[1;4Hloss"


def test_half_a_wide_character_is_not_shown() -> None:
    assert fitted_cells(cells_of("ab失", "36"), 3) == [("a", "36"), ("b", "36"), BLANK]
