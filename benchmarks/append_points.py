"""A training run at full speed: append points to metrics until the process is ended, in the way SwanLab does.

    python append_points.py FOLDER …

Each folder holds a metric with the steps 1 to n. The value of each step that is added is `step % 1000 / 8`.
"""

import json
import sys
from pathlib import Path

SLICE = 1000
TIME = "2026-11-24T13:48:19.560812+00:00"
folders = [Path(argument) for argument in sys.argv[1:]]
steps = []
for folder in folders:
    last = max(folder.glob("*.log"), key=lambda path: int(path.stem))
    steps.append(int(last.stem) - SLICE + last.read_bytes().count(b"\n"))
while True:
    for n, folder in enumerate(folders):
        steps[n] += 1
        step = steps[n]
        name = f"{(step + SLICE - 1) // SLICE * SLICE}.log"
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"index": step, "data": step % 1000 / 8, "create_time": TIME}) + "\n")
        found = {"max": 200.0, "max_step": 1, "min": 0.0, "min_step": 1, "num": step}
        (folder / "_summary.json").write_text(json.dumps(found), encoding="utf-8")
