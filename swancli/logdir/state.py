"""How a run is doing or how it ended, which the database alone doesn't always know.

A killed run stays 0, "running", forever; 0.5.0 to 0.6.1 store a crash as finished; 0.6.2 and 0.6.3 never store the
end at all. error.log, the record file and the times of the last writes show the rest.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from swancli.logdir import disk, process
from swancli.logdir.experiment import FAILED, FINISHED, RUNNING, Experiment, LocalExperiment
from swancli.logdir.local.series import SUMMARY
from swancli.logdir.paths import read_below
from swancli.logdir.run import Run
from swancli.times import seconds

if TYPE_CHECKING:
    from swancli.model import RunState

SETTLED_AFTER_SECONDS = 1.0  # without a write, after which a run that ended normally is marked as ended
MAX_WRITTEN_AT_ONCE = 2  # metrics written within one tick of the clock whose files are all looked at
MIN_METRICS = 20_000  # of runs marked running; for fewer, starting several processes takes longer
STALE_AFTER_SECONDS = 15 * 60.0  # without a write; then a run marked running is stale


class State(NamedTuple):
    """The state as one of model.STATES; seconds without a write if stale; time of the last write."""

    word: str
    stale_for: float | None
    last_write: float | None


def state(experiment: Experiment, now: float | None = None, quick: bool = False) -> State:
    """The state of a run; times are seconds since 1970. `quick` is for one of many runs: see `last_write`."""
    row, run = experiment.row, experiment.run
    status, version = row.get("status"), _version(row.get("version"))
    ended = seconds(row.get("finish_time"))
    if status == RUNNING:
        end = _recorded_end(experiment) if (0, 6, 2) <= version < (0, 6, 4) else None
        if end is not None:
            return State(end.word, None, end.last_write or last_write(run, quick))
        wrote = last_write(run, quick)
        now = time.time() if now is None else now
        if wrote is not None and _is_killed(experiment, wrote, now):
            return State("killed", None, wrote)
        silent = now - wrote if wrote is not None else None
        if silent is None or silent > STALE_AFTER_SECONDS:
            return State("stale", silent, wrote)
        return State("running", None, wrote)
    wrote = ended if ended is not None else last_write(run, quick)
    if status == FINISHED:
        if (0, 5, 0) <= version < (0, 6, 2) and (text := _error_text(run)) is not None:
            return State(_failure(text), None, wrote)
        return State("finished", None, wrote)
    if status == FAILED:
        text = _error_text(run)
        if text is not None:
            return State(_failure(text), None, wrote)
        end = _recorded_end(experiment)
        return State("stopped" if end is None else end.word, None, wrote)
    return State("unknown", None, wrote)


def _is_killed(experiment: Experiment, wrote: float, now: float) -> bool:
    """Whether the process of a run marked running is gone, as far as this machine can know.

    A run that is just ending may not have been marked as ended when it was read: it counts as running a moment longer.
    """
    run = experiment.run
    if not process.may_be_known(seconds(experiment.row.get("create_time"))):
        return False
    written = _mtime(run.path("files", "swanlab-metadata.json"))
    if written is None or not process.is_gone(Run(run.root, run.name, _ignore).metadata(), written):
        return False
    database = (_mtime(os.path.join(run.root, name)) or 0.0 for name in ("runs.swanlab", "runs.swanlab-wal"))
    return now - max(wrote, *database) > SETTLED_AFTER_SECONDS


def _ignore(text: str) -> None:
    """Drop a warning about metadata that nobody asked for."""


def _mtime(path: str) -> float | None:
    try:
        return disk.stat(path).st_mtime
    except (OSError, ValueError):
        return None


def run_state(experiment: Experiment, quick: bool = False) -> RunState:
    """The state of a run with its times, mode and version; `quick` is for one of many runs: see `last_write`."""
    found = state(experiment, quick=quick)
    row = experiment.row
    start = seconds(row.get("create_time"))
    end = time.time() if found.word == "running" else seconds(row.get("finish_time")) or found.last_write
    return {
        "state": found.word,
        "stale_for": found.stale_for,
        "last_write": found.last_write,
        "duration": max(end - start, 0.0) if start is not None and end is not None else None,
        "mode": "local" if isinstance(experiment, LocalExperiment) else "offline",
        "swanlab_version": row.get("version"),
        "on_disk_only": row.get("id") is None,
    }


def last_write(run: Run, quick: bool = False) -> float | None:
    """When a file of the run was last written, in seconds since 1970; None if it has no files.

    Looking at every file of every metric takes long for thousands of runs. For each point SwanLab rewrites the metric's
    summary and then appends to its slice. `quick` looks at all summaries, and at all files of the metrics whose
    summaries are the newest, or missing.
    """
    if quick and run.looked_ahead is not None:
        return run.looked_ahead or None
    newest = max(
        (stamp for folder in (run.folder, run.path("console"), run.path("files")) for stamp in _mtimes(folder)),
        default=0.0,
    )
    folders = _folders(run.path("logs"))
    for folder in _written_last(folders) if quick else folders:
        newest = max(newest, *_mtimes(folder), 0.0)
    return newest or None


def look_ahead(runs: Sequence[Run]) -> None:
    """Compute `last_write` for many runs in advance, in several processes; do nothing if they can't be forked."""
    from swancli.logdir import forks

    def work(n: int) -> bytes:
        return repr(last_write(runs[n], quick=True) or 0.0).encode()

    def take(n: int, found: bytes) -> None:
        runs[n].looked_ahead = float(found)

    if forks.are_possible():
        forks.work_on(len(runs), work, take)


def _written_last(folders: list[str]) -> list[str]:
    """The folders of metrics whose summary is the newest, at most MAX_WRITTEN_AT_ONCE, and those without one."""
    newest, last = 0.0, list[str]()
    others = []
    for folder in folders:
        try:
            stamp = disk.lstat(f"{folder}/{SUMMARY}").st_mtime
        except (OSError, ValueError):
            others.append(folder)
            continue
        if stamp >= newest:
            last = [*last[1 - MAX_WRITTEN_AT_ONCE :], folder] if stamp == newest else [folder]
            newest = stamp
    return others + last


def _mtimes(folder: str) -> list[float]:
    try:
        with disk.scandir(folder) as entries:
            return [entry.stat(follow_symlinks=False).st_mtime for entry in entries if not entry.is_dir()]
    except (OSError, ValueError):
        return []


def _folders(folder: str) -> list[str]:
    try:
        with disk.scandir(folder) as entries:
            return [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
    except (OSError, ValueError):
        return []


def _error_text(run: Run) -> str | None:
    path = os.path.join(run.path("console"), "error.log")
    try:
        return read_below(run.root, path).decode("utf-8", "replace")
    except (OSError, ValueError):
        return None


def _failure(text: str) -> str:
    """The word stopped or crashed: after Ctrl-C, a traceback names KeyboardInterrupt, or lacks the exception's line."""
    lines = [line for line in text.splitlines() if line.strip()]
    interrupted = "KeyboardInterrupt" in text or (len(lines) > 1 and lines[-1].startswith("  "))
    return "stopped" if interrupted else "crashed"


def _recorded_end(experiment: Experiment) -> State | None:
    """How and when the run ended according to its record file; None if there is none, or no end in it."""
    recorded = experiment.recorded()
    if recorded is None or recorded.finish is None:
        return None
    text = _error_text(experiment.run) if recorded.status == FAILED else None
    return State(recorded.state if text is None else _failure(text), None, seconds(recorded.finished_at))


def _version(text: object) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d{1,9}", str(text or ""))[:3])
