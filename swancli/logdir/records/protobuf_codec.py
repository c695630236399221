"""The records of run-<id>.swanlab (0.8 and later): protobuf messages, as events.

The few messages are decoded by hand: proto3's wire format has four kinds of fields, and generated code would
need the protobuf package, whose import takes longer than most commands. Unknown fields are skipped.
"""

from __future__ import annotations

from collections.abc import Callable
from time import gmtime

from swancli.logdir.records.events import PROTOBUF, Column, Event, Finish, LogLine, Malformed, Row, Start
from swancli.logdir.records.wire import (
    Field,
    Value,
    as_bytes,
    as_double,
    as_integer,
    as_text,
    parse_fields,
    parse_varint,
    unpack_double,
)
from swancli.values import encoded

FAMILY = PROTOBUF

KINDS = {
    1: "line",
    2: "image",
    3: "audio",
    4: "text",
    5: "video",
    6: "echarts",
    7: "object3d",
    8: "molecule",
    9: "html",
}
SECTIONS = {1: "pinned", 2: "hidden", 3: "public", 4: "system"}
STATES = {0: "running", 1: "finished", 2: "crashed", 3: "stopped"}


def scalar(payload: bytes) -> tuple[bytes, int, float, int] | None:
    """Key in UTF-8, step, value and `when` of a record that is plainly a scalar; None: ask `event`.

    This runs once per value of a run, so it is written out: num, timestamp, then the message with its fields in
    order, as every protobuf library writes them. `when` is the offset of the time's field.
    """
    try:
        at = 0
        if payload[0] == 0x08:
            at = 1
            while payload[at] > 127:
                at += 1
            at += 1
        if payload[at] == 0x12:
            at += 2 + payload[at + 1]
        if payload[at] != 0x6A:
            return None
        size = payload[at + 1]
        at += 2
        if size > 127:
            if payload[at] > 127:
                return None
            size += (payload[at] << 7) - 128
            at += 1
        end = at + size
        if end != len(payload) or payload[at] != 0x0A:
            return None
        size = payload[at + 1]
        if size > 127:
            return None
        at += 2 + size
        key = payload[at - size : at]
        step = 0
        if payload[at] == 0x10:
            shift = 0
            at += 1
            while payload[at] > 127:
                step |= (payload[at] & 127) << shift
                shift += 7
                at += 1
            step |= payload[at] << shift
            at += 1
            if shift > 49:
                return None
        if payload[at] == 0x18:
            if payload[at + 1] != 1:
                return None
            at += 2
        when = at
        if payload[at] == 0x22:
            at += 2 + payload[at + 1]
        if payload[at] != 0x2A:
            return None
        size = payload[at + 1]
        at += 2
        if at + size != end:
            return None
        if size == 9 and payload[at] == 0x09:
            return key, step, unpack_double(payload, at + 1)[0], when
        return (key, step, 0.0, when) if not size else None
    except IndexError:
        return None


def time_of(payload: bytes, when: int) -> str | None:
    """The time that `scalar` found, as an ISO string; None if there is none."""
    if payload[when] != 0x22:
        return None
    at, end = when + 2, when + 2 + payload[when + 1]
    try:
        if payload[at] == 0x08 and payload[end - 1] < 128 and payload[at + 6] == 0x10 and payload[at + 5] < 128:
            seconds, at = parse_varint(payload, at + 1)
            nanos, at = parse_varint(payload, at + 1)
            if at == end:
                return _iso(seconds, nanos)
    except (IndexError, Malformed):
        pass
    try:
        return _time(payload[when + 2 : end])
    except Malformed:
        return None


def event(payload: bytes) -> Event | None:
    """The event in a record, None if it is of no interest; Malformed if it can't be decoded."""
    found: Event | None = None
    for number, value in parse_fields(payload):
        decode = MESSAGES.get(number)
        if decode is not None:
            found = decode(parse_fields(as_bytes(value)))
    return found


def _start(fields: list[Field]) -> Start:
    texts: dict[int, str] = {}
    tags: list[str] = []
    public = False
    started_at = None
    for number, value in fields:
        if number == 6:
            tags.append(as_text(value))
        elif number == 3:
            public = bool(as_integer(value))
        elif number == 12:
            started_at = _time(value)
        elif number in (1, 2, 4, 5, 7, 8, 9, 10):
            texts[number] = as_text(value)
    color = texts.get(9)
    return Start(
        project=texts.get(1),
        workspace=texts.get(2),
        public=public,
        name=texts.get(4),
        description=texts.get(5, ""),
        tags=tags,
        group=texts.get(7),
        job_type=texts.get(8),
        colors=(color, color) if color else None,
        id=texts.get(10),
        started_at=started_at,
    )


def _finish(fields: list[Field]) -> Finish:
    state, error, finished_at = 0, None, None
    for number, value in fields:
        if number == 1:
            state = as_integer(value)
        elif number == 2:
            error = as_bytes(value).decode("utf-8", "replace")
        elif number == 3:
            finished_at = _time(value)
    return Finish(STATES.get(state, "running"), error, finished_at)


def _column(fields: list[Field]) -> Column:
    texts: dict[int, str] = {}
    numbers = {1: 1, 2: 0, 6: 3}
    y_range, colors, hidden = None, None, None
    for number, value in fields:
        if number in (3, 4, 5, 8, 9, 11, 13):
            texts[number] = as_text(value)
        elif number in numbers:
            numbers[number] = as_integer(value)
        elif number == 7:
            ends = dict(parse_fields(as_bytes(value)))
            y_range = (as_double(ends[1]) if 1 in ends else None, as_double(ends[2]) if 2 in ends else None)
        elif number == 12:
            pair = dict(parse_fields(as_bytes(value)))
            colors = (as_text(pair.get(1, b"")), as_text(pair.get(2, b"")))
        elif number == 14:
            hidden = bool(as_integer(value))
    if 3 not in texts:
        raise Malformed("a column without a key")
    system = numbers[1] == 2
    return Column(
        key=texts[3],
        kind=KINDS.get(numbers[2], "unknown"),
        system=system,
        reference="time" if system else "step",
        section=texts.get(5),
        section_type=SECTIONS.get(numbers[6], "public"),
        name=texts.get(4),
        chart_name=texts.get(9),
        chart_index=texts.get(8),
        metric_name=texts.get(11),
        colors=colors,
        y_range=y_range,
        x_axis=texts.get(13),
        hidden=hidden,
    )


def _row(fields: list[Field]) -> Row:
    key, step, kind, time, inner = None, 0, 1, None, b""
    media = False
    for number, value in fields:
        if number == 1:
            key = as_text(value)
        elif number == 2:
            step = as_integer(value)
        elif number == 3:
            kind = as_integer(value)
        elif number == 4:
            time = _time(value)
        elif number == 5:
            inner, media = as_bytes(value), True
    if key is None:
        raise Malformed("a value without a key")
    if kind != 1:
        names: list[object] = []
        more: list[object] = []
        for number, item in parse_fields(inner):
            if number == 1:
                texts = {n: v for n, v in parse_fields(as_bytes(item)) if n in (1, 4)}
                names.append(as_text(texts.get(1, b"")))
                more.append({"caption": as_text(texts[4])} if 4 in texts else None)
        return Row(key, step, names, time, more, None, KINDS.get(kind, "unknown"))
    if not media:
        raise Malformed("a value without a value")
    result = 0.0
    for number, item in parse_fields(inner):
        if number == 1:
            result = as_double(item)
    return Row(key, step, encoded(result), time, None, None, "line")


def _log(fields: list[Field]) -> LogLine:
    text, level, time, epoch = "", 0, None, None
    for number, value in fields:
        if number == 1:
            text = as_bytes(value).decode("utf-8", "replace")
        elif number == 2:
            level = as_integer(value)
        elif number == 3:
            time = _time(value)
        elif number == 4:
            epoch = as_integer(value)
    # Any other level is stderr: the text of a crash is in the finish record.
    return LogLine(text, epoch if epoch is None or epoch >= 0 else None, "WARN" if level else "INFO", time)


MESSAGES: dict[int, Callable[[list[Field]], Event]] = {
    10: _start,
    11: _finish,
    12: _column,
    13: _row,
    14: _row,
    16: _log,
}


_second: tuple[int, str] = (0, "1970-01-01T00:00:00")  # rows of the same second follow each other


def _time(value: Value) -> str | None:
    """A Timestamp as an ISO string in UTC, with microseconds unless they are 0; None if out of range."""
    seconds = nanos = 0
    for number, part in parse_fields(as_bytes(value)):
        if number == 1:
            seconds = as_integer(part)
        elif number == 2:
            nanos = as_integer(part)
    return _iso(seconds, nanos)


def _iso(seconds: int, nanos: int) -> str | None:
    global _second
    if not 0 <= seconds < 253402300800 or not 0 <= nanos < 1_000_000_000:
        return None
    if _second[0] != seconds:
        t = gmtime(seconds)
        _second = seconds, f"{t[0]:04d}-{t[1]:02d}-{t[2]:02d}T{t[3]:02d}:{t[4]:02d}:{t[5]:02d}"
    micros = nanos // 1000
    return f"{_second[1]}.{micros:06d}+00:00" if micros else f"{_second[1]}+00:00"
