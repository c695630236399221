"""The Python in the documentation is a test: it runs as it stands, in a folder with the sample."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from swancli.demo import write_demo
from tests.support import arrow
from tests.support.command import ROOT

pytestmark = pytest.mark.arrow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the sample as ./swanlog and an export of it as ./dataset."""
    write_demo(str(tmp_path / "swanlog"))
    done = arrow.run("-m", "swancli", "export", "-o", "dataset", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path


@pytest.mark.parametrize("page", ["python.md", "data.md"])
def test_every_example_of_a_page_gives_what_the_page_says(page: str, folder: Path) -> None:
    done = arrow.run("-m", "doctest", ROOT / "docs" / page, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not done.stderr


def test_the_page_reaches_a_pandas_frame_in_three_lines() -> None:
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    first = text.split("```python\n")[1].split("```")[0]
    lines = [line for line in first.splitlines() if line.startswith(">>> ")]
    assert [line.partition(" ")[2].split("(")[0] for line in lines] == [
        "import swancli",
        "runs = swancli.open",
        'frame = runs["latest"].metric',
        "frame",
    ]
    assert lines[2].endswith(".to_pandas()")


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_python_in_the_readme_runs_as_it_stands(page: str, folder: Path) -> None:
    # the second block is Spark's: tests/spark/test_docs.py
    block, _ = re.findall(r"^```python\n(.*?)^```$", (ROOT / page).read_text(encoding="utf-8"), re.M | re.DOTALL)
    assert len(block.splitlines()) == 3
    assert arrow.script(block + "print(type(frame).__module__, len(frame))", cwd=folder).split() == ["pandas", "4"]
