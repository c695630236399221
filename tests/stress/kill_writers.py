"""Kill a writer at random moments, many times, and read what it left: `python -m tests.stress.kill_writers [TIMES]`.

Each time the real SwanLab logs (sum = step) in local or in offline mode until SIGKILL. Checked: every command gives an answer;
what is told is an unbroken beginning of what was logged; in local mode it is every whole line that lies on the disk; in offline
mode every whole record, and a tail that is not whole is no damage; the run is not called finished; nothing changes on the disk.

    --python PATH   the Python with SwanLab ($SWANCLI_ORACLE's, or .venv-oracle's)
    --seed N        what the moments depend on (1)
    --points N      go on beyond TIMES until the killed runs hold so many points between them (0)

Exit code 0 if nothing was wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from swancli.endpoints import METRIC, ROUTES, STATUS
from swancli.errors import SwancliError
from swancli.logdir.records.reader import RecordReader
from swancli.source import LocalSource
from tests.stress.soak import ROOT, WRITER, environment


def killed(python: str, mode: str, after: float, place: Path) -> Path | None:
    """The logdir of a writer that was killed so many seconds after it had begun to log; None if it had not begun."""
    logdir = place / "swanlog"
    logdir.mkdir(parents=True)
    env = environment(SOAK_LOGDIR=str(logdir), SOAK_REPORT=str(place / "report"))
    words = [python, "-W", "ignore", str(WRITER), mode, "run", "0", "2000"]
    with (place / "err").open("wb") as err:
        writer = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=err,
            env=env,
            cwd=place,
            start_new_session=True,
        )
    end = time.monotonic() + 300
    begun = place / "report.begun" if after > 0.01 else logdir  # some are killed while they begin
    while writer.poll() is None and time.monotonic() < end and not (begun.exists() and list(logdir.glob("run-*"))):
        time.sleep(0.002)
    time.sleep(after)
    os.killpg(writer.pid, signal.SIGKILL)
    writer.wait()
    return logdir if list(logdir.glob("run-*")) else None


def state(folder: Path) -> dict[str, tuple[int, int]]:
    """Size and time of everything in a folder."""
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(folder.rglob("*"))}


def check(logdir: Path, mode: str) -> tuple[list[str], dict[str, int]]:
    """What is wrong with the answers about a killed run, and how much was told and left."""
    wrong: list[str] = []
    before = state(logdir)
    source = LocalSource(str(logdir))
    counts = {"points": 0, "torn": 0, "empty": 0}
    try:
        try:
            rows = source.experiments()
        except SwancliError as error:
            if error.exit_code != 3:
                wrong.append(str(error))
            rows = []
        if not rows:
            counts["empty"] = 1
        for row in rows:
            address = row["id"] if row["id"] is not None else row["run_id"]
            folder = next(logdir.glob("run-*"))
            for route in ROUTES:
                if route == "metric":
                    continue
                reply = source.get(ROUTES[route], **({} if route == "project" else {"experiment": address}))
                body = json.loads(reply.read())
                if body["code"] not in (0, 3404):
                    wrong.append(f"{route}: {body}")
            if source.details(STATUS, experiment=address)["state"] == "finished":
                wrong.append("it is called finished")
            for name in source.metrics(address):
                try:
                    points = list(source.details(METRIC, experiment=address, metric=name, all=True)["points"])
                except SwancliError as error:
                    if error.exit_code != 3:
                        wrong.append(f"{name}: {error}")
                    continue
                factor = {"sum": 1, "twice": 2, "train/part": 0.125}.get(name)
                values = [point[1] for point in points]
                if factor is not None and values != [factor * n for n in range(1, len(values) + 1)]:
                    wrong.append(f"{name}: not what was logged: {values[:3]} … {values[-3:]}, {len(values)}")
                counts["points"] += len(values)
            if mode == "local" and (folder / "logs").is_dir():
                whole = torn = 0
                # hardware metrics of older versions lie there too, in folders that no row names
                named = {str(tag.get("folder")) for tag in source.logdir.experiment(address).tags()}
                for slice in (path for path in folder.glob("logs/*/*.log") if path.parent.name in named):
                    data = slice.read_bytes()
                    whole += data.count(b"\n")
                    torn += not data.endswith(b"\n") and bool(data)
                counts["torn"] += torn
                if whole and not whole <= counts["points"] <= whole + torn:  # with none, the record file tells
                    wrong.append(f"{whole} whole lines on the disk, {counts['points']} points told")
        for file in (*logdir.glob("run-*/run-*.swanlab"), *logdir.glob("run-*/backup.swanlab")):
            reader = RecordReader(str(logdir.resolve()), str(file.resolve()))
            for _ in reader.poll():
                pass
            counts["torn"] += bool(reader.damage.unfinished)
            if reader.damage.damaged:
                wrong.append(f"{file.name}: {reader.damage.sentence()}")
        wrong += [note for note in source.notes if "damage" in note or "unreadable" in note]
    finally:
        source.close()
    done = subprocess.run(
        [sys.executable, "-m", "swancli", "summary", "-l", str(logdir)],
        capture_output=True,
        env=environment(),
        cwd=ROOT,
    )
    if (
        done.returncode not in (0, 2, 3)
        or (done.returncode and done.stderr.count(b"\n") != 1)
        or b"Traceback" in done.stderr
    ):
        wrong.append(f"summary: exit {done.returncode}, {done.stderr.decode()[-300:]}")
    if state(logdir) != before:
        wrong.append("something changed on the disk")
    return wrong, counts


def run(python: str, times: int, seed: int, points: int) -> dict[str, object]:
    """Kill so many writers, or more until there were so many points, in turn in local and in offline mode; what came of it."""
    rng = random.Random(seed)
    total = {"kills": 0, "points": 0, "torn": 0, "empty": 0}
    wrong: list[str] = []
    for n in range(100 * times):
        if n >= times and total["points"] >= points:
            break
        mode = ("local", "offline")[n % 2]
        after = rng.choice((rng.uniform(0, 0.05), rng.uniform(0, 0.5), rng.uniform(0, 2)))
        with tempfile.TemporaryDirectory(prefix="kill-") as name:
            logdir = killed(python, mode, after, Path(name).resolve())
            if logdir is None:
                wrong.append(f"{mode}: the writer made nothing: {(Path(name) / 'err').read_text()[-300:]}")
                continue
            found, counts = check(logdir, mode)
            wrong += [f"{mode}, {after:.3f} s: {text}" for text in found]
            total["kills"] += 1
            for key, value in counts.items():
                total[key] += value
    return {**total, "wrong": wrong}


def main() -> int:
    """Run it and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("times", type=int, nargs="?", default=200)
    parser.add_argument(
        "--python", default=str(Path(os.environ.get("SWANCLI_ORACLE") or ROOT / ".venv-oracle") / "bin/python")
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--points", type=int, default=0)
    given = parser.parse_args()
    found = run(given.python, given.times, given.seed, given.points)
    print(json.dumps(found, indent=2, ensure_ascii=False))
    return 1 if found["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
