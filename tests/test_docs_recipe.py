"""docs/architecture.md's recipe for an eighth endpoint, followed to the letter in a copy of the package."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent, indent

import pytest

from tests.support.shells import ROOT

pytestmark = pytest.mark.slow

# Place named in the recipe -> pattern of the position, and how the code is inserted there: the code is indented by what
# the pattern's group matches.
ANCHORS = {
    "with the imports": r"^()(?=import \w|from (?!__future__)[\w.]+ import )",
    "at the end": r"\n\Z()",
    "above ROUTES": r"^()(?=ROUTES = )",
    "in ROUTES": r"^ROUTES = [^\[]*? in \(()",
    "above DETAILS": r"^()(?=DETAILS = )",
    "in DETAILS": r"^(?=( +)_pair\(PROJECT, )",
    "in COMMANDS": r"^(?=( +)\"project\": Spec)",
}


def steps() -> list[tuple[str, str, str]]:
    """(file, place, code) of each block of the recipe; the place is "" for a new file."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    found = []
    for block in re.findall(r"^ *```python\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL):
        head, _, code = dedent(block).partition("\n")
        file, _, place = head.removeprefix("# ").partition(", ")
        found.append((file, place, code))
    return found


def add(text: str, place: str, code: str) -> str:
    """The text of a file with the code where the recipe says."""

    def insert(at: re.Match[str]) -> str:
        lines = indent(code.rstrip("\n"), at[1]) + "\n"
        if place == "at the end":
            lines = f"\n\n{lines}"
        elif place.startswith("above"):
            lines = f"{lines}\n\n"
        return at[0] + lines

    changed, count = re.subn(ANCHORS[place], insert, text, count=1, flags=re.MULTILINE)
    assert count == 1, place
    return changed


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package after the recipe."""
    root = tmp_path_factory.mktemp("recipe")
    shutil.copytree(ROOT / "swancli", root / "swancli", ignore=shutil.ignore_patterns("__pycache__"))
    for file, place, code in steps():
        path = root / file
        assert path.exists() == bool(place), file
        path.write_text(add(path.read_text(encoding="utf-8"), place, code) if place else code, encoding="utf-8")
    return root


def run(copy: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    """Run the copy's command line in the copy's folder, on the sample."""
    return subprocess.run([sys.executable, "-m", "swancli", *words], cwd=copy, capture_output=True)


def test_the_new_command_prints_a_table_and_json(copy: Path) -> None:
    wanted = next((copy / "swancli/sample").glob("run-20250321*/files/requirements.txt")).read_text().splitlines()
    there = ("-l", "swancli/sample")
    assert run(copy, "requirements", "1", *there).stdout.decode().splitlines() == ["package", *wanted]
    assert json.loads(run(copy, "requirements", "1", *there, "--json").stdout)["data"] == {"requirements": wanted}
    assert run(copy, "requirements", "9", *there).returncode == 3


def test_the_new_endpoint_is_served_and_read_from_a_url(copy: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "swancli", "serve", "-l", "swancli/sample", "--port", "0", "--quiet"],
        cwd=copy,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        try:
            assert server.stdout
            url = re.findall(r"http://\S+", server.stdout.readline())[0]
            for words in (["--json"], []):
                here = run(copy, "requirements", "1", "-l", "swancli/sample", *words)
                there = run(copy, "requirements", "1", "-u", url, *words)
                assert there.returncode == 0, there.stderr
                assert there.stdout == here.stdout
        finally:
            server.terminate()


def test_the_new_command_has_its_page_and_its_completion(copy: Path) -> None:
    assert b"Show the packages that a run was started with" in run(copy, "help", "requirements").stdout
    for shell in ("bash", "zsh", "fish"):
        assert b"requirements" in run(copy, "completion", shell).stdout
