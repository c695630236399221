"""What has to hold before a release: `make release-check`.

Builds sdist and wheel twice, from two copies, and compares them byte for byte; checks their metadata; installs the
wheel in fresh environments, with the lowest and with the newest dependencies that it allows, on every CPython from
3.10 to 3.13 that is found, and runs every command there.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from email import message_from_bytes
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
READING = (
    ["project"],
    ["project", "--metric", "train/loss", "--best", "min"],
    ["experiment", "1"],
    ["charts", "1"],
    ["metric", "1", "train/loss"],
    ["logs", "1"],
    ["status", "1"],
    ["summary", "1"],
)
ELSE = ("serve", "demo", "completion", "help")  # commands that read no experiment


def say(text: str) -> None:
    """Tell what is checked."""
    print(f"release-check: {text}", flush=True)


def run(*words: str | Path, **more: object) -> str:
    """Run a program that has to succeed; its stdout."""
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, **more)  # type: ignore[call-overload]
    if done.returncode:
        sys.exit(f"{' '.join(map(str, words))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return str(done.stdout)


def check_version() -> str:
    """The version; it has to be a tag's, if the commit has one, and the changelog's."""
    from swancli import __version__ as version

    tags = [tag for tag in run("git", "tag", "--points-at", "HEAD", cwd=ROOT).split() if tag.startswith("v")]
    if tags and f"v{version}" not in tags:
        sys.exit(f"the commit is tagged {', '.join(tags)}, the version is {version}")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    heading = re.search(rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d$", changelog, re.MULTILINE)
    if tags and not heading:
        sys.exit(f"CHANGELOG.md has no dated heading for {version}")
    if not heading and "## [Unreleased]" not in changelog:
        sys.exit(f"CHANGELOG.md tells neither of {version} nor of what is unreleased")
    say(f"version {version}, {'tagged' if tags else 'not tagged yet'}")
    return version


def build(folder: Path) -> list[Path]:
    """sdist and wheel, the same from two copies."""
    epoch = run("git", "log", "-1", "--format=%ct", cwd=ROOT).strip()
    files = run("git", "ls-files", "-z", cwd=ROOT).split("\0")[:-1]
    made = []
    for name in ("one", "another-place"):
        source, target = folder / name, folder / f"dist-{name}"
        for file in files:
            if (ROOT / file).is_symlink() or (ROOT / file).exists():
                (source / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / file, source / file, follow_symlinks=False)
        run(sys.executable, "-m", "build", "--outdir", target, source, env={**os.environ, "SOURCE_DATE_EPOCH": epoch})
        made.append(sorted(target.iterdir()))
    for one, other in zip(*made, strict=True):
        digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (one, other)]
        if one.name != other.name or digests[0] != digests[1]:
            sys.exit(f"{one.name} differs when it is built again")
        say(f"{one.name}  {one.stat().st_size} bytes  sha256 {digests[0]}  the same twice")
    run(sys.executable, "-m", "twine", "check", "--strict", *made[0])
    say("metadata: twine has nothing to say")
    return made[0]


def lowest(wheel: Path) -> list[str]:
    """The lowest versions of its dependencies that the wheel allows, pinned."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        needs = message_from_bytes(archive.read(name)).get_all("Requires-Dist") or []
    pins = []
    for need in needs:
        found = re.match(r"([\w.-]+).*?>=\s*([\w.]+)", need)
        if found is None:
            sys.exit(f"{need!r} names no lowest version")
        pins.append(f"{found[1]}=={found[2]}")
    return pins


def interpreters() -> dict[str, str]:
    """Each CPython from 3.10 to 3.13 that is installed: version, path."""
    found = {}
    for version in PYTHONS:
        below = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
        for path in [shutil.which(f"python{version}"), *map(str, reversed(below))]:
            asked = "import sys; print('%d.%d' % sys.version_info[:2], sys.implementation.name)"
            if path is None:
                continue
            told = subprocess.run([path, "-c", asked], capture_output=True, text=True)
            if told.stdout.split() == [version, "cpython"]:
                found[version] = path
                break
        if version not in found:
            say(f"CPython {version} is not installed: left out")
    return found


def smoke(program: Path, folder: Path, version: str) -> None:
    """Run every command of an installed swancli."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("SWANCLI", "SWANLAB", "PYTHON"))}

    def swancli(*words: str) -> str:
        return run(program, *words, cwd=folder, env=env)

    assert swancli("--version") == f"swancli {version}\n"
    swancli("demo")
    help = swancli("--help")
    commands = re.findall(r"^  ([a-z]+) {2,}", help.partition("Commands:")[2], re.MULTILINE)
    assert set(commands) == {words[0] for words in READING} | set(ELSE), commands
    for name in commands:
        assert f"swancli {name}" in swancli("help", name)
        assert "Usage:" in swancli(name, "--help")
    for shell in ("bash", "zsh", "fish"):
        assert "swancli" in swancli("completion", shell)
    here = {}
    for words in READING:
        assert swancli(*words)
        here[tuple(words)] = swancli(*words, "--json")
        assert json.loads(here[tuple(words)])["code"] == 0
    with subprocess.Popen(
        [str(program), "serve", "--port", "0", "--quiet"],
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        assert server.stdout
        url = re.findall(r"http://\S+", server.stdout.readline())[0]
        for words in READING:
            assert swancli("--url", url, *words, "--json") == here[tuple(words)]
        server.send_signal(signal.SIGTERM)
    assert server.returncode == 0, server.returncode


def install(python: str, wheel: Path, pins: Sequence[str], folder: Path) -> Path:
    """A fresh environment with the wheel and `serve`; its console script."""
    run(python, "-m", "venv", "--without-pip", folder)
    run(*PIP, "--python", folder / "bin" / "python", "install", "--prefer-binary", f"{wheel}[serve,top]", *pins)
    return folder / "bin" / "swancli"


def main() -> int:
    """Check everything; end at the first thing that does not hold."""
    version = check_version()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel = next(path for path in build(folder) if path.suffix == ".whl")
        for number, python in interpreters().items():
            for which, pins in (("lowest", lowest(wheel)), ("newest", [])):
                place = folder / f"{number}-{which}"
                program = install(python, wheel, pins, place / "venv")
                smoke(program, place, version)
                say(f"CPython {number}, {which} dependencies: every command runs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
