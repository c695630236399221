"""Manual pages: complete, clean, the same as `swancli help`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.make_docs import made
from swancli import __version__
from swancli.cli.commands import tree
from swancli.errors import EXIT_CODES
from swancli.manual import sections
from swancli.manual.page import page, pages
from swancli.manual.roff import DATE
from swancli.manual.text import text
from swancli.manual.tree import EXTRA_TOPICS, commands

ROOT = Path(__file__).parent.parent.parent
MAN = ROOT / "man"
FILES = sorted(name for name in made() if name.startswith("man/"))


def test_every_command_and_topic_has_a_page_and_no_page_is_left_over() -> None:
    wanted = {f"man/man1/{command.full_name}.1" for command in commands(tree())}
    wanted |= {f"man/man7/swancli-{topic}.7" for topic in EXTRA_TOPICS}
    assert wanted == set(FILES)
    assert {str(path.relative_to(ROOT)) for path in MAN.rglob("*") if path.is_file()} == wanted


def test_hand_written_sections_belong_to_commands() -> None:
    known = {command.name for command in commands(tree())} | {"serve"}
    assert set(sections.MORE) | set(sections.AFTER) | set(sections.NEAR) <= known
    assert set(sections.TOPICS) == set(EXTRA_TOPICS)


@pytest.mark.programs
@pytest.mark.parametrize("name", FILES)
def test_mandoc_and_man_have_nothing_to_say(name: str) -> None:
    lint = subprocess.run(["mandoc", "-T", "lint", name], cwd=ROOT, capture_output=True, text=True)
    assert (lint.stdout, lint.stderr, lint.returncode) == ("", "", 0)
    man = subprocess.run(
        ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", name],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "80"},
    )
    assert (man.stderr, man.returncode) == ("", 0)


@pytest.mark.programs
@pytest.mark.parametrize("name", FILES)
def test_help_says_what_man_says(name: str) -> None:
    topic = Path(name).stem.removeprefix("swancli").removeprefix("-")
    shown = subprocess.run(
        ["mandoc", "-T", "utf8", "-O", "width=80", name], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    shown = re.sub(r".\x08", "", shown).replace("‐", "-")
    body = "\n".join(shown.split("\n")[1:-2])  # without header and footer
    if topic:
        run = subprocess.run(
            [sys.executable, "-m", "swancli", "help", topic], capture_output=True, text=True, check=True
        )
        assert words(body) == words(run.stdout)
    else:
        assert words(body) == words("\n".join(text(pages(tree())[0])))


def words(page: str) -> list[str]:
    """The words of a page, its headline's dash and first letter left aside."""
    found = page.replace("–", "-").split()
    return [word.casefold() for word in found]


@pytest.mark.programs
def test_man_finds_the_pages_by_name() -> None:
    run = subprocess.run(["man", "-M", str(MAN), "-w", "swancli-metric"], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == str(MAN / "man1" / "swancli-metric.1")
    headline = subprocess.run(["lexgrog", str(MAN / "man1" / "swancli-metric.1")], capture_output=True, text=True)
    assert '"swancli-metric - show the points of a metric' in headline.stdout


def test_the_pages_tell_all_exit_codes() -> None:
    shown = "\n".join(text(page("exit-codes", tree())))  # type: ignore[arg-type]
    for code, meaning in EXIT_CODES:
        assert f"    {code}\n" in shown
        assert meaning[1:20] in shown


def test_the_pages_tell_every_variable_that_the_code_reads() -> None:
    told = " ".join(name for name, _ in sections.ENVIRONMENT)
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "swancli").rglob("*.py"))
    for name in set(re.findall(r"\"((?:SWANCLI|SWANLAB)_[A-Z_]+)\"", source)):
        assert name in told, name


def test_pages_bear_the_version_and_a_date_not_older_than_its_release() -> None:
    assert f"swancli {__version__}" in (MAN / "man1" / "swancli.1").read_text(encoding="utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    for released in re.findall(r"^## \[[\d.]+\] - (\S+)$", changelog, re.MULTILINE):
        assert released <= DATE, "the pages' date is older than the last release"


def test_help_on_something_unknown_is_a_usage_error() -> None:
    run = subprocess.run([sys.executable, "-m", "swancli", "help", "nothing"], capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (2, "")
    assert "no help for 'nothing'" in run.stderr
