"""Write requirements-ci.txt: the versions that pip would install today for the package, its extras and the tests.

Asked on each CPython that the package supports, for the newest version of a library may be for newer ones only; where
the answers differ, a marker says which version is for which Python.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from scripts.release_check import PYTHONS, interpreters

ROOT = Path(__file__).resolve().parents[1]
HEAD = """\
# The versions that CI tests with: pip install -e '.[serve,top,s3]' --group dev -c requirements-ci.txt
# Made anew by `make lock`; `make audit` asks whether any of them has a known weakness.
"""


def resolve(python: str) -> dict[str, str]:
    """The version of each package that pip would install for one interpreter."""
    with tempfile.TemporaryDirectory() as folder:
        # An environment, because distributions patch their own Python; without pip, because ours does the work.
        subprocess.run([python, "-m", "venv", "--without-pip", f"{folder}/venv"], check=True)
        report = Path(folder) / "report.json"
        words = ["--python", f"{folder}/venv/bin/python", "install", "--dry-run", "-q", "--report", str(report)]
        words += ["--prefer-binary", "-e", ".[serve,top,s3]", "--group", "dev"]
        subprocess.run([sys.executable, "-m", "pip", *words], check=True, cwd=ROOT)
        found = json.loads(report.read_text())["install"]
    pins = {one["metadata"]["name"].lower().replace("_", "-"): one["metadata"]["version"] for one in found}
    del pins["swancli"]
    return pins


def lines(name: str, versions: list[str | None]) -> Iterable[str]:
    """The lines that pin a package, given its version for each of PYTHONS (None: not needed there)."""
    first = 0
    for last, version in enumerate(versions):
        if last + 1 < len(versions) and versions[last + 1] == version:
            continue
        bounds = [f"python_version >= '{PYTHONS[first]}'"] if first else []
        bounds += [f"python_version < '{PYTHONS[last + 1]}'"] if last + 1 < len(versions) else []
        if version:
            yield f"{name}=={version}" + (f" ; {' and '.join(bounds)}" if bounds else "") + "\n"
        first = last + 1


def main() -> None:
    """Resolve and write."""
    found = interpreters()
    if missing := [number for number in PYTHONS if number not in found]:
        sys.exit(f"lock: needs every Python that CI tests with; not installed: {', '.join(missing)}")
    pins = [resolve(found[number]) for number in PYTHONS]
    names = sorted({name for each in pins for name in each})
    text = "".join(line for name in names for line in lines(name, [each.get(name) for each in pins]))
    (ROOT / "requirements-ci.txt").write_text(HEAD + text)


if __name__ == "__main__":
    main()
