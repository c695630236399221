#!/usr/bin/env python3
"""Write the sample logdir that the package ships (swancli/sample), with SwanLab itself.

    python scripts/make_sample.py [--work DIR]        needs a package index; rewrites swancli/sample

Makes an environment with SwanLab 0.7.20 in DIR (default /data, so that the recorded paths read like a
training machine's), runs sample_runs.py there once for each run, and copies what SwanLab wrote. Left out, for
size or because no package can carry it: backup.swanlab, a second copy of all rows as large as everything else
together; empty folders; and the logdir's .gitignore, which would hide the sample from git. The database
starts with pages of 1 kB instead of 4 kB, which makes it a third as large.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SAMPLE = HERE.parent / "swancli" / "sample"
PACKAGES = ["swanlab==0.7.20", "swanboard==0.1.9b3", "peewee<3.18", "time-machine>=2.16"]
RUNS = {"finetune": 0, "diverged": 1, "evaluation": 0}  # name: exit status
LIMIT = 250_000
KERNEL = "Linux-6.1.0-25-amd64-x86_64-with-glibc2.36"  # in place of that of the machine which writes the sample


def write_runs(work: Path) -> Path:
    """Run the three runs one after the other; gives the logdir."""
    python = work / "venv" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", work / "venv"], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=True)
    project = work / "project"
    shutil.rmtree(project, ignore_errors=True)
    logdir = project / "swanlog"
    logdir.mkdir(parents=True)
    shutil.copy(HERE / "sample_runs.py", project / "train.py")
    with sqlite3.connect(logdir / "runs.swanlab") as database:
        database.execute("PRAGMA page_size = 1024")
        database.execute("VACUUM")
    database.close()
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("SWAN", "PYTHON"))}
    for name, status in RUNS.items():
        got = subprocess.run(
            [python, "train.py", name],
            cwd=project,
            env={**clean, "TZ": "CST-8", "PATH": f"{python.parent}:/usr/bin:/bin"},
            stdout=subprocess.DEVNULL,
        ).returncode
        if got != status:
            sys.exit(f"{name} ended with {got} instead of {status}")
    return logdir


def checkpoint(database: Path) -> None:
    """Bring the write-ahead log into the database and leave a file that stands alone."""
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("VACUUM")
    connection.close()


def main() -> None:
    """Write the sample anew."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path("/data"))
    logdir = write_runs(parser.parse_args().work)
    checkpoint(logdir / "runs.swanlab")
    shutil.rmtree(SAMPLE, ignore_errors=True)
    leave_out = shutil.ignore_patterns(".gitignore", "*.swanlab-wal", "*.swanlab-shm", "backup.swanlab")
    shutil.copytree(logdir, SAMPLE, ignore=leave_out)
    for path in SAMPLE.glob("*/files/swanlab-metadata.json"):
        path.write_text(re.sub(r"Linux-[^\"]*", KERNEL, path.read_text(encoding="utf-8")), encoding="utf-8")
    for folder, _, _ in os.walk(SAMPLE, topdown=False):
        if not os.listdir(folder):
            os.rmdir(folder)
    size = sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file())
    if size >= LIMIT:
        sys.exit(f"the sample has {size} bytes, more than the {LIMIT} it may have")
    print(f"{SAMPLE}: {size} bytes")


if __name__ == "__main__":
    main()
