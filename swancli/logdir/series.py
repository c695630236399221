"""The points of one metric: logs/<folder>/1000.log, 2000.log …, a JSON object a line.

A slice is read as columns, steps and values apart, which is what sorting and sampling want. Lines as SwanLab's
writer makes them are split all at once (`columns.split`); any other slice is read line by line, which is slower and
takes everything. Both give the same: `tests/logdir/test_series.py` holds them to it.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from swancli.logdir import columns, sampling
from swancli.logdir.columns import Columns
from swancli.logdir.nesting import too_deep
from swancli.logdir.paths import open_below, read_below
from swancli.reply import dumps

SUMMARY = "_summary.json"
PAUSES = (0.001, 0.005)  # seconds after which a summary that makes no sense is read again
NEAR = 512  # bytes that are read first for the last line: it has about a hundred
TORN = 4096  # bytes of a summary up to which it may be one that is being written
ENDS = ("min", "min_step", "max", "max_step")
LONG = 16  # slices from which on importing orjson is worth it
LARGEST = 1 << 26  # bytes of a slice that are read; SwanLab's have a thousand lines
PIECE = 1 << 17  # reads above this size are slower: the allocator gives each its own pages

Note = Callable[[str], None]
Point = tuple[Any, Any, Any, Any]  # index, data, create_time, more


class Slice(NamedTuple):
    """A file of points, and its number: SwanLab calls 1000.log the one of the first thousand."""

    name: str
    number: int
    path: str


class Block(NamedTuple):
    """Points that follow each other in a file; `entry` makes the JSON of one of them."""

    keys: Sequence[int]  # what points are sorted by
    steps: Sequence[Any]  # as printed: an integer in all but very old runs
    values: list[Any]
    entry: Callable[[int], bytes]
    finite: bool  # whether all values are finite numbers
    columns: Columns | None = None  # what they were split into; a block without is kept, it costs to read again
    size: int = 0  # bytes read


class Series:
    """One metric's folder; `root` is the logdir it lies in, `note` is told about damage."""

    def __init__(self, root: str, folder: str, note: Note) -> None:
        self.root, self.folder, self._note = root, folder, note
        self._slices: list[Slice] | None = None

    def exists(self) -> bool:
        """Whether the folder is there."""
        try:
            self.slices()
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError:
            return os.path.isdir(self.folder)
        return True

    def slices(self, fresh: bool = False) -> list[Slice]:
        """The slices in the order of their numbers; listed once unless `fresh`."""
        if self._slices is None or fresh:
            found = []
            with os.scandir(self.folder) as entries:
                for entry in entries:
                    if entry.name.endswith(".log") and not _is_folder(entry):
                        stem = entry.name[:-4]
                        number = int(stem) if stem.isascii() and stem.isdigit() else -1
                        found.append(Slice(entry.name, number, entry.path))
            self._slices = sorted(found, key=lambda s: (s.number, s.name))
        return self._slices

    def summary(self) -> dict[str, Any] | None:
        """_summary.json, or None if it is missing, empty or no JSON object.

        SwanLab writes it anew with each point, and empties it first: a reader may see that, for a moment.
        """
        for pause in (*PAUSES, None):
            text = b""
            try:
                text = read_below(self.root, os.path.join(self.folder, SUMMARY))
                found = json.loads(text)
                if too_deep(text, found):
                    raise ValueError("nested too deeply")
                return found if isinstance(found, dict) else None
            except FileNotFoundError:
                return None
            except (OSError, ValueError, RecursionError) as error:
                if (pause is None or len(text) > TORN) and (text or isinstance(error, OSError)):
                    self._note(f"{self.folder}/{SUMMARY} is unreadable ({_brief(error)}): max and min are computed")
            if pause is None or len(text) > TORN:
                break
            time.sleep(pause)
        return None

    def ends(self) -> dict[str, Any]:
        """min, min_step, max, max_step of the finite values: what _summary.json holds, or else computed."""
        found = self.summary()
        if found is not None and "max" in found:
            return {key: found.get(key) for key in ENDS}
        ends: dict[str, Any] = {}
        for part in self.slices():
            block = self.block(part)
            for step, value in zip(block.keys, block.values):
                if sampling.is_finite(value):
                    if "min" not in ends or value < ends["min"]:
                        ends["min"], ends["min_step"] = value, step
                    if "max" not in ends or value > ends["max"]:
                        ends["max"], ends["max_step"] = value, step
        return ends

    def block(self, part: Slice) -> Block:
        """The points of one slice."""
        try:
            data = self.read(part.path)
        except FileNotFoundError:
            return _empty()
        except OSError as error:
            self._note(f"{part.path} can't be read ({_brief(error)}): its points are missing")
            return _empty()
        found = columns.split(data, self.loads)
        if found is not None:
            return Block(found.steps, found.steps, found.values, found.entry, True, found, len(data))
        return self._parse(data, part)

    def lines(self, part: Slice) -> list[bytes]:
        """The lines of a slice whose block was columns: the JSON as it stands there, line by line."""
        return self.read(part.path).split(b"\n")

    @property
    def loads(self) -> columns.Loads:
        """orjson where it earns back what its import costs."""
        if self._slices is None or len(self._slices) < LONG:
            return json.loads
        import orjson

        return orjson.loads

    @property
    def spell(self) -> columns.Spell:
        """orjson's dumps where orjson is there already."""
        if self.loads is json.loads:
            return columns.spelled
        import orjson

        return orjson.dumps

    def last(self) -> dict[str, Any] | None:
        """The last readable line of the last slice that has one, as written, its index a step or not; None without."""
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
        """The step of a slice's first point, None if there is none near the beginning of the file."""
        try:
            fd = open_below(self.root, part.path)
        except OSError:
            return None
        try:
            lines = os.read(fd, 4096).splitlines()
        finally:
            os.close(fd)
        return next((int(point["index"]) for line in lines if (point := parse(line)) is not None), None)

    def follow(self) -> Callable[[], list[Point]]:
        """A function that gives the points added since its last call; first all there are."""
        from swancli.logdir.follow import PointFollower

        return PointFollower(self).poll

    def shape(self, width: int) -> list[Any]:
        """At most `width` values spread evenly over the series, read without reading it all."""
        from swancli.logdir.shape import shape

        return shape(self, width)

    def read(self, path: str) -> bytes:
        """The bytes of a slice."""
        fd = open_below(self.root, path)
        try:
            pieces = []
            left = LARGEST
            while piece := os.read(fd, PIECE):
                pieces.append(piece)
                left -= len(piece)
                if left < 0:
                    raise OSError(f"it has more than {LARGEST} bytes")
        finally:
            os.close(fd)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _parse(self, data: bytes, part: Slice) -> Block:
        """A slice line by line."""
        points = []
        lines = data.splitlines()
        damaged = 0
        for n, line in enumerate(lines):
            if line.strip():
                point = parse(line)
                if point is not None:
                    points.append(point)
                elif n < len(lines) - 1 or data.endswith((b"\n", b"\r")) or part is not self.slices()[-1]:
                    damaged += 1  # an open last line of the newest slice is being written right now
        if damaged:
            self._note(f"{part.path}: {damaged} damaged line{'s' * (damaged > 1)} skipped")
        return Block(
            [int(point["index"]) for point in points],
            [point["index"] for point in points],
            [point["data"] for point in points],
            lambda n: dumps(points[n]),
            all(sampling.is_finite(point["data"]) for point in points),
        )

    def _last_line(self, part: Slice) -> dict[str, Any] | None:
        """The last readable line of a slice, read from its end."""
        fd = open_below(self.root, part.path)
        try:
            at = os.fstat(fd).st_size
            data = b""
            while at > 0 and len(data) <= LARGEST:
                step = min(at, max(NEAR, len(data)))
                at -= step
                data = os.pread(fd, step, at) + data
                lines = data.splitlines()
                for line in reversed(lines[1:] if at else lines):
                    if (point := readable(line)) is not None:
                        return point
        finally:
            os.close(fd)
        return None


def row(entry: bytes) -> Point:
    """A point's JSON as (index, data, create_time, more)."""
    point = json.loads(entry)
    return point["index"], point["data"], point.get("create_time"), point.get("more")


def parse(line: bytes) -> dict[str, Any] | None:
    """One line of a slice as a dict with `data`, and an `index` that is a step; None if it is anything else."""
    point = readable(line)
    return None if point is None or step_of(point) is None else point


def readable(line: bytes) -> dict[str, Any] | None:
    """One line of a slice as a dict with `index` and `data`; None if it is anything else."""
    try:
        point = json.loads(line.decode())
    except (ValueError, RecursionError):
        return None
    if not isinstance(point, dict) or "index" not in point or "data" not in point:
        return None
    return None if too_deep(line, point) else point


def step_of(point: dict[str, Any]) -> int | None:
    """The step of a readable line: an integer, or what Python makes one of; None where it is neither."""
    try:
        return int(point["index"])
    except (ValueError, TypeError, OverflowError):
        return None


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a symlink in a circle
        return False


def _empty() -> Block:
    return Block([], [], [], lambda n: b"", True)


def _brief(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split())[:200] or type(error).__name__
