"""The index of one record file: after one scan, everything that answers need is found by its offset in the file.

For each row of a metric, the index keeps the offset, the step and, if it is a scalar, the value, 8 bytes each, whatever
the row's size; for each console line, the offset and the number. `refresh` continues where the last scan ended.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from swancli.logdir.records import bulk
from swancli.logdir.records.codec import AnyCodec, codec_of, event_of
from swancli.logdir.records.events import (
    JSON,
    LINE,
    PROTOBUF,
    TEXT,
    Column,
    Event,
    Finish,
    LogLine,
    Malformed,
    Row,
    Start,
)
from swancli.logdir.records.facts import MAX_TRENDS, Facts, MetricFacts
from swancli.logdir.records.indexed_metric import LOWEST_STEP, IndexedMetric
from swancli.logdir.records.reader import RecordReader, RecordSeeker
from swancli.logdir.series import HARDWARE_PREFIX
from swancli.model import TREND_VALUES
from swancli.values import encoded, evenly_spaced

if TYPE_CHECKING:
    from swancli.logdir.series import JsonPoint
    from swancli.model import Value

MEDIA_FILE = re.compile(r"(image|audio|object3d|molecule|echarts)-step\d+-[0-9a-f]{16}\.")


class Index:
    """What one record file holds. No method raises OSError: `problem` says why a file can't be read."""

    def __init__(self, root: str, path: str) -> None:
        self.problem = ""
        self.codec: AnyCodec | None = None
        self.start = Start()
        self.finish: Finish | None = None
        self.crashes: list[LogLine] = []  # texts of crashes; JSON files only
        self.metrics: dict[str, IndexedMetric] = {}  # in the order of first use
        self.line_offsets = array("q")
        self.line_numbers = array("q")
        self.lines_in_order = True
        self._scalars: dict[bytes, IndexedMetric | None] = {}  # by key in UTF-8; None: ignore its values
        self._found_keys = 0  # how many of them `_find` knows
        self._find: bulk.Find | None = None
        self._root, self._path = root, path
        self._reader = RecordReader(root, path)
        self.damage = self._reader.damage

    def refresh(self) -> bool:
        """Read what has been written since the last time; return whether there was any record."""
        before = self._reader.count
        try:
            self._scan()
        except OSError as error:
            self.problem = str(error)
        return self._reader.count != before

    def continues(self) -> bool:
        """Whether the file only grew since the last time."""
        return self._reader.continues()

    def position(self) -> list[object]:
        """Where reading continues, as JSON values."""
        return self._reader.position()

    def continue_at(self, position: list[object]) -> None:
        """Continue where `position` says."""
        self._reader.continue_at(position)

    def ignored_keys(self) -> list[bytes]:
        """The keys, in UTF-8 or not, whose scalars are not counted."""
        return [key for key, metric in self._scalars.items() if metric is None]

    def ignore_keys(self, keys: Iterable[bytes]) -> None:
        """Do not count scalars with these keys."""
        self._scalars.update(dict.fromkeys(keys))

    @property
    def count(self) -> int:
        """How many records have been read."""
        return self._reader.count

    @property
    def size(self) -> int:
        """How many bytes of the file have been read."""
        return self._reader.at

    @property
    def held(self) -> int:
        """About how many bytes of memory this takes."""
        return 24 * sum(len(metric.offsets) for metric in self.metrics.values()) + 16 * len(self.line_offsets)

    def _scan(self) -> None:
        scalars, codec = self._scalars, self.codec
        scalar = codec.scalar if codec is not None else None
        for offset, payload in self._reader.poll(self._take_many):
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
                    self._add_event(event, offset)
                continue
            key, step, value, _ = found
            metric = scalars.get(key)
            if metric is None:
                metric = self._scalar_metric(key)
                if metric is None:
                    continue
            if step > metric.highest_step:  # `add` and `add_to_extremes` inlined: this runs for every value
                metric.highest_step = step
            else:
                metric.possible_repeats.append(len(metric.steps))
            metric.offsets.append(offset)
            metric.steps.append(step)
            if metric.values is not None:
                metric.values.append(value)
            if value - value == 0.0:
                if metric.max is None:
                    metric.max = metric.min = value
                    metric.max_step = metric.min_step = step
                elif value > metric.max:
                    metric.max, metric.max_step = value, step
                elif value < metric.min:
                    metric.min, metric.min_step = value, step

    def _take_many(self, data: bytes, pos: int, limit: int, base: int) -> tuple[int, int]:
        """Take scalars that follow each other; return how many there were, and the position after them."""
        if limit - pos < bulk.MIN_BYTES or self.codec is None or self.codec.FAMILY != PROTOBUF:
            return 0, pos
        if len(self._scalars) != self._found_keys:
            self._found_keys = len(self._scalars)
            self._find = bulk.finder(self._scalars)
        found = self._find(data, pos, limit) if self._find is not None else None
        if found is None:
            return 0, pos
        keys = found.keys
        distinct = [keys[0]] if keys.count(keys[0]) == len(keys) else list(dict.fromkeys(keys))
        metrics = [self._scalars.get(key[1:]) for key in distinct]
        if None in metrics:  # media, or a new key: take what is before it
            count = keys.index(distinct[metrics.index(None)])
            if not count:
                return 0, pos
            found = found.until(count, pos)
            keys = found.keys
            distinct = list(dict.fromkeys(keys))
        offsets = found.offsets(base + pos)
        if len(distinct) == 1:
            self._add_many(keys[0], offsets, found.steps, found.values)
            return len(keys), found.end
        all_offsets, steps, values = list(offsets), found.steps, found.values
        places: dict[bytes, list[int]] = {key: [] for key in distinct}
        for n, key in enumerate(keys):
            places[key].append(n)
        for key, chosen in places.items():
            self._add_many(
                key, [all_offsets[n] for n in chosen], [steps[n] for n in chosen], [values[n] for n in chosen]
            )
        return len(keys), found.end

    def _add_many(self, key: bytes, offsets: Iterable[int], steps: Sequence[bytes], values: Sequence[bytes]) -> None:
        """Add rows of the metric with this key, which has its length in front."""
        metric = self._scalars[key[1:]]
        assert metric is not None
        metric.add_many(offsets, bulk.numbers(steps), bulk.doubles(values))

    def _scalar_metric(self, raw: bytes) -> IndexedMetric | None:
        """The metric of a scalar's key, None if the key belongs to media or is not UTF-8."""
        if raw in self._scalars:
            return None
        try:
            key = raw.decode()
        except UnicodeDecodeError:
            self.damage.records += 1
            return None
        metric = self.metrics.get(key) or self._add_unannounced(key, LINE)
        self._scalars[raw] = None if metric.is_media else metric
        return self._scalars[raw]

    def _add_unannounced(self, key: str, kind: str) -> IndexedMetric:
        """A new metric whose column record was lost."""
        system = key.startswith(HARDWARE_PREFIX)
        section = key.split("/", 1)[0] if "/" in key else None
        reference = "time" if system else "step"
        metric = self.metrics[key] = IndexedMetric(Column(key, kind, system, reference, section))
        return metric

    def _add_event(self, event: Event, offset: int) -> None:
        """Add an event other than a plain scalar."""
        if isinstance(event, Row):
            metric = self.metrics.get(event.key)
            if metric is None:
                metric = self._add_unannounced(event.key, event.kind or _kind_of_media(event.data))
            if metric.is_media != (event.kind == LINE):  # local mode never mixes kinds in a metric
                metric.add(offset, event.step, event.data)
                self._add_to_extremes(metric, event)
        elif isinstance(event, LogLine):
            if event.level == "ERROR":
                self.crashes.append(event)
                return
            last = self.line_numbers[-1] if self.line_numbers else 0
            number = event.epoch if event.epoch is not None else last
            self.lines_in_order = self.lines_in_order and number >= last
            self.line_numbers.append(number)
            self.line_offsets.append(offset)
        elif isinstance(event, Column):
            if event.key not in self.metrics:
                self.metrics[event.key] = IndexedMetric(event)
        elif isinstance(event, Start):
            self.start = self.start.merged(event)
        elif self.finish is None:
            self.finish = event

    def _add_to_extremes(self, metric: IndexedMetric, row: Row) -> None:
        """Update maximum and minimum with a row; media count in JSON files only, as they did in local mode."""
        if isinstance(row.data, str) or (metric.is_media and not self._is_json):
            return
        metric.add_to_extremes(row.data, row.step)

    @property
    def _is_json(self) -> bool:
        return self.codec is not None and self.codec.FAMILY == JSON

    def deduplicated(self, key: str) -> IndexedMetric:
        """A metric without repeated steps; KeyError if there is no such metric."""
        metric = self.metrics[key]
        if metric.checked_repeats < len(metric.possible_repeats):
            self._drop_repeats(metric)
        return metric

    def _drop_repeats(self, metric: IndexedMetric) -> None:
        """Keep one row of each step.

        In JSON files the later row takes the place of the earlier one: that is what 0.7.12-0.7.14 intended, and no
        other version writes repeats. In protobuf files the first row stays.
        """
        replace = self._is_json
        steps, offsets, values = metric.steps, metric.offsets, metric.values
        suspects = {steps[n] for n in metric.possible_repeats}
        places: dict[int, int] = {}
        kept_offsets, kept_steps = array("q"), array("q")
        kept_values = None if values is None else array("d")
        for n, step in enumerate(steps):
            if step in suspects:
                place = places.setdefault(step, len(kept_steps))
                if place < len(kept_steps):
                    if replace:
                        kept_offsets[place] = offsets[n]
                        if kept_values is not None and values is not None:
                            kept_values[place] = values[n]
                    continue
            kept_steps.append(step)
            kept_offsets.append(offsets[n])
            if kept_values is not None and values is not None:
                kept_values.append(values[n])
        if len(kept_steps) < len(steps):
            metric.offsets, metric.steps, metric.values = kept_offsets, kept_steps, kept_values
            highest = LOWEST_STEP
            metric.possible_repeats = array("q")
            for n, step in enumerate(kept_steps):
                if step <= highest:
                    metric.possible_repeats.append(n)
                highest = max(highest, step)
            metric.max = metric.min = None
            for row in self.events(kept_offsets):
                if isinstance(row, Row):
                    self._add_to_extremes(metric, row)
        metric.checked_repeats = len(metric.possible_repeats)

    def lines(self) -> array[int]:
        """The offsets of the console's lines, in their order."""
        if self.lines_in_order:
            return self.line_offsets
        order = sorted(range(len(self.line_numbers)), key=self.line_numbers.__getitem__)
        return array("q", [self.line_offsets[n] for n in order])

    def facts(self) -> Facts:
        """What a table of runs needs; this drops repeated steps first."""
        if self.codec is None:
            return Facts(None, self.start, self.finish, self.crashes, self.damage, 0, {})
        unknown = [metric for metric in self.metrics.values() if metric.first_time is None and metric.offsets]
        for metric, row in zip(unknown, self._rows_of([(metric, metric.offsets[0]) for metric in unknown])):
            metric.first_time = row.create_time if row is not None else None
        metrics = [self.deduplicated(key) for key in self.metrics]
        ended = [metric for metric in metrics if metric.offsets and not metric.is_media]
        last = dict(zip(map(id, ended), self._rows_of([(metric, metric.offsets[-1]) for metric in ended])))
        found, trends = {}, 0
        for metric in metrics:
            trends += metric.values is not None and not metric.column.system
            row = last.get(id(metric))
            found[metric.column.key] = MetricFacts(
                metric.column,
                len(metric.offsets),
                metric.max,
                metric.max_step,
                metric.min,
                metric.min_step,
                metric.first_time,
                None if row is None else {"index": row.step, "data": row.data, "create_time": row.create_time},
                self._trend(metric) if not metric.column.system and trends <= MAX_TRENDS else None,
            )
        return Facts(self.codec, self.start, self.finish, self.crashes, self.damage, len(self.line_offsets), found)

    def _trend(self, metric: IndexedMetric) -> list[Value] | None:
        """The values that a sparkline shows; None if they would have to be read."""
        if metric.values is None:
            return None
        return [encoded(metric.values[n]) for n in evenly_spaced(len(metric.values), TREND_VALUES)]

    def _rows_of(self, places: list[tuple[IndexedMetric, int]]) -> list[Row | None]:
        """Rows by their metrics and offsets, None for those that can't be read; neighbours in the file share a read."""
        found: list[Row | None] = [None] * len(places)
        order = sorted(range(len(places)), key=lambda n: places[n][1])
        try:
            with RecordSeeker(self._root, self._path) as seeker:
                for n in order:
                    metric, offset = places[n]
                    payload = seeker.payload(offset)
                    found[n] = self._row(metric.column.key, payload) if payload is not None else None
        except OSError as error:
            self.problem = str(error)
        return found

    def _row(self, key: str, payload: bytes) -> Row | None:
        """The row in a record of a metric."""
        assert self.codec is not None
        found = self.codec.scalar(payload)
        if found is not None:
            _, step, value, when = found
            return Row(key, step, encoded(value), self.codec.time_of(payload, when), None, None, LINE)
        event = event_of(self.codec, payload)
        return event if isinstance(event, Row) else None

    def events(self, offsets: array[int]) -> Iterator[Event]:
        """The events at these offsets; what can't be read any more is left out."""
        if self.codec is not None:
            for payload in self._payloads(offsets):
                event = event_of(self.codec, payload)
                if event is not None:
                    yield event

    def rows(self, metric: IndexedMetric, offsets: array[int]) -> Iterator[Row]:
        """The rows of a metric at these offsets."""
        if self.codec is None:
            return
        for payload in self._payloads(offsets):
            row = self._row(metric.column.key, payload)
            if row is not None:
                yield row

    def entries(self, metric: IndexedMetric) -> Callable[[int], JsonPoint]:
        """A function that gives a row of a metric of scalars by its position, as it was logged."""
        key, steps, offsets, values = metric.column.key, metric.steps, metric.offsets, metric.values
        seeker: RecordSeeker | None = None

        def entry(n: int) -> JsonPoint:
            nonlocal seeker
            row = None
            try:
                seeker = seeker or RecordSeeker(self._root, self._path)
                payload = seeker.payload(offsets[n])
                row = self._row(key, payload) if payload is not None else None
            except OSError as error:
                self.problem = str(error)
            if row is None:  # it can't be read any more
                assert values is not None
                return {"index": steps[n], "data": encoded(values[n]), "create_time": None}
            return {"index": row.step, "data": row.data, "create_time": row.create_time}

        return entry

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


def _kind_of_media(data: object) -> str:
    """The kind of media whose column is unknown: files are named after it."""
    name = data[0] if isinstance(data, list) and data and isinstance(data[0], str) else ""
    match = MEDIA_FILE.match(name)
    return match[1] if match else TEXT
