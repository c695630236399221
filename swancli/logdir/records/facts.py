"""What a table of runs needs from a record file: it is small whatever the file's size, and the cache keeps it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from swancli.logdir.records.codec import AnyCodec, codec_named
from swancli.logdir.records.damage import Damage, Region
from swancli.logdir.records.events import Column, Finish, LogLine, Start

if TYPE_CHECKING:
    from swancli.logdir.series import JsonPoint
    from swancli.model import Value

MAX_TRENDS = 64  # metrics of a run whose trend is kept; that of hardware metrics is not


class MetricFacts(NamedTuple):
    """One metric: its column, and what one look at all of its rows shows. Repeated steps are counted once."""

    column: Column
    rows: int = 0
    max: Any = None  # a number; for media in JSON files a list
    max_step: int = 0
    min: Any = None
    min_step: int = 0
    first_time: str | None = None
    last: JsonPoint | None = None  # None if there is none, or for media
    trend: list[Value] | None = None  # at most TREND_VALUES values, evenly spaced; None if they are not kept


class Facts(NamedTuple):
    """One record file."""

    codec: AnyCodec | None
    start: Start
    finish: Finish | None
    crashes: list[LogLine]
    damage: Damage
    lines: int  # of the console
    metrics: dict[str, MetricFacts]


class Ends(NamedTuple):
    """What the first and the last records of a file say."""

    codec: AnyCodec | None = None
    start: Start = Start()
    finish: Finish | None = None
    crash: LogLine | None = None  # the text of a crash, JSON files only


def to_json(value: Any) -> bytes:
    """JSON in one line; ValueError for numbers that are not finite."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()


def ends_to_json(ends: Ends) -> list[object]:
    """The ends as JSON values."""
    codec, start, finish, crash = ends
    return [codec.FAMILY if codec is not None else None, start, finish, crash]


def ends_from_json(found: Any) -> Ends:
    """What `ends_to_json` made; ValueError, TypeError and the like if it did not."""
    family, start, finish, crash = found
    return Ends(codec_named(family), start_from_json(start), _made(Finish, finish), _made(LogLine, crash))


def start_from_json(found: Any) -> Start:
    """A Start, from the list that JSON makes of it."""
    start = Start(*found)
    return start if start.colors is None else start._replace(colors=_pair(start.colors))


def column_from_json(found: Any) -> Column:
    """A Column, from the list that JSON makes of it."""
    column = Column(*found)
    if column.colors is None and column.y_range is None:
        return column
    return column._replace(colors=_pair(column.colors), y_range=_pair(column.y_range))


def _pair(found: Any) -> Any:
    """A pair, from the list that JSON makes of it, or None."""
    return None if found is None else (found[0], found[1])


def damage_to_json(damage: Damage) -> list[object]:
    """Damage as JSON values."""
    return [getattr(damage, name) for name in sorted(Damage.__slots__)]


def damage_from_json(found: Any, damage: Damage) -> None:
    """Set `damage` to what `damage_to_json` was given."""
    names = sorted(Damage.__slots__)
    if len(found) != len(names):
        raise ValueError("not a Damage")
    for name, value in zip(names, found):
        setattr(damage, name, value)
    damage.regions = [Region(*region) for region in damage.regions]
    damage.tail = _made(Region, damage.tail)


def facts_to_json(facts: Facts) -> bytes:
    """The facts as one line of JSON; ValueError if they can't be written so that they come back the same."""
    codec, start, finish, crashes, damage, lines, metrics = facts
    family = codec.FAMILY if codec is not None else None
    rest = [list(metric) for metric in metrics.values()]
    return to_json([family, start, finish, crashes, damage_to_json(damage), lines, rest])


def facts_from_json(text: bytes) -> Facts:
    """What `facts_to_json` made; ValueError, TypeError and the like if it did not."""
    family, start, finish, crashes, damaged, lines, rest = json.loads(text)
    damage = Damage()
    damage_from_json(damaged, damage)
    metrics = {}
    for column, *others in rest:
        metric = MetricFacts(column_from_json(column), *others)
        metrics[metric.column.key] = metric
    crashes = [LogLine(*line) for line in crashes]
    return Facts(codec_named(family), start_from_json(start), _made(Finish, finish), crashes, damage, lines, metrics)


def _made(kind: Any, found: Any) -> Any:
    return None if found is None else kind(*found)
