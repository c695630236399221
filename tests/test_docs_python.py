"""docs/python.md is a test: its examples run as they stand, in a folder with the sample."""

from __future__ import annotations

from pathlib import Path

import pytest

from swancli.demo import write_demo
from tests.support import arrow
from tests.support.command import ROOT

pytestmark = pytest.mark.arrow


def test_every_example_of_the_page_gives_what_the_page_says(tmp_path: Path) -> None:
    write_demo(str(tmp_path / "swanlog"))
    done = arrow.run("-m", "doctest", ROOT / "docs" / "python.md", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not done.stderr


def test_the_page_reaches_a_pandas_frame_in_three_lines() -> None:
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    first = text.split("```python\n")[1].split("```")[0]
    lines = [line for line in first.splitlines() if line.startswith(">>> ")]
    assert len(lines) == 4
    assert ".to_pandas()" in lines[2]
