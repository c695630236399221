"""A training script that logs as fast as it can: `python trust_writer.py MODE NAME STEPS RATE`.

Written for SwanLab 0.5 to 0.10, run by the Python that has it. Logs STEPS steps, and then goes on until the file
$SOAK_REPORT.stop is there; RATE is how many steps a second it may log at most (0: as many as it can). At the end the
file $SOAK_REPORT gets a line of JSON: how many steps were logged, and how long all took until SwanLab had finished.
"""

import json
import os
import sys
import time

import swanlab

mode, name, steps, rate = sys.argv[1], sys.argv[2], *map(float, sys.argv[3:5])
swanlab.init(
    project="soak", experiment_name=name, config={"seed": 1, "name": name}, mode=mode, logdir=os.environ["SOAK_LOGDIR"]
)
open(os.environ["SOAK_REPORT"] + ".begun", "w").close()
begun, done = time.perf_counter(), 0
while done < steps or not os.path.exists(os.environ["SOAK_REPORT"] + ".stop"):
    done += 1
    swanlab.log({"sum": done, "twice": 2 * done, "train/part": done / 8})
    if done % 100 == 0:
        print(f"step {done} of {name}", flush=True)
    if rate and (early := done / rate - (time.perf_counter() - begun)) > 0.002:
        time.sleep(early)
print(f"last step {done} of {name}", flush=True)
swanlab.finish()
with open(os.environ["SOAK_REPORT"], "w") as file:
    json.dump({"steps": done, "seconds": time.perf_counter() - begun}, file)
