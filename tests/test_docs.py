"""The documentation is a test: every shell example is run and its output compared, every link leads somewhere.

Blocks marked `console` hold commands behind "$ " and what they print, stdout and stderr together; a line "..." stands
for any lines. They run in a folder with the sample as ./swanlog and runs of offline mode as ./offline. Commands
in blocks marked `sh` are not compared: each is in ELSEWHERE with the reason and, mostly, with the test that runs it.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import make_pictures
from swancli.cli.commands import tree
from swancli.demo import write_demo
from swancli.manual.tree import commands
from tests.support import arrow

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    str(path.relative_to(ROOT))
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob(".github/**/*.md")]
)

BEFORE = {"swanlog", "offline", "bin"}  # what is in the folder in which the examples run

ELSEWHERE = {
    "claude mcp add": "test_agents_are_told_a_command_that_answers",
    "code --add-mcp": "test_agents_are_told_a_command_that_answers",
    "make demo": "what `make demo` runs is in the README's examples",
    "make test": "runs this very test",
    "make check": "runs a part of what `make test` runs",
    "make env oracle": "sets up what runs this very test",
    "make spark objects": "sets up what runs the tests marked spark and objects",
    "make arrow": "sets up what runs the tests marked arrow",
    "make docs": "test_completions: what lies in the repository is what is generated",
    "make release-check": "takes minutes; run before a release",
    "pip install": "test_install installs the wheel",
    "tmux split-window": "tests/test_recipes.py",
    "swancli -l '/shared/": "tests/spark/test_engine.py",
    "swancli top": "tests/screen: keys, sizes, and the view in a real terminal",
    "swancli wait latest": "tests/test_recipes.py, tests/cli/test_examples.py, tests/cli/test_wait.py",
    "node7$ swancli serve": "test_serve_on_one_machine_and_every_command_on_another",
    "laptop$": "test_serve_on_one_machine_and_every_command_on_another",
    "swancli -l node7:": "needs another machine: tests/remote/test_sshd.py and tests/test_several.py",
    "export AWS_ENDPOINT_URL=": "needs a bucket: tests/objects",
    "swancli -l s3://": "needs a bucket: tests/objects",
    "swancli -u localhost:5092": "needs the tunnel; test_curl_and_swancli_give_the_same_bytes reads such a URL",
    "curl -s 'localhost:5092/swancli/v1/": "test_example_of_details_returns_what_the_page_says",
    "eval": "test_install: the script that swancli prints completes",
    "swancli completion fish >": "test_install: the script that swancli prints completes",
    "make test ARGS=": "CONTRIBUTING: arguments of pytest",
    "python -m scripts.record_case": "tests/oracle/test_record_case.py",
    "make lint": "continuous integration runs it",
    "env -u PYTHONDONTWRITEBYTECODE valgrind": "needs valgrind, and only counts instructions",
    "python .venv/bin/swancli": "goes on with the line above",
    "make bench": "takes minutes, and its figures are another machine's",
}


def blocks(page: str, kind: str) -> list[str]:
    """The texts of a page's fenced blocks of a kind."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def examples(page: str) -> list[tuple[str, str]]:
    """(command, output) of a page's console blocks; a line that ends with a backslash goes on behind "> "."""
    found = []
    for block in blocks(page, "console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            lines = part.split("\n")
            command = [lines.pop(0)]
            while command[-1].endswith("\\"):
                command.append(lines.pop(0).removeprefix("> "))
            found.append(("\n".join(command), "\n".join(lines)))
    return found


def fits(wanted: str, got: str) -> bool:
    """Whether the output is the wanted one, "..." standing for any lines; blank lines at the end don't count."""
    pattern = "".join(
        r"(?:.*\n)*?" if line == "..." else re.escape(line) + "\n" for line in wanted.rstrip("\n").split("\n")
    )
    return re.fullmatch(pattern if wanted.strip() else "", got.rstrip("\n") + "\n" if got.strip() else "") is not None


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `swanlog`, `offline` and a program `swancli` in bin."""
    root = tmp_path_factory.mktemp("docs")
    write_demo(str(root / "swanlog"))
    shutil.copytree(ROOT / "tests" / "corpus_offline" / "0.10.3-offline" / "mixed", root / "offline")
    program = root / "bin" / "swancli"
    program.parent.mkdir()
    # what needs an extra runs in the environment that has all of them
    choice = f"case $1 in export|sql|mcp) python={arrow.PYTHON} ;; *) python={sys.executable} ;; esac"
    program.write_text(f'#!/bin/sh\n{choice}\nexec $python -m swancli "$@"\n')
    program.chmod(0o755)
    return root


def environment(folder: Path) -> dict[str, str]:
    """The environment in which the examples run."""
    return {**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}


@pytest.mark.programs
@pytest.mark.parametrize("page", [page for page in PAGES if examples(page)])
def test_examples_print_what_the_page_says(page: str, folder: Path) -> None:
    for left in set(os.listdir(folder)) - BEFORE:  # by the examples of another page
        shutil.rmtree(folder / left) if (folder / left).is_dir() else (folder / left).unlink()
    for command, wanted in examples(page):
        run = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env=environment(folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert fits(wanted, run.stdout), f"{page}: $ {command}\n{run.stdout}"


@pytest.mark.parametrize("page", PAGES)
def test_commands_that_are_not_compared_are_known(page: str) -> None:
    for block in blocks(page, "sh"):
        for line in block.splitlines():
            if line.strip() and not line.startswith("#"):
                assert any(line.strip().removeprefix(".venv/bin/").startswith(known) for known in ELSEWHERE), line


@pytest.mark.parametrize("page", PAGES)
def test_every_command_line_in_a_page_is_one_that_swancli_has(page: str) -> None:
    known = {command.name: command for command in commands(tree())}
    text = (ROOT / page).read_text(encoding="utf-8")
    text = re.sub(r"^ *```(?!console|sh).*?^ *```$", "", text, flags=re.MULTILINE | re.DOTALL)
    for name, rest in re.findall(r"(?:`|^\$ (?:.*\| )?)swancli ([a-z]+)((?: [^`\n|;&>]*)?)", text, re.MULTILINE):
        assert name in known, f"{page}: swancli {name}{rest}"
        options = {spelling for option in (*known[name].options, *known[""].options) for spelling in option.names}
        for option in re.findall(r"(?<= )--[a-z-]+", rest):
            assert option in options, f"{page}: swancli {name} {option}"


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(
        r"\]\((?!https?:|mailto:)([^)\s]+)\)", re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
    ):
        path, _, anchor = target.partition("#")
        file = (ROOT / page).parent / path if path else ROOT / page
        assert file.exists(), f"{page}: {target}"
        if anchor:
            heads = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
            assert anchor in slugs, f"{page}: {target}"


def test_agents_are_told_a_command_that_answers() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    said = re.findall(r"claude mcp add \w+ -- (.*)", text)
    for block in [*re.findall(r"code --add-mcp '(.*)'", text), *blocks("README.md", "json")]:
        given = json.loads(block)
        given = given.get("mcpServers", {}).get("swanlab", given)
        said.append(" ".join([given["command"], *given["args"]]))
    assert len(said) == 3
    assert set(said) == {"swancli mcp -l /data/swanlog"}  # test_mcp asks that server


def test_both_readmes_hold_the_same_examples_and_links() -> None:
    one, other = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md"))
    assert examples("README.md") == examples("README.zh-CN.md")
    commands_only = [
        [re.sub(r"\s*#.*", "", block, flags=re.M) for block in blocks(page, "sh")]
        for page in ("README.md", "README.zh-CN.md")
    ]
    assert commands_only[0] == commands_only[1]
    assert sorted(re.findall(r"\]\(([^)]*)\)", one.replace("README.zh-CN.md", ""))) == sorted(
        re.sub(r"#.*", lambda at: at[0], link) for link in re.findall(r"\]\(([^)]*)\)", other.replace("README.md", ""))
    )


@pytest.fixture(scope="module")
def dashboard(folder: Path) -> Iterator[str]:
    """The link that `swancli serve --generate-token` prints."""
    with subprocess.Popen(
        [sys.executable, "-m", "swancli", "serve", "--port", "0", "--generate-token", "--quiet"],
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout
        yield next(line.strip() for line in process.stdout if "?token=" in line)
        process.send_signal(signal.SIGTERM)


def test_serve_on_one_machine_and_every_command_on_another(folder: Path, dashboard: str, tmp_path: Path) -> None:
    for words in (["summary", "latest"], ["logs", "latest"], ["project"], ["metric", "1", "train/loss"]):
        there = subprocess.run(
            [sys.executable, "-m", "swancli", *words, "--json"],
            cwd=tmp_path,
            env={**environment(folder), "SWANCLI_URL": dashboard},
            capture_output=True,
            check=True,
        )
        here = subprocess.run(
            [sys.executable, "-m", "swancli", *words, "--json"],
            cwd=folder,
            env=environment(folder),
            capture_output=True,
            check=True,
        )
        assert there.stdout == here.stdout


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_curl_and_swancli_give_the_same_bytes(page: str, folder: Path, dashboard: str) -> None:
    import httpx

    rows = re.findall(
        r"^\| `curl -s localhost:5092(\S+)` \| `swancli ([^`]*)` \|$",
        (ROOT / page).read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert len(rows) == 7
    base, _, token = dashboard.partition("/?token=")
    for path, words in rows:
        answer = httpx.get(base + path, headers={"authorization": f"Bearer {token}"})
        run = subprocess.run(
            [sys.executable, "-m", "swancli", *words.split()],
            cwd=folder,
            env=environment(folder),
            capture_output=True,
            check=True,
        )
        assert run.stdout == answer.content + b"\n"


def test_example_of_details_returns_what_the_page_says(dashboard: str) -> None:
    import httpx

    (command,), (wanted,) = blocks("docs/http.md", "sh"), blocks("docs/http.md", "json")
    base, _, token = dashboard.partition("/?token=")
    url = shlex.split(command)[-1].replace("localhost:5092", base)
    assert httpx.get(url, headers={"authorization": f"Bearer {token}"}).text == wanted


def test_pictures_are_those_of_the_commands_they_name() -> None:
    for name, (words, _, _) in make_pictures.PICTURES.items():
        text = (make_pictures.FOLDER / f"{name}.svg").read_text(encoding="utf-8")
        assert f"$&#160;swancli&#160;{'&#160;'.join(words)}" in text
        fresh = re.sub(r"\d+&#160;\w+&#160;ago", "", make_pictures.picture(name))
        assert re.sub(r"\d+&#160;\w+&#160;ago", "", text).count("<text") == fresh.count("<text"), f"{name}: make docs"


def test_pictures_of_the_view_show_the_sample() -> None:
    for name in make_pictures.VIEWS:
        text = (make_pictures.FOLDER / f"{name}.svg").read_text(encoding="utf-8")
        assert all(word in text for word in ("llamafactory", "crashed", "Enter")), name


def test_the_table_of_keys_is_that_of_the_view() -> None:
    from swancli.screen.control.keys import KEYS

    page = (ROOT / "docs" / "top.md").read_text(encoding="utf-8")
    assert [f"| `{key.shown}` | {key.text} |" for key in KEYS] == re.findall(
        r"^\| `.*", page.partition("## Settings")[0], re.MULTILINE
    )
