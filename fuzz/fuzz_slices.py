"""The fast way through a slice agrees with the plain one: `columns.split` accepts only what parsing line by line reads in the same way."""

from __future__ import annotations

import json
import os
import tempfile

import orjson

from swancli.logdir import columns
from swancli.logdir.local.series import LocalSeries, PointFollower
from swancli.logdir.series import parse_point
from swancli.reply import dumps

FOLDER = os.path.join(tempfile.mkdtemp(), "loss")
os.mkdir(FOLDER)


def check(data: bytes) -> None:
    """Fail if the two readers differ."""
    plain = [point for line in data.splitlines() if line.strip() and (point := parse_point(line)) is not None]
    for loads in (json.loads, orjson.loads):
        found = columns.split(data, loads)
        if found is None:
            continue
        assert [point["index"] for point in plain] == found.steps.tolist()
        assert len(plain) == len(found.values)
        for point, value in zip(plain, found.values):
            assert point["data"] == value or (value != value and point["data"] != point["data"])
        assert [type(point["data"]) for point in plain] == [
            type(value) for value in found.values
        ] or loads is orjson.loads
        assert [dumps(point) for point in plain] == [found.entry(n) for n in range(len(plain))]
        for encode in (columns.encoded_numbers, orjson.dumps):
            if found.is_plain(encode):
                assert columns.compact(data) == columns.compact(found.data()) == b",".join(map(dumps, plain))
    with open(os.path.join(FOLDER, "1000.log"), "wb") as file:
        file.write(data)
    notes: list[str] = []
    series = LocalSeries(FOLDER, FOLDER, notes.append)
    block = series.block(series.slices()[0])
    assert list(block.steps) == [point["index"] for point in plain]
    entries = [block.entry(n) for n in range(len(block.keys))]
    assert entries == [dumps(point) for point in plain]
    last = series.last()
    assert last == (plain[-1] if plain else None) or str(last) == str(plain[-1])
    whole = data[: data.rfind(b"\n") + 1]
    followed = PointFollower(series).poll()
    assert len(followed) == len([1 for line in whole.splitlines() if parse_point(line) is not None])
