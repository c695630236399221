"""Run one target under atheris: `python -m fuzz TARGET [SECONDS [FOLDER]]`; its exit code tells of a crash.

The input that crashed is written to FOLDER/crash-…, here without one.
"""

from __future__ import annotations

import sys
import tempfile
from importlib import import_module
from pathlib import Path

import atheris


def main() -> None:
    """Instrument the code under test, and feed it."""
    target, seconds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 60
    with atheris.instrument_imports(include=["swancli"]):
        check = import_module(f"fuzz.fuzz_{target}").check
        for name in ("files", "local.series", "local.console", "records.json_codec", "records.protobuf_codec"):
            import_module(f"swancli.logdir.{name}")
    corpus = Path(__file__).parent / "corpus" / target
    with tempfile.TemporaryDirectory() as found:  # new inputs go there, seeds are left as they are
        words = [
            "fuzz",
            found,
            str(corpus),
            f"-max_total_time={seconds}",
            "-timeout=20",
            "-max_len=8192",
            "-rss_limit_mb=4096",
            f"-artifact_prefix={sys.argv[3] if len(sys.argv) > 3 else '.'}/",
        ]
        atheris.Setup(words, check)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
