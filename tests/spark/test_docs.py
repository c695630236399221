"""The examples of Spark in the documentation run as they stand, but for the folder that they read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from swancli.demo import write_demo
from tests.spark.core import expected
from tests.support import spark

pytestmark = [pytest.mark.spark, pytest.mark.slow]

COUNT = """[losses.count(), points.where("metric = 'train/loss'").count(), points.count()]"""


def blocks(page: str) -> list[str]:
    """The blocks of a page that are Spark's."""
    found = re.findall(r"^```python\n(.*?)^```$", (spark.ROOT / page).read_text(encoding="utf-8"), re.M | re.DOTALL)
    return [block for block in found if "spark" in block]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What /shared is in the examples: two logdirs with the sample."""
    folder = tmp_path_factory.mktemp("shared")
    for name in ("a", "b"):
        write_demo(str(folder / name / "swanlog"))
    return folder


@pytest.fixture(scope="module")
def answers(shared: Path) -> dict[str, Any]:
    spark.check_installed()
    first, more, stream = blocks("docs/data.md")
    asked = {
        "README.md": ("".join(blocks("README.md")), COUNT),
        "README.zh-CN.md": ("".join(blocks("README.zh-CN.md")), COUNT),
        "data.md": (first + more, "[list(row) for row in found]"),
        "stream": (first + stream, f"spark.read.parquet('{shared}/points').count()"),
    }
    questions = [{"code": code.replace("/shared/", f"{shared}/"), "value": value} for code, value in asked.values()]
    return dict(zip(asked, spark.run("tests.spark.queries", {"questions": questions})))


def test_the_four_lines_of_a_readme_make_a_frame_of_a_folder_of_logdirs(shared: Path, answers: dict[str, Any]) -> None:
    rows = expected(shared / "a" / "swanlog", shared / "b" / "swanlog")["points"]
    losses = sum(row[3] == "'train/loss'" for row in rows)
    assert losses > 100
    for page in ("README.md", "README.zh-CN.md"):
        (block,) = blocks(page)
        assert len(block.splitlines()) == 4
        assert answers[page] == [losses, losses, len(rows)], page


def test_the_page_of_data_joins_and_streams(shared: Path, answers: dict[str, Any]) -> None:
    assert answers["data.md"] == [
        ["Qwen2.5-7B/20250321-1130-16bed2e2", "finished", 0.8499],
        ["Qwen2.5-7B/20250321-1130-16bed2e2", "finished", 0.8499],
        ["Qwen2.5-7B/20250322-0903-lr1e-3", "crashed", 1.543],
        ["Qwen2.5-7B/20250322-0903-lr1e-3", "crashed", 1.543],
    ]
    assert answers["stream"] == len(expected(shared / "a" / "swanlog", shared / "b" / "swanlog")["points"])
