"""The examples in the help of the commands on several runs: each is run, and prints what it should."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from swancli.cli.commands import tree
from swancli.demo import write_demo
from swancli.manual.tree import commands
from tests.support.command import environment

pytestmark = pytest.mark.programs  # jq, bash

# command: exit code, and pieces of what it prints
EXAMPLES: dict[str, tuple[int, list[str]]] = {
    "swancli compare 1,2": (0, ["config\tlearning_rate\t5e-05\t0.001\t", "metrics\tmin(train/loss)\t0.8499\t1.543\tQwen"]),
    "swancli compare 1 2 3 --all": (0, ["system\tpython\t3.11.7\t3.11.7\t3.11.7\t"]),
    "swancli compare --best 2 'min(train/loss)'": (0, ["metrics\tmin(train/loss)\t0.8499\t1.543\tQwen"]),
    "swancli compare 1,2 --sections config,metrics -o md": (0, ["| metrics | min(train/loss) | **0.8499** | 1.543 |"]),
    "swancli compare 1,2 --diff-requirements --sections packages": (0, ["section\tkey\t"]),
    "swancli compare 1,2 --goal 'train/*=min' --jsonl | jq -r 'select(.best) | \"\\(.key) \\(.best)\"'": (
        0, ["min(train/loss) Qwen2.5-7B/20250321-1130-16bed2e2", "min(train/grad_norm) Qwen2.5-7B/20250321-1130-16bed2e2"],
    ),
    "swancli wait latest && sbatch evaluate.sh": (0, ["run 3 (eval/checkpoints): finished after 20m 50s", "sbatch: evaluate.sh"]),
    "swancli wait 1 --for 'train/loss < 1.5' --timeout 2h": (0, ["run 1 (Qwen2.5-7B/20250321-1130-16bed2e2): train/loss < 1.5 (1.1845)"]),
    "swancli wait 1,2 --any --fail-if 'train/loss is nan'": (0, ["run 1 (Qwen2.5-7B/20250321-1130-16bed2e2): finished"]),
    "swancli wait latest --exec 'mail -s \"run $SWANCLI_RUN_ID: $SWANCLI_RUN_REASON\" me@example.org </dev/null'": (
        0, ["mail: -s run 3: finished me@example.org"],
    ),
    "swancli check 1 'min(train/loss) <= 0.9' 'train/loss is not nan'": (
        0, ["ok\t1\tQwen2.5-7B/20250321-1130-16bed2e2\tmin(train/loss)\t0.8499\t<= 0.9"],
    ),
    "swancli check 1,2 'points(train/loss) > 10' 'state = finished'": (
        6, ["FAILED\t2\tQwen2.5-7B/20250322-0903-lr1e-3\tstate\tcrashed\t= finished"],
    ),
    "swancli check 1 'config.learning_rate < 1e-3' --jsonl": (0, ['"condition":"config.learning_rate","value":5e-05,"wanted":"< 1e-3"}']),
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample, and programs that say how they were called."""
    root = tmp_path_factory.mktemp("examples")
    write_demo(str(root / "swanlog"))
    programs = {name: f'echo "{name}: $*"' for name in ("sbatch", "mail")}
    programs["swancli"] = f'exec {sys.executable} -m swancli "$@"'
    for name, text in programs.items():
        path = root / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
    return root


def in_help() -> list[str]:
    """The examples of the three commands."""
    of = [command for command in commands(tree()) if command.name in ("compare", "wait", "check")]
    return [line for command in of for line in command.examples]


def test_every_example_is_here() -> None:
    assert in_help() == list(EXAMPLES)


@pytest.mark.parametrize("command", EXAMPLES)
def test_example(command: str, folder: Path) -> None:
    wanted, pieces = EXAMPLES[command]
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    run = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment(PATH=path), capture_output=True, text=True, timeout=120
    )
    assert (run.returncode, run.stderr) == (wanted, "")
    for piece in pieces:
        assert piece in run.stdout
