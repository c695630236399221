"""Record files of any bytes: reading ends, no exception escapes, and what is found can be told."""

from __future__ import annotations

import os
import shutil
import struct
import tempfile
import zlib

from swancli.logdir.records import json_codec, protobuf_codec, tables
from swancli.logdir.records.events import Malformed
from swancli.logdir.records.run import RecordedRun
from swancli.reply import dumps

FOLDER = os.path.join(tempfile.mkdtemp(), "run-20250101_000000-abc")
os.mkdir(FOLDER)
HEADER = b":SWL\xd6\xe1"


def framed(payload: bytes) -> bytes:
    """A fragment that holds a payload."""
    return struct.pack("<IHB", zlib.crc32(b"\x01" + payload), len(payload), 1) + payload


def check(data: bytes) -> None:
    """The bytes as a file, as the payloads of sound records, and as one event."""
    for codec in (json_codec, protobuf_codec):
        short = codec.scalar(data)
        try:
            event = codec.event(data)
        except Malformed:
            event = None
        if short is not None and event is not None:
            assert short[1] == event.step
    pieces = data.split(b"\xff\xfe") if data else []
    for text in (
        data,
        HEADER + b"\x02" + data,
        HEADER + data[:1] + b"".join(framed(piece[:30000]) for piece in pieces),
    ):
        with open(os.path.join(FOLDER, "run-abc.swanlab"), "wb") as file:
            file.write(text)
        run = RecordedRun(FOLDER)
        for column in run.columns():
            rows = list(run.rows(column.key))
            assert len(rows) <= run.count(column.key)
            dumps([list(row) for row in rows])
            dumps(run.summary(column.key))
        dumps(
            [
                tables.experiment_row(run, 1, 1),
                tables.charts(run),
                tables.namespaces(run),
                tables.tags(run),
                tables.displays(run),
                tables.sources(run),
            ]
        )
        dumps([run.console(), run.error_lines(), run.damage.sentence()])
    shutil.rmtree(os.path.join(FOLDER, "media"), ignore_errors=True)
