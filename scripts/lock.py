"""Write requirements-ci.txt: the versions that pip would install today for the package, its extra and the tests."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEAD = """\
# The versions that CI tests with: pip install -e '.[serve]' --group dev -c requirements-ci.txt
# Made anew by `make lock`; `make audit` asks whether any of them has a known weakness.
"""


def main() -> None:
    """Resolve and write."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        words = ["install", "--dry-run", "--ignore-installed", "-q", "--report", str(report)]
        words += ["-e", ".[serve]", "--group", "dev"]
        subprocess.run([sys.executable, "-m", "pip", *words], check=True, cwd=ROOT)
        found = json.loads(report.read_text())["install"]
    pins = {one["metadata"]["name"].lower().replace("_", "-"): one["metadata"]["version"] for one in found}
    pins.pop("swancli")
    (ROOT / "requirements-ci.txt").write_text(HEAD + "".join(f"{name}=={pins[name]}\n" for name in sorted(pins)))


if __name__ == "__main__":
    main()
