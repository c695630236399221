"""The points of one metric: logs/<folder>/1000.log, 2000.log …, a JSON object per line.

A slice is read as columns, steps and values apart, for sorting and sampling. Lines exactly as SwanLab writes them are
split all at once (`columns.split`); any other slice is parsed line by line, which is slower and accepts anything. Both
give the same result, as tests/logdir/local/test_series.py verifies.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from swancli.logdir import columns, disk
from swancli.logdir.nesting import too_deep
from swancli.logdir.paths import open_below, read_below, read_on
from swancli.logdir.series import Block, Slice, extremes, parse_point, readable_point
from swancli.reply import dumps
from swancli.values import is_finite

if TYPE_CHECKING:
    from swancli.logdir.series import JsonPoint, SummaryFile
    from swancli.model import Extremes, Point, Value
    from swancli.notes import Note

SUMMARY = "_summary.json"
RETRY_AFTER_SECONDS = (0.001, 0.005)  # pauses before an unreadable summary is read again
TAIL_BYTES = 512  # read first to find the last line, which has about a hundred
MAX_TORN_BYTES = 4096  # a larger unreadable summary is damaged, not just being written
MIN_SLICES_FOR_ORJSON = 16  # fewer are parsed faster than orjson is imported
MAX_SLICE_BYTES = 1 << 26  # SwanLab's slices have a thousand lines
MAX_POLL_BYTES = 1 << 24  # read in one poll of a follower; the rest is read in the next
PIECE_BYTES = 1 << 17  # larger reads are slower: the allocator maps new pages for each


class LocalSeries:
    """One metric's folder below `root`, the logdir: a `logdir.series.Series`; damage is reported to `note`."""

    def __init__(self, root: str, folder: str, note: Note) -> None:
        self.root, self.folder, self._note = root, folder, note
        self._slices: list[Slice] | None = None

    def exists(self) -> bool:
        """Whether the folder exists."""
        try:
            self.slices()
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError:
            return disk.isdir(self.folder)
        return True

    def slices(self, fresh: bool = False) -> list[Slice]:
        """The slices in the order of their numbers; listed once unless `fresh`."""
        if self._slices is None or fresh:
            found = []
            if fresh:
                disk.look_again(self.folder)
            with disk.scandir(self.folder) as entries:
                for entry in entries:
                    if entry.name.endswith(".log") and not _is_folder(entry):
                        stem = entry.name[:-4]
                        number = int(stem) if stem.isascii() and stem.isdigit() else -1
                        found.append(Slice(entry.name, number, entry.path))
            self._slices = sorted(found, key=lambda s: (s.number, s.name))
        return self._slices

    def summary(self) -> SummaryFile | None:
        """_summary.json, or None if it is missing, empty or not a JSON object.

        SwanLab truncates and rewrites it with each point: for a moment, a reader may see an incomplete file.
        """
        for pause in (*RETRY_AFTER_SECONDS, None):
            text = b""
            try:
                text = read_below(self.root, os.path.join(self.folder, SUMMARY))
                found: SummaryFile = json.loads(text)
                if too_deep(text, found):
                    raise ValueError("nested too deeply")
                return found if isinstance(found, dict) else None
            except FileNotFoundError:
                return None
            except (OSError, ValueError, RecursionError) as error:
                if (pause is None or len(text) > MAX_TORN_BYTES) and (text or isinstance(error, OSError)):
                    self._note(f"{self.folder}/{SUMMARY} is unreadable ({_brief(error)}); computing max and min")
            if pause is None or len(text) > MAX_TORN_BYTES:
                break
            time.sleep(pause)
        return None

    def ends(self) -> Extremes:
        """The extremes of the finite values, from _summary.json or else computed; {} if there are none."""
        found = self.summary()
        if found is not None and "max" in found:
            return extremes(found)
        low: tuple[float, int] | None = None
        high: tuple[float, int] | None = None
        for part in self.slices():
            block = self.block(part)
            for step, value in zip(block.keys, block.values):
                if is_finite(value):
                    if low is None or value < low[0]:
                        low = value, step
                    if high is None or value > high[0]:
                        high = value, step
        if low is None or high is None:
            return {}
        return {"min": low[0], "min_step": low[1], "max": high[0], "max_step": high[1]}

    def block(self, part: Slice) -> Block:
        """The points of one slice."""
        try:
            data = self.read(part.path)
        except FileNotFoundError:
            return _empty()
        except OSError as error:
            self._note(f"{part.path} can't be read ({_brief(error)}); its points are missing")
            return _empty()
        found = columns.split(data, self.loads)
        if found is not None:
            return Block(found.steps, found.steps, found.values, found.entry, not found.odd, found, len(data))
        return self._parse(data, part)

    @property
    def loads(self) -> columns.Loads:
        """The JSON parser: orjson if it is imported already, or if there is so much to parse that importing it pays."""
        is_long = self._slices is not None and len(self._slices) >= MIN_SLICES_FOR_ORJSON
        if not is_long and "orjson" not in sys.modules:
            return json.loads
        import orjson

        return orjson.loads

    @property
    def encode(self) -> columns.Encode:
        """The function that encodes numbers for `Columns.is_plain`: orjson's if it is imported anyway."""
        if self.loads is json.loads:
            return columns.encoded_numbers
        import orjson

        return orjson.dumps

    def last(self) -> JsonPoint | None:
        """The last readable line of the last slice that has one, as written: its index may not be a step."""
        for part in reversed(self.slices()):
            try:
                found = self._last_line(part)
            except OSError:
                continue
            if found is not None:
                return found
        return None

    def count(self) -> int:
        """How many lines there are, without reading more than the last slice; exact for what SwanLab writes."""
        parts = self.slices()
        if not parts:
            return 0
        try:
            data = self.read(parts[-1].path)
        except OSError:
            data = b""
        lines = data.count(b"\n") + (0 if data.endswith(b"\n") or not data else 1)
        return max(parts[-1].number - 1000, 0) + lines

    def first_step(self, part: Slice) -> int | None:
        """The step of a slice's first point; None if there is none near the beginning of the file."""
        try:
            fd = open_below(self.root, part.path)
        except OSError:
            return None
        try:
            lines = disk.read(fd, 4096).splitlines()
        finally:
            disk.close(fd)
        return next((int(point["index"]) for line in lines if (point := parse_point(line)) is not None), None)

    def follow(self) -> Callable[[], list[Point]]:
        """A function that gives the points added since its last call; first all there are."""
        return PointFollower(self).poll

    def shape(self, width: int) -> list[Value]:
        """At most `width` values spread evenly over the series, read without reading it all."""
        from swancli.logdir.local.shape import shape

        return shape(self.root, self.slices(), width)

    def read(self, path: str) -> bytes:
        """The bytes of a slice."""
        fd = open_below(self.root, path)
        try:
            size = disk.fstat(fd).st_size
            pieces, done = [], 0
            # a read first allocates all that is asked for; one that returns less is the last
            while piece := disk.read(fd, min(size - done + 1, PIECE_BYTES) if done <= size else PIECE_BYTES):
                pieces.append(piece)
                done += len(piece)
                if done > MAX_SLICE_BYTES:
                    raise OSError(f"larger than {MAX_SLICE_BYTES} bytes")
                if done == size:
                    break
        finally:
            disk.close(fd)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _parse(self, data: bytes, part: Slice) -> Block:
        """A slice line by line."""
        points = []
        lines = data.splitlines()
        damaged = 0
        for n, line in enumerate(lines):
            if line.strip():
                point = parse_point(line)
                if point is not None:
                    points.append(point)
                elif n < len(lines) - 1 or data.endswith((b"\n", b"\r")) or part is not self.slices()[-1]:
                    damaged += 1  # an incomplete last line of the newest slice is just being written
        if damaged:
            self._note(f"{part.path}: {damaged} damaged line{'s' * (damaged > 1)} skipped")
        return Block(
            [int(point["index"]) for point in points],
            [point["index"] for point in points],
            [point["data"] for point in points],
            lambda n: dumps(points[n]),
            all(is_finite(point["data"]) for point in points),
        )

    def _last_line(self, part: Slice) -> JsonPoint | None:
        """The last readable line of a slice, read from its end."""
        fd = open_below(self.root, part.path)
        try:
            at = disk.fstat(fd).st_size
            data = b""
            while at > 0 and len(data) <= MAX_SLICE_BYTES:
                step = min(at, max(TAIL_BYTES, len(data)))
                at -= step
                data = disk.pread(fd, step, at) + data
                lines = data.splitlines()
                for line in reversed(lines[1:] if at else lines):
                    if (point := readable_point(line)) is not None:
                        return point
        finally:
            disk.close(fd)
        return None


class PointFollower:
    """Reads the new points of a series."""

    def __init__(self, series: LocalSeries) -> None:
        self._series = series
        self._offsets: dict[str, int] = {}  # by slice: where the next new line starts

    def poll(self) -> list[Point]:
        """The points on complete lines added since the last call; all of them at the first."""
        found = []
        if not self._series.exists():
            return []
        for part in self._series.slices(fresh=True):
            at = self._offsets.get(part.name, 0)
            data = read_on(self._series.root, part.path, at, MAX_POLL_BYTES)
            end = data.rfind(b"\n") + 1
            self._offsets[part.name] = at + end
            for line in data[:end].splitlines():
                if (point := parse_point(line)) is not None:
                    found.append((point["index"], point["data"], point.get("create_time"), point.get("more")))
        return found


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a loop of symlinks
        return False


def _empty() -> Block:
    return Block([], [], [], lambda n: b"", True)


def _brief(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split())[:200] or type(error).__name__
