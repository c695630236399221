"""LocalConsole files read from their ends give what reading them whole gives."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from swancli.logdir.local.console import LocalConsole

QUICK = settings(deadline=None, max_examples=60, derandomize=True, suppress_health_check=list(HealthCheck))
PIECES = st.sampled_from(
    ["a", "中文", "\n", "\r\n", "\r", "\n\n", "\u2028", "\x0b", " ", "x" * 9000, "y\n" * 3000, "\r\n" * 2000]
)


def console(tmp_path: Path, *days: str) -> LocalConsole:
    """A console with these days."""
    folder = tmp_path / "console"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for n, text in enumerate(days, 1):
        (folder / f"2025-03-{n:02}.log").write_bytes(text.encode())
    return LocalConsole(str(tmp_path.resolve()), str(folder))


def whole(days: tuple[str, ...]) -> list[str]:
    """All lines, as swanboard reads them."""
    return [line for day in days for line in day.replace("\r\n", "\n").replace("\r", "\n").split("\n")]


@QUICK
@given(
    st.lists(st.lists(PIECES, max_size=6).map("".join), min_size=1, max_size=3).map(tuple),
    st.sampled_from([0, 1, 2, 3, 10, 2999, 100_000]),
)
def test_tail_is_the_end_of_all_lines(tmp_path: Path, days: tuple[str, ...], count: int) -> None:
    found = console(tmp_path, *days)
    lines = whole(days)
    assert [line for _, part in found.days() for line in part] == lines
    assert found.tail(count) == (lines[-count:] if count else [])
    assert found.first_line() == lines[0]
    assert found.last_lines() == (lines[-1], lines[-2] if len(lines) > 1 else "")


@QUICK
@given(
    st.lists(st.lists(PIECES, max_size=6).map("".join), min_size=1, max_size=3).map(tuple),
    st.sampled_from([0, 1, 2, 3, 10, 2999, 100_000]),
)
def test_tail_of_whole_lines_leaves_out_what_a_final_newline_leaves(
    tmp_path: Path, days: tuple[str, ...], count: int
) -> None:
    found = console(tmp_path, *days)
    lines = []
    for day in days:
        of_day = whole((day,))
        lines += of_day if of_day[-1] else of_day[:-1]
    assert found.tail_of(found.files(), count) == (lines[max(len(lines) - count, 0) :] if count else [])


def test_days_are_listed_oldest_first_and_nothing_else(tmp_path: Path) -> None:
    found = console(tmp_path, "a", "b", "c")
    for name in ("error.log", "notes.txt", "2025-03-1.log", "12025-03-01.log"):
        (tmp_path / "console" / name).write_text("")
    assert found.files() == ["2025-03-01.log", "2025-03-02.log", "2025-03-03.log"]
