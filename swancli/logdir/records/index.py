"""The index of one record file: one scan, and everything that answers need is found again by its offset.

What is kept of a row is its offset in the file and its step, 16 bytes, whatever its size; of a console line
its offset and number. `refresh` goes on where the last scan ended.
"""

from __future__ import annotations

import os
import re
from array import array
from collections.abc import Iterator
from types import ModuleType
from typing import Any, NamedTuple

from swancli.logdir.records import json_codec, protobuf_codec
from swancli.logdir.records.events import LINE, TEXT, Column, Event, Finish, LogLine, Malformed, Row, Start
from swancli.logdir.records.reader import BLOCK, FILE_HEADER, RecordReader, RecordSeeker
from swancli.values import spelled

SYSTEM_PREFIX = "__swanlab__."
MEDIA_FILE = re.compile(r"(image|audio|object3d|molecule|echarts)-step\d+-[0-9a-f]{16}\.")
HEAD = 64  # records among which the start is looked for
TAILS = (2, 16, 128, 2048)  # blocks at the end in which the finish is looked for
LOWEST = -(1 << 63)


class Series:
    """The rows of one metric, as far as the index keeps them."""

    __slots__ = (
        "column",
        "first_time",
        "late",
        "max",
        "max_step",
        "media",
        "min",
        "min_step",
        "offsets",
        "settled",
        "steps",
        "top",
    )

    def __init__(self, column: Column) -> None:
        self.column = column
        self.media = column.kind != LINE
        self.offsets = array("q")  # of the rows in the file
        self.steps = array("q")
        self.top = LOWEST  # the highest step so far
        self.late = array("q")  # ordinals of rows that are not above all earlier ones: possible repeats
        self.settled = 0  # how many of them have been looked at
        self.first_time: str | None = None
        self.max: Any = None
        self.max_step = 0
        self.min: Any = None
        self.min_step = 0

    def add(self, offset: int, step: int) -> None:
        """Take in a row."""
        if step > self.top:
            self.top = step
        else:
            self.late.append(len(self.steps))
        self.offsets.append(offset)
        self.steps.append(step)

    def see(self, value: Any, step: int) -> None:
        """Let a value count for maximum and minimum; the first of equal ones stays."""
        try:
            if self.max is None or value > self.max:
                self.max, self.max_step = value, step
            if self.min is None or value < self.min:
                self.min, self.min_step = value, step
        except TypeError:
            pass  # lists of things that have no order


class Index:
    """What one record file holds. No method raises: `problem` says why a file can't be read."""

    def __init__(self, root: str, path: str) -> None:
        self.problem = ""
        self.codec: ModuleType | None = None
        self.start = Start()
        self.finish: Finish | None = None
        self.crashes: list[LogLine] = []  # texts of crashes; JSON files only
        self.series: dict[str, Series] = {}  # in the order of first use
        self.line_offsets = array("q")
        self._epochs = array("q")
        self._in_order = True
        self._plain: dict[bytes, Series | None] = {}  # by key in UTF-8; None: what comes is not to be taken
        self._root, self._path = root, path
        self._reader = RecordReader(root, path)
        self.damage = self._reader.damage

    def refresh(self) -> bool:
        """Read what has been written since the last time; whether that was any record."""
        before = self._reader.count
        try:
            self._scan()
        except OSError as error:
            self.problem = str(error)
        return self._reader.count != before

    def _scan(self) -> None:
        plain, codec = self._plain, self.codec
        scalar = codec.scalar if codec is not None else None
        for offset, payload in self._reader.poll():
            if codec is None or scalar is None:
                codec = self.codec = codec_of(payload)
                scalar = codec.scalar
            found = scalar(payload)
            if found is None:
                try:
                    event = codec.event(payload)
                except Malformed:
                    self.damage.records += 1
                    continue
                if event is not None:
                    self._take(event, offset)
                continue
            key, step, value, _ = found
            series = plain.get(key)
            if series is None:
                series = self._plain_series(key)
                if series is None:
                    continue
            if step > series.top:  # this is Series.add and Series.see, written out: it runs for every value
                series.top = step
            else:
                series.late.append(len(series.steps))
            series.offsets.append(offset)
            series.steps.append(step)
            if value - value == 0.0:
                if series.max is None:
                    series.max = series.min = value
                    series.max_step = series.min_step = step
                elif value > series.max:
                    series.max, series.max_step = value, step
                elif value < series.min:
                    series.min, series.min_step = value, step

    def _plain_series(self, raw: bytes) -> Series | None:
        """The series of a scalar's key, None if the key holds media or is no text."""
        if raw in self._plain:
            return None
        try:
            key = raw.decode()
        except UnicodeDecodeError:
            self.damage.records += 1
            return None
        series = self.series.get(key) or self._unannounced(key, LINE)
        self._plain[raw] = None if series.media else series
        return self._plain[raw]

    def _unannounced(self, key: str, kind: str) -> Series:
        """A series whose column record was lost."""
        system = key.startswith(SYSTEM_PREFIX)
        section = key.split("/", 1)[0] if "/" in key else None
        reference = "time" if system else "step"
        series = self.series[key] = Series(Column(key, kind, system, reference, section))
        return series

    def _take(self, event: Event, offset: int) -> None:
        """Put an event other than a plain scalar into the index."""
        if isinstance(event, Row):
            series = self.series.get(event.key)
            if series is None:
                series = self._unannounced(event.key, event.kind or _guess(event.data))
            if series.media != (event.kind == LINE):  # local mode never mixes kinds in a metric
                series.add(offset, event.step)
                self._see(series, event)
        elif isinstance(event, LogLine):
            if event.level == "ERROR":
                self.crashes.append(event)
                return
            last = self._epochs[-1] if self._epochs else 0
            epoch = event.epoch if event.epoch is not None else last
            self._in_order = self._in_order and epoch >= last
            self._epochs.append(epoch)
            self.line_offsets.append(offset)
        elif isinstance(event, Column):
            if event.key not in self.series:
                self.series[event.key] = Series(event)
        elif isinstance(event, Start):
            self.start = self.start.merged(event)
        elif self.finish is None:
            self.finish = event

    def _see(self, series: Series, row: Row) -> None:
        """Let a row count for maximum and minimum; of media those in JSON files, as local mode had it."""
        if isinstance(row.data, str) or (series.media and self.codec is not json_codec):
            return
        series.see(row.data, row.step)

    def settled(self, key: str) -> Series:
        """A series without repeated steps; KeyError if there is none."""
        series = self.series[key]
        if series.settled < len(series.late):
            self._settle(series)
        return series

    def _settle(self, series: Series) -> None:
        """Drop repeats of a step. In JSON files the later row takes the earlier one's place: 0.7.12-0.7.14
        meant it so, and no other version writes repeats. In protobuf files the first one stays."""
        replace = self.codec is json_codec
        steps, offsets = series.steps, series.offsets
        suspects = {steps[n] for n in series.late}
        places: dict[int, int] = {}
        kept_offsets, kept_steps = array("q"), array("q")
        for n, step in enumerate(steps):
            if step in suspects:
                place = places.setdefault(step, len(kept_steps))
                if place < len(kept_steps):
                    if replace:
                        kept_offsets[place] = offsets[n]
                    continue
            kept_steps.append(step)
            kept_offsets.append(offsets[n])
        if len(kept_steps) < len(steps):
            series.offsets, series.steps = kept_offsets, kept_steps
            top = LOWEST
            series.late = array("q")
            for n, step in enumerate(kept_steps):
                if step <= top:
                    series.late.append(n)
                top = max(top, step)
            series.max = series.min = None
            for row in self.events(kept_offsets):
                if isinstance(row, Row):
                    self._see(series, row)
        series.settled = len(series.late)

    def lines(self) -> array[int]:
        """The offsets of the console's lines, in their order."""
        if self._in_order:
            return self.line_offsets
        order = sorted(range(len(self._epochs)), key=self._epochs.__getitem__)
        return array("q", [self.line_offsets[n] for n in order])

    def events(self, offsets: array[int]) -> Iterator[Event]:
        """The events at these offsets; what can't be read any more is left out."""
        if self.codec is not None:
            for payload in self._payloads(offsets):
                event = event_of(self.codec, payload)
                if event is not None:
                    yield event

    def rows(self, series: Series, offsets: array[int]) -> Iterator[Row]:
        """The rows at these offsets, of this series."""
        if self.codec is None:
            return
        key, scalar, moment, finite = (
            series.column.key,
            self.codec.scalar,
            self.codec.moment,
            spelled,
        )
        for payload in self._payloads(offsets):
            found = scalar(payload)
            if found is not None:
                _, step, value, when = found
                yield Row(key, step, finite(value), moment(payload, when), None, None, LINE)
            else:
                event = event_of(self.codec, payload)
                if isinstance(event, Row):
                    yield event

    def _payloads(self, offsets: array[int]) -> Iterator[bytes]:
        if not offsets:
            return
        try:
            with RecordSeeker(self._root, self._path) as seeker:
                for offset in offsets:
                    payload = seeker.payload(offset)
                    if payload is not None:
                        yield payload
        except OSError as error:
            self.problem = str(error)


class Ends(NamedTuple):
    """What the two ends of a file tell without a scan."""

    codec: ModuleType | None = None
    start: Start = Start()
    finish: Finish | None = None
    crash: LogLine | None = None  # the text of a crash, JSON files only


def ends(root: str, path: str) -> Ends:
    """Start and finish from the first and the last records of a file alone; OSError if it can't be read."""
    codec, start, finish, crash = None, Start(), None, None
    for n, (_, payload) in enumerate(RecordReader(root, path).poll()):
        codec = codec or codec_of(payload)
        event = event_of(codec, payload)
        if isinstance(event, Start):
            start = start.merged(event)
            if codec is protobuf_codec or event.name is not None:
                break
        if n > HEAD:
            break
    if codec is None:
        return Ends()
    last = (os.stat(path).st_size - 1) // BLOCK
    for blocks in TAILS:
        first = max(0, last + 1 - blocks) * BLOCK
        tail = RecordReader(root, path, first)
        for _, payload in tail.poll():
            if codec.scalar(payload) is None:
                event = event_of(codec, payload)
                if isinstance(event, Finish) and finish is None:
                    finish = event
                elif isinstance(event, LogLine) and event.level == "ERROR":
                    crash = event
        if tail.count or first < FILE_HEADER:
            break
    return Ends(codec, start, finish, crash)


def codec_of(payload: bytes) -> ModuleType:
    """The decoder for a file with this payload; its first byte tells, whatever the file header says."""
    return json_codec if payload[:1] == b"{" else protobuf_codec


def event_of(codec: ModuleType, payload: bytes) -> Event | None:
    """The event of a record, None if it is of no interest or makes no sense."""
    try:
        event: Event | None = codec.event(payload)
    except Malformed:
        return None
    return event


def _guess(data: Any) -> str:
    """The kind of media without a column: files are named after it."""
    name = data[0] if isinstance(data, list) and data and isinstance(data[0], str) else ""
    match = MEDIA_FILE.match(name)
    return match[1] if match else TEXT
