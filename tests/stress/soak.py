"""Read a logdir in every way while the real SwanLab writes it: `python -m tests.stress.soak SECONDS [options]`.

Several processes log at full speed. Beside them run, until they end: every command in JSON and as a table, `-w` on a
terminal, `logs -f` and `metric -f`, and `serve` with many clients. Checked: no command fails or warns, each JSON is whole,
values agree with their steps (the script logs sum = step), counts only grow, at the end every point and line that was logged
is told by every way of reading, and the writers' stderr is empty.

    --python PATH      the Python with SwanLab, once for each version to be tried ($SWANCLI_ORACLE's, or .venv-oracle's)
    --mode MODE        local or offline; both without it (offline from 0.6.2 on)
    --writers N        processes that log (2)
    --clients N        clients of `serve` (20)
    --least N          go on beyond SECONDS until each way of reading was taken so often, and each writer has logged a
                       fifty times as many steps (0)
    --speed            measure how fast one writer is with and without readers, instead, for SECONDS or so at
                       full speed
    --rounds N         so many times with, and so many times without (8)
    --report FILE      add the result to a file, as a line of JSON

Exit code 0 if nothing was wrong.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import pty
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
WRITER = ROOT / "tests/stress/trust_writer.py"
SWANCLI = [sys.executable, "-m", "swancli"]
READS = [
    ["project"], ["project", "-m", "sum", "--best", "max"], ["experiment", "1"], ["charts", "1"], ["status", "1"],
    ["summary", "1"], ["logs", "1"], ["logs", "1", "-n", "5"], ["metric", "1", "sum"], ["metric", "1", "twice"],
    ["metric", "1", "train/part"], ["metric", "1", "sum", "--all"],
]  # fmt: skip
RATE = (
    300  # steps a second and writer at most: newer versions queue what they can't write at once, and write on for long
)
LONGEST_SECONDS = 300  # that anything may take on a busy machine
SERVING = re.compile(r"^Serving .* at http://127\.0\.0\.1:(\d+)$", re.M)
NOISE = re.compile(r"FutureWarning: The pynvml|import pynvml|^\s*$")  # that SwanLab's own imports make


def environment(**more: str) -> dict[str, str]:
    """This environment without what would lead a program elsewhere."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("SWAN", "PYTHON"))}
    return {**kept, "NO_PROXY": "*", "PYTHONPATH": str(ROOT), **more}


class Soak:
    """One logdir, its writers and its readers; `wrong` holds what should not have happened."""

    def __init__(
        self, python: str, mode: str, seconds: float, writers: int, clients: int, folder: Path, least: int = 0
    ) -> None:
        self.python, self.mode, self.seconds, self.folder = python, mode, seconds, folder
        self.count, self.clients, self.least = writers, clients, least
        self.logdir = folder / "swanlog"
        self.wrong: list[str] = []
        self.asked: dict[str, int] = {"commands": 0, "requests": 0, "frames": 0}
        self._highest: dict[tuple[str, str], float] = {}
        self._reports: list[dict[str, Any]] = []
        self._ended = threading.Event()
        self._readers = (self._commands, self._serve, self._watch, self._follow)
        self._lock = threading.Lock()

    def blame(self, text: str) -> None:
        """Note that something was wrong."""
        with self._lock:
            self.wrong.append(text[:600])

    def run(self) -> dict[str, Any]:
        """Write and read until the time is over, then compare; what was done and what was wrong."""
        self.logdir.mkdir(parents=True)
        writers = []
        for n in range(self.count):  # SwanLab itself fails at times when two processes make one database
            writers.append(self._writer(n))
            self._until_there(writers)
        readers = [threading.Thread(target=each) for each in self._readers]
        for reader in readers:
            reader.start()
        self._until_enough(writers)
        for n in range(self.count):
            self._stop(n)
        self._reports = [self._end_of(n, writer) for n, writer in enumerate(writers)]
        self._ended.set()
        for reader in readers:
            reader.join()
        self._compare()
        return {
            "mode": self.mode, "writers": self.count, "points": 3 * sum(r.get("steps", 0) for r in self._reports),
            **self.asked, "wrong": self.wrong,
        }  # fmt: skip

    def rate(self, steps: int, watched: bool, processor: int) -> float:
        """How many steps a second one writer logs and writes, as fast as it can, on a processor of its own."""
        self.logdir.mkdir(parents=True)
        self._stop(0)  # once it has logged its steps
        writer = self._writer(0, steps, processor)
        self._until_there([writer])
        readers = [threading.Thread(target=each) for each in self._readers] if watched else []
        for reader in readers:
            reader.start()
        loops = [] if watched else [subprocess.Popen([sys.executable, "-c", "while True: pass"])]
        report = self._end_of(0, writer)
        self._ended.set()
        for loop in loops:
            loop.kill()
            loop.wait()
        for reader in readers:
            reader.join()
        return float(report["steps"] / report["seconds"]) if report else 0.0

    def _writer(self, n: int, steps: int = 0, processor: int | None = None) -> subprocess.Popen[bytes]:
        env = environment(SOAK_LOGDIR=str(self.logdir), SOAK_REPORT=str(self.folder / f"report{n}"))
        limits = [steps, 0] if steps else [50 * self.least, RATE]
        words = [self.python, "-W", "ignore", str(WRITER), self.mode, f"run{n}", *map(str, limits)]
        with (self.folder / f"out{n}").open("wb") as out, (self.folder / f"err{n}").open("wb") as err:
            writer = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=env, cwd=self.folder)
        if processor is not None:
            os.sched_setaffinity(writer.pid, {processor})
        return writer

    def _stop(self, n: int) -> None:
        """Let a writer end; it logs the steps that it was told to log in any case."""
        (self.folder / f"report{n}.stop").touch()

    def _until_enough(self, writers: list[subprocess.Popen[bytes]]) -> None:
        """Wait until the time is over and the readers have read so often as is wanted."""
        begun = time.monotonic()
        while (took := time.monotonic() - begun) < LONGEST_SECONDS and all(writer.poll() is None for writer in writers):
            if took >= self.seconds and min(self.asked.values()) >= self.least:
                return
            time.sleep(0.1)

    def _until_there(self, writers: list[subprocess.Popen[bytes]]) -> None:
        """Wait until every writer has logged something that can be read."""
        end = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < end and all(writer.poll() is None for writer in writers):
            done = self._run(["project", "-o", "jsonl"])
            runs = [json.loads(line) for line in done.stdout.splitlines()] if done.returncode == 0 else []
            if len(runs) == len(writers) and all(run.get("last_step") for run in runs):
                return
            time.sleep(0.2)

    def _end_of(self, n: int, writer: subprocess.Popen[bytes]) -> dict[str, Any]:
        code = writer.wait()
        errors = (self.folder / f"err{n}").read_text(errors="replace")
        if said := [line for line in errors.splitlines() if not NOISE.search(line)]:
            self.blame(f"the writer says: {said[-3:]}")
        if code:
            self.blame(f"the writer ended with {code}: {errors[-300:]}")
        path = self.folder / f"report{n}"
        report: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
        return report

    def _run(self, words: list[str]) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*SWANCLI, *words, "-l", str(self.logdir)], capture_output=True, env=environment(), timeout=LONGEST_SECONDS,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def _commands(self) -> None:
        """Every command, in turn, in JSON, as TSV and as a table."""
        while not self._ended.is_set():
            for words in READS:
                for form in (["--json"], [], ["-o", "table"]) if words[-1] != "5" else ([],):
                    if "--best" in words and form == ["--json"]:
                        continue
                    done = self._run([*words, *form])
                    self.asked["commands"] += 1
                    if done.returncode or done.stderr:
                        self.blame(f"{words} {form}: exit {done.returncode}, {done.stderr.decode()[-300:]}")
                    elif form == ["--json"]:
                        self._check(" ".join(words), done.stdout)
                if self._ended.is_set():
                    return

    def _check(self, what: str, body: bytes) -> None:
        """Whether an answer is whole, true, and not behind an earlier one."""
        try:
            data = json.loads(body)["data"]
        except (ValueError, KeyError):
            return self.blame(f"{what}: no whole answer: {body[:100]!r} … {body[-100:]!r}")
        if "list" in data:
            factor = {"sum": 1, "twice": 2}.get(what.split()[2].split("/")[-1], 0.125)
            torn = [p for p in data["list"] if p["data"] != factor * (p["index"] + (self._first(data)))]
            if torn:
                self.blame(f"{what}: values that were never logged: {torn[:3]}")
            self._grow(what, data["sum"])
        elif "summaries" in data:
            for one in data["summaries"]:
                if isinstance(one["value"], (int, float)):
                    self._grow(f"summary of {one['key']}", one["value"])
        elif "logs" in data:
            self._grow(what, len(data["logs"]))

    def _first(self, data: dict[str, Any]) -> int:
        """What to add to a step to get the value that was logged with it: steps count from 0 or from 1."""
        return 1 - int(data["list"][0]["index"])

    def _grow(self, what: str, value: float) -> None:
        key = (threading.current_thread().name, what)
        if value < self._highest.get(key, 0):
            self.blame(f"{what}: {value} after {self._highest[key]}")
        self._highest[key] = value

    def _serve(self) -> None:
        """`serve`, and many clients that ask it for everything."""
        log = (self.folder / "serve.err").open("wb")
        words = [*SWANCLI, "serve", "-q", "--port", "0", "-l", str(self.logdir)]
        server = subprocess.Popen(words, env=environment(), stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        while not (found := SERVING.search((self.folder / "serve.err").read_text())):
            if server.poll() is not None:
                return self.blame("serve did not start")
            time.sleep(0.05)
        port = int(found[1])
        threads = [threading.Thread(target=self._client, args=(port, n)) for n in range(self.clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        server.send_signal(signal.SIGTERM)
        if server.wait(LONGEST_SECONDS):
            self.blame(f"serve ended with {server.returncode}")
        log.close()
        said = (self.folder / "serve.err").read_text().splitlines()
        if extra := [line for line in said if not line.startswith("Serving ")]:
            self.blame(f"serve says: {extra[-3:]}")

    def _client(self, port: int, n: int) -> None:
        paths = {
            "project": "/api/v1/project", "experiment 1": "/api/v1/experiment/1", "charts 1": "/api/v1/experiment/1/chart",
            "status 1": "/api/v1/experiment/1/status", "summary 1": "/api/v1/experiment/1/summary",
            "logs 1": "/api/v1/experiment/1/recent_log", "metric 1 sum": "/api/v1/experiment/1/tag/sum",
            "metric 1 twice": "/api/v1/experiment/1/tag/twice",
        }  # fmt: skip
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LONGEST_SECONDS)
        names = list(paths)
        while not self._ended.is_set():
            name = names[n % len(names)]
            n += 1
            try:
                connection.request("GET", paths[name])
                answer = connection.getresponse()
                body = answer.read()
            except (http.client.HTTPException, OSError) as error:
                if not isinstance(error, (http.client.RemoteDisconnected, ConnectionError)):
                    self.blame(f"{name}: {error!r}")
                connection.close()
                continue
            self.asked["requests"] += 1
            if answer.status != 200:
                self.blame(f"{name}: {answer.status} {body[:200]!r}")
            else:
                self._check(name, body)
            time.sleep(0.05)

    def _watch(self) -> None:
        """`summary -w` on a terminal."""
        controller, terminal = pty.openpty()
        words = [*SWANCLI, "summary", "1", "-w", "0.3", "-l", str(self.logdir)]
        process = subprocess.Popen(
            words, env=environment(TERM="xterm"), stdin=terminal, stdout=terminal, stderr=subprocess.PIPE
        )
        os.close(terminal)
        stopped = threading.Thread(target=lambda: (self._ended.wait(), os.write(controller, b"q")))
        stopped.start()
        with contextlib.suppress(OSError):
            while piece := os.read(controller, 1 << 16):
                self.asked["frames"] += piece.count(b"\x1b[H")
        _, err = process.communicate(timeout=LONGEST_SECONDS)
        stopped.join()
        os.close(controller)
        if process.returncode or err:
            self.blame(f"summary -w: exit {process.returncode}, {err[-300:]!r}")

    def _follow(self) -> None:
        """`metric -f` and `logs -f`, to the end of the run."""
        outs = {"metric": self.folder / "followed", "logs": self.folder / "lines"}
        running = []
        for word, path in outs.items():
            words = [*SWANCLI, word, "1", *(["sum", "--jsonl"] if word == "metric" else []), "-f", "-i", "0.1"]
            with path.open("wb") as out:
                running.append(
                    subprocess.Popen(
                        [*words, "-l", str(self.logdir)], stdout=out, stderr=subprocess.PIPE, env=environment(),
                        stdin=subprocess.DEVNULL,
                    )
                )  # fmt: skip
        self._ended.wait()
        last, end = self._reports[self._first_writer()].get("steps", -1), time.monotonic() + LONGEST_SECONDS
        ends = {"metric": rb'"value":%d\b' % last, "logs": rb"last step %d\b" % last}
        while time.monotonic() < end and all(process.poll() is None for process in running):
            if all(re.search(ends[word], path.read_bytes()) for word, path in outs.items()):
                break
            time.sleep(0.1)
        for process in running:
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=LONGEST_SECONDS)
            if process.returncode not in (0, 130) or err.strip():  # `logs -f` ends with the run
                self.blame(f"-f: exit {process.returncode}, {err[-300:]!r}")

    def _ids(self) -> dict[str, int]:
        """The id of each run, by its name."""
        project = json.loads(self._run(["project", "--json"]).stdout).get("data", {}).get("experiments", [])
        return {experiment["name"]: experiment["id"] for experiment in project}

    def _first_writer(self) -> int:
        """Which writer's run has the id 1."""
        names = self._ids()
        return next((n for n in range(self.count) if names.get(f"run{n}") == 1), 0)

    def _compare(self) -> None:
        """At the end: what was logged is told, by every way of reading."""
        names = self._ids()
        for n, report in enumerate(self._reports):
            steps, id = report.get("steps", -1), names.get(f"run{n}")
            for metric, factor in (("sum", 1), ("twice", 2), ("train/part", 0.125)):
                done = self._run(["metric", str(id), metric, "-o", "jsonl"])
                values = [json.loads(line).get("value") for line in done.stdout.splitlines()]
                if values != [factor * step for step in range(1, steps + 1)]:
                    self.blame(f"run{n} {metric}: {len(values)} of {steps} points, or others: {done.stderr[-200:]!r}")
            lines = self._run(["logs", str(id)]).stdout.decode().splitlines()
            wanted = [f"step {step} of run{n}" for step in range(100, steps + 1, 100)] + [
                f"last step {steps} of run{n}"
            ]
            if [line for line in lines if "step" in line and f"run{n}" in line] != wanted:
                self.blame(f"run{n}: {len(lines)} lines of the console, not the {len(wanted)} that were printed")
            status = json.loads(self._run(["status", str(id), "--json"]).stdout)["data"]["status"]
            if status != 1:
                self.blame(f"run{n}: its status is {status}, not 1")
        steps = self._reports[self._first_writer()].get("steps", -1)
        followed = [json.loads(line)["value"] for line in (self.folder / "followed").read_bytes().splitlines()]
        if followed != list(range(1, steps + 1)):
            self.blame(f"metric -f: {len(followed)} of {steps} points, or others")
        lines = [line for line in (self.folder / "lines").read_text().splitlines() if line.startswith("step ")]
        if len(lines) != steps // 100:
            self.blame(f"logs -f: {len(lines)} of {steps // 100} lines")


def speed(python: str, mode: str, folder: Path, seconds: float, rounds: int, clients: int) -> dict[str, Any]:
    """How many steps a second a writer logs at full speed, with nobody watching and with every reader beside it.

    Medians of rounds in turn. The writer has a processor of its own, for that the readers take time is not what is asked;
    where nobody watches another one is busy all the same, for processors share caches and more.
    """
    own, *others = processors = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, others or processors)
    rates: dict[bool, list[float]] = {False: [], True: []}
    first = Soak(python, mode, seconds, 1, clients, folder / "first").rate(1000, False, own)
    asked, steps = 0, max(int(first * seconds), 1)
    for n in range(2 * rounds):
        soak, watched = Soak(python, mode, seconds, 1, clients, folder / str(n)), bool(n % 2)
        rates[watched].append(soak.rate(steps, watched, own))
        asked += sum(soak.asked.values())
    os.sched_setaffinity(0, processors)
    without, beside = (statistics.median(rates[kind]) for kind in (False, True))
    return {"mode": mode, "rounds": rounds, "steps": steps, "alone": round(without), "watched": round(beside), "asked": asked,
            "slower_percent": round(100 * (without / beside - 1), 2), "rates": {
                "alone": [round(one) for one in rates[False]], "watched": [round(one) for one in rates[True]]}}  # fmt: skip


def main() -> int:
    """Run what was asked for and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--python", action="append")
    parser.add_argument("--mode", choices=("local", "offline"))
    parser.add_argument("--writers", type=int, default=2)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--least", type=int, default=0)
    parser.add_argument("--speed", action="store_true")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--report")
    given = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background of a script, and inherited
    oracle = Path(os.environ.get("SWANCLI_ORACLE") or ROOT / ".venv-oracle") / "bin/python"
    wrong = False
    for python in given.python or [str(oracle)]:
        version = subprocess.run(
            [python, "-W", "ignore", "-c", "import swanlab; print(swanlab.__version__)"], capture_output=True, text=True,
            env=environment(), check=True,
        ).stdout.split()[-1]  # fmt: skip
        old = tuple(map(int, version.split(".")[:3])) < (0, 6, 2)
        modes = [given.mode] if given.mode else ["local"] if old else ["local", "offline"]
        for mode in modes:
            with tempfile.TemporaryDirectory(prefix="soak-") as name:
                place = Path(name).resolve()
                if given.speed:
                    found = speed(python, mode, place, given.seconds, given.rounds, given.clients)
                else:
                    found = Soak(python, mode, given.seconds, given.writers, given.clients, place, given.least).run()
            found = {"swanlab": version, **found}
            print(json.dumps(found, indent=2, ensure_ascii=False))
            if given.report:
                with Path(given.report).open("a") as file:
                    file.write(json.dumps(found, ensure_ascii=False) + "\n")
            wrong = wrong or bool(found.get("wrong"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
