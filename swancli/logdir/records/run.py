"""One run, read from its record file: what local mode would have recorded.

Everything is read when it is first asked for. Start and finish come from the two ends of the file; the rest needs
one scan, whose index serves all of it. `refresh` reads on, so that a run can be followed while it is written.
"""

from __future__ import annotations

import os
import re
from array import array
from collections.abc import Iterator
from typing import TYPE_CHECKING

from swancli.logdir.paths import is_name, read_below
from swancli.logdir.records.damage import Damage
from swancli.logdir.records.events import JSON, PROTOBUF, TEXT, Column, Finish, LogLine, Start
from swancli.logdir.records.index import Ends, Index, IndexedMetric, read_ends

if TYPE_CHECKING:
    from swancli.logdir.series import JsonPoint, SummaryFile
    from swancli.model import Value

JSON_FILE = "backup.swanlab"
PROTOBUF_FILE = re.compile(r"run-.*\.swanlab", re.DOTALL)
RUN_FOLDER = re.compile(r"run-(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)-(.+)", re.DOTALL)
STATUS = {"running": 0, "finished": 1, "crashed": -1, "stopped": -1}  # as in the database
MAX_TEXT_BYTES = 1 << 24  # of one text file under media/


class RecordedRun:
    """The record file of a run's folder.

    Unknown metrics raise KeyError, nothing else does: a file that can't be read counts as one without records, and
    `problem` says why.
    """

    def __init__(self, run_dir: str) -> None:
        self.run_id = os.path.basename(os.path.abspath(run_dir))
        self.root = os.path.realpath(run_dir)
        self._problem = ""
        self._path: str | None = None
        self._listed = False  # whether the folder has been searched for a record file
        self._ends: Ends | None = None
        self._index: Index | None = None

    # The file.

    @property
    def path(self) -> str | None:
        """The record file, None if the folder holds none."""
        if not self._listed:
            self._listed = True
            try:
                names = sorted(os.listdir(self.root))
            except OSError as error:
                self._problem = str(error)
                names = []
            names = [name for name in names if PROTOBUF_FILE.fullmatch(name)] or [n for n in names if n == JSON_FILE]
            if names:
                self._path = os.path.join(self.root, names[0])
        return self._path

    @property
    def found(self) -> bool:
        """Whether the folder holds a record file, even an empty or damaged one."""
        return self.path is not None

    @property
    def problem(self) -> str:
        """Why the file can't be read; "" if it can."""
        return (self._index.problem if self._index is not None else "") or self._problem

    @property
    def family(self) -> str:
        """JSON (0.6.2-0.7) or PROTOBUF (0.8 and later); the file's name decides while it has no record."""
        codec = self._index.codec if self._index is not None else self._read_ends().codec
        if codec is not None:
            return codec.FAMILY
        return JSON if self.path is not None and self.path.endswith(JSON_FILE) else PROTOBUF

    @property
    def damage(self) -> Damage:
        """What of the file could not be read; this scans it."""
        return self._scanned().damage

    def refresh(self) -> bool:
        """Read what has been written since the last answer; whether there was any record."""
        if self.path is None:
            self._listed = False
            self._index = None
        self._ends = None
        if self._index is not None:
            return self._index.refresh()
        return bool(self._scanned().codec)

    def _scanned(self) -> Index:
        """The index; scans the file the first time."""
        if self._index is None:
            self._index = Index(self.root, self.path or os.path.join(self.root, JSON_FILE))
            if self.path is not None:
                self._index.refresh()
        return self._index

    def _read_ends(self) -> Ends:
        """What is known without a scan."""
        if self._ends is None:
            self._ends = Ends()
            if self.path is not None:
                try:
                    self._ends = read_ends(self.root, self.path)
                except OSError as error:
                    self._problem = str(error)
        return self._ends

    # The run, and how it ended.

    @property
    def start(self) -> Start:
        """What the run says about itself; all None while nothing is written."""
        return self._index.start if self._index is not None else self._read_ends().start

    @property
    def finish(self) -> Finish | None:
        """How it ended; None: it is running, was killed, or the end is not written yet."""
        return self._index.finish if self._index is not None else self._read_ends().finish

    @property
    def status(self) -> int:
        """As in the database: 0 no end recorded, 1 finished, -1 crashed or stopped."""
        return STATUS[self.finish.state] if self.finish is not None else 0

    @property
    def state(self) -> str:
        """One of finished, crashed, stopped; running if no end is recorded (it may have been killed)."""
        finish = self.finish
        if finish is None:
            return "running"
        return "stopped" if finish.state == "crashed" and self._was_interrupted() else finish.state

    @property
    def started_at(self) -> str | None:
        """ISO time in UTC; from the folder's name (this machine's time zone) if the file does not say."""
        return self.start.started_at or time_of_folder(self.run_id)

    @property
    def finished_at(self) -> str | None:
        """ISO time in UTC."""
        return self.finish.finished_at if self.finish is not None else None

    @property
    def error(self) -> str | None:
        """The text of the crash or stop."""
        return "\n".join(crash.text for crash in self._crashes()) or None

    def error_lines(self) -> list[str]:
        """The lines of error.log: local time and text, and a final ""; [] if there would be no such file."""
        lines: list[str] = []
        for crash in self._crashes():
            lines += [local_time(crash.time), *crash.text.split("\n")]
        return [*lines, ""] if lines else []

    def _crashes(self) -> list[LogLine]:
        if self.family == JSON:
            return self._scanned().crashes
        finish = self.finish
        if finish is None or not finish.error:
            return []
        return [LogLine(finish.error, None, "ERROR", finish.finished_at)]

    def _was_interrupted(self) -> bool:
        """Whether a JSON run was stopped by Ctrl-C: its traceback ends with a frame, without the exception's line."""
        if self.family != JSON:
            return False
        crash = self._read_ends().crash  # the record just before the footer
        return crash is not None and crash.text.rstrip("\n").rsplit("\n", 1)[-1].startswith("  ")

    # Metrics.

    def columns(self) -> list[Column]:
        """All metrics in the order of their first use, including hardware and those without a tag."""
        return [metric.column for metric in self._scanned().metrics.values()]

    def column(self, key: str) -> Column:
        """One metric; KeyError if it is unknown."""
        return self._scanned().metrics[key].column

    def has(self, key: str) -> bool:
        """Whether there is such a metric, of whatever kind."""
        return key in self._scanned().metrics

    def count(self, key: str) -> int:
        """How many rows a metric has; KeyError if it is unknown."""
        return len(self._scanned().deduplicated(key).offsets)

    def rows(self, key: str, start: int = 0) -> Iterator[JsonPoint]:
        """The rows of a metric as they were logged, from number `start` on; KeyError if it is unknown.

        Numbers that are not finite are "NaN", "INF", "-INF".
        """
        metric = self._scanned().deduplicated(key)
        return self._rows(metric, metric.offsets[start:])

    def _rows(self, metric: IndexedMetric, offsets: array[int]) -> Iterator[JsonPoint]:
        for _, step, data, time, more, _, kind in self._scanned().rows(metric, offsets):
            if kind == TEXT and isinstance(data, list):
                data = [self.text(name) for name in data]
            row: JsonPoint = {"index": step, "data": data, "create_time": time}
            if more is not None:
                row["more"] = more
            yield row

    def first_time(self, key: str) -> str | None:
        """The time of a metric's first row, or else of the run's start; KeyError if it is unknown."""
        index = self._scanned()
        metric = index.metrics[key]
        if metric.first_time is None:
            for row in index.rows(metric, metric.offsets[:1]):
                metric.first_time = row.create_time
        return metric.first_time or self.started_at

    def text(self, name: object) -> str | None:
        """The text that a protobuf run keeps in media/text/<name>; None if it can't be read."""
        if not is_name(name):
            return None
        folder = os.path.join(self.root, "media", "text")
        if os.path.realpath(folder) != folder:
            return None
        try:
            return read_below(self.root, os.path.join(folder, str(name)), MAX_TEXT_BYTES).decode("utf-8", "replace")
        except (OSError, ValueError):
            return None

    def summary(self, key: str) -> SummaryFile:
        """What _summary.json would hold; only num if no value is finite. KeyError if the metric is unknown."""
        metric = self._scanned().deduplicated(key)
        num = len(metric.offsets)
        if metric.max is None:
            return {"num": num}
        return {
            "max": metric.max,
            "max_step": metric.max_step,
            "min": metric.min,
            "min_step": metric.min_step,
            "num": num,
        }

    def evenly_spaced(self, key: str, count: int) -> list[Value]:
        """At most `count` values of a metric, spread evenly over its rows; KeyError if it is unknown."""
        metric = self._scanned().deduplicated(key)
        rows = len(metric.offsets)
        chosen = (
            array("q", (metric.offsets[rows * n // count] for n in range(count))) if rows > count else metric.offsets
        )
        return [row["data"] for row in self._rows(metric, chosen)]

    # The console.

    def log_lines(self, start: int = 0) -> Iterator[LogLine]:
        """The lines of the console in their order, from number `start` on."""
        index = self._scanned()
        lines = index.events(index.lines()[start:])
        return (line for line in lines if isinstance(line, LogLine))

    def line_count(self) -> int:
        """How many lines the console has."""
        return len(self._scanned().line_offsets)

    def console(self) -> list[tuple[str, list[str]]]:
        """The console by day: local date (YYYY-MM-DD), and the lines of console/<date>.log."""
        days: list[tuple[str, list[str]]] = []
        minute, date = "", ""
        for line in self.log_lines():
            if line.time is not None and line.time[:16] != minute:
                minute, date = line.time[:16], local_time(line.time)[:10] or date
            if not days or date != days[-1][0]:
                days.append((date, []))
            days[-1][1].append(line.text)
        return days


def time_of_folder(run_id: str) -> str | None:
    """The start time in the name of a run's folder, which is local time, as an ISO string in UTC."""
    from datetime import datetime, timezone

    match = RUN_FOLDER.fullmatch(run_id)
    if match is None:
        return None
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    try:
        return datetime(year, month, day, hour, minute, second).astimezone(timezone.utc).isoformat()
    except (ValueError, OverflowError, OSError):
        return None


def local_time(time: str | None) -> str:
    """An ISO time as error.log has it: local, without zone, YYYY-MM-DD HH:MM:SS.ffffff; "" if it is not a time."""
    from swancli.times import moment

    found = moment(time)
    try:
        return "" if found is None else found.astimezone().strftime("%Y-%m-%d %H:%M:%S.%f")
    except (ValueError, OverflowError, OSError):
        return ""
