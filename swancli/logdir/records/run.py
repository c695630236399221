"""One run read from its record file: what local mode would have recorded.

Everything is read when first asked for. Start and finish come from the two ends of the file; the rest needs
one scan, whose index serves all of it. `refresh` reads on, so that a run can be followed while it is written.
"""

from __future__ import annotations

import json
import os
import re
from array import array
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from swancli.logdir.paths import is_name, read_below
from swancli.logdir.records import json_codec
from swancli.logdir.records.events import AUDIO, IMAGE, LINE, TEXT, Column, Finish, LogLine, Start
from swancli.logdir.records.index import Ends, Index, Series, ends
from swancli.logdir.records.reader import Damage

if TYPE_CHECKING:
    from swancli.logdir.rows import (
        Cell,
        ChartRow,
        DisplayRow,
        ExperimentRow,
        NamespaceRow,
        ProjectRow,
        SourceRow,
        TagRow,
    )

JSON, PROTO = "json", "protobuf"
JSON_FILE = "backup.swanlab"
PROTO_FILE = re.compile(r"run-.*\.swanlab", re.DOTALL)
FOLDER = re.compile(r"run-(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)-(.+)", re.DOTALL)
TAGGED = (LINE, IMAGE, AUDIO, TEXT)
SECTIONS = {LINE: "default", IMAGE: "Image", AUDIO: "Audio", TEXT: "Text"}
STATUS = {"running": 0, "finished": 1, "crashed": -1, "stopped": -1}
MAX_TEXT = 1 << 24  # bytes of one text file under media/


class RecordedRun:
    """The record file of a run folder. Only metrics that are unknown raise (KeyError); a file that can't be
    read is one without records, and `problem` says why."""

    def __init__(self, run_dir: str) -> None:
        self.run_id = os.path.basename(os.path.abspath(run_dir))
        self.root = os.path.realpath(run_dir)
        self._problem = ""
        self._path: str | None = None
        self._looked = False
        self._ends: Ends | None = None
        self._scan: Index | None = None

    # The file.

    @property
    def path(self) -> str | None:
        """The record file, None if the folder holds none."""
        if not self._looked:
            self._looked = True
            try:
                names = sorted(os.listdir(self.root))
            except OSError as error:
                self._problem = str(error)
                names = []
            names = [name for name in names if PROTO_FILE.fullmatch(name)] or [n for n in names if n == JSON_FILE]
            if names:
                self._path = os.path.join(self.root, names[0])
        return self._path

    @property
    def found(self) -> bool:
        """Whether the folder holds a record file, be it empty or damaged."""
        return self.path is not None

    @property
    def problem(self) -> str:
        """Why the file can't be read; "" if it can."""
        return (self._scan.problem if self._scan is not None else "") or self._problem

    @property
    def family(self) -> str:
        """The file's kind, json (0.6.2-0.7) or protobuf (0.8 and later); its name tells while it has no
        record."""
        codec = self._scan.codec if self._scan is not None else self._look().codec
        if codec is not None:
            return JSON if codec is json_codec else PROTO
        return JSON if self.path is not None and self.path.endswith(JSON_FILE) else PROTO

    @property
    def mode(self) -> str:
        """The word local if there are logs or a console as well, else offline: a cloud run's copy looks the
        same."""
        for name in ("logs", "console"):
            try:
                if os.listdir(os.path.join(self.root, name)):
                    return "local"
            except OSError:
                continue
        return "offline"

    @property
    def last_write(self) -> float | None:
        """When the record file was last written, epoch seconds."""
        try:
            return os.stat(self.path).st_mtime if self.path is not None else None
        except OSError:
            return None

    @property
    def damage(self) -> Damage:
        """What of the file could not be used; this scans it."""
        return self._index().damage

    def refresh(self) -> bool:
        """Read what has been written since the last answer; whether that was any record."""
        if self.path is None:
            self._looked = False
            self._scan = None
        self._ends = None
        if self._scan is not None:
            return self._scan.refresh()
        return bool(self._index().codec)

    def _index(self) -> Index:
        if self._scan is None:
            self._scan = Index(self.root, self.path or os.path.join(self.root, JSON_FILE))
            if self.path is not None:
                self._scan.refresh()
        return self._scan

    def _look(self) -> Ends:
        """What can be told without a scan."""
        if self._ends is None:
            self._ends = Ends()
            if self.path is not None:
                try:
                    self._ends = ends(self.root, self.path)
                except OSError as error:
                    self._problem = str(error)
        return self._ends

    # Who it is, and how it ended.

    @property
    def start(self) -> Start:
        """What the run says about itself; all None while nothing is written."""
        return self._scan.start if self._scan is not None else self._look().start

    @property
    def finish(self) -> Finish | None:
        """How it ended; None: it runs, was killed, or the end is not written yet."""
        return self._scan.finish if self._scan is not None else self._look().finish

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
        return "stopped" if finish.state == "crashed" and self._interrupted() else finish.state

    @property
    def started_at(self) -> str | None:
        """ISO time in UTC; from the folder's name (this machine's time zone) if the file does not say."""
        return self.start.started_at or folder_time(self.run_id)

    @property
    def finished_at(self) -> str | None:
        """ISO time in UTC."""
        return self.finish.finished_at if self.finish is not None else None

    @property
    def error(self) -> str | None:
        """The text of the crash or stop."""
        return "\n".join(crash.text for crash in self._crashes()) or None

    def error_lines(self) -> list[str]:
        """The lines of error.log: local time and text; [] if there would be none. The last one is ""."""
        lines: list[str] = []
        for crash in self._crashes():
            lines += [local_time(crash.time), *crash.text.split("\n")]
        return [*lines, ""] if lines else []

    def _crashes(self) -> list[LogLine]:
        if self.family == JSON:
            return self._index().crashes
        finish = self.finish
        if finish is None or not finish.error:
            return []
        return [LogLine(finish.error, None, "ERROR", finish.finished_at)]

    def _interrupted(self) -> bool:
        """Whether a JSON run was stopped by Ctrl-C: its text ends with a frame, no line is there for an
        exception."""
        if self.family != JSON:
            return False
        crash = self._look().crash  # it stands right before the footer
        return crash is not None and crash.text.rstrip("\n").rsplit("\n", 1)[-1].startswith("  ")

    # Rows of the database.

    def project_row(self, runs: int = 1, version: Cell = None) -> ProjectRow:
        """This run's project as a row of the table `project`."""
        return {
            "id": 1,
            "name": self.start.project,
            "description": None,
            "sum": runs,
            "charts": 1,
            "pinned_opened": 1,
            "hidden_opened": 0,
            "more": "",
            "version": version,
            "create_time": self.started_at,
            "update_time": self.finished_at or self.started_at,
        }

    def experiment_row(self, id: int | None, sort: int | None, version: Cell = None) -> ExperimentRow:
        """The run as a row of the table `experiment`; `version` is swanlab.version of the metadata."""
        light, dark = self.start.colors or (None, None)
        return {
            "id": id,
            "project_id": 1,
            "run_id": self.run_id,
            "name": self.start.name or self.run_id,
            "description": self.start.description,
            "sort": sort,
            "status": self.status,
            "show": 1,
            "light": light,
            "dark": dark,
            "pinned_opened": 1,
            "hidden_opened": 0,
            "more": "",
            "version": version,
            "create_time": self.started_at,
            "finish_time": self.finished_at,
            "update_time": self.finished_at or self.started_at,
        }

    def tags(self, experiment_id: int | None = 1) -> list[TagRow]:
        """The rows of the table `tag`: ids from 1, in the order of first use."""
        found = [(column, folder) for column, folder in self._folders() if _tagged(column)]
        return [self._tag(n, column, folder, experiment_id) for n, (column, folder) in enumerate(found)]

    def system_tags(self, experiment_id: int | None = 1) -> list[TagRow]:
        """Hardware metrics in the form of tags, which local mode never has: `system` is 1, the description
        their display name; ids go on behind those of `tags`."""
        columns = list(self._folders())
        first = sum(_tagged(column) for column, _ in columns)
        found = [(column, folder) for column, folder in columns if column.system]
        return [self._tag(first + n, column, folder, experiment_id) for n, (column, folder) in enumerate(found)]

    def _folders(self) -> Iterator[tuple[Column, str]]:
        """The columns with the folders that local mode gives them."""
        number = 0
        for column in self.columns():
            number += not column.system
            yield column, column.kid if column.kid is not None else str(number)

    def _tag(self, n: int, column: Column, folder: str, experiment_id: int | None) -> TagRow:
        time = self._first_time(column.key)
        return {
            "id": n + 1,
            "experiment_id": experiment_id,
            "name": column.key,
            "folder": folder,
            "type": column.kind,
            "description": (column.name or "") if column.system else "",
            "system": int(column.system),
            "sort": n,
            "more": None,
            "create_time": time,
            "update_time": time,
        }

    def charts(self, experiment_id: int | None = 1, system: bool = False) -> list[ChartRow]:
        """The rows of the table `chart`: one for each tag, with its id. Pinned and hidden sections become the
        status 1 and -1."""
        rows: list[ChartRow] = []
        for tag, column in self._tagged_columns(system):
            hidden = column.section_type == "hidden" or bool(column.hidden)
            status = -1 if hidden else int(column.section_type == "pinned")
            row: ChartRow = {
                "id": tag["id"],
                "experiment_id": experiment_id,
                "project_id": None,
                "name": column.key,
                "description": None,
                "system": 1,
                "type": column.kind,
                "reference": column.reference,
                "status": status,
                "sort": tag["sort"] if status else None,
                "config": None,
                "more": None,
                "create_time": tag["create_time"],
                "update_time": tag["update_time"],
            }
            rows.append(row)
        return rows

    def namespaces(self, experiment_id: int | None = 1, system: bool = False) -> list[NamespaceRow]:
        """The rows of the table `namespace`: sections in the order of their first use."""
        rows: dict[str, NamespaceRow] = {}
        for tag, column in self._tagged_columns(system):
            name = self._section(column)
            if name not in rows:
                row: NamespaceRow = {
                    "id": len(rows) + 1,
                    "experiment_id": experiment_id,
                    "project_id": None,
                    "name": name,
                    "description": None,
                    "sort": len(rows),
                    "opened": 1,
                    "more": None,
                    "create_time": tag["create_time"],
                    "update_time": tag["update_time"],
                }
                rows[name] = row
        return list(rows.values())

    def displays(self, system: bool = False) -> list[DisplayRow]:
        """Which chart stands in which namespace."""
        spaces: dict[str, int] = {}
        rows: list[DisplayRow] = []
        for tag, column in self._tagged_columns(system):
            space = spaces.setdefault(self._section(column), len(spaces) + 1)
            rows.append({"namespace_id": space, "chart_id": tag["id"]})
        return rows

    def sources(self, system: bool = False) -> list[SourceRow]:
        """Which metric a chart shows, and what was wrong with its first value."""
        return [
            {
                "chart_id": tag["id"],
                "error": json.dumps(column.error) if column.error is not None else "",
                "name": tag["name"],
            }
            for tag, column in self._tagged_columns(system)
        ]

    def _tagged_columns(self, system: bool) -> list[tuple[TagRow, Column]]:
        tags = self.system_tags() if system else self.tags()
        return [(tag, self._index().series[tag["name"]].column) for tag in tags]

    def _section(self, column: Column) -> str:
        if column.section:
            return column.section
        if column.system:
            return "system"
        return SECTIONS[column.kind] if self._index().codec is json_codec else "default"

    def _first_time(self, key: str) -> str | None:
        """The time of a metric's first row, or of the run's start."""
        series = self._index().series[key]
        if series.first_time is None:
            for row in self._index().rows(series, series.offsets[:1]):
                series.first_time = row.create_time
        return series.first_time or self.started_at

    # Metrics.

    def columns(self) -> list[Column]:
        """All metrics in the order of their first use, also those of the system and those without a tag."""
        return [series.column for series in self._index().series.values()]

    def names(self, system: bool = False) -> list[str]:
        """The names of the metrics with a tag, or of those of the system."""
        return [column.key for column in self.columns() if (column.system if system else _tagged(column))]

    def has(self, key: str) -> bool:
        """Whether there is such a metric, of whatever kind."""
        return key in self._index().series

    def count(self, key: str) -> int:
        """How many rows a metric has; KeyError if it is unknown."""
        return len(self._index().settled(key).offsets)

    def rows(self, key: str, start: int = 0) -> Iterator[dict[str, Any]]:
        """The rows of a metric as they were logged, from the `start`-th on: index, data, create_time, and
        `more` of media. Numbers that are not finite are "NaN", "INF", "-INF". KeyError if the metric is
        unknown."""
        series = self._index().settled(key)
        return self._rows(series, series.offsets[start:])

    def _rows(self, series: Series, offsets: array[int]) -> Iterator[dict[str, Any]]:
        for _, step, data, time, more, _, kind in self._index().rows(series, offsets):
            if kind == TEXT:
                data = [self.text(name) for name in data]
            row = {"index": step, "data": data, "create_time": time}
            if more is not None:
                row["more"] = more
            yield row

    def text(self, name: object) -> str | None:
        """The text that a protobuf run keeps in media/text/<name>; None if it can't be read."""
        if not is_name(name):
            return None
        folder = os.path.join(self.root, "media", "text")
        if os.path.realpath(folder) != folder:
            return None
        try:
            return read_below(self.root, os.path.join(folder, str(name)), MAX_TEXT).decode("utf-8", "replace")
        except (OSError, ValueError):
            return None

    def summary(self, key: str) -> dict[str, Any]:
        """What _summary.json holds: max, max_step, min, min_step (absent without a finite value), and num,
        all the rows. KeyError if the metric is unknown."""
        series = self._index().settled(key)
        num = len(series.offsets)
        if series.max is None:
            return {"num": num}
        return {
            "max": series.max,
            "max_step": series.max_step,
            "min": series.min,
            "min_step": series.min_step,
            "num": num,
        }

    def last_rows(self) -> dict[str, tuple[int, Any, str | None, int]]:
        """Of each metric that has rows: step, data, create_time of the one logged last, and how many there
        are."""
        index = self._index()
        last = {}
        for key in index.series:
            series = index.settled(key)
            for row in self._rows(series, series.offsets[-1:]):
                last[key] = (row["index"], row["data"], row["create_time"], len(series.offsets))
        return last

    def spread(self, key: str, count: int) -> list[Any]:
        """At most `count` values of a metric, spread evenly over its rows. KeyError if it is unknown."""
        series = self._index().settled(key)
        rows = len(series.offsets)
        chosen = (
            array("q", (series.offsets[rows * n // count] for n in range(count))) if rows > count else series.offsets
        )
        return [row["data"] for row in self._rows(series, chosen)]

    def last_step(self) -> int | None:
        """The highest step of the metrics that are not the system's."""
        found = self._index().series.values()
        return max((series.top for series in found if series.offsets and not series.column.system), default=None)

    # The console.

    def log_lines(self, start: int = 0) -> Iterator[LogLine]:
        """The lines of the console in their order, from the `start`-th on."""
        index = self._index()
        lines = index.events(index.lines()[start:])
        return (line for line in lines if isinstance(line, LogLine))

    def line_count(self) -> int:
        """How many lines the console has."""
        return len(self._index().line_offsets)

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


def _tagged(column: Column) -> bool:
    return column.kind in TAGGED and not column.system


def folder_time(run_id: str) -> str | None:
    """The start time in a run folder's name, which is local time, as an ISO string in UTC."""
    from datetime import datetime, timezone

    match = FOLDER.fullmatch(run_id)
    if match is None:
        return None
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    try:
        return datetime(year, month, day, hour, minute, second).astimezone(timezone.utc).isoformat()
    except (ValueError, OverflowError, OSError):
        return None


def local_time(time: str | None) -> str:
    """An ISO time as error.log has it: local, without zone, YYYY-MM-DD HH:MM:SS.ffffff; "" if it is none."""
    from datetime import datetime

    try:
        moment = datetime.fromisoformat((time or "").replace("Z", "+00:00")).astimezone()
    except (ValueError, OverflowError, OSError):
        return ""
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")
