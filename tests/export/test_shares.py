"""What reading a part of many runs costs: files opened, counted; who reads what is decided without reading points."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.command import environment
from tests.support.logdirs import Logdir, points

# Plans and reads one metric of all logdirs that match, and tells which files of series were opened for either.
READ = """
import json, os, sys
from swancli.export import shares
root, metric = os.path.realpath(sys.argv[1]), sys.argv[2]
opened = []
def hook(event, arguments):
    if event == "open" and isinstance(arguments[0], str) and arguments[0].endswith(".log"):
        opened.append(os.path.relpath(os.path.join(root, arguments[0]), root))
sys.addaudithook(hook)
wanted = shares.Wanted(metrics=frozenset([metric]))
planned, count = [], 0
for path in shares.logdirs((root + "/*/swanlog",)):
    logdir = shares.Opened(path)
    planned += [share for group in shares.shares(logdir, wanted, 200_000) for share in group]
    logdir.close()
before = len(opened)
for share in planned:
    logdir = shares.Opened(share.logdir)
    for _, parts in logdir.chunks(share, wanted):
        count += sum(len(part.steps) for part in parts)
    logdir.close()
print(json.dumps({"planning": opened[:before], "reading": opened[before:], "shares": len(planned), "points": count}))
"""


def read(root: Path, metric: str) -> Any:
    """What the script tells."""
    done = subprocess.run(
        [sys.executable, "-c", READ, str(root), metric], capture_output=True, text=True, env=environment()
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_one_metric_opens_its_own_files_only_and_planning_opens_none(tmp_path: Path) -> None:
    for name in ("a", "b"):
        logdir = Logdir(tmp_path / name / "swanlog")
        run = logdir.run()
        run.metric("loss", points(4500))
        run.metric("accuracy", points(4500), folder="accuracy")
        logdir.close()
    found = read(tmp_path, "loss")
    assert found["points"] == 9000
    assert found["shares"] > 2  # a series is divided
    assert found["planning"] == []
    files = set(found["reading"])
    assert len(files) == 10  # five slices of each run
    assert len(found["reading"]) <= 2 * len(files)  # once for the order of the steps, once for the points
    assert not any("accuracy" in path for path in files)
