"""The wheel in a fresh environment: the shells and man find what it brings."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from swancli.demo import write_demo
from swancli.manual.tree import SHELLS
from tests.support.shells import ROOT, Shell

pytestmark = pytest.mark.slow

PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of what is in the repository."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([*PIP, "wheel", "--no-deps", "-w", str(folder), str(ROOT)], check=True)
    return next(folder.glob("swancli-*.whl"))


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel and what it depends on."""
    root = tmp_path_factory.mktemp("environment") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(root)], check=True)
    subprocess.run([*PIP, "--python", str(root / "bin" / "python"), "install", str(wheel)], check=True)
    return root


def test_the_wheel_holds_the_sample_and_the_templates_and_no_test(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "swancli/sample/runs.swanlab" in names
    assert "swancli/manual/templates/swancli.bash" in names
    assert "swancli/py.typed" in names
    tops = {name.partition("/")[0].partition("-")[0] for name in names}
    assert tops == {"swancli"}


@pytest.mark.programs
@pytest.mark.parametrize("name", SHELLS)
def test_the_shells_complete_after_pip_install(environment: Path, name: str, tmp_path: Path) -> None:
    share = environment / "share"
    begin = {
        "bash": ". /usr/share/bash-completion/bash_completion",
        "zsh": f"fpath=({share}/zsh/site-functions $fpath); autoload -U compinit; compinit -u -D",
        "fish": "true",
    }[name]
    env = {
        "PATH": f"{environment}/bin:{os.environ['PATH']}",
        "XDG_DATA_DIRS": f"{share}:/usr/local/share:/usr/share",
    }
    write_demo(str(tmp_path / "swanlog"))
    with Shell(name, tmp_path, begin, env, stub=False) as shell:
        assert shell.complete("swancli expe").rstrip() == "swancli experiment"
        assert shell.complete("swancli metric 1 train/gr").rstrip() == "swancli metric 1 train/grad_norm"


@pytest.mark.programs
@pytest.mark.parametrize("name", SHELLS)
def test_the_script_that_swancli_prints_completes(environment: Path, name: str, tmp_path: Path) -> None:
    begin = {
        "bash": 'eval "$(swancli completion bash)"',
        "zsh": 'autoload -U compinit; compinit -u -D; eval "$(swancli completion zsh)"',
        "fish": "mkdir -p ~/.config/fish/completions; swancli completion fish"
        " > ~/.config/fish/completions/swancli.fish",
    }[name]
    env = {"PATH": f"{environment}/bin:{os.environ['PATH']}"}
    write_demo(str(tmp_path / "swanlog"))
    with Shell(name, tmp_path, begin, env, stub=False) as shell:
        assert shell.complete("swancli metric 1 train/gr").rstrip() == "swancli metric 1 train/grad_norm"


@pytest.mark.programs
@pytest.mark.parametrize("page", ["swancli", "swancli-metric", "swancli-exit-codes"])
def test_man_finds_the_pages_of_an_installed_swancli(environment: Path, page: str) -> None:
    env = {**os.environ, "PATH": f"{environment}/bin:{os.environ['PATH']}"}
    env.pop("MANPATH", None)
    run = subprocess.run(["man", "-w", page], env=env, capture_output=True, text=True, check=True)
    assert run.stdout.startswith(str(environment))


def test_an_unknown_shell_is_a_usage_error() -> None:
    run = subprocess.run([sys.executable, "-m", "swancli", "completion", "tcsh"], capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (2, "")
    assert "bash, zsh, fish" in run.stderr
