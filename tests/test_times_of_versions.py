"""Times as the versions of SwanLab write them, as seconds since 1970."""

from __future__ import annotations

import pytest

from swancli.times import seconds


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("2025-03-21T05:08:06.387383+00:00", 1742533686.387383),
        ("2025-03-21T05:08:06", 1742533686.0),
        ("2025-03-21T05:08:06Z", 1742533686.0),
        ("2025-03-21T13:08:06+08:00", 1742533686.0),
        ("2025-03-21 05:08:06.387383", 1742533686.387383),
        ("yesterday", None),
        ("", None),
        (None, None),
        (17, 17.0),
        (True, None),
    ],
)
def test_seconds_of_the_times_of_all_versions(time: object, expected: float | None) -> None:
    assert seconds(time) == expected
