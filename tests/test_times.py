"""Times as SwanLab writes them, read the same wherever they appear."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swancli import times


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2025-03-21T04:58:32.095272+00:00", "2025-03-21T04:58:32.095272+00:00"),
        ("2025-03-21T04:58:32.095272", "2025-03-21T04:58:32.095272+00:00"),
        ("2025-03-21 04:58:32", "2025-03-21T04:58:32+00:00"),
        ("2025-03-21T04:58:32Z", "2025-03-21T04:58:32+00:00"),
        ("2025-03-21T04:58:32+08:00", "2025-03-21T04:58:32+08:00"),
        ("2025-03-21T04:58:32-03:30", "2025-03-21T04:58:32-03:30"),
        ("yesterday", "yesterday"),
        (1742533112.5, "2025-03-21T04:58:32.500000+00:00"),
        (1e300, "1e+300"),
        (True, "True"),
    ],
)
def test_times_for_programs_have_a_zone(value: object, text: str) -> None:
    assert times.iso(value) == text


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2025-03-21T04:58:32.5+00:00", 1742533112.5),
        ("2025-03-21T12:58:32+08:00", 1742533112.0),
        ("2025-03-21 04:58:32", 1742533112.0),
        (1742533112, 1742533112.0),
        ("2025-03-21", None),
        (True, None),
        (1e300, None),
        (None, None),
    ],
)
def test_times_are_seconds_since_1970(value: object, seconds: float | None) -> None:
    assert times.seconds(value) == seconds


@given(st.text() | st.floats() | st.integers() | st.none() | st.booleans())
def test_odd_times_never_raise(value: object) -> None:
    assert isinstance(times.iso(value), str)
    assert isinstance(times.seconds(value), float | None)
