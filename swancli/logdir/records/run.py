"""One run, read from its record file: what local mode would have recorded.

Everything is read when it is first asked for. Start and finish come from the two ends of the file; the rest needs
one scan, whose index serves all of it. `refresh` reads on, so that a run can be followed while it is written.
"""

from __future__ import annotations

import os
import re
import sys
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from swancli.logdir import disk
from swancli.logdir.file_state import FileState, KnownState, file_state, is_fresh
from swancli.logdir.paths import is_name, read_below
from swancli.logdir.records.damage import Damage
from swancli.logdir.records.ends import read_ends
from swancli.logdir.records.events import JSON, PROTOBUF, TEXT, Column, Finish, LogLine, Start
from swancli.logdir.records.facts import Ends, Facts, facts_from_json, facts_to_json
from swancli.logdir.records.index import Index
from swancli.logdir.records.indexed_metric import IndexedMetric
from swancli.logdir.records.times import local_time, time_of_folder
from swancli.model import TREND_VALUES
from swancli.values import encoded, evenly_spaced

if TYPE_CHECKING:
    from swancli.cache import Cache
    from swancli.logdir.records.memory import Memory
    from swancli.logdir.series import JsonPoint, SummaryFile
    from swancli.model import Value

JSON_FILE = "backup.swanlab"
PROTOBUF_FILE = re.compile(r"run-.*\.swanlab", re.DOTALL)
STATUS = {"running": 0, "finished": 1, "crashed": -1, "stopped": -1}  # as in the database
MAX_TEXT_BYTES = 1 << 24  # of one text file under media/
MIN_KEPT_BYTES = 1 << 20  # of a record file, or new in it; reading fewer takes no time worth saving
LIVE_NS = 3600 * 10**9  # a run without an end that was written to in this time may still be live


class Numbers(NamedTuple):
    """The rows of a metric: steps, values, and a function that gives one as it was logged."""

    steps: Sequence[int]
    values: Sequence[float]
    entry: Callable[[int], JsonPoint]


class RecordedRun:
    """The record file of a run's folder.

    The only exception raised is KeyError, for an unknown metric: a file that can't be read counts as one without
    records, and `problem` says why. Questions about metrics are answered from `Facts` as far as possible.
    """

    # As long as nothing has been read: thousands of runs are created at a time, and most of them need little more.
    _root: str | None = None
    _problem = ""
    _path: str | None = None
    _listed = False  # whether the folder has been searched for a record file
    _ends: Ends | None = None
    _facts: Facts | None = None
    _facts_text: Callable[[], bytes | None] | None = None  # gives the JSON that they are made from
    _index: Index | None = None
    _stale = False  # whether the index lacks what was written since
    _series_asked = False
    _read_before = 0  # bytes that the index from the cache had read
    file_state: FileState = None  # of the file, before anything of it was read
    _looked = 0  # when that was, in ns
    _is_adopted = False  # whether the facts came from another process
    is_assumed = False  # whether the ends came from the cache

    def __init__(self, run_dir: str, cache: Cache | None = None, memory: Memory | None = None) -> None:
        self.run_id = run_dir.rpartition("/")[2]
        if self.run_id in ("", ".", ".."):
            self.run_id = os.path.basename(os.path.abspath(run_dir))
        self._dir, self._cache, self._memory = run_dir, cache, memory

    # The file.

    @property
    def root(self) -> str:
        """The real path of the folder."""
        if self._root is None:
            self._root = disk.realpath(self._dir)
        return self._root

    @property
    def path(self) -> str | None:
        """The record file, None if the folder holds none."""
        if not self._listed:
            self._listed = True
            try:
                names = sorted(disk.listdir(self.root))
            except OSError as error:
                self._problem = str(error)
                names = []
            names = [name for name in names if PROTOBUF_FILE.fullmatch(name)] or [n for n in names if n == JSON_FILE]
            if names:
                self._path = os.path.join(self.root, names[0])
        return self._path

    def assume(self, name: str, state: KnownState, ends: Ends, facts: Callable[[], bytes | None] | None) -> None:
        """Take over what the cache knows about the file `name` in this state, unless something is known already.

        `facts` gives the facts as JSON; None if they are not known.
        """
        if self.file_state is not None or self._index is not None:
            return
        self._listed, self._path = True, f"{self._dir}/{name}"
        self.file_state, self._looked, self.is_assumed = state, sys.maxsize, True
        self._ends, self._facts_text = ends, facts

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
        codec = self._best().codec
        if codec is not None:
            return codec.FAMILY
        return JSON if self.path is not None and self.path.endswith(JSON_FILE) else PROTOBUF

    @property
    def damage(self) -> Damage:
        """What could not be read in the file; this scans it."""
        return self._known().damage

    def refresh(self) -> bool:
        """Read what has been written since the last answer; return whether there was any record."""
        index = self._index
        before = index.count if index is not None else 0
        disk.look_again(self._dir)
        self.look_again()
        return bool(self._scanned().codec) if index is None else self._scanned().count != before

    def look_again(self) -> None:
        """Notice if the file has changed; what is new is read when it is asked for."""
        if self.path is None:
            self._listed = False
            self._index = self._facts = None
        elif self._is_unchanged(self.path):
            return
        self._ends = self._facts = self._facts_text = self.file_state = None
        self._stale, self.is_assumed, self._is_adopted = True, False, False

    def _is_unchanged(self, path: str) -> bool:
        known = self.file_state
        return known is not None and not is_fresh(known, self._looked) and file_state(path) == known

    def _look(self) -> None:
        """Note the state of the file before it is read."""
        if self.file_state is None and self.path is not None:
            self._looked = time.time_ns()
            self.file_state = file_state(self.path)

    def _scanned(self) -> Index:
        """The index, brought up to date; a file that was replaced or shortened is scanned anew."""
        index = self._index
        if index is not None and not self._stale:
            return index
        self._look()
        if index is not None and self.file_state is not None and not index.problem and not index.continues():
            index = None
        if index is None:
            index = self._kept_index() or Index(self.root, self.path or os.path.join(self.root, JSON_FILE))
        if self.path is not None:
            index.refresh()
        self._index, self._stale, self._facts, self._facts_text = index, False, None, None
        if self._memory is not None:
            self._memory.use_index(self)
        return index

    def _kept_index(self) -> Index | None:
        """The index from the cache, unless the file has been replaced since."""
        if self._cache is None or self.path is None or self.file_state is None or self.file_state[2] < MIN_KEPT_BYTES:
            return None
        data = self._cache.read(_rows_name(self.file_state))
        if data is None:
            return None
        from swancli.logdir.records.rows_file import index_from_bytes

        index = Index(self.root, self.path)
        state = index_from_bytes(data, index)
        grown = state is not None and state[:2] == self.file_state[:2] and state[2] < self.file_state[2]
        if not (grown or state == self.file_state) or not index.continues():
            return None
        self._read_before = index.size
        return index

    def keep(self) -> None:
        """Store the index in the cache if it is worth it."""
        index, state = self._index, self.file_state
        if self._cache is None or index is None or state is None or self._stale or index.problem:
            return
        if index.size < MIN_KEPT_BYTES or index.size - self._read_before < max(MIN_KEPT_BYTES, index.size // 8):
            return
        is_live = index.finish is None and time.time_ns() - state[3] < LIVE_NS
        if not self._series_asked and not is_live:
            return
        from swancli.logdir.records.rows_file import index_to_bytes

        try:
            settled = not is_fresh(state, self._looked)
            self._cache.write(_rows_name(state), index_to_bytes(index, state if settled else (*state[:3], 0, 0)))
            self._read_before = index.size
        except (ValueError, TypeError, RecursionError, MemoryError):
            pass

    @property
    def held(self) -> int:
        """About how many bytes the index takes."""
        return self._index.held if self._index is not None else 0

    def let_go(self) -> None:
        """Forget the index, and remember what tables need."""
        self._known()
        self.keep()
        self._problem = self.problem
        self._index = None

    def _known(self) -> Facts:
        """What tables need; scans the file unless the cache knows it."""
        facts = self._facts  # another thread may let go of it at any time
        if facts is None and self._index is None:
            facts = self._facts = self._remembered_facts()
        if facts is None:
            facts = self._facts = self._scanned().facts()
        return facts

    def _remembered_facts(self) -> Facts | None:
        """The facts from the JSON, None if they are not known."""
        if self._facts_text is None:
            return None
        try:
            facts = facts_from_json(self._facts_text() or b"")
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            self._facts_text = None
            return None
        if self._memory is not None:
            self._memory.use_facts(self)
        return facts

    def let_go_of_facts(self) -> None:
        """Forget the facts, if they can be made from the JSON again."""
        if self._facts_text is not None:
            self._facts = None

    @property
    def has_news(self) -> bool:
        """Whether facts have been learned that `assume` was not given."""
        return self._is_adopted or (self._facts is not None and self._facts_text is None)

    @property
    def is_known(self) -> bool:
        """Whether what tables need can be told without scanning the file from its beginning."""
        return self._facts is not None or self._facts_text is not None or self._index is not None

    @property
    def size(self) -> int:
        """The size of the file in bytes, when its state was looked up."""
        self._look()
        return self.file_state[2] if self.file_state is not None else 0

    def learn(self) -> None:
        """Scan the file, unless what tables need is known."""
        self._known()

    def scan_for_another(self) -> tuple[FileState, int, bytes | None]:
        """Scan the file, and give its state, when that was looked up, and the facts: for `adopt` in another process."""
        self._known()
        facts = self.facts_to_keep()
        self.let_go()
        return self.file_state, self._looked, facts

    def adopt(self, state: KnownState, looked: int, facts: bytes) -> None:
        """Take over what another process found by a scan, unless this one has seen the file in another state."""
        if self._index is not None or (self.file_state is not None and self.file_state != state):
            return
        if self.file_state is None:
            self.file_state, self._looked = state, looked
        self._facts, self._facts_text, self._is_adopted = None, lambda: facts, True

    def facts_to_keep(self) -> bytes | None:
        """The facts as JSON, if they are known and can be kept."""
        if self._facts_text is not None:
            return self._facts_text()
        if self._facts is None or self.problem:
            return None
        try:
            return facts_to_json(self._facts)
        except (ValueError, TypeError, RecursionError):
            return None

    def ends_to_keep(self) -> Ends | None:
        """The ends, if the state of the file can be relied on."""
        if self._ends is None or self.file_state is None or self.problem or is_fresh(self.file_state, self._looked):
            return None
        return self._ends

    def _best(self) -> Index | Facts | Ends:
        """The best that is known about start and finish: what a scan found, or else the two ends."""
        if self._index is not None:
            return self._scanned()
        return self._facts or self._read_ends()

    def _read_ends(self) -> Ends:
        """What is known without a scan."""
        if self._ends is None:
            self._ends = Ends()
            if self.path is not None:
                self._look()
                try:
                    self._ends = read_ends(self.root, self.path)
                except OSError as error:
                    self._problem = str(error)
        return self._ends

    # The run, and how it ended.

    @property
    def start(self) -> Start:
        """What the run says about itself; all None while nothing is written."""
        return self._best().start

    @property
    def finish(self) -> Finish | None:
        """How it ended; None: it is running, was killed, or the end is not written yet."""
        return self._best().finish

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
            return self._known().crashes
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
        return [metric.column for metric in self._known().metrics.values()]

    def column(self, key: str) -> Column:
        """One metric; KeyError if it is unknown."""
        return self._known().metrics[key].column

    def has(self, key: str) -> bool:
        """Whether there is such a metric, of whatever kind."""
        return key in self._known().metrics

    def count(self, key: str) -> int:
        """How many rows a metric has; KeyError if it is unknown."""
        return self._known().metrics[key].rows

    def rows(self, key: str, start: int = 0) -> Iterator[JsonPoint]:
        """The rows of a metric as they were logged, from number `start` on; KeyError if it is unknown.

        Numbers that are not finite are "NaN", "INF", "-INF".
        """
        metric = self._metric(key)
        return self._rows(metric, metric.offsets[start:])

    def _metric(self, key: str) -> IndexedMetric:
        """A metric's rows; KeyError if it is unknown."""
        self._series_asked = True
        return self._scanned().deduplicated(key)

    def last(self, key: str) -> JsonPoint | None:
        """The row that was written last, None if there is none; KeyError if the metric is unknown."""
        found = self._known().metrics[key]
        if found.last is not None or not found.rows:
            return found.last
        return next(self.rows(key, found.rows - 1), None)

    def numbers(self, key: str) -> Numbers | None:
        """All steps and values of a metric, read without decoding its rows again; None if some are not floats."""
        metric = self._metric(key)
        if metric.values is None:
            return None
        return Numbers(metric.steps, metric.values, self._scanned().entries(metric))

    def _rows(self, metric: IndexedMetric, offsets: array[int]) -> Iterator[JsonPoint]:
        for _, step, data, stamp, more, _, kind in self._scanned().rows(metric, offsets):
            if kind == TEXT and isinstance(data, list):
                data = [self.text(name) for name in data]
            row: JsonPoint = {"index": step, "data": data, "create_time": stamp}
            if more is not None:
                row["more"] = more
            yield row

    def first_time(self, key: str) -> str | None:
        """The time of a metric's first row, or else of the run's start; KeyError if it is unknown."""
        return self._known().metrics[key].first_time or self.started_at

    def text(self, name: object) -> str | None:
        """The text that a protobuf run keeps in media/text/<name>; None if it can't be read."""
        if not is_name(name):
            return None
        folder = os.path.join(self.root, "media", "text")
        if disk.realpath(folder) != folder:
            return None
        try:
            return read_below(self.root, os.path.join(folder, str(name)), MAX_TEXT_BYTES).decode("utf-8", "replace")
        except (OSError, ValueError):
            return None

    def summary(self, key: str) -> SummaryFile:
        """What _summary.json would hold; only num if no value is finite. KeyError if the metric is unknown."""
        metric = self._known().metrics[key]
        num = metric.rows
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
        known = self._known().metrics[key]
        if count == TREND_VALUES and known.trend is not None:
            return known.trend
        metric = self._metric(key)
        chosen = evenly_spaced(len(metric.offsets), count)
        if metric.values is not None:
            return [encoded(metric.values[n]) for n in chosen]
        return [row["data"] for row in self._rows(metric, array("q", [metric.offsets[n] for n in chosen]))]

    # The console.

    def log_lines(self, start: int = 0) -> Iterator[LogLine]:
        """The lines of the console in their order, from number `start` on."""
        index = self._scanned()
        lines = index.events(index.lines()[start:])
        return (line for line in lines if isinstance(line, LogLine))

    def line_count(self) -> int:
        """How many lines the console has."""
        return self._known().lines

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


def _rows_name(state: KnownState) -> str:
    """The name under which the cache has the index of a file."""
    return f"{state[0]:x}-{state[1]:x}.rows"
